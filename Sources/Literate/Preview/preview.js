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
  // Makes live nodes, which were served as `was`, those of `is`, keeping each that is equal; `after` comes after them.
  function update(parent, nodes, was, is, after) {
    let start = 0;
    while (start < was.length && start < is.length && was[start].isEqualNode(is[start])) start++;
    while (was.length > start && is.length > start && was.at(-1).isEqualNode(is.at(-1))) {
      was.pop();
      is.pop();
    }
    after = nodes[was.length] ?? after;
    const [left, come] = [nodes.slice(start, was.length), is.slice(start).map((node) => node.cloneNode(true))];
    if (left.length === come.length) {
      return left.forEach((node, index) => replace(node, was[start + index], come[index]));
    }
    for (const node of left) node.remove();
    for (const node of come) parent.insertBefore(node, after);
  }
  function replace(live, old, fresh) {
    if (old.isEqualNode(fresh)) return;
    if (live.tagName !== "SECTION" || fresh.tagName !== "SECTION") return live.replaceWith(fresh);
    [live.id, live.className] = [fresh.id, fresh.className];
    updateChildren(live, old, fresh);
  }
  function updateChildren(live, old, fresh) {
    update(live, [...live.childNodes], [...old.childNodes], [...fresh.childNodes], null);
  }
  // The pieces in a page by their names, each the comment before it.
  function pieces(page) {
    const found = new Map();
    const comments = page.createNodeIterator(page, NodeFilter.SHOW_COMMENT);
    for (let node; (node = comments.nextNode()); ) if (node.data !== "/") found.set(node.data, node);
    return found;
  }
  // The nodes between a piece's comment and the one that ends it, and that; null where that is none of its siblings.
  const isEnd = (node) => node.nodeType === Node.COMMENT_NODE && node.data === "/";
  function range(start) {
    const nodes = [];
    let node = start;
    while ((node = node?.nextSibling) && !isEnd(node)) nodes.push(node);
    return node ? { nodes, end: node } : null;
  }
  // Takes in the pieces that changed; false where that can't be done.
  function takePieces(changed) {
    const [live, old] = [pieces(document), pieces(served)];
    const places = Object.entries(changed).map(([name, html]) => [range(live.get(name)), range(old.get(name)), html]);
    if (!places.every(([now, was]) => now && was)) return false;
    for (const [now, was, html] of places) {
      const { content } = Object.assign(document.createElement("template"), { innerHTML: html });
      update(now.end.parentNode, now.nodes, [...was.nodes], [...content.childNodes], now.end);
      for (const node of was.nodes) node.remove();
      was.end.before(content);
    }
    return true;
  }
  // Takes in a page of which the server left out the pieces that did not change; false where that can't be done.
  function takePage(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const known = pieces(served);
    for (const [name, start] of pieces(fresh)) {
      const piece = range(start);
      if (!piece || piece.nodes.length > 0) continue;
      const old = range(known.get(name));
      if (!old) return false;
      piece.end.before(...old.nodes.map((node) => node.cloneNode(true)));
    }
    document.title = fresh.title;
    for (const part of ["main", "nav"]) {
      const [live, old, now] = [document, served, fresh].map((page) => page.querySelector(part));
      if (live && old && now) updateChildren(live, old, now);
    }
    served = fresh;
    return true;
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
        const text = async (path) => (await fetch(path)).text();
        const isDone =
          (state.skeletonVersion <= shown && takePieces(JSON.parse(await text("/pieces?after=" + shown)))) ||
          takePage(await text("/?after=" + shown)) || takePage(await text("/"));
        if (!isDone) return location.reload();
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
