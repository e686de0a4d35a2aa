// What the explorer of units looks like: the map of all units, their traces, all quantities of one unit, and a table (explorer.js).
const ExplorerViews = (() => {
  "use strict";
  const width = 340;
  const { element } = drawing;
  // Traces are in thousandths.
  const written = (value) => drawing.written(value === null || value === undefined ? undefined : value / 1000);

  return class {
    static width = width;
    static written = written;

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
  };
})();
