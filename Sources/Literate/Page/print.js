// What is too wide for paper is broken or set smaller before it is printed: tables and formulas, which a browser would cut.
(() => {
  "use strict";
  // The narrower of A4 and Letter without their margins, in pixels, and the size of the print's letters there.
  const [paper, size] = [640, 13.5];
  const mathML = "http://www.w3.org/1998/Math/MathML";
  let undo = [];

  // How wide something will be.
  const printed = (width) => (width * size) / parseFloat(getComputedStyle(document.documentElement).fontSize);

  function setClass(element, name) {
    if (element.classList.contains(name)) return;
    element.classList.add(name);
    undo.push(() => {
      element.classList.remove(name);
      if (!element.classList.length) element.removeAttribute("class");
    });
  }

  function setSize(element, factor) {
    const before = element.getAttribute("style");
    element.style.fontSize = `${(100 * factor).toFixed(1)}%`;
    undo.push(() => (before === null ? element.removeAttribute("style") : element.setAttribute("style", before)));
  }

  function narrowestWidth(table) {
    const before = table.getAttribute("style");
    table.style.width = "min-content";
    const width = table.getBoundingClientRect().width;
    before === null ? table.removeAttribute("style") : table.setAttribute("style", before);
    return printed(width);
  }

  function fitTable(table) {
    if (narrowestWidth(table) <= paper) return;
    const cells = [...table.querySelectorAll("th, td")];
    // Words of a usual length stay whole, and so do numbers.
    for (const cell of cells) if (/\S{25}/.test(cell.textContent)) setClass(cell, "broken");
    if (narrowestWidth(table) <= paper) return;
    setClass(table, "tight");
    const factor = paper / narrowestWidth(table);
    if (factor >= 1) return;
    const fontSize = parseFloat(getComputedStyle(table).fontSize) / parseFloat(getComputedStyle(table.parentElement).fontSize);
    setSize(table, fontSize * Math.max(0.4, factor * 0.97));
    if (narrowestWidth(table) > paper) for (const cell of cells) setClass(cell, "broken");
  }

  const inner = (math) => math.querySelector("semantics > *") ?? math;
  const widthOf = (math) => printed(inner(math).getBoundingClientRect().width);

  // A formula in lines that begin with a sign such as + or =.
  function breakFormula(math, width) {
    let row = inner(math);
    while (row.children.length === 1 && row.firstElementChild.localName === "mrow") row = row.firstElementChild;
    const children = [...row.children];
    const lines = [[]];
    let start = row.getBoundingClientRect().left;
    // Where the line could end that is filled.
    let last = 0;
    children.forEach((child, index) => {
      const line = lines.at(-1);
      if (line.length && child.localName === "mo" && /^[+\-−±=<>≤≥≈≠≡∼∝→⇒,;·⋅×]$/.test(child.textContent.trim())) last = line.length;
      line.push(child);
      if (printed(child.getBoundingClientRect().right - start) > width && last > 0) {
        lines.push(line.splice(last));
        start = lines.at(-1)[0].getBoundingClientRect().left;
        last = 0;
      }
    });
    if (lines.length === 1) return;
    const make = (name, ...content) => {
      const element = document.createElementNS(mathML, name);
      element.append(...content);
      return element;
    };
    const table = make("mtable", ...lines.map((line) => {
      const cell = make("mtd", ...line);
      cell.style.textAlign = "left";
      return make("mtr", cell);
    }));
    table.setAttribute("displaystyle", "true");
    row.replaceChildren(table);
    undo.push(() => row.replaceChildren(...children));
  }

  function fitFormula(math) {
    const number = math.closest(".equation")?.querySelector(".equation-number");
    const room = paper - (number ? printed(number.getBoundingClientRect().width) + 20 : 0);
    if (widthOf(math) <= room) return;
    // Somewhat smaller letters are easier to read than a broken formula.
    if (widthOf(math) > room / 0.8) breakFormula(math, room / 0.9);
    const factor = room / widthOf(math);
    if (factor < 1) setSize(math, factor * 0.98);
  }

  addEventListener("beforeprint", () => {
    // Of folds with one name a browser opens one alone.
    for (const tab of document.querySelectorAll(".tabs > details")) {
      const { name, open } = tab;
      tab.removeAttribute("name");
      undo.push(() => { tab.open = open; tab.name = name; });
    }
    for (const fold of document.querySelectorAll(":is(details.closed, details.work, .callout > details, .tabs > details):not([open])")) {
      fold.open = true;
      undo.push(() => { fold.open = false; });
    }
    document.querySelectorAll("main table").forEach(fitTable);
    document.querySelectorAll("main math").forEach(fitFormula);
  });
  addEventListener("afterprint", () => {
    for (const one of undo.reverse()) one();
    undo = [];
  });
})();
