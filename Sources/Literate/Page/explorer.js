// The explorer of units: a map of all units, their traces, and all quantities of one unit, drawn from the traces that
// the page carries once. A unit under the pointer is marked in all three; a click, the number or the arrow keys keep it.
(() => {
  "use strict";
  const { width, written } = ExplorerViews;
  const { element } = drawing;
  let count = 0;

  class Explorer extends ExplorerViews {
    constructor(figure, data) {
      super();
      this.data = data;
      this.name = "explorer-" + ++count;
      const last = data.steps.length - 1;
      Object.assign(this, { group: data.groups[0], quantity: 0, unit: data.order[0], step: Math.min(1, last), hovered: null });
      this.makeControls();
      this.map = element("svg", { role: "listbox", tabindex: 0, "aria-label": "Units, by the step of their largest change" });
      this.traces = element("svg", { role: "img" });
      this.profile = element("svg", { role: "img" });
      this.table = element("table");
      const picture = figure.querySelector(".picture");
      const alt = picture.querySelector("img").alt;
      const box = element("div", { class: "explorer", role: "group", "aria-label": "Explorer of units. " + alt },
        this.controls, element("div", { class: "views" }, element("div", {}, this.map),
          element("div", {}, this.traces, this.profile)), element("div", { class: "scroll" }, this.table));
      picture.after(box);
      this.listen();
      this.redraw();
    }

    // MARK: Data

    value(quantity, unit, step, group = this.group) {
      return group.traces[quantity][unit * this.data.steps.length + step];
    }
    get units() { return this.data.order.length; }
    get active() { return this.hovered ?? this.unit; }

    // MARK: Controls

    makeControls() {
      const { groups, quantities, steps, order } = this.data;
      const tokens = [...new Set(groups.map((group) => group.token))];
      this.token = element("select", {}, ...tokens.map((token) => element("option", { value: token }, token)));
      this.position = element("select");
      this.shown = element("select", {}, ...quantities.map(({ name, symbol }, index) =>
        element("option", { value: index }, `${name} ${symbol}`)));
      this.number = element("input", { type: "number", min: 0, max: order.length - 1 });
      this.slider = element("input", { type: "range", min: 0, max: steps.length - 1 });
      this.stepText = element("output");
      const label = (text, ...controls) => element("label", {}, element("span", {}, text), ...controls);
      this.controls = element("div", { class: "controls" }, label("Token", this.token), label("Position T", this.position),
        label("Show", this.shown), label("Unit", this.number), label("Step t", this.slider, this.stepText));
      this.fillPositions();
    }

    fillPositions() {
      const groups = this.data.groups.filter(({ token }) => token === this.token.value);
      const wanted = groups.find(({ position }) => position === this.group.position) ?? groups[0];
      this.position.replaceChildren(...groups.map(({ position }) => element("option", { value: position }, position)));
      this.position.value = wanted.position;
      this.group = wanted;
    }

    listen() {
      this.token.addEventListener("change", () => {
        this.fillPositions();
        this.redraw();
      });
      this.position.addEventListener("change", () => {
        this.group = this.data.groups.find(({ token, position }) =>
          token === this.token.value && position === Number(this.position.value));
        this.redraw();
      });
      this.shown.addEventListener("change", () => {
        this.quantity = Number(this.shown.value);
        this.redraw();
      });
      this.number.addEventListener("input", () => {
        const unit = this.number.valueAsNumber;
        if (Number.isInteger(unit) && unit >= 0 && unit < this.units) this.choose({ unit });
      });
      this.slider.addEventListener("input", () => this.choose({ step: Number(this.slider.value) }));
      this.map.addEventListener("keydown", (event) => {
        const row = this.data.order.indexOf(this.unit);
        const at = (index) => ({ unit: this.data.order[Math.max(0, Math.min(this.units - 1, index))] });
        const to = (step) => ({ step: Math.max(0, Math.min(this.data.steps.length - 1, step)) });
        const choice = {
          ArrowUp: at(row - 1), ArrowDown: at(row + 1), Home: at(0), End: at(this.units - 1),
          ArrowLeft: to(this.step - 1), ArrowRight: to(this.step + 1),
        }[event.key];
        if (!choice) return;
        event.preventDefault();
        this.choose(choice);
      });
      for (const [view, find] of [[this.map, this.inMap], [this.traces, this.inTraces]]) {
        view.addEventListener("pointermove", (event) => this.hover(find.call(this, this.point(view, event)).unit));
        view.addEventListener("pointerleave", () => this.hover(null));
        view.addEventListener("click", (event) => this.choose(find.call(this, this.point(view, event))));
      }
    }

    point(view, event) {
      const box = view.getBoundingClientRect();
      const scale = width / box.width;
      return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
    }

    inMap({ x, y }) {
      const { left, top, cell, height } = this.mapShape;
      const [row, step] = [Math.floor((y - top) / height), Math.floor((x - left) / cell)];
      const inside = (value, end) => Math.max(0, Math.min(end - 1, value));
      return { unit: this.data.order[inside(row, this.units)], step: inside(step, this.data.steps.length) };
    }

    inTraces({ x, y }) {
      const { left, right } = this.chart;
      const last = this.data.steps.length - 1;
      const step = Math.max(0, Math.min(last, Math.round((x - left) / (width - left - right) * last)));
      let [unit, nearest] = [this.unit, Infinity];
      for (let other = 0; other < this.units; other++) {
        const value = this.value(this.quantity, other, step);
        const distance = value === null || value === undefined ? Infinity : Math.abs(this.height(value, this.quantity) - y);
        if (distance < nearest) [unit, nearest] = [other, distance];
      }
      return { unit, step };
    }

    choose(choice) {
      Object.assign(this, choice);
      this.mark();
    }

    hover(unit) {
      if (this.hovered === unit) return;
      this.hovered = unit;
      this.mark();
    }
  }

  function start() {
    for (const script of document.querySelectorAll("script.traces")) {
      const figure = script.closest("figure");
      if (figure.querySelector(".explorer")) continue;
      const data = JSON.parse(script.textContent);
      if (data.groups.length > 0) new Explorer(figure, data);
    }
  }
  document.addEventListener("DOMContentLoaded", start);
  document.addEventListener("page-changed", start);
})();
