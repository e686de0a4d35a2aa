// Takes each new version of the page into the open one: what did not change stays, and with it the reader's place,
// opened details and images.
(() => {
  const panel = document.createElement("pre");
  panel.id = "preview-problems";
  panel.hidden = true;
  panel.setAttribute("role", "alert");
  panel.style.cssText =
    "position:fixed;left:0;right:0;bottom:0;max-height:40vh;overflow:auto;margin:0;padding:0.8rem 1rem;" +
    "background:#7a1d16;color:#fff;font:0.85rem/1.5 monospace;white-space:pre-wrap;z-index:9";
  document.body.append(panel);
  // The page as it was served, before scripts added to it: what changed is told by it.
  let served = document.cloneNode(true);
  // Makes the children of a live element, which was served as `old`, those of `fresh`, keeping each that is equal.
  function update(live, old, fresh) {
    const [nodes, was, is] = [[...live.childNodes], [...old.childNodes], [...fresh.childNodes]];
    let start = 0;
    while (start < was.length && start < is.length && was[start].isEqualNode(is[start])) start++;
    while (was.length > start && is.length > start && was.at(-1).isEqualNode(is.at(-1))) {
      was.pop();
      is.pop();
    }
    const after = nodes[was.length] ?? null;
    const [left, come] = [nodes.slice(start, was.length), is.slice(start).map((node) => node.cloneNode(true))];
    if (left.length === come.length) {
      return left.forEach((node, index) => replace(node, was[start + index], come[index]));
    }
    for (const node of left) node.remove();
    for (const node of come) live.insertBefore(node, after);
  }
  function replace(live, old, fresh) {
    if (old.isEqualNode(fresh)) return;
    if (live.tagName !== "SECTION" || fresh.tagName !== "SECTION") return live.replaceWith(fresh);
    [live.id, live.className] = [fresh.id, fresh.className];
    update(live, old, fresh);
  }
  // The pieces in a page by their names, each the comment before it.
  function pieces(page) {
    const found = new Map();
    const comments = page.createNodeIterator(page, NodeFilter.SHOW_COMMENT);
    for (let node; (node = comments.nextNode()); ) if (node.data !== "/") found.set(node.data, node);
    return found;
  }
  // Fills in the pieces that the server left out since they did not change; false where that can't be done.
  const isEnd = (node) => node.nodeType === Node.COMMENT_NODE && node.data === "/";
  function fill(fresh) {
    const known = pieces(served);
    for (const [name, start] of pieces(fresh)) {
      const end = start.nextSibling;
      if (!end || !isEnd(end)) continue;
      let node = known.get(name);
      while ((node = node?.nextSibling) && !isEnd(node)) end.before(node.cloneNode(true));
      if (!node) return false;
    }
    return true;
  }
  async function page(after) {
    return new DOMParser().parseFromString(await (await fetch("/?after=" + after)).text(), "text/html");
  }
  // The version of the page that is shown, and the last one that the server told of.
  let [shown, version] = [Number(document.currentScript.dataset.version), 0];
  async function follow() {
    try {
      const state = await (await fetch("/changes?after=" + version)).json();
      // Another preview has begun, or the first page is made.
      if (state.version < version || (state.pageVersion > shown && !document.querySelector("nav"))) {
        return location.reload();
      }
      if (state.pageVersion > shown) {
        let fresh = await page(shown);
        if (!fill(fresh)) fresh = await page(0);
        document.title = fresh.title;
        for (const part of ["main", "nav"]) {
          const [live, old, now] = [document, served, fresh].map((page) => page.querySelector(part));
          if (live && old && now) update(live, old, now);
        }
        served = fresh;
        shown = state.pageVersion;
        document.dispatchEvent(new Event("page-changed"));
      }
      version = state.version;
      panel.textContent = state.problems;
      panel.hidden = !state.problems;
      setTimeout(follow, 0);
    } catch {
      setTimeout(follow, 1000);
    }
  }
  follow();
})();
