// What an experiment on a model is, without its picture: what an edit did to the tokens, sets drawn at random, its address,
// and the code that repeats it.
const neuronExperiment = (() => {
  "use strict";

  // What became of a request for w at T, given states of one for w′ at T′. A word stands where it is first written; the
  // register and the counter of the book's claims are `word` and `place`.
  function outcome(tokens, asked, other) {
    const place = (word) => tokens.indexOf(word) + 1;
    const [own, theirs] = [place(asked.word), place(other.word)];
    if (!own && !theirs) return { kind: "lost" };
    const isOwn = own > 0 && (theirs === 0 || own <= theirs);
    const [word, at] = isOwn ? [asked.word, own] : [other.word, theirs];
    if (isOwn && at === asked.position) return { kind: "same", word, at };
    if (at === asked.position) return { kind: "word", word, at };
    if (isOwn && at === other.position) return { kind: "place", word, at };
    if (at === other.position) return { kind: "both", word, at };
    return { kind: "elsewhere", word, at };
  }

  function words({ kind, word, at }, vocabulary, isEdited) {
    const name = `“${vocabulary[word]}”`;
    return {
      word: `The word changes, and its place stays: ${name} stands at ${at}.`,
      place: `The place changes, and the word stays: ${name} stands at ${at}.`,
      both: `Word and place change together: ${name} stands at ${at}.`,
      same: isEdited ? `Word and place stay: ${name} stands at ${at}.` : `As asked: ${name} stands at ${at}.`,
      lost: "Neither of the two words is written.",
      elsewhere: `${name} stands at ${at}, where neither request has it.`,
    }[kind];
  }

  // Numbers that look random and are the same on each visit (mulberry32).
  function generator(seed) {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
  }

  // `size` of the numbers below `count`, each set as likely as another.
  function randomSet(size, count, random) {
    const all = Array.from({ length: count }, (_, index) => index);
    for (let index = 0; index < size; index++) {
      const other = index + Math.floor(random() * (count - index));
      [all[index], all[other]] = [all[other], all[index]];
    }
    return all.slice(0, size);
  }

  // Pairs of requests of one length that differ in word and place, both with so many steps to go after an edit: at most `most`,
  // drawn at random and the same on each visit.
  function pairs({ requests, timeLeft }, length, step, most) {
    const fitting = requests.filter((request) => request.length === length && request.position >= step + timeLeft);
    const all = fitting.flatMap((asked) => fitting.filter((other) => other.word !== asked.word && other.position !== asked.position)
      .map((other) => [asked, other]));
    const chosen = randomSet(Math.min(most, all.length), all.length, generator(2));
    return chosen.map((index) => all[index]);
  }

  // What an edit did to pairs of requests, in a sentence.
  function tally(counts, total, length, timeLeft) {
    const parts = [["word", "the word alone moves"], ["place", "the place alone moves"], ["both", "both move"], ["same", "both stay"],
      ["lost", "neither word is written"], ["elsewhere", "a word stands elsewhere"]]
      .filter(([kind]) => counts.has(kind)).sort((first, second) => counts.get(second[0]) - counts.get(first[0]))
      .map(([kind, words]) => `${words} in ${Math.round(100 * counts.get(kind) / total)} %`);
    return `Over ${total} pairs of requests of length ${length} that differ in both, with ${timeLeft} steps or more to go: ${parts.join(", ")}.`;
  }

  // "3, 5, 9–12, m4" and back, by the names of the states; null for what is no list of them.
  function listed(units, names) {
    const sorted = [...units].sort((first, second) => first - second);
    const parts = [];
    for (let first = 0; first < sorted.length; ) {
      let last = first;
      while (sorted[last + 1] === sorted[last] + 1) last++;
      parts.push(last > first + 1 ? `${names[sorted[first]]}–${names[sorted[last]]}`
        : sorted.slice(first, last + 1).map((unit) => names[unit]).join(", "));
      first = last + 1;
    }
    return parts.join(", ");
  }
  function units(text, names) {
    const found = new Set();
    for (const part of text.split(/[\s,;]+/).filter(Boolean)) {
      const match = part.match(/^(m?\d{1,6})(?:[-–](m?\d{1,6}))?$/);
      if (!match) return null;
      const [first, last] = [names.indexOf(match[1]), names.indexOf(match[2] ?? match[1])];
      if (first < 0 || last < first) return null;
      for (let unit = first; unit <= last; unit++) found.add(unit);
    }
    return found;
  }

  // MARK: Address

  function address(model) {
    const { about, asked, other, picked, given, from, to, value } = model;
    const request = ({ index, input }) => index === null ? input.join(".") : `r${index}`;
    const parts = { asked: request(asked), other: request(other), units: [...picked].map((unit) => about.states[unit]).join("."), given, t: `${from}-${to}` };
    if (given === "value") parts.value = value;
    return `${model.closest("figure")?.id ?? ""}/${new URLSearchParams(parts)}`;
  }

  // What an address says of a model; what it says wrongly is left as it was.
  function parsed(text, about) {
    const parameters = new URLSearchParams(text);
    const result = {};
    for (const name of ["asked", "other"]) {
      const said = parameters.get(name) ?? "";
      const index = /^r\d{1,6}$/.test(said) ? Number(said.slice(1)) : -1;
      const tokens = /^\d{1,6}(\.\d{1,6}){0,199}$/.test(said) ? said.split(".").map(Number) : [];
      if (index >= 0 && index < about.requests.length) result[name] = { index };
      else if (tokens.length > 0 && tokens.every((token) => token < about.vocabulary.length)) result[name] = { input: tokens };
    }
    const said = parameters.get("units");
    const set = said === null ? null : units(said.replaceAll(".", ","), about.states);
    if (set) result.picked = set;
    if (["other", "mean", "zero", "value", "before"].includes(parameters.get("given"))) result.given = parameters.get("given");
    const steps = (parameters.get("t") ?? "").match(/^(\d{1,4})-(\d{1,4})$/);
    if (steps && Number(steps[1]) <= Number(steps[2]) && Number(steps[2]) <= about.steps) {
      [result.from, result.to] = [Number(steps[1]), Number(steps[2])];
    }
    const value = Number(parameters.get("value") ?? NaN);
    if (Number.isFinite(value)) result.value = value;
    return result;
  }

  // MARK: Code

  // The cell that repeats an experiment.
  function code(model) {
    const { about, asked, other, picked, given, from, to, value } = model;
    const swift = (number) => Math.fround(number).toString();
    const set = [...picked].sort((first, second) => first - second).map((unit) => unit + about.firstState);
    const lines = [
      "// As edited in the page.",
      `let askedInput: [Int32] = [${asked.input.join(", ")}]`,
      `let editedUnits = [${set.join(", ")}]`,
      "func grid(_ input: [Int32]) -> TokenGrid { TokenGrid(rows: 1, steps: input.count, storage: input) }",
    ];
    const change = (name) => `  for unit in editedUnits { states[0, unit] = ${name} }`;
    let edit = change(swift(given === "zero" ? 0 : value));
    if (given === "other" || given === "before") {
      const input = given === "other" ? "otherInput" : "askedInput";
      if (given === "other") lines.push(`let otherInput: [Int32] = [${other.input.join(", ")}]`);
      lines.push("var taken: [Int: Matrix] = [:]",
        `_ = try ${about.name}.decode(grid(${input}), steps: ${about.steps}) { step, states in taken[step] = states }`);
      edit = `  if let given = taken[${given === "other" ? "step" : "max(0, step - 1)"}] {\n  ${change("given[0, unit]")}\n  }`;
    } else if (given === "mean") {
      const rows = model.givenMeans().map((means, index) => `  ${from + index}: [${means.map(swift).join(", ")}],`);
      lines.push("// The means of these units at each step.", "let means: [Int: [Float]] = [", ...rows, "]");
      edit = "  for (unit, mean) in zip(editedUnits, means[step] ?? []) { states[0, unit] = mean }";
    }
    lines.push(`let editedRun = try ${about.name}.decode(grid(askedInput), steps: ${about.steps}) { step, states in`,
      `  guard (${from}...${to}).contains(step) else { return }`, edit, "}",
      "show(data.vocabulary.render(editedRun.tokens.row(0)))");
    return lines.join("\n");
  }

  return { outcome, words, generator, randomSet, pairs, tally, listed, units, address, parsed, code };
})();
