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
  let version = 0;
  async function follow() {
    try {
      const state = await (await fetch("/changes?after=" + version)).json();
      if (state.version > version) {
        if (state.pageVersion > version && version > 0) {
          const fresh = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
          document.title = fresh.title;
          for (const part of ["main", "nav"]) {
            const [live, old, now] = [document, served, fresh].map((page) => page.querySelector(part));
            if (live && old && now) update(live, old, now);
          }
          served = fresh;
          document.dispatchEvent(new Event("page-changed"));
        }
        version = state.version;
        panel.textContent = state.problems;
        panel.hidden = !state.problems;
      }
      setTimeout(follow, 0);
    } catch {
      setTimeout(follow, 1000);
    }
  }
  follow();
})();
