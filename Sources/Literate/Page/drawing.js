// Elements of the page and of pictures in it, and numbers as the page writes them.
const drawing = (() => {
  "use strict";

  function element(tag, attributes, ...children) {
    const isDrawing = ["svg", "g", "path", "rect", "line", "text"].includes(tag);
    const made = isDrawing ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {})) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  const written = (value) => value === undefined ? "–" : value.toFixed(2).replace(/^-(?=.*[1-9])/, "−").replace(/^-/, "");

  return { element, written };
})();
