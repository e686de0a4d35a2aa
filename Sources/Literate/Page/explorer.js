// The explorer of units: a map of all units, their traces, and all quantities of one unit, drawn from the traces that
// the page carries once. A unit under the pointer is marked in all three; a click, the number or the arrow keys keep it.
(() => {
  "use strict";
  const width = 340;
  let count = 0;

  function element(tag, attributes, ...children) {
    const isDrawing = ["svg", "g", "path", "rect", "line", "text"].includes(tag);
    const made = isDrawing ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {})) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  const written = (value) => value === null || value === undefined ? "–"
    : (value / 1000).toFixed(2).replace(/^-(?=.*[1-9])/, "−").replace(/^-/, "");

  class Explorer {
    constructor(figure, data) {
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

    // MARK: Drawing

    chart = { left: 34, right: 30, top: 22, bottom: 34, all: 200 };

    across(step) {
      const { left, right } = this.chart;
      return left + (width - left - right) * step / Math.max(1, this.data.steps.length - 1);
    }
    height(value, quantity) {
      const { top, bottom, all } = this.chart;
      const { low, high } = this.data.quantities[quantity];
      return top + (all - top - bottom) * (high - value) / Math.max(1, high - low);
    }
    path(quantity, unit) {
      let [path, isOpen] = ["", false];
      for (let step = 0; step < this.data.steps.length; step++) {
        const value = this.value(quantity, unit, step);
        if (value === null || value === undefined) {
          isOpen = false;
          continue;
        }
        path += `${isOpen ? "L" : "M"}${this.across(step).toFixed(1)} ${this.height(value, quantity).toFixed(1)}`;
        isOpen = true;
      }
      return path;
    }

    axes(view, low, high) {
      const { left, right, top, bottom, all } = this.chart;
      view.setAttribute("viewBox", `0 0 ${width} ${all}`);
      view.replaceChildren();
      const middle = (low + high) / 2;
      for (const value of [low, middle, high]) {
        const y = top + (all - top - bottom) * (high - value) / Math.max(1, high - low);
        view.append(element("line", { class: "grid", x1: left, x2: width - right, y1: y, y2: y }),
          element("text", { x: left - 5, y: y + 3.5, "text-anchor": "end" }, written(value).replace(/\.?0+$/, "")));
      }
      const every = Math.ceil(this.data.steps.length / 12);
      this.data.steps.forEach((step, index) => {
        if (index % every) return;
        view.append(element("text", { x: this.across(index), y: all - bottom + 14, "text-anchor": "middle" }, step));
      });
      view.append(element("text", { x: (left + width - right) / 2, y: all - 5, "text-anchor": "middle" }, "Decoder step t"));
    }

    drawMap() {
      const { steps, order, quantities } = this.data;
      const height = Math.max(3, Math.min(13, 420 / this.units));
      const [left, top] = [34, 22];
      const cell = (width - left - 6) / steps.length;
      this.mapShape = { left, top, cell, height };
      const all = top + height * this.units + 34;
      this.map.setAttribute("viewBox", `0 0 ${width} ${all}`);
      const { low, high } = quantities[this.quantity];
      const colour = (value) => {
        if (value === null || value === undefined) return "var(--panel)";
        const share = value < 0 ? value / Math.min(low, -1) : value / Math.max(high, 1);
        return `color-mix(in oklab, var(--${value < 0 ? "below" : "above"}) ${(share * 100).toFixed(1)}%, var(--paper))`;
      };
      this.rows = order.map((unit, row) => {
        const y = top + row * height;
        const option = element("g", { role: "option", id: `${this.name}-${unit}`, "aria-label": `Unit ${unit}` });
        steps.forEach((_, step) => {
          const rect = element("rect", { x: left + step * cell, y, width: cell + 0.3, height: height + 0.3 });
          rect.style.fill = colour(this.value(this.quantity, unit, step));
          option.append(rect);
        });
        option.append(element("rect", { class: "outline", x: left, y, width: cell * steps.length, height }));
        const name = element("text", { x: left - 5, y: y + height / 2 + 3, "text-anchor": "end" }, unit);
        if (height < 9) name.classList.add("crowded");
        option.append(name);
        return option;
      });
      this.mapStep = element("rect", { class: "step", y: top - 2, width: cell, height: height * this.units + 4 });
      const every = Math.ceil(steps.length / 16);
      const labels = steps.filter((_, index) => index % every === 0).map((step) =>
        element("text", { x: left + (steps.indexOf(step) + 0.5) * cell, y: all - 20, "text-anchor": "middle" }, step));
      const { name, symbol } = quantities[this.quantity];
      this.map.replaceChildren(...this.rows, this.mapStep, element("g", { role: "presentation", "aria-hidden": "true" }, ...labels,
        element("text", { x: left + (width - left) / 2, y: all - 5, "text-anchor": "middle" }, "Decoder step t"),
        element("text", { class: "title", x: left, y: 12 }, `${name} ${symbol} of all units: ${low < 0 ? `blue ${written(low)}, white 0` : "white 0"}, orange ${written(high)}`)));
    }

    redraw() {
      this.drawMap();
      const { low, high } = this.data.quantities[this.quantity];
      this.axes(this.traces, low, high);
      this.traceStep = element("line", { class: "step", y1: this.chart.top, y2: this.chart.all - this.chart.bottom });
      this.traceTitle = element("text", { class: "title", x: this.chart.left, y: 12 });
      this.lines = Array.from({ length: this.units }, (_, unit) =>
        element("path", { class: "trace", d: this.path(this.quantity, unit) }));
      this.marked = element("path", { class: "trace active" });
      this.traces.append(...this.lines, this.traceStep, this.marked, this.traceTitle);
      this.mark();
    }

    mark() {
      const { data, active, group } = this;
      const [step, { name, symbol }] = [data.steps[this.step], data.quantities[this.quantity]];
      const value = written(this.value(this.quantity, active, this.step));
      this.number.value = this.unit;
      this.slider.value = this.step;
      this.stepText.textContent = step;
      this.slider.setAttribute("aria-valuetext", `step ${step}; unit ${this.unit}: ${symbol} = ${value}`);
      this.rows.forEach((row, index) => {
        const unit = data.order[index];
        row.classList.toggle("active", unit === active);
        row.setAttribute("aria-selected", String(unit === this.unit));
      });
      this.map.setAttribute("aria-activedescendant", `${this.name}-${this.unit}`);
      this.mapStep.setAttribute("x", this.mapShape.left + this.step * this.mapShape.cell);
      this.marked.setAttribute("d", this.path(this.quantity, active));
      for (const end of ["x1", "x2"]) this.traceStep.setAttribute(end, this.across(this.step));
      this.traceTitle.textContent = `Unit ${active} among all: ${symbol} = ${value} at t = ${step}`;
      this.traces.setAttribute("aria-label",
        `${name} of unit ${active} over the steps, among those of all units; ${value} at step ${step}.`);
      this.drawProfile();
      this.drawTable(group);
    }

    // All quantities of one unit, named at the ends of their lines.
    drawProfile() {
      const { data, active } = this;
      const low = Math.min(...data.quantities.map((quantity) => quantity.low));
      const high = Math.max(...data.quantities.map((quantity) => quantity.high));
      const { top, bottom, all, right } = this.chart;
      const height = (value) => top + (all - top - bottom) * (high - value) / Math.max(1, high - low);
      this.axes(this.profile, low, high);
      const ends = data.quantities.map((_, index) => {
        let [path, end] = ["", 0];
        data.steps.forEach((_, step) => {
          const value = this.value(index, active, step);
          if (value === null || value === undefined) return;
          end = height(value);
          path += `${path ? "L" : "M"}${this.across(step).toFixed(1)} ${end.toFixed(1)}`;
        });
        this.profile.append(element("path", { class: `quantity quantity-${index}`, d: path }));
        return { index, end };
      });
      // Names that would lie on each other move apart.
      ends.sort((first, second) => first.end - second.end);
      ends.forEach((label, index) => {
        if (index > 0) label.end = Math.max(label.end, ends[index - 1].end + 12);
        this.profile.append(element("text", { class: `name quantity-${label.index}`, x: width - right + 6, y: label.end + 4 },
          data.quantities[label.index].symbol));
      });
      const x = this.across(this.step);
      this.profile.append(element("line", { class: "step", x1: x, x2: x, y1: top, y2: all - bottom }),
        element("text", { class: "title", x: this.chart.left, y: 12 }, `All of unit ${active}`));
      const values = data.quantities.map(({ name }, index) => `${name} ${written(this.value(index, active, this.step))}`);
      this.profile.setAttribute("aria-label", `Unit ${active} over the steps. At step ${data.steps[this.step]}: ${values.join(", ")}.`);
    }

    drawTable(group) {
      const { data, active } = this;
      const same = data.groups.filter(({ position }) => position === group.position);
      const head = element("tr", {}, element("th", { scope: "col" }, "Token"),
        ...data.quantities.map(({ symbol }) => element("th", { scope: "col", class: "number" }, symbol)),
        element("th", { scope: "col", class: "number" }, "P(token)"), element("th", { scope: "col", class: "number" }, "Rows"));
      const rows = same.map((other) => element("tr", other === group ? { class: "chosen" } : {},
        element("th", { scope: "row" }, other.token),
        ...data.quantities.map((_, index) =>
          element("td", { class: "number" }, written(this.value(index, active, this.step, other)))),
        element("td", { class: "number" }, written(other.written[this.step])),
        element("td", { class: "number" }, other.rows)));
      this.table.replaceChildren(
        element("caption", {}, `Unit ${active} at step t = ${data.steps[this.step]}, position T = ${group.position}`),
        element("thead", {}, head), element("tbody", {}, ...rows));
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
