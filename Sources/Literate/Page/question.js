// <numeric-question>: a number that the reader of an exercise is asked for. The page knows the digest alone: it can tell a right
// answer, and not what it is. (A few thousand tries would find it; computing it is less work.)
(() => {
  "use strict";
  const { element } = drawing;

  // The number in units of the last decimal that is asked for; null for what is no number.
  function units(text, decimals) {
    const plain = text.trim().replace("−", "-").replace(",", ".").replaceAll(/[\s\u202f]/g, "");
    if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain)) return null;
    const scaled = Number(plain) * 10 ** decimals;
    // As the answer was rounded: halves, but for the last bits, away from what is below them.
    const rounded = Math.floor(scaled + 0.5 + 1e-9 * Math.max(1, Math.abs(scaled)));
    return Number.isSafeInteger(rounded) ? rounded : null;
  }

  async function digest(text) {
    const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  class NumericQuestion extends HTMLElement {
    connectedCallback() {
      if (globalThis.crypto?.subtle && this.querySelector(".blank")) prepare(this);
    }
  }

  function prepare(question) {
    const { text, decimals, digests } = question.dataset;
    const input = element("input", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false" });
    const button = element("button", { type: "button" }, "Check");
    const said = element("output");
    question.querySelector(".blank").replaceWith(input);
    question.firstElementChild.append(" ", button, said);
    async function check() {
      const answer = units(input.value, Number(decimals));
      const isRight = answer !== null && digests.split(" ").includes(await digest(`${text}\n${answer}`));
      said.textContent = isRight ? "✓ Right." : answer === null ? "Write a number, such as 0.5." : "Not yet.";
      said.classList.toggle("met", isRight);
    }
    button.addEventListener("click", check);
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") check(); });
  }

  customElements.define("numeric-question", NumericQuestion);
})();
