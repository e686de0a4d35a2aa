// What scripts add to a page that is complete without them: search, contents that follow, colours, copying of code,
// sorting of tables, notes that open in place and larger figures. It changes only what lies inside the blocks of the
// text, so that the preview can still replace them one by one; after that the preview says `page-changed`.
(() => {
  "use strict";
  const root = document.documentElement;
  const main = document.querySelector("main");
  const nav = document.querySelector("nav");
  const code = document.getElementById("code");

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  // Where a link or the address leads; letters other than those of English are written with % there.
  function targetOf({ hash }) {
    try {
      return document.getElementById(decodeURIComponent(hash.slice(1)));
    } catch {
      return null;
    }
  }

  // MARK: Contents

  const wide = matchMedia("(min-width: 76rem)");
  function fitContents() {
    const contents = nav.querySelector("details");
    if (contents) contents.open = wide.matches;
  }

  let current = null;
  function followText() {
    const line = innerHeight / 4;
    let link = null;
    for (const candidate of nav.querySelectorAll("details a")) {
      const target = targetOf(candidate);
      if (target && target.getBoundingClientRect().top <= line) link = candidate;
    }
    if (link === current) return;
    current?.removeAttribute("aria-current");
    current = link;
    if (!link) return;
    link.setAttribute("aria-current", "location");
    const [box, place] = [nav.getBoundingClientRect(), link.getBoundingClientRect()];
    if (wide.matches && (place.top < box.top + 60 || place.bottom > box.bottom - 60)) {
      nav.scrollTop += place.top - box.top - box.height / 2;
    }
  }
  let isWaiting = false;
  addEventListener("scroll", () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      followText();
    });
  }, { passive: true });

  // MARK: Colours

  // A page opened from a disk may have no storage.
  const storage = {
    get colours() { try { return localStorage.getItem("colours") ?? ""; } catch { return ""; } },
    set colours(value) { try { localStorage.setItem("colours", value); } catch { /* they last for this visit */ } },
  };
  function setColours(choice) {
    root.style.colorScheme = choice;
    const media = { "": "screen and (prefers-color-scheme: dark)", light: "not all", dark: "screen" }[choice];
    for (const source of document.querySelectorAll("picture > source.dark")) {
      source.media = source.classList.contains("narrow") && media !== "not all" ? media + " and (max-width: 40rem)" : media;
    }
  }

  // MARK: Search

  // Who has no keys needs no key's name.
  if (matchMedia("(pointer: coarse)").matches) document.getElementById("query").placeholder = "Search";

  const form = document.getElementById("search");
  const query = document.getElementById("query");
  const simplified = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  let index = null;

  function makeIndex() {
    const blocks = main.querySelectorAll("h1, h2, h3, h4, p, li, figcaption, dd, tr, pre");
    return [...blocks].filter((block) => !block.closest(".tools, .live") && !block.querySelector("p, li, pre"))
      .map((block) => {
        const copy = block.querySelector(".tools, .copy, math annotation") ? block.cloneNode(true) : block;
        if (copy !== block) for (const part of copy.querySelectorAll(".tools, .copy, annotation")) part.remove();
        const text = copy.textContent.replace(/\s+/g, " ").trim();
        return { block, text, key: simplified(text), isHeading: /^H\d$/.test(block.tagName) };
      });
  }

  // What is folded opens for what lies in it.
  function unfold(element) {
    for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }

  // A text with the words that were looked for marked, where letters without their marks are as many.
  function marked(text, words) {
    const key = simplified(text);
    if (key.length !== text.length) return [text];
    const parts = [];
    let from = 0;
    while (from < text.length) {
      const [at, length] = words.map((word) => [key.indexOf(word, from), word.length]).filter(([at]) => at >= 0)
        .sort((first, second) => first[0] - second[0])[0] ?? [text.length, 0];
      parts.push(text.slice(from, at));
      if (length) parts.push(make("mark", {}, text.slice(at, at + length)));
      from = at + Math.max(1, length);
    }
    return parts;
  }

  function found({ block, text, key }, words) {
    const section = block.closest("section[id]");
    const heading = section?.querySelector("h1, h2, h3, h4")?.textContent ?? document.title;
    const start = Math.max(0, key.indexOf(words[0]) - 50);
    const part = (start > 0 ? "…" : "") + text.slice(start, start + 140) + (start + 140 < text.length ? "…" : "");
    const link = make("a", { href: "#" + (block.closest("[id]")?.id ?? "text") }, make("strong", {}, heading), " ", ...marked(part, words));
    link.addEventListener("click", () => setTimeout(() => {
      unfold(block);
      block.scrollIntoView({ block: "center" });
    }));
    return make("li", {}, link);
  }

  function search() {
    const words = simplified(query.value).split(/\s+/).filter(Boolean);
    const list = document.getElementById("found");
    const count = document.getElementById("found-count");
    list.replaceChildren();
    count.textContent = "";
    if (words.join("").length < 2) return;
    index ??= makeIndex();
    const matches = index.filter(({ key }) => words.every((word) => key.includes(word)));
    matches.sort((first, second) => second.isHeading - first.isHeading);
    list.append(...matches.slice(0, 30).map((match) => found(match, words)));
    const shown = matches.length > 30 ? ", the first 30 shown" : "";
    count.textContent = matches.length === 0 ? "nothing found" : `${matches.length} found${shown}`;
  }

  addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, select, textarea, [role=listbox]");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      query.focus();
    }
    if (event.key === "Escape" && form.contains(event.target)) {
      query.value = "";
      search();
      query.focus();
    }
    if (/^Arrow(Up|Down)$/.test(event.key) && form.contains(event.target)) {
      const stops = [query, ...form.querySelectorAll("#found a")];
      event.preventDefault();
      stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    }
  });

  // MARK: Tables

  const collator = new Intl.Collator("en", { numeric: true });
  // A number as the page writes it, with its sign, groups, unit or bound; NaN for other text.
  function number(text) {
    const plain = text.replace(/−/g, "-").replace(/[,\s]/g, "");
    const match = plain.match(/^[<>≤≥]?([-+]?\d*\.?\d+(?:e[-+]?\d+)?)/i);
    return match ? Number(match[1]) : NaN;
  }

  function sort(header) {
    const table = header.closest("table");
    const body = table.tBodies[0];
    table.originalRows ??= [...body.rows];
    const order = { ascending: "descending", descending: "none" }[header.getAttribute("aria-sort")] ?? "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    if (order !== "none") header.setAttribute("aria-sort", order);
    const column = header.cellIndex;
    const items = table.originalRows.map((row) => {
      const text = row.cells[column]?.textContent.trim() ?? "";
      return { row, text, value: number(text), isEmpty: text === "" || text === "–" };
    });
    const isNumeric = items.every(({ value, isEmpty }) => isEmpty || !Number.isNaN(value));
    const sign = order === "descending" ? -1 : 1;
    if (order !== "none") {
      items.sort((first, second) => first.isEmpty - second.isEmpty
        || sign * (isNumeric ? first.value - second.value || 0 : collator.compare(first.text, second.text)));
    }
    body.append(...items.map(({ row }) => row));
  }

  function makeSortable(table) {
    const head = table.tHead?.rows[0];
    if (!head || head.querySelector("button") || !table.tBodies[0] || table.tBodies[0].rows.length < 3) return;
    for (const header of head.cells) {
      if (header.textContent.trim() === "") continue;
      const button = make("button", { type: "button", className: "sort" }, ...header.childNodes);
      button.addEventListener("click", () => sort(header));
      header.append(button);
    }
  }

  // MARK: Code, notes, figures

  function addCopy(box) {
    if (box.querySelector(".copy")) return;
    const button = make("button", { type: "button", className: "copy" }, "Copy");
    button.addEventListener("click", async () => {
      const text = box.querySelector("pre").textContent;
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(box.querySelector("pre"));
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    box.append(button);
  }

  // The text of a footnote opens behind its number, and beside the text where there is room.
  function openNote(event) {
    const link = event.target.closest("a.footnote-ref");
    const note = link && targetOf(link);
    if (!note || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const isOpen = link.getAttribute("aria-expanded") === "true";
    link.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) return link.nextElementSibling.remove();
    const text = make("span", { className: "column-margin opened" });
    text.setAttribute("role", "note");
    for (const paragraph of note.cloneNode(true).children) {
      for (const back of paragraph.querySelectorAll(".footnote-back")) back.remove();
      for (const named of paragraph.querySelectorAll("[id]")) named.removeAttribute("id");
      text.append(...paragraph.childNodes, " ");
    }
    link.after(text);
  }

  function enlarge(figure) {
    const picture = figure.querySelector("picture").cloneNode(true);
    const close = make("button", { type: "button" }, "Close");
    const words = figure.querySelector(":scope > figcaption > div:not(.tools)")?.cloneNode(true);
    words?.removeAttribute("id");
    const dialog = make("dialog", { className: "zoom" }, close, picture, ...(words ? [words] : []));
    dialog.setAttribute("aria-label", "Figure, enlarged");
    close.addEventListener("click", () => dialog.close());
    picture.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  function addEnlarge(picture) {
    const figure = picture.closest("figure");
    const tools = figure.querySelector(":scope > figcaption > .tools");
    if (!tools || tools.querySelector(":scope > button") || figure.querySelector(":scope > script")) return;
    const name = tools.querySelector(".spoken")?.textContent ?? "";
    const button = make("button", { type: "button" }, "Enlarge", make("span", { className: "spoken" }, name));
    button.addEventListener("click", () => enlarge(figure));
    picture.addEventListener("click", () => enlarge(figure));
    picture.classList.add("enlarges");
    tools.prepend(button);
  }

  // MARK: Previews

  // What a reference leads to, beside it while the pointer or the focus is on it: a figure, a table, an equation, a note of the
  // bibliography.
  let preview = null;
  function endPreview() {
    preview?.remove();
    preview = null;
  }
  function showPreview(event) {
    const link = event.target.closest?.("main p a[href^='#'], main li a[href^='#']");
    if (!link || link.matches(".footnote-ref, .footnote-back, .permalink, .tools a") || link.closest(".preview, nav")) return;
    const target = targetOf(link);
    if (!target?.matches("figure, .equation, .csl-entry, .exercise")) return;
    endPreview();
    const parts = target.matches("figure")
      ? [target.querySelector("picture, .scroll table"), target.querySelector("figcaption > div:not(.tools), .caption") ?? target.querySelector("figcaption")]
      : [target];
    preview = make("div", { className: "preview" }, ...parts.filter(Boolean).map((part) => part.cloneNode(true)));
    for (const named of preview.querySelectorAll("[id]")) named.removeAttribute("id");
    // It says nothing that is not at the place itself.
    preview.setAttribute("aria-hidden", "true");
    preview.inert = true;
    document.body.append(preview);
    const [box, size] = [link.getBoundingClientRect(), preview.getBoundingClientRect()];
    const below = box.bottom + size.height + 8 < innerHeight || box.top < size.height + 8;
    preview.style.left = `${Math.max(8, Math.min(box.left, document.documentElement.clientWidth - size.width - 8)) + scrollX}px`;
    preview.style.top = `${(below ? box.bottom + 6 : box.top - size.height - 6) + scrollY}px`;
  }
  if (matchMedia("(hover: hover)").matches) {
    document.addEventListener("pointerover", (event) => event.target.closest?.("a") ? showPreview(event) : endPreview());
  }
  document.addEventListener("focusin", (event) => event.target.matches?.("a:focus-visible") && showPreview(event));
  document.addEventListener("focusout", endPreview);
  addEventListener("scroll", endPreview, { passive: true });
  addEventListener("keydown", (event) => { if (event.key === "Escape") endPreview(); });

  // Only a box that scrolls is a stop for the keyboard.
  const boxes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const scrolls = target.scrollWidth > target.clientWidth + 1 || target.scrollHeight > target.clientHeight + 1;
      if (scrolls) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });

  // Tabs of one title in the sets of one group.
  function openGroup(event) {
    const title = event.target.closest?.(".tabs[data-group] > details > summary");
    if (!title) return;
    const { group } = title.closest(".tabs").dataset;
    for (const other of main.querySelectorAll(".tabs[data-group] > details > summary")) {
      const isOne = other.closest(".tabs").dataset.group === group && other.textContent.trim() === title.textContent.trim();
      if (isOne && other !== title) other.parentElement.open = true;
    }
  }

  function enhance() {
    index = null;
    code.hidden = !main.querySelector("details.code");
    main.querySelectorAll("div.sourceCode").forEach(addCopy);
    main.querySelectorAll("table").forEach(makeSortable);
    main.querySelectorAll("figure > .picture").forEach(addEnlarge);
    main.querySelectorAll("a.footnote-ref:not([aria-expanded])").forEach((link) => {
      link.setAttribute("aria-expanded", "false");
    });
    main.querySelectorAll(".scroll, .picture, pre, .equation").forEach((box) => boxes.observe(box));
    setColours(storage.colours);
    followText();
  }

  document.addEventListener("DOMContentLoaded", () => {
    root.classList.add("scripted");
    const colours = document.getElementById("colours");
    form.hidden = false;
    colours.hidden = false;
    code.addEventListener("change", (event) => {
      for (const fold of main.querySelectorAll("details.code")) fold.open = event.target.checked;
    });
    const goTo = () => {
      const target = targetOf(location);
      const own = target?.querySelector(":scope > :is(details.closed, details.work, .callout > details)");
      if (own) own.open = true;
      if (!target?.closest("details:not([open])")) return;
      unfold(target);
      target.scrollIntoView();
    };
    addEventListener("hashchange", goTo);
    goTo();
    colours.querySelector("select").value = storage.colours;
    colours.addEventListener("change", (event) => {
      storage.colours = event.target.value;
      setColours(event.target.value);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    query.addEventListener("input", search);
    main.addEventListener("click", openNote);
    main.addEventListener("click", openGroup);
    fitContents();
    wide.addEventListener("change", fitContents);
    enhance();
  });
  document.addEventListener("page-changed", enhance);
})();
