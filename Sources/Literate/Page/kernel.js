// The models of the page: one WebAssembly module, compiled from Swift, and the numbers of each model. Nothing is fetched.
const neuronKernels = (() => {
  "use strict";
  const runs = { asked: 0, other: 1, edited: 2 };
  const parts = { tokens: 0, states: 1, gates: 2, probabilities: 3 };
  const values = { value: 0, zero: 0, mean: 1, before: 2, other: 3 };
  let compiled = null;
  const kernels = new Map();

  function bytes(name) {
    const text = document.querySelector(`#models > [data-name="${name}"]`)?.textContent;
    if (!text) throw new Error("the page does not carry it");
    const binary = atob(text.trim());
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  }

  class Kernel {
    constructor(exports, numbers, about) {
      this.exports = exports;
      this.about = about;
      const place = exports.allocate(numbers.length);
      new Uint8Array(exports.memory.buffer).set(numbers, place);
      this.model = exports.load(place, numbers.length, about.steps);
      if (!this.model) throw new Error("its numbers are not a model's");
      this.room = 4096;
      this.numbers = exports.allocate(4 * this.room);
    }

    // Runs a request. Edits take from the runs `asked` and `other`, as they were left; only `edited` has any.
    run(run, tokens, edits = []) {
      const { steps, firstState } = this.about;
      const float = new DataView(new ArrayBuffer(4));
      const numbers = edits.flatMap(({ units, from, to, given, value }) => {
        float.setFloat32(0, given === "value" ? value : 0);
        return [values[given], from, to, float.getInt32(0), units.length, ...units.map((unit) => unit + firstState)];
      });
      if (tokens.length + numbers.length > this.room) throw new RangeError("the request is too long");
      new Int32Array(this.exports.memory.buffer, this.numbers, tokens.length + numbers.length).set([...tokens, ...numbers]);
      const isMade = this.exports.run(this.model, runs[run], this.numbers, tokens.length, steps,
        this.numbers + 4 * tokens.length, numbers.length);
      if (!isMade) throw new RangeError("there is no such token, step or unit");
    }

    place(part, run) { return this.exports.result(this.model, runs[run], parts[part]); }

    tokens(run) {
      return new Int32Array(this.exports.memory.buffer, this.place("tokens", run), this.about.steps);
    }

    // Copies of what a run left: tokens [steps]; states [steps + 1][units], from step 0; gates by their symbols
    // [steps][units] and probabilities [steps][vocabulary], from step 1.
    result(run) {
      const { steps, width, firstState, states, units, gates, firstGate, gateWidth, vocabulary } = this.about;
      const table = (name, rows, columns, first, count) => {
        const all = new Float32Array(this.exports.memory.buffer, this.place(name, run), rows * columns);
        return Array.from({ length: rows }, (_, row) => all.slice(row * columns + first, row * columns + first + count));
      };
      return {
        tokens: [...this.tokens(run)],
        states: table("states", steps + 1, width, firstState, states.length),
        gates: Object.fromEntries(gates.map(({ symbol }, index) =>
          [symbol, table("gates", steps, gateWidth, firstGate + index * units, units)])),
        probabilities: table("probabilities", steps, vocabulary.length, 0, vocabulary.length),
      };
    }
  }

  async function made(name, about) {
    // The preview puts a figure into the page before the numbers that come with it.
    await null;
    compiled ??= WebAssembly.compile(bytes("kernel"));
    const { exports } = await WebAssembly.instantiate(await compiled, {});
    return new Kernel(exports, bytes(name), about);
  }

  // The kernel of a model, by the name of its numbers; refused where the browser runs no WebAssembly.
  function load(name, about) {
    if (!kernels.has(name)) kernels.set(name, made(name, about));
    return kernels.get(name);
  }

  return { load };
})();
