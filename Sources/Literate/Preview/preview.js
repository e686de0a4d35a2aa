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
  // Makes an element's children those of another, keeping each child that is equal.
  function update(old, fresh) {
    const [was, is] = [[...old.childNodes], [...fresh.childNodes]];
    let start = 0;
    while (start < was.length && start < is.length && was[start].isEqualNode(is[start])) start++;
    while (was.length > start && is.length > start && was.at(-1).isEqualNode(is.at(-1))) {
      was.pop();
      is.pop();
    }
    const after = was.length ? was.at(-1).nextSibling : old.childNodes[start] ?? null;
    const [left, come] = [was.slice(start), is.slice(start)];
    if (left.length === come.length) return left.forEach((node, index) => replace(node, come[index]));
    for (const node of left) node.remove();
    for (const node of come) old.insertBefore(node, after);
  }
  function replace(node, fresh) {
    if (node.isEqualNode(fresh)) return;
    if (node.tagName !== "SECTION" || fresh.tagName !== "SECTION") return node.replaceWith(fresh);
    [node.id, node.className] = [fresh.id, fresh.className];
    update(node, fresh);
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
            const [old, now] = [document.querySelector(part), fresh.querySelector(part)];
            if (old && now) update(old, now);
          }
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
