"use strict";
// Arrow keys, space and a tap at either side turn the slides; the address keeps the place.
const slides = [...document.querySelectorAll("section")];
const place = document.getElementById("place");
let shown = 0;
// A slide that holds more than fits is set smaller.
function fit(slide) {
  let scale = 1;
  slide.style.removeProperty("--fit");
  const isFull = () => slide.scrollHeight > slide.clientHeight + 1 || slide.scrollWidth > slide.clientWidth + 1;
  while (scale > 0.3 && isFull()) slide.style.setProperty("--fit", (scale *= 0.95).toFixed(3));
}
function show(index) {
  shown = Math.max(0, Math.min(slides.length - 1, index));
  slides.forEach((slide, i) => slide.classList.toggle("shown", i === shown));
  fit(slides[shown]);
  place.textContent = `${shown + 1} / ${slides.length}`;
  history.replaceState(null, "", `#${shown + 1}`);
}
const steps = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, Enter: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Backspace: -1 };
addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key in steps) { event.preventDefault(); show(shown + steps[event.key]); }
  if (event.key === "Home") show(0);
  if (event.key === "End") show(slides.length - 1);
});
addEventListener("click", (event) => {
  if (!event.target.closest("a")) show(shown + (event.clientX < innerWidth / 3 ? -1 : 1));
});
// The address holds the number of a slide, or the name of something on one.
function named() {
  const slide = document.querySelector(":target")?.closest("section");
  return slide ? slides.indexOf(slide) : (parseInt(location.hash.slice(1)) || 1) - 1;
}
addEventListener("hashchange", () => show(named()));
addEventListener("resize", () => fit(slides[shown]));
addEventListener("beforeprint", () => {
  document.body.classList.add("printing");
  slides.forEach(fit);
  document.body.classList.remove("printing");
});
addEventListener("afterprint", () => fit(slides[shown]));
document.body.classList.add("playing");
show(named());
