// <neuron-model>: a model that the reader runs and changes. It holds the still that stands in its place without scripts, and
// what can be asked of the model. Others can drive it:
//
//     await element.ready                      // true once it can run, false where the browser runs no WebAssembly
//     element.run({ input, other, edits })     // → { tokens, states, gates, probabilities }; see kernel.js
//     element.choose(["3", "17"])              // the units that its own experiment edits
//
// `input` and `other` are token numbers; an edit is { units, from, to, given: "other" | "mean" | "zero" | "value" | "before",
// value }. What is thrown is a RangeError for a token, a step or a unit that there is not.
(() => {
  "use strict";
  const { element, written } = drawing;
  const experiment = neuronExperiment;
  const randomSets = 200;
  const otherPairs = 200;
  let count = 0;

  class NeuronModel extends NeuronControls {
    connectedCallback() {
      this.onAddress ??= () => { if (this.runs) this.readAddress(); };
      addEventListener("hashchange", this.onAddress);
      if (this.about) return;
      const about = this.querySelector(":scope > script.about");
      if (!about) return;
      this.about = JSON.parse(about.textContent);
      this.name = "neuron-model-" + ++count;
      this.ready = this.start();
    }

    async start() {
      try {
        this.kernel = await neuronKernels.load(this.getAttribute("weights"), this.about);
      } catch (error) {
        this.append(element("p", { class: "not-run" },
          `Here the model itself would run, and could be changed; this browser does not run it (${error.message}).`));
        return false;
      }
      const { experiment: start } = this.about;
      Object.assign(this, { picked: new Set(start.units), given: start.given, value: start.value, from: start.from, to: start.to,
        step: this.about.steps, shown: "h", asked: this.request(start.asked), other: this.request(start.other) });
      this.order = this.about.order;
      this.active = this.order[0];
      this.build();
      this.classList.add("running");
      this.readAddress();
      this.update();
      if (this.about.isBrief) this.playOnce();
      return true;
    }

    // The preview takes models out of the page.
    disconnectedCallback() {
      removeEventListener("hashchange", this.onAddress);
      clearInterval(this.playing);
      clearTimeout(this.comparing);
      clearTimeout(this.telling);
      this.seen?.disconnect();
    }

    // MARK: Running

    run({ input, other, edits = [] }) {
      this.kernel.owner = null;
      this.kernel.run("asked", input);
      if (other) this.kernel.run("other", other);
      if (edits.length === 0) return this.kernel.result("asked");
      this.kernel.run("edited", input, edits);
      return this.kernel.result("edited");
    }

    edit(units) {
      return { units: [...units], from: this.from, to: this.to, given: this.given, value: this.value };
    }

    // The means of the picked units at the steps of the edit, which only the kernel knows.
    givenMeans() {
      const { firstState } = this.about;
      const set = [...this.picked].sort((first, second) => first - second);
      const all = { units: this.about.states.map((_, unit) => unit), from: this.from, to: this.to, given: "mean" };
      const { states } = this.run({ input: this.asked.input, other: this.other.input, edits: [all] });
      return states.slice(this.from, this.to + 1).map((state) => set.map((unit) => state[unit]));
    }

    // Both requests, which edits take from, unless they are there.
    prepare() {
      if (this.kernel.owner === this) return;
      this.kernel.run("asked", this.asked.input);
      this.kernel.run("other", this.other.input);
      this.kernel.owner = this;
    }

    update() {
      if (this.kernel.owner === this) this.kernel.owner = null;
      this.prepare();
      this.kernel.run("edited", this.asked.input, this.picked.size > 0 ? [this.edit(this.picked)] : []);
      this.runs = { asked: this.kernel.result("asked"), other: this.kernel.result("other"), edited: this.kernel.result("edited") };
      this.draw();
      this.tell();
      this.judge();
      this.compare();
    }

    // How near the edit comes to the goal that the reader was given.
    judge() {
      const { goal, requests } = this.about;
      if (!goal) return;
      const reached = this.picked.size === 0 ? 0 : goal.pairs.filter(([asked, other]) => {
        this.kernel.owner = null;
        this.kernel.run("asked", requests[asked].input);
        this.kernel.run("other", requests[other].input);
        this.kernel.run("edited", requests[asked].input, [this.edit(this.picked)]);
        return experiment.outcome([...this.kernel.tokens("edited")], requests[asked], requests[other]).kind === goal.outcome;
      }).length;
      const isMet = reached >= goal.needed && this.picked.size > 0 && this.picked.size <= goal.mostUnits;
      const aim = goal.outcome === "word" ? "the word changes and its place stays" : "the place changes and the word stays";
      const units = this.picked.size > goal.mostUnits ? `, with ${this.picked.size} units where ${goal.mostUnits} are allowed`
        : `, with ${this.picked.size} of at most ${goal.mostUnits} units`;
      this.goal.textContent = `${isMet ? "✓ Done" : "Not yet"}: ${aim} in ${reached} of ${goal.pairs.length} requests (${goal.needed} are asked)${units}.`;
      this.goal.classList.toggle("met", isMet);
    }

    // Takes units by their names as the set that is edited.
    choose(units) {
      const picked = units.map((name) => this.about.states.indexOf(String(name)));
      if (picked.includes(-1)) throw new RangeError(`there is no unit ${units[picked.indexOf(-1)]}`);
      this.picked = new Set(picked);
      this.changed();
    }

    // MARK: What is asked

    request(index) {
      return { index, ...this.about.requests[index] };
    }

    // MARK: Time

    go(step) {
      this.stop();
      this.step = Math.max(0, Math.min(this.about.steps, step));
      this.mark();
    }

    // From the first step to the last; at once where the reader wants no motion.
    play() {
      this.stop();
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.go(this.about.steps);
      this.step = 0;
      this.mark();
      this.player.textContent = "Pause";
      this.playing = setInterval(() => {
        this.step++;
        if (this.step >= this.about.steps) this.stop();
        this.mark();
      }, 450);
    }

    // When the reader comes to it.
    playOnce() {
      this.seen = new IntersectionObserver(([entry]) => {
        if (!entry.isIntersecting) return;
        this.seen.disconnect();
        this.play();
      }, { threshold: 0.5 });
      this.seen.observe(this);
    }

    stop() {
      clearInterval(this.playing);
      this.playing = null;
      this.player.textContent = "Play";
    }

    // MARK: Showing

    draw() {
      const { runs, shown } = this;
      const of = (run) => shown === "h" ? run.states : run.gates[shown];
      this.strips[0].colour(of(runs.asked), shown === "h" ? 0 : 1);
      this.strips[1].colour(of(runs.edited), shown === "h" ? 0 : 1);
      // Without an edit both were the same.
      if (!this.about.isBrief) this.strips[1].view.parentElement.hidden = this.picked.size === 0;
      for (const { choice, units } of this.choices ?? []) {
        const isMade = this.picked.size === units.length && units.every((unit) => this.picked.has(unit));
        choice.setAttribute("aria-pressed", String(isMade));
      }
      if (this.asking) {
        const said = ({ word, position }) => `“${this.about.vocabulary[word]}” at ${position}`;
        this.asking.textContent = `Asked: ${said(this.asked)}. The other request: ${said(this.other)}.`;
      }
      this.unit.measure(this);
      for (const which of ["asked", "other"]) this.fill(this.requests[which], this[which]);
      const set = this.about.sets.findIndex(({ units }) => units.length === this.picked.size && units.every((unit) => this.picked.has(unit)));
      this.set.value = this.picked.size === 0 ? "none" : set >= 0 ? set : this.picked.size === this.about.states.length ? "all" : "";
      this.list.value = experiment.listed(this.picked, this.about.states);
      this.list.setCustomValidity("");
      this.giving.value = this.given;
      this.number.hidden = this.given !== "value";
      if (document.activeElement !== this.number) this.number.value = this.value;
      [this.first.value, this.last.value] = [this.from, this.to];
      this.mark();
      this.writeCode();
    }

    fill({ word, position, length, input }, request) {
      const { requests, vocabulary } = this.about;
      word.value = request.word;
      const options = (control, values, chosen) => {
        control.replaceChildren(...values.map((value) => element("option", { value }, value)));
        control.value = chosen;
      };
      const fitting = requests.filter((other) => other.word === request.word);
      options(position, [...new Set(fitting.map((other) => other.position))], request.position);
      options(length, fitting.filter((other) => other.position === request.position).map((other) => other.length), request.length);
      input.value = request.input.map((token) => vocabulary[token]).join(" ");
      input.setCustomValidity("");
    }

    mark() {
      const { picked, active, step, from, to, runs, shown } = this;
      const state = { ...runs, requests: { asked: this.asked, other: this.other }, picked, active, step, from, to };
      for (const strip of this.strips) strip.mark(state);
      const value = (run) => written((shown === "h" ? run.states[step] : run.gates[shown][step - 1])?.[active]);
      this.strips[0].rows.forEach((row, index) => {
        const unit = this.order[index];
        row.setAttribute("aria-selected", String(picked.has(unit)));
        if (unit === active) {
          row.setAttribute("aria-label", `Unit ${this.about.states[unit]}${this.setsOf(unit)}: ${shown} = ${value(runs.asked)} at step ${step}, edited ${value(runs.edited)}`);
        } else if (!row.hasAttribute("aria-label")) {
          row.setAttribute("aria-label", `Unit ${this.about.states[unit]}${this.setsOf(unit)}`);
        }
      });
      this.strips[0].view.setAttribute("aria-activedescendant", `${this.name}-${active}`);
      this.strips[1].view.setAttribute("aria-label", `The states after the edit; the table of numbers has those of the edited units.`);
      this.slider.value = step;
      this.stepText.textContent = step;
      this.slider.setAttribute("aria-valuetext", `step ${step}${step > 0 ? `, writes ${this.about.vocabulary[runs.edited.tokens[step - 1]]}` : ""}`);
      // Figures of the chapter mark what the reader is at here.
      if (this.matches(":hover, :focus-within")) links.point(this, this.about.name, { unit: this.about.states[active], step: String(step) });
      this.tape.draw(state);
      this.unit.draw(state);
      this.chart.draw(state);
      this.numbers.draw(state);
    }

    setsOf(unit) {
      const names = this.about.sets.filter(({ units }) => units.includes(unit)).map(({ name }) => name);
      return names.length > 0 ? ` (${names.join(", ")})` : "";
    }

    // What the edit did, in a sentence.
    tell() {
      const { vocabulary } = this.about;
      const before = experiment.outcome(this.runs.asked.tokens, this.asked, this.other);
      this.found = experiment.outcome(this.runs.edited.tokens, this.asked, this.other);
      const changed = this.runs.edited.tokens.filter((token, index) => token !== this.runs.asked.tokens[index]).length;
      let text = experiment.words(this.found, vocabulary, this.picked.size > 0);
      if (this.picked.size === 0) text += this.about.isBrief ? " Swap a set, and see what becomes of it." : " Pick units, and see what becomes of it.";
      else if (this.found.kind === "same") text += changed > 0 ? ` ${changed} other tokens change.` : " No token changes.";
      if (before.kind !== "same") text += " Without the edit the model does not write what is asked, either.";
      this.said.textContent = text;
    }

    // What stands beside the edit, made in pieces that do not hold up the page: how many random sets of as many units do the same,
    // and what the edit does to other pairs of requests.
    compare() {
      clearTimeout(this.comparing);
      const { picked } = this;
      const all = this.about.states.length;
      this.beside.hidden = this.over.hidden = picked.size === 0;
      if (picked.size === 0) return;
      const tasks = [this.comparePairs()];
      const comparesSets = picked.size < all && this.found.kind !== "same";
      if (comparesSets) tasks.unshift(this.compareSets());
      this.beside.textContent = comparesSets ? `Drawing ${randomSets} random sets …` : "";
      this.over.textContent = "Trying other requests …";
      const work = () => {
        const end = performance.now() + 8;
        while (tasks.length > 0 && performance.now() < end) if (tasks[0].next().done) tasks.shift();
        if (tasks.length > 0) this.comparing = setTimeout(work, 0);
      };
      this.comparing = setTimeout(work, 120);
    }

    // One set a step.
    *compareSets() {
      const { picked, found } = this;
      const all = this.about.states.length;
      const random = experiment.generator(1);
      const size = picked.size === 1 ? "single units" : `sets of ${picked.size} units`;
      let same = 0;
      for (let drawn = 0; drawn < randomSets; drawn++) {
        this.prepare();
        this.kernel.run("edited", this.asked.input, [this.edit(experiment.randomSet(picked.size, all, random))]);
        const other = experiment.outcome([...this.kernel.tokens("edited")], this.asked, this.other);
        if (other.kind === found.kind && (found.kind !== "elsewhere" || other.at === found.at)) same++;
        yield;
      }
      const hint = this.asked.word === this.other.word || this.asked.position === this.other.position
        ? " Take another request that differs in word and place: else the whole state would do the same." : "";
      this.beside.textContent = `Of ${randomSets} random ${size}, ${same} (${Math.round(100 * same / randomSets)} %) do the same.${hint}`;
    }

    // One pair a step: requests of one length that differ in word and place, both beyond the edit.
    *comparePairs() {
      const pairs = experiment.pairs(this.about, this.asked.length, this.to, otherPairs);
      const counts = new Map();
      for (const [asked, other] of pairs) {
        this.kernel.owner = null;
        this.kernel.run("asked", asked.input);
        this.kernel.run("other", other.input);
        this.kernel.run("edited", asked.input, [this.edit(this.picked)]);
        const { kind } = experiment.outcome([...this.kernel.tokens("edited")], asked, other);
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
        yield;
      }
      // What is said of the pairs need not hold of requests that are none of them.
      const isOutside = [this.asked, this.other].some(({ position }) => position < this.to + this.about.timeLeft);
      this.over.textContent = pairs.length === 0 ? ""
        : experiment.tally(counts, pairs.length, this.asked.length, this.about.timeLeft) + (isOutside ? " The pair above is none of them." : "");
    }

    // MARK: Address

    readAddress() {
      const [id, said] = location.hash.slice(1).split(/\/(.*)/s);
      const figure = this.closest("figure");
      if (!said || !figure || figure.id !== id || said === experiment.address(this).split(/\/(.*)/s)[1]) return;
      const { asked, other, ...rest } = experiment.parsed(said, this.about);
      Object.assign(this, rest);
      for (const [which, request] of Object.entries({ asked, other })) {
        if (request?.index !== undefined) this[which] = this.request(request.index);
        else if (request) this[which] = { ...this[which], index: null, input: request.input };
      }
      if (this.runs) this.update();
      figure.scrollIntoView();
    }
  }

  customElements.define("neuron-model", NeuronModel);
})();
