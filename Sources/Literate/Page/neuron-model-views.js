// What a model in the page looks like: the tape of tokens, two strips of states, one unit and probabilities over the steps, and a
// table.
const neuronViews = (() => {
  "use strict";
  const width = 340;

  const { element, written } = drawing;

  // The tokens of three runs over the steps; what an edit changes is marked.
  class Tape {
    constructor(about) {
      this.about = about;
      this.table = element("table", { class: "tape" });
      this.view = element("div", { class: "scroll" }, this.table);
    }

    draw({ asked, edited, other, requests, step }) {
      const name = (token) => this.about.vocabulary[token];
      const steps = asked.tokens.map((_, index) => index + 1);
      const row = (title, tokens, request, compared) => element("tr", {}, element("th", { scope: "row" }, title),
        ...tokens.map((token, index) => {
          const classes = [];
          if (token === request.word && index + 1 === request.position) classes.push("asked");
          if (compared && compared[index] !== token) classes.push("changed");
          if (index + 1 > step) classes.push("later");
          const cell = element("td", classes.length ? { class: classes.join(" ") } : {}, name(token));
          if (classes.includes("changed")) cell.append(element("span", { class: "spoken" }, ", changed"));
          return cell;
        }));
      this.table.replaceChildren(
        element("caption", { class: "spoken" }, "The tokens written at each step"),
        element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "t"),
          ...steps.map((step) => element("th", { scope: "col" }, step)))),
        element("tbody", {}, row("as asked", asked.tokens, requests.asked),
          row("edited", edited.tokens, requests.asked, asked.tokens), row("the other", other.tokens, requests.other)));
    }
  }

  // Units × steps as colours.
  class Strip {
    // `tall`: how high all units are together, where there are so many that it matters.
    constructor(model, title, attributes, tall = 460) {
      const { about, order } = model;
      this.order = order;
      this.steps = about.steps + 1;
      this.height = Math.max(3, Math.min(13, tall / order.length));
      [this.left, this.top, this.right] = [34, 22, about.sets.length === 0 ? 6 : about.isBrief ? 56 : 20];
      this.cell = (width - this.left - this.right) / this.steps;
      const all = this.top + this.height * order.length + 34;
      this.view = element("svg", { viewBox: `0 0 ${width} ${all}`, ...attributes });
      this.title = element("text", { class: "title", x: this.left, y: 12 }, title);
      this.rows = order.map((unit, row) => {
        const y = this.top + row * this.height;
        const line = element("g", { "data-unit": unit });
        for (let step = 0; step < this.steps; step++) {
          line.append(element("rect", { x: this.left + step * this.cell, y, width: this.cell + 0.3, height: this.height + 0.3 }));
        }
        line.append(element("rect", { class: "outline", x: this.left, y, width: this.cell * this.steps, height: this.height }));
        const name = element("text", { x: this.left - 5, y: y + this.height / 2 + 3, "text-anchor": "end" }, about.states[unit]);
        if (this.height < 9) name.classList.add("crowded");
        line.append(name);
        return line;
      });
      this.cells = this.rows.map((row) => [...row.querySelectorAll("rect:not(.outline)")]);
      const frame = { y: this.top - 2, height: this.height * order.length + 4 };
      this.now = element("rect", { class: "step", ...frame, width: this.cell });
      this.edits = element("rect", { class: "edits", ...frame });
      const every = Math.ceil(this.steps / 16);
      const labels = Array.from({ length: this.steps }, (_, step) => step).filter((step) => step % every === 0)
        .map((step) => element("text", { x: this.left + (step + 0.5) * this.cell, y: all - 20, "text-anchor": "middle" }, step));
      this.view.append(...this.rows, this.edits, this.now, element("g", { role: "presentation", "aria-hidden": "true" },
        ...labels, element("text", { x: this.left + this.cell * this.steps / 2, y: all - 5, "text-anchor": "middle" }, "Decoder step t"),
        this.title, ...this.brackets(about)));
    }

    // A line beside the units of each set that lie together, with its name where there is room.
    brackets({ sets, isBrief }) {
      const x = width - this.right + 5;
      return sets.flatMap(({ name, units }) => {
        const rows = units.map((unit) => this.order.indexOf(unit)).sort((first, second) => first - second);
        const drawn = [];
        for (let first = 0; first < rows.length; ) {
          let last = first;
          while (last + 1 < rows.length && rows[last + 1] === rows[last] + 1) last++;
          const [y, end] = [this.top + rows[first] * this.height + 1, this.top + (rows[last] + 1) * this.height - 1];
          drawn.push(element("path", { class: "bracket", d: `M${x - 3} ${y}h3V${end}h-3` }));
          const middle = (y + end) / 2;
          if (isBrief) {
            drawn.push(element("text", { x: x + 4, y: middle + 3 }, name));
          } else if (end - y > 5 * name.length) {
            drawn.push(element("text", { x: x + 10, y: middle, "text-anchor": "middle", transform: `rotate(-90 ${x + 10} ${middle})` }, name));
          }
          first = last + 1;
        }
        return drawn;
      });
    }

    // Values by step and unit; steps begin at `first`.
    colour(values, first) {
      this.order.forEach((unit, row) => {
        for (let step = 0; step < this.steps; step++) {
          const value = values[step - first]?.[unit] ?? 0;
          const [cell, share] = [this.cells[row][step], Math.min(1, Math.abs(value)).toFixed(2)];
          if (cell.share === share && cell.isBelow === value < 0) continue;
          [cell.share, cell.isBelow] = [share, value < 0];
          cell.setAttribute("class", value < 0 ? "below" : "above");
          cell.setAttribute("fill-opacity", share);
        }
      });
    }

    mark({ picked, active, step, from, to }) {
      this.order.forEach((unit, row) => {
        this.rows[row].classList.toggle("picked", picked.has(unit));
        this.rows[row].classList.toggle("active", unit === active);
      });
      this.now.setAttribute("x", this.left + step * this.cell);
      this.edits.setAttribute("x", this.left + from * this.cell);
      this.edits.setAttribute("width", Math.max(0, to - from + 1) * this.cell);
      this.edits.style.display = picked.size > 0 ? "" : "none";
    }

    // The unit and the step at a place of the screen.
    find(event) {
      const box = this.view.getBoundingClientRect();
      const scale = width / box.width;
      const inside = (value, end) => Math.max(0, Math.min(end - 1, Math.floor(value)));
      const row = inside(((event.clientY - box.top) * scale - this.top) / this.height, this.order.length);
      return { unit: this.order[row], step: inside(((event.clientX - box.left) * scale - this.left) / this.cell, this.steps) };
    }
  }

  // On a narrow screen the letters of a chart need more of it. Asking for its width as it is drawn would lay out the page each time.
  function watchWidth(view, redraw) {
    view.isWide = true;
    new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width === 0 || view.isWide === contentRect.width >= 450) return;
      view.isWide = !view.isWide;
      redraw();
    }).observe(view);
  }

  // Where values from `low` to `high` lie in a chart over the steps from `first` to `last`.
  function places(view, { all, right, first, last, low, high }) {
    const [left, top, bottom] = [34, 22, 34];
    const end = (view.isWide ? 2 * width : width) - right;
    const across = (step) => left + (end - left) * (step - first) / Math.max(1, last - first);
    const height = (value) => top + (all - top - bottom) * (high - value) / (high - low);
    const line = (values, start) => values.map((value, index) =>
      `${index ? "L" : "M"}${across(start + index).toFixed(1)} ${height(value).toFixed(1)}`).join("");
    return { left, top, bottom, end, across, height, line };
  }

  // The same with its axes.
  function axes(view, frame, title) {
    const { all, right, first, last, low, high } = frame;
    const found = places(view, frame);
    const { left, top, bottom, end, across, height } = found;
    view.setAttribute("viewBox", `0 0 ${end + right} ${all}`);
    const drawn = [element("text", { class: "title", x: left, y: 12 }, title)];
    for (const value of [low, (low + high) / 2, high]) {
      drawn.push(element("line", { class: "grid", x1: left, x2: end, y1: height(value), y2: height(value) }),
        element("text", { x: left - 5, y: height(value) + 3.5, "text-anchor": "end" }, written(value).replace(/\.?0+$/, "")));
    }
    const every = Math.ceil((last - first + 1) / (end > width ? 40 : 20));
    for (let step = first; step <= last; step += every) {
      drawn.push(element("text", { x: across(step), y: all - bottom + 14, "text-anchor": "middle" }, step));
    }
    drawn.push(element("text", { x: (left + end) / 2, y: all - 5, "text-anchor": "middle" }, "Decoder step t"));
    const now = (step) => {
      const x = across(Math.max(first, step));
      return element("line", { class: "step", x1: x, x2: x, y1: top, y2: all - bottom });
    };
    return { ...found, now, drawn };
  }

  // One unit over the steps: its state among those of all units, and its gates.
  class UnitChart {
    constructor(about, redraw) {
      this.about = about;
      this.view = element("svg", { role: "img" });
      watchWidth(this.view, redraw);
    }

    // What only another run changes: how far states reach, and the lines of all units.
    measure({ runs: { asked, edited } }) {
      const { states, steps: last } = this.about;
      let [low, high] = [-1, 1];
      for (const state of [...asked.states, ...edited.states]) {
        for (const value of state) [low, high] = [Math.min(low, value), Math.max(high, value)];
      }
      this.frame = { all: 200, right: 30, first: 0, last, low: Math.floor(low), high: Math.ceil(high) };
      const { line } = places(this.view, this.frame);
      this.others = states.map((_, unit) => line(edited.states.map((state) => state[unit]), 0)).join("");
    }

    draw({ asked, edited, step, picked, active }) {
      const { states, gates, units } = this.about;
      const name = states[active];
      const { end, height, line, now, drawn } = axes(this.view, this.frame,
        `Unit ${name}: its state h among all units’, and its gates${picked.size > 0 ? "; thin, h as asked" : ""}`);
      const lines = [{ symbol: "h", first: 0, values: edited.states.map((state) => state[active]) },
        ...gates.map(({ symbol }) => ({ symbol, first: 1, values: edited.gates[symbol].map((values) => values[active % units]) }))];
      drawn.push(element("path", { class: "trace", d: this.others }));
      if (picked.size > 0) drawn.push(element("path", { class: "quantity-0 before", d: line(asked.states.map((state) => state[active]), 0) }));
      const ends = lines.map(({ first, values }, index) => {
        drawn.push(element("path", { class: `quantity quantity-${index}`, d: line(values, first) }));
        return { index, place: height(values.at(-1)) };
      });
      // Names that would lie on each other move apart.
      ends.sort((first, second) => first.place - second.place);
      ends.forEach((label, index) => {
        if (index > 0) label.place = Math.max(label.place, ends[index - 1].place + 12);
        drawn.push(element("text", { class: `name quantity-${label.index}`, x: end + 6, y: label.place + 4 }, lines[label.index].symbol));
      });
      this.view.replaceChildren(...drawn, now(step));
      const said = lines.map(({ symbol, first, values }) => `${symbol} ${written(values[step - first])}`);
      this.view.setAttribute("aria-label", `Unit ${name} over the steps. At step ${step}: ${said.join(", ")}.`);
    }

    // The unit whose state lies nearest to a place of the screen.
    find(event, { runs: { edited } }) {
      const { across, height } = places(this.view, this.frame);
      const box = this.view.getBoundingClientRect();
      const scale = this.view.viewBox.baseVal.width / box.width;
      const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
      const share = (x - across(0)) / (across(this.frame.last) - across(0));
      const step = Math.max(0, Math.min(this.frame.last, Math.round(share * this.frame.last)));
      const far = [...edited.states[step]].map((value) => Math.abs(height(value) - y));
      return { unit: far.indexOf(Math.min(...far)) };
    }
  }

  // P of the two words over the steps: as asked, and edited.
  class Chart {
    constructor(about, redraw) {
      this.about = about;
      this.frame = { all: 170, right: 60, first: 1, last: about.steps, low: 0, high: 1 };
      this.view = element("svg", { role: "img" });
      watchWidth(this.view, redraw);
    }

    draw({ asked, edited, requests, step, picked }) {
      const { vocabulary } = this.about;
      const { top, end, across, height, line, now, drawn } = axes(this.view, this.frame,
        "P(word) at each step: line, edited; dashes, as asked");
      const words = [...new Set([requests.asked.word, requests.other.word])].filter((word) => word !== null);
      const spoken = [];
      words.forEach((word, index) => {
        const path = (run) => line(run.probabilities.map((shares) => shares[word]), 1);
        const peak = (run) => run.probabilities.reduce((best, shares, step) =>
          shares[word] > best.share ? { share: shares[word], step: step + 1 } : best, { share: -1, step: 1 });
        drawn.push(element("path", { class: `word-${index} before`, d: path(asked) }));
        if (picked.size > 0) drawn.push(element("path", { class: `word-${index}`, d: path(edited) }));
        const best = peak(edited);
        const name = vocabulary[word];
        // Which line is whose is told at its top, not by its colour alone.
        const tops = new Map((picked.size > 0 ? [asked, edited] : [asked]).map(peak).filter(({ share }) => share > 0.05)
          .map(({ share, step }) => [step, share]));
        for (const [at, share] of tops) {
          drawn.push(element("text", { class: `word-${index} name`, x: across(at) + (index ? -5 : 5), y: height(share) + 11,
            "text-anchor": index ? "end" : "start" }, name));
        }
        drawn.push(element("text", { class: `word-${index} name`, x: end + 8, y: top + 14 + 18 * index }, `P(${name})`));
        spoken.push(`P(${name}) is largest at step ${best.step}, ${written(best.share)}; as asked at step ${peak(asked).step}, ${written(peak(asked).share)}`);
      });
      this.view.replaceChildren(...drawn, now(step));
      this.view.setAttribute("aria-label", `Probabilities over the steps. ${spoken.join(". ")}.`);
    }
  }

  // The picked units at one step, before and after.
  class Numbers {
    constructor(about) {
      this.about = about;
      this.table = element("table");
      this.view = element("div", { class: "scroll" }, this.table);
    }

    draw({ asked, edited, other, step, picked, active }) {
      const units = picked.size > 0 ? [...picked].sort((first, second) => first - second) : [active];
      const cell = (run, unit) => element("td", { class: "number" }, written(run.states[step][unit]));
      this.table.replaceChildren(
        element("caption", {}, `State h at step t = ${step}`),
        element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Unit"),
          ...["as asked", "edited", "the other"].map((title) => element("th", { scope: "col", class: "number" }, title)))),
        element("tbody", {}, ...units.map((unit) => element("tr", {},
          element("th", { scope: "row" }, this.about.states[unit]), cell(asked, unit), cell(edited, unit), cell(other, unit)))));
    }
  }

  return { Tape, Strip, UnitChart, Chart, Numbers };
})();
