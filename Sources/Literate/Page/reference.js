// The library's types in the page's code lead to their pages in the reference, where a server has it beside the page: its
// pages need one.
(() => {
  "use strict";
  const list = document.getElementById("reference");
  if (!list || !location.protocol.startsWith("http")) return;
  const names = new Set(list.textContent.split(" "));
  const code = "pre.swift > code";
  // What a chapter declares is its own, whatever the library has of that name.
  const declaration = /\b(?:struct|enum|class|actor|protocol|typealias)\s+(\w+)/g;
  for (const block of document.querySelectorAll(code)) {
    for (const [, name] of block.textContent.matchAll(declaration)) names.delete(name.toLowerCase());
  }

  function link(block) {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(".co, .st, .ss, a.symbol")) texts.push(walker.currentNode);
    for (const text of texts) {
      for (let rest = text, match; (match = /\b[A-Z]\w*/g.exec(rest.data)); ) {
        const name = rest.splitText(match.index);
        rest = name.splitText(match[0].length);
        if (!names.has(match[0].toLowerCase())) continue;
        const anchor = document.createElement("a");
        anchor.className = "symbol";
        anchor.href = `${list.dataset.place}${match[0].toLowerCase()}/`;
        name.replaceWith(anchor);
        anchor.append(name);
      }
    }
  }

  // Code that nobody sees stays as it is. The preview puts new blocks in the places of old ones.
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      watch.unobserve(target);
      link(target);
    }
  });
  function observe() { for (const block of document.querySelectorAll(code)) watch.observe(block); }
  observe();
  document.addEventListener("page-changed", observe);
})();
