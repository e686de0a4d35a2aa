// Takes each new version of the page into the open one, so that the reader's place is kept.
(() => {
  const panel = document.createElement("pre");
  panel.id = "preview-problems";
  panel.hidden = true;
  panel.setAttribute("role", "alert");
  panel.style.cssText =
    "position:fixed;left:0;right:0;bottom:0;max-height:40vh;overflow:auto;margin:0;padding:0.8rem 1rem;" +
    "background:#7a1d16;color:#fff;font:0.85rem/1.5 monospace;white-space:pre-wrap;z-index:9";
  document.body.append(panel);
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
            if (old && now) old.replaceWith(now);
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
