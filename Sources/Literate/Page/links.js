// <linked-figure>: a picture whose data are of units, steps, tokens or positions. Pointing at one marks what is of the same in
// every figure and table of the chapter, with its numbers; units that the reader marks are a set that a model in the page can
// take. Where the data lie stands in the element as JSON (FigureLinks.swift).
const links = (() => {
  "use strict";
  const { element } = drawing;
  const figures = new Set();
  // Units that the reader marked, by chapter and model.
  const sets = new Map();

  const chapter = (node) => node.closest("main > section") ?? document.body;
  const rows = (of) => of.querySelectorAll("tr[data-model]");

  function marked(of, model) {
    const key = chapter(of);
    if (!sets.has(key)) sets.set(key, new Map());
    const models = sets.get(key);
    if (!models.has(model)) models.set(model, new Set());
    return models.get(model);
  }

  // Marks what is of the same as `things`, { unit: "3", step: "2" }, in the chapter of `of`; nothing where `things` is null.
  function point(of, model, things) {
    const place = chapter(of);
    for (const figure of figures) if (chapter(figure) === place) figure.show(model, things);
    for (const row of rows(place)) row.classList.toggle("pointed", row.dataset.model === model && isOf(row.dataset, things));
  }

  // Whether data of some things are of these: equal in all that both have, and in one at least.
  function isOf(own, things) {
    const shared = Object.keys(things ?? {}).filter((thing) => own[thing] !== undefined);
    return shared.length > 0 && shared.every((thing) => own[thing] === things[thing]);
  }

  function mark(of, model, units, isMarked) {
    const set = marked(of, model);
    for (const unit of units) set[isMarked ? "add" : "delete"](unit);
    const place = chapter(of);
    for (const figure of figures) if (chapter(figure) === place) figure.showMarked();
    for (const row of rows(place)) {
      row.classList.toggle("marked", row.dataset.unit !== undefined && marked(row, row.dataset.model).has(row.dataset.unit));
    }
  }

  const number = (value) => value === null ? "–" : String(value).replace("-", "−");
  const inNumberOrder = (first, second) => first.localeCompare(second, "en", { numeric: true });

  class LinkedFigure extends HTMLElement {
    connectedCallback() {
      figures.add(this);
      if (this.marks) return;
      const [script, image] = [this.querySelector("script.links"), this.querySelector("img")];
      if (!script || !image) return;
      this.marks = JSON.parse(script.textContent);
      this.marks.forEach((mark) => this.prepare(mark));
      this.active = null;
      const [width, height] = [image.getAttribute("width"), image.getAttribute("height")];
      const drawn = (name, attributes) => element(name, attributes);
      this.layers = { marked: drawn("g", { class: "marked" }), pointed: drawn("g", { class: "pointed" }), brush: drawn("rect", { class: "brush", visibility: "hidden" }) };
      this.view = element("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", tabindex: 0, role: "application",
        "aria-label": "Data of the figure. Arrow keys go from one to the next, Enter marks its unit, Escape lets all go." },
      ...this.marks.map((mark) => drawn("rect", { ...mark.area, class: "area" })), this.layers.marked, this.layers.pointed, this.layers.brush);
      const picture = this.querySelector("picture");
      const frame = element("div", { class: "linked" });
      picture.replaceWith(frame);
      frame.append(picture, this.view);
      this.readout = element("p", { class: "readout", role: "status", "data-hint": "Point at the data, or go through them with the arrow keys." });
      this.bar = element("p", { class: "readout" });
      this.append(this.readout, this.bar);
      this.listen();
      this.showMarked();
    }

    disconnectedCallback() {
      figures.delete(this);
    }

    // The places of a mark's data as rectangles, what each is of, and the rectangle around them all.
    prepare(mark) {
      const reach = 5;
      if (mark.cells) {
        const [x, y, width, height, rows, columns] = mark.cells;
        mark.places = Array.from({ length: rows * columns }, (_, index) => ({
          x: x + (index % columns) * width / columns, y: y + Math.floor(index / columns) * height / rows,
          width: width / columns, height: height / rows }));
      } else if (mark.points) {
        mark.places = Array.from({ length: mark.points.length / 2 }, (_, index) => {
          const [x, y] = mark.points.slice(2 * index, 2 * index + 2);
          return x === null ? null : { x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach };
        });
      } else {
        mark.places = Array.from({ length: mark.rectangles.length / 4 }, (_, index) => {
          const [x, y, width, height] = mark.rectangles.slice(4 * index, 4 * index + 4);
          return x === null ? null : { x, y, width, height };
        });
      }
      mark.of = mark.places.map((_, index) =>
        Object.fromEntries(Object.entries(mark.things).map(([thing, { names, index: numbers }]) => [thing, names[numbers[index]]])));
      const seen = mark.places.filter(Boolean);
      const low = (side) => Math.min(...seen.map((place) => place[side]));
      const high = (side, size) => Math.max(...seen.map((place) => place[side] + place[size]));
      mark.area = seen.length === 0 ? { x: 0, y: 0, width: 0, height: 0 }
        : { x: low("x"), y: low("y"), width: high("x", "width") - low("x"), height: high("y", "height") - low("y") };
    }

    // The datum at a place: that which contains it, else the nearest within a finger's breadth.
    find({ x, y }) {
      let [found, nearest] = [null, 14];
      for (const mark of this.marks) {
        mark.places.forEach((place, index) => {
          if (!place) return;
          const [dx, dy] = [Math.max(place.x - x, 0, x - place.x - place.width), Math.max(place.y - y, 0, y - place.y - place.height)];
          const distance = Math.hypot(dx, dy) + (mark.points ? Math.hypot(place.x + place.width / 2 - x, place.y + place.height / 2 - y) / 100 : 0);
          if (distance < nearest) [found, nearest] = [{ mark, index }, distance];
        });
      }
      return found;
    }

    // Where a pointer is, in the figure's points.
    place(event) {
      const [box, view] = [this.view.getBoundingClientRect(), this.view.viewBox.baseVal];
      return { x: (event.clientX - box.left) * view.width / box.width, y: (event.clientY - box.top) * view.height / box.height };
    }

    go(datum) {
      this.active = datum;
      point(this, datum?.mark.model ?? "", datum ? datum.mark.of[datum.index] : null);
    }

    toggle(datum) {
      const { unit } = datum.mark.of[datum.index];
      if (unit !== undefined) mark(this, datum.mark.model, [unit], !marked(this, datum.mark.model).has(unit));
    }

    listen() {
      const { view, layers } = this;
      let start = null;
      view.addEventListener("pointermove", (event) => {
        if (event.pointerType === "touch") return;
        const at = this.place(event);
        if (start && event.buttons === 1) this.brush(start, at);
        else this.go(this.find(at));
      });
      view.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || event.pointerType === "touch") return;
        start = this.place(event);
        view.setPointerCapture(event.pointerId);
      });
      view.addEventListener("pointerup", (event) => {
        const [from, at] = [start, this.place(event)];
        start = null;
        layers.brush.setAttribute("visibility", "hidden");
        if (from && Math.hypot(at.x - from.x, at.y - from.y) > 4) {
          this.hasBrushed = true;
          this.take(from, at);
        }
      });
      view.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch" && !start) this.go(null); });
      // A click or a tap: the first tap points, as there is nothing to hover with.
      view.addEventListener("click", (event) => {
        event.stopPropagation();
        if (this.hasBrushed) { this.hasBrushed = false; return; }
        const datum = this.find(this.place(event));
        const isTap = event.pointerType === "touch";
        const isNew = datum?.mark !== this.active?.mark || datum?.index !== this.active?.index;
        this.go(datum);
        if (datum && !(isTap && isNew)) this.toggle(datum);
      });
      view.addEventListener("keydown", (event) => this.press(event));
      view.addEventListener("focus", () => { if (!this.active) this.go(this.first()); });
      view.addEventListener("blur", () => this.go(null));
    }

    first() {
      const mark = this.marks.find(({ places }) => places.some(Boolean));
      return mark ? { mark, index: mark.places.findIndex(Boolean) } : null;
    }

    press(event) {
      const { active } = this;
      if (event.key === "Escape") {
        for (const { model } of this.marks) mark(this, model, [...marked(this, model)], false);
      } else if ((event.key === "Enter" || event.key === " ") && active) {
        this.toggle(active);
      } else if (["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"].includes(event.key)) {
        this.go(active ? this.next(active, event.key) : this.first());
      } else {
        return;
      }
      event.preventDefault();
    }

    // The next datum of a mark in a direction: in a grid the neighbour, else the nearest that lies that way; after the last the
    // next mark's first.
    next({ mark, index }, key) {
      const isOn = key === "ArrowRight" || key === "ArrowDown";
      if (mark.cells) {
        const [rows, columns] = mark.cells.slice(4);
        const [row, column] = [Math.floor(index / columns), index % columns];
        const to = { ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1], ArrowDown: [row + 1, column], ArrowUp: [row - 1, column] }[key];
        if (to[0] >= 0 && to[0] < rows && to[1] >= 0 && to[1] < columns) return { mark, index: to[0] * columns + to[1] };
      } else {
        const side = key === "ArrowRight" || key === "ArrowLeft" ? "x" : "y";
        const order = mark.places.map((place, at) => ({ place, at })).filter(({ place }) => place)
          .sort((first, second) => first.place[side] - second.place[side] || first.at - second.at).map(({ at }) => at);
        const at = order[order.indexOf(index) + (isOn ? 1 : -1)];
        if (at !== undefined) return { mark, index: at };
      }
      const others = this.marks.filter(({ places }) => places.some(Boolean));
      const other = others[others.indexOf(mark) + (isOn ? 1 : -1)];
      if (!other) return { mark, index };
      return { mark: other, index: isOn ? other.places.findIndex(Boolean) : other.places.findLastIndex(Boolean) };
    }

    brush(from, to) {
      const box = { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) };
      for (const [name, value] of Object.entries(box)) this.layers.brush.setAttribute(name, value);
      this.layers.brush.setAttribute("visibility", "visible");
      return box;
    }

    // Marks the units of all data whose middle lies between two corners.
    take(from, to) {
      const box = this.brush(from, to);
      this.layers.brush.setAttribute("visibility", "hidden");
      for (const { places, of, model } of this.marks) {
        const units = places.flatMap((place, index) => {
          if (!place || of[index].unit === undefined) return [];
          const [x, y] = [place.x + place.width / 2 - box.x, place.y + place.height / 2 - box.y];
          return x >= 0 && x <= box.width && y >= 0 && y <= box.height ? [of[index].unit] : [];
        });
        mark(this, model, units, true);
      }
    }

    // MARK: Showing

    outlines(layer, isWanted) {
      this.layers[layer].replaceChildren(...this.marks.flatMap((mark) => {
        const wanted = mark.places.map((place, index) => place !== null && isWanted(mark, mark.of[index]));
        return merged(mark, wanted).map(({ x, y, width, height }) => element("rect", { x, y, width, height, rx: mark.points ? 5 : 1 }));
      }));
    }

    show(model, things) {
      this.outlines("pointed", (mark, own) => mark.model === model && isOf(own, things));
      this.readout.textContent = this.words(model, things);
    }

    // What is pointed at, and its numbers here: one by one where they are few, else their range.
    words(model, things) {
      const found = this.marks.flatMap((mark) => mark.model !== model ? [] :
        mark.of.flatMap((own, index) => isOf(own, things) ? [{ mark, own, index }] : []));
      if (found.length === 0) return "";
      const name = ["unit", "step", "token", "position"].filter((thing) => things[thing] !== undefined && found.some(({ own }) => own[thing] !== undefined))
        .map((thing) => `${thing} ${things[thing]}`).join(", ");
      const text = (label) => label.replaceAll("$", "");
      const labels = [...new Set(found.flatMap(({ mark }) => mark.numbers.map(({ label }) => label)))];
      const values = (label) => found.map(({ mark, index }) => mark.numbers.find((numbers) => numbers.label === label)?.values[index] ?? null);
      const several = (mark) => mark.series ? `${mark.series}: ` : "";
      if (found.length <= 3) {
        return `${name}: ` + found.map(({ mark, index }) =>
          several(mark) + mark.numbers.map(({ label, values }) => `${text(label)} ${number(values[index])}`).join(", ")).join("; ");
      }
      return `${name}: ${found.length} values. ` + labels.map((label) => {
        const known = values(label).filter((value) => value !== null);
        return known.length === 0 ? `${text(label)}: –` : `${text(label)} ${number(Math.min(...known))} to ${number(Math.max(...known))}`;
      }).join(", ");
    }

    showMarked() {
      if (!this.layers) return;
      this.outlines("marked", (mark, own) => own.unit !== undefined && marked(this, mark.model).has(own.unit));
      const models = [...new Set(this.marks.filter(({ things }) => things.unit).map(({ model }) => model))];
      this.bar.replaceChildren(...models.flatMap((model) => {
        const units = [...marked(this, model)].sort(inNumberOrder);
        if (units.length === 0) return [];
        const button = (text, act) => {
          const made = element("button", { type: "button" }, text);
          made.addEventListener("click", act);
          return made;
        };
        const running = [...chapter(this).querySelectorAll("neuron-model.running")].filter(({ about }) => about.name === model);
        return [`Marked: ${units.length === 1 ? "unit" : "units"} ${units.join(", ")}. `,
          ...running.slice(0, 1).map((live) => button("Give them to the model", () => {
            live.choose(units);
            live.scrollIntoView({ block: "nearest" });
          })), " ", button("Let them go", () => mark(this, model, units, false)), " "];
      }));
    }
  }

  // Rectangles around the wanted data: in a grid whole rows, or else whole columns, in one.
  function merged({ cells, places }, wanted) {
    if (!cells) return places.filter((_, index) => wanted[index]);
    const [x, y, width, height, rows, columns] = cells;
    const isWhole = (count, at) => Array.from({ length: count }, (_, index) => at(index)).every((index) => wanted[index]);
    const made = [];
    const done = new Set();
    for (let row = 0; row < rows; row++) {
      if (!isWhole(columns, (column) => row * columns + column)) continue;
      made.push({ x, y: y + row * height / rows, width, height: height / rows });
      for (let column = 0; column < columns; column++) done.add(row * columns + column);
    }
    for (let column = 0; made.length === 0 && column < columns; column++) {
      if (!isWhole(rows, (row) => row * columns + column)) continue;
      made.push({ x: x + column * width / columns, y, width: width / columns, height });
      for (let row = 0; row < rows; row++) done.add(row * columns + column);
    }
    return [...made, ...places.filter((_, index) => wanted[index] && !done.has(index))];
  }

  customElements.define("linked-figure", LinkedFigure);

  document.addEventListener("pointerover", (event) => {
    const row = event.target.closest?.("tr[data-model]");
    if (!row) return;
    const { model, ...things } = row.dataset;
    point(row, model, things);
  });
  document.addEventListener("pointerout", (event) => {
    const row = event.target.closest?.("tr[data-model]");
    if (row && !row.contains(event.relatedTarget)) point(row, row.dataset.model, null);
  });

  return { point };
})();
