// What the reader takes a model in the page by: the choice of requests, units, steps and values, by pointer, touch and keyboard.
// <neuron-model> extends it (neuron-model.js).
const NeuronControls = (() => {
  "use strict";
  const { element } = drawing;
  const { Tape, Strip, UnitChart, Chart, Numbers } = neuronViews;
  const experiment = neuronExperiment;

  return class extends HTMLElement {
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
        new Strip(this, "as asked: blue −1, orange 1", { role: "listbox", tabindex: 0, "aria-multiselectable": "true", "aria-label": "Units: pick those that are edited" }),
        new Strip(this, about.isBrief ? `The ${about.states.length} units: blue −1, orange 1; box: the swap` : "edited: blue −1, orange 1", { role: "img" }, about.isBrief ? 200 : 460)];
      this.strips[0].rows.forEach((row, index) => {
        row.setAttribute("role", "option");
        row.setAttribute("id", `${this.name}-${this.order[index]}`);
      });
      const redraw = () => { if (this.runs) this.draw(); };
      [this.unit, this.chart, this.numbers] = [new UnitChart(about, redraw), new Chart(about, redraw), new Numbers(about)];
      this.codeText = element("pre", { tabindex: 0 });
      this.codeFold = element("details", {}, element("summary", {}, "As a cell"), this.codeText);
      this.controls = element("div", { class: "controls" },
        element("fieldset", {}, element("legend", {}, "Asked"), ...this.requests.asked.controls),
        element("fieldset", {}, element("legend", {}, "The other request"), ...this.requests.other.controls),
        element("fieldset", {}, element("legend", {}, "Edit"), label("Give", this.set), label("Units", this.list),
          label("the values", this.giving), this.number, label("from t", this.first), label("to t", this.last)));
      const player = element("div", { class: "player" }, this.player, this.back, this.next, label("Step t", this.slider, this.stepText));
      const views = (...parts) => element("div", { class: "views" }, ...parts.map(({ view }) => element("div", {}, view)));
      const goal = about.goal ? [this.goal] : [];
      const result = [this.said, this.tape.view, player];
      const rest = [element("details", {}, element("summary", {}, "Numbers of the edited units"), this.numbers.view), this.codeFold,
        element("div", { class: "player" }, this.copyCell, this.copyLink, this.reset)];
      const [asked, edited] = this.strips;
      const parts = about.isBrief
        ? [this.presets(button), ...goal, ...result, views(edited, this.chart), this.beside, this.over,
          element("details", {}, element("summary", {}, "Ask something else, and edit by hand"), this.controls,
            element("div", { class: "player" }, label("Show", this.showing)), views(asked, this.unit), ...rest)]
        : [this.controls, ...goal, this.said, this.beside, this.over, this.tape.view,
          player, views(asked, edited, this.unit, this.chart), ...rest];
      if (!about.isBrief) player.append(label("Show", this.showing));
      const alt = this.querySelector("img")?.alt ?? "";
      this.append(element("div", { class: about.isBrief ? "live brief" : "live", role: "group", "aria-label": "A model that runs. " + alt }, ...parts));
      this.listen();
    }

    // The experiments that one click makes: the model as it is, and each set with the values of the other request.
    presets(button) {
      const choices = [["As asked", []], ...this.about.sets.map(({ name, units }) => [`Swap the ${units.length} ${name} units`, units])];
      this.choices = choices.map(([title, units]) => {
        const choice = button(title);
        choice.addEventListener("click", () => {
          const { experiment: start } = this.about;
          Object.assign(this, { picked: new Set(units), given: "other", from: start.from, to: start.to });
          this.changed();
          this.play();
        });
        return { choice, units };
      });
      this.asking = element("span");
      return element("div", { class: "player" }, ...this.choices.map(({ choice }) => choice), this.asking);
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

    // The reader changed the experiment: it is shown, and the address tells it when the hand rests, since telling it takes longer than
    // the rest.
    changed() {
      this.update();
      clearTimeout(this.telling);
      this.telling = setTimeout(() => {
        try {
          history.replaceState(null, "", "#" + experiment.address(this));
        } catch { /* Some browsers refuse it for files; "Copy link" has it all the same. */ }
      }, 100);
    }

    listen() {
      this.set.addEventListener("change", () => {
        const { sets, states } = this.about;
        const chosen = { "": this.picked, none: [], all: states.keys() }[this.set.value] ?? sets[Number(this.set.value)].units;
        this.picked = new Set(chosen);
        this.changed();
      });
      this.list.addEventListener("change", () => {
        const units = experiment.units(this.list.value, this.about.states);
        this.list.setCustomValidity(units ? "" : `Units are ${this.about.states[0]} to ${this.about.states.at(-1)}, such as 3, 5, 9–12.`);
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
          drag = { picks: !this.picked.has(unit), last: unit, isMouse: event.pointerType === "mouse" };
          this.active = unit;
          this.step = step;
          if (drag.isMouse) this.pick([unit], drag.picks);
        });
        strip.view.addEventListener("pointermove", (event) => {
          // A drag may have ended elsewhere.
          if (event.buttons === 0) {
            drag = null;
            return this.look(strip.find(event));
          }
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
      this.unit.view.addEventListener("pointermove", (event) => this.look(this.unit.find(event, this)));
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

    // The unit under the pointer is the one whose numbers are shown.
    look({ unit }) {
      if (unit === this.active) return;
      this.active = unit;
      this.mark();
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
  };
})();
