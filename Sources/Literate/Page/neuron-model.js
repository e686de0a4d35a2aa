// <neuron-model>: a model that the reader runs and changes. It holds the still that stands in its place without scripts, and
// what can be asked of the model. Others can drive it:
//
//     await element.ready                      // true once it can run, false where the browser runs no WebAssembly
//     element.run({ input, other, edits })     // → { tokens, states, gates, probabilities }; see kernel.js
//
// `input` and `other` are token numbers; an edit is { units, from, to, given: "other" | "mean" | "zero" | "value" | "before",
// value }. What is thrown is a RangeError for a token, a step or a unit that there is not.
(() => {
  "use strict";
  const { element, written, Tape, Strip, Chart, Numbers } = neuronViews;
  const experiment = neuronExperiment;
  const randomSets = 200;
  const otherPairs = 200;
  let count = 0;

  class NeuronModel extends HTMLElement {
    connectedCallback() {
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
      const inSets = this.about.sets.flatMap(({ units }) => units);
      this.order = [...new Set([...inSets, ...this.about.states.keys()])];
      this.active = this.order[0];
      this.build();
      this.classList.add("running");
      this.readAddress();
      addEventListener("hashchange", () => this.readAddress());
      this.update();
      return true;
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
      const aim = goal.outcome === "word" ? "the word moves and its place stays" : "the place moves and the word stays";
      const units = this.picked.size > goal.mostUnits ? `, with ${this.picked.size} units where ${goal.mostUnits} are allowed`
        : `, with ${this.picked.size} of at most ${goal.mostUnits} units`;
      this.goal.textContent = `${isMet ? "✓ Done" : "Not yet"}: ${aim} in ${reached} of ${goal.pairs.length} requests (${goal.needed} are asked)${units}.`;
      this.goal.classList.toggle("met", isMet);
    }

    // MARK: What is asked

    request(index) {
      return { index, ...this.about.requests[index] };
    }

    // MARK: Controls

    build() {
      const { about } = this;
      const label = (text, ...controls) => element("label", {}, element("span", {}, text), ...controls);
      const options = (pairs) => pairs.map(([value, text]) => element("option", { value }, text));
      this.requests = { asked: this.requestControls("asked", "Asked"), other: this.requestControls("other", "The other") };
      this.set = element("select", {}, ...options([["", "picked by hand"], ["none", "none"], ["all", "all units"],
        ...about.sets.map(({ name, units }, index) => [index, `${name} (${units.length})`])]));
      this.list = element("input", { type: "text", size: 18, spellcheck: "false", autocomplete: "off" });
      this.giving = element("select", {}, ...options([["other", "the other request’s"], ["mean", "their mean at t"], ["zero", "zero"],
        ["value", "a value"], ["before", "those of the step before"]]));
      this.number = element("input", { type: "number", step: 0.1, min: -10, max: 10, "aria-label": "Value" });
      this.first = element("input", { type: "number", min: 0, max: about.steps });
      this.last = element("input", { type: "number", min: 0, max: about.steps });
      this.showing = element("select", {}, ...options([["h", "State h"], ...about.gates.map(({ name, symbol }) => [symbol, `${name} ${symbol}`])]));
      this.slider = element("input", { type: "range", min: 0, max: about.steps });
      this.stepText = element("output");
      const button = (text, name) => element("button", { type: "button", ...(name ? { "aria-label": name } : {}) }, text);
      this.player = button("Play");
      [this.back, this.next] = [button("◀", "One step back"), button("▶", "One step on")];
      [this.copyCell, this.copyLink, this.reset] = [button("Copy as a cell"), button("Copy link"), button("Reset")];
      this.said = element("p", { class: "outcome", role: "status" });
      this.beside = element("p", { class: "beside" });
      this.over = element("p", { class: "beside" });
      this.goal = element("p", { class: "goal", role: "status" });
      this.tape = new Tape(about);
      this.strips = [
        new Strip(this, "as asked", { role: "listbox", tabindex: 0, "aria-multiselectable": "true", "aria-label": "Units: pick those that are edited" }),
        new Strip(this, "edited", { role: "img" })];
      this.strips[0].rows.forEach((row, index) => {
        row.setAttribute("role", "option");
        row.setAttribute("id", `${this.name}-${this.order[index]}`);
      });
      [this.chart, this.numbers] = [new Chart(about), new Numbers(about)];
      this.codeText = element("pre", { tabindex: 0 });
      this.codeFold = element("details", {}, element("summary", {}, "As a cell"), this.codeText);
      this.controls = element("div", { class: "controls" },
        element("fieldset", {}, element("legend", {}, "Asked"), ...this.requests.asked.controls),
        element("fieldset", {}, element("legend", {}, "The other request"), ...this.requests.other.controls),
        element("fieldset", {}, element("legend", {}, "Edit"), label("Give", this.set), label("Units", this.list),
          label("the values", this.giving), this.number, label("from t", this.first), label("to t", this.last)));
      const alt = this.querySelector("img")?.alt ?? "";
      this.append(element("div", { class: "explorer live", role: "group", "aria-label": "A model that runs. " + alt },
        this.controls, ...(about.goal ? [this.goal] : []), this.said, this.beside, this.over, this.tape.view,
        element("div", { class: "player" }, this.player, this.back, this.next, label("Step t", this.slider, this.stepText), label("Show", this.showing)),
        element("div", { class: "views" }, element("div", {}, this.strips[0].view), element("div", {}, this.strips[1].view),
          element("div", { class: "whole" }, this.chart.view)),
        element("details", {}, element("summary", {}, "Numbers of the edited units"), this.numbers.view), this.codeFold,
        element("div", { class: "player" }, this.copyCell, this.copyLink, this.reset)));
      this.listen();
    }

    requestControls(which, name) {
      const { requests, vocabulary } = this.about;
      const words = [...new Set(requests.map(({ word }) => word))];
      const word = element("select", { "aria-label": `${name}: word` }, ...words.map((token) => element("option", { value: token }, vocabulary[token])));
      const position = element("select", { "aria-label": `${name}: position T` });
      const length = element("select", { "aria-label": `${name}: length` });
      const input = element("input", { type: "text", class: "tokens", spellcheck: "false", autocomplete: "off", "aria-label": `${name}: the input’s tokens` });
      const choose = () => {
        const fitting = requests.map((request, index) => ({ ...request, index })).filter((request) => request.word === Number(word.value));
        const near = (list, of, wanted) => list.find((request) => of(request) === wanted) ?? list[0];
        const at = near(fitting, (request) => request.position, Number(position.value)).position;
        const there = fitting.filter((request) => request.position === at);
        this.take(which, near(there, (request) => request.length, Number(length.value)).index);
      };
      for (const control of [word, position, length]) control.addEventListener("change", choose);
      input.addEventListener("change", () => this.type(which, input));
      const label = (text, control) => element("label", {}, element("span", {}, text), control);
      return { word, position, length, input,
        controls: [label("word", word), label("T", position), label("length", length), label("input", input)] };
    }

    take(which, index) {
      this[which] = this.request(index);
      this.changed();
    }

    // An input that the reader wrote. The word and the position stay what is looked for.
    type(which, control) {
      const names = control.value.trim().split(/\s+/).filter(Boolean);
      const tokens = names.map((name) => this.about.vocabulary.indexOf(name));
      const unknown = names[tokens.indexOf(-1)];
      const fault = names.length === 0 ? "Write the tokens of the input, with spaces between them."
        : names.length > 200 ? "At most 200 tokens." : unknown !== undefined ? `“${unknown}” is not one of the model’s tokens.` : "";
      control.setCustomValidity(fault);
      control.reportValidity();
      if (fault) return;
      this[which] = { ...this[which], index: null, input: tokens };
      this.changed();
    }

    // The reader changed the experiment: it is shown, and the address tells it.
    changed() {
      this.update();
      try {
        history.replaceState(null, "", "#" + experiment.address(this));
      } catch { /* Some browsers refuse it for files; "Copy link" has it all the same. */ }
    }

    listen() {
      this.set.addEventListener("change", () => {
        const { sets, states } = this.about;
        const chosen = { "": this.picked, none: [], all: states.keys() }[this.set.value] ?? sets[Number(this.set.value)].units;
        this.picked = new Set(chosen);
        this.changed();
      });
      this.list.addEventListener("change", () => {
        const units = experiment.units(this.list.value, this.about.states.length);
        this.list.setCustomValidity(units ? "" : `Units are numbers from 0 to ${this.about.states.length - 1}, such as 3, 5, 9–12.`);
        this.list.reportValidity();
        if (!units) return;
        this.picked = units;
        this.changed();
      });
      this.giving.addEventListener("change", () => {
        this.given = this.giving.value;
        this.changed();
      });
      this.number.addEventListener("input", () => {
        if (!Number.isFinite(this.number.valueAsNumber)) return;
        this.value = this.number.valueAsNumber;
        this.changed();
      });
      for (const [control, set] of [[this.first, (step) => { this.from = step; this.to = Math.max(this.to, step); }],
        [this.last, (step) => { this.to = step; this.from = Math.min(this.from, step); }]]) {
        control.addEventListener("change", () => {
          const step = control.valueAsNumber;
          if (Number.isInteger(step) && step >= 0 && step <= this.about.steps) set(step);
          this.changed();
        });
      }
      this.showing.addEventListener("change", () => {
        this.shown = this.showing.value;
        this.draw();
      });
      this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
      this.back.addEventListener("click", () => this.go(this.step - 1));
      this.next.addEventListener("click", () => this.go(this.step + 1));
      this.player.addEventListener("click", () => this.playing ? this.stop() : this.play());
      this.codeFold.addEventListener("toggle", () => this.writeCode());
      this.copyCell.addEventListener("click", () => {
        this.codeFold.open = true;
        this.copy(this.copyCell, experiment.code(this), this.codeText);
      });
      this.copyLink.addEventListener("click", () =>
        this.copy(this.copyLink, location.href.replace(/#.*/, "") + "#" + experiment.address(this), null));
      this.reset.addEventListener("click", () => {
        const start = this.about.experiment;
        Object.assign(this, { picked: new Set(start.units), given: start.given, value: start.value, from: start.from, to: start.to,
          asked: this.request(start.asked), other: this.request(start.other) });
        this.changed();
      });
      this.listenToStrips();
    }

    // A click or a tap picks a unit or lets it go; a drag with the mouse does the same to all that it passes.
    listenToStrips() {
      let drag = null;
      for (const strip of this.strips) {
        strip.view.addEventListener("pointerdown", (event) => {
          const { unit, step } = strip.find(event);
          drag = { picks: !this.picked.has(unit), last: unit, moved: false, isMouse: event.pointerType === "mouse" };
          this.active = unit;
          this.step = step;
          if (drag.isMouse) this.pick([unit], drag.picks);
        });
        strip.view.addEventListener("pointermove", (event) => {
          if (!drag || !drag.isMouse || event.buttons !== 1) return;
          const { unit } = strip.find(event);
          if (unit === drag.last) return;
          const [first, last] = [this.order.indexOf(drag.last), this.order.indexOf(unit)].sort((a, b) => a - b);
          drag.last = unit;
          this.pick(this.order.slice(first, last + 1), drag.picks);
        });
        strip.view.addEventListener("click", () => {
          if (drag && !drag.isMouse) this.pick([drag.last], drag.picks);
          drag = null;
        });
      }
      this.strips[0].view.addEventListener("keydown", (event) => {
        const row = this.order.indexOf(this.active);
        const to = { ArrowUp: row - 1, ArrowDown: row + 1, Home: 0, End: this.order.length - 1 }[event.key];
        if (to !== undefined) {
          const unit = this.order[Math.max(0, Math.min(this.order.length - 1, to))];
          if (event.shiftKey) this.pick([this.active, unit], true);
          this.active = unit;
          this.mark();
        } else if (event.key === " " || event.key === "Enter") {
          this.pick([this.active], !this.picked.has(this.active));
        } else if (event.key === "Escape") {
          this.pick([...this.picked], false);
        } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
          this.go(this.step + (event.key === "ArrowRight" ? 1 : -1));
        } else {
          return;
        }
        event.preventDefault();
      });
    }

    pick(units, isPicked) {
      for (const unit of units) this.picked[isPicked ? "add" : "delete"](unit);
      this.changed();
    }

    async copy(button, text, shown) {
      const before = button.textContent;
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        if (shown) getSelection().selectAllChildren(shown);
        button.textContent = shown ? "Selected" : "It stands in the address";
      }
      setTimeout(() => { button.textContent = before; }, 1500);
    }

    writeCode() {
      if (this.codeFold.open) this.codeText.textContent = experiment.code(this);
    }

    // MARK: Time

    go(step) {
      this.stop();
      this.step = Math.max(0, Math.min(this.about.steps, step));
      this.mark();
    }

    // From the first step to the last; at once where the reader wants no motion.
    play() {
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
      for (const which of ["asked", "other"]) this.fill(this.requests[which], this[which]);
      const set = this.about.sets.findIndex(({ units }) => units.length === this.picked.size && units.every((unit) => this.picked.has(unit)));
      this.set.value = this.picked.size === 0 ? "none" : set >= 0 ? set : this.picked.size === this.about.states.length ? "all" : "";
      this.list.value = experiment.listed(this.picked);
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
      this.tape.draw(state);
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
      if (this.picked.size === 0) text += " Pick units, and see what becomes of it.";
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
      if (picked.size === 0) {
        this.beside.textContent = this.over.textContent = "";
        return;
      }
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
      const { requests } = this.about;
      const pairs = experiment.pairs(requests, this.asked.length, this.to, otherPairs);
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
      this.over.textContent = pairs.length > 0 ? experiment.tally(counts, pairs.length, this.asked.length) : "";
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
