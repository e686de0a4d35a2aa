import Foundation
import Testing

/// A model that runs in the page, in its reader's hand.
@Suite struct LiveModelTests {
  private static let small = """
    # A model

    ```{swift}
    let data = try TokenPositioning(words: 5, lengths: 3...8).balanced(seed: 3)
    var model = Seq2Seq(Configuration(units: 6, vocabulary: data.vocabulary), seed: 11)
    for view in model.layout.views where !view.name.hasSuffix("recurrent") {
      var matrix = try model.parameter(view.name)
      for row in 0..<matrix.rows { for column in 0..<matrix.columns { matrix[row, column] *= 8 } }
      try model.setParameter(view.name, to: matrix)
    }
    ```

    ```{swift}
    //| label: fig-live
    //| caption: "A model"
    //| alt: "Its states"
    show(
      try LiveModel(
        model, rows: data.verify, vocabulary: data.vocabulary, sets: ["first": [0, 1], "last": [4, 5]],
        experiment: .init(.ask("b", at: 3, length: 8), other: .ask("d", at: 5, length: 8), units: [0, 1], at: 2)))
    ```

    """

  /// A page with a model, open in a browser.
  private struct OpenPage {
    let session: BrowserSession

    /// What a script gives that has the model, its controls and keys at hand.
    func value(_ script: String) throws -> String {
      try session.value(
        of: """
          (async () => {
            await customElements.whenDefined("neuron-model");
            const model = document.querySelector("neuron-model");
            const isReady = await model.ready;
            const strip = model.querySelector("[role=listbox]");
            const control = (text) => [...model.querySelectorAll("label")].find((label) => label.textContent.startsWith(text))
              .querySelector("input, select");
            const write = (field, value) => { field.value = value; field.dispatchEvent(new Event("change")); };
            const press = (key, more) => strip.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
            const units = () => [...model.picked].sort().join(" ");
            \(script)
          })()
          """)
    }

    func expect(_ script: String, _ expected: String, at location: SourceLocation = #_sourceLocation) throws {
      let found = try value(script)
      #expect(found == expected, sourceLocation: location)
    }
  }

  private func withPage(
    _ chapter: String = small, fragment: String = "", kernel: String? = nil, _ body: (OpenPage) throws -> Void
  ) throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["a.md": chapter])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      var page = try String(contentsOf: workshop.url("output/report.html"), encoding: .utf8)
      if let kernel { page.replace(/data-name="kernel">[^<]*/) { _ in "data-name=\"kernel\">\(kernel)" } }
      try workshop.write(page, to: "output/page.html")
      let address = workshop.url("output/page.html").absoluteString + fragment
      let session = try BrowserSession(try #require(URL(string: address)), in: workshop)
      defer { session.close() }
      try body(OpenPage(session: session))
    }
  }

  @Test func unitsArePickedByKeyboardPointerListAndSet() throws {
    try withPage { page in
      try page.expect("return units();", "0 1")
      try page.expect("press('Escape'); return units();", "")
      try page.expect("press('End'); press(' '); press('Home'); press('Enter'); return units();", "0 3")
      try page.expect("press('ArrowDown', { shiftKey: true }); return units();", "0 1 3")
      try page.expect("write(control('Units'), '2-4, 5'); return units();", "2 3 4 5")
      try page.expect("write(control('Give'), '1'); return units();", "4 5")
      // What is no list of units says so and changes nothing.
      let refused =
        "write(control('Units'), '3, 99'); return units() + '|' + control('Units').validationMessage;"
      try page.expect(refused, "4 5|Units are 0 to 5, such as 3, 5, 9–12.")
      let click = """
        const row = strip.querySelector('[data-unit="2"] rect').getBoundingClientRect();
        const at = { clientX: row.left + 2, clientY: row.top + 2, bubbles: true, pointerType: "touch", buttons: 1 };
        strip.dispatchEvent(new PointerEvent("pointerdown", at));
        strip.dispatchEvent(new MouseEvent("click", at));
        return units();
        """
      try page.expect(click, "2 4 5")
      try page.expect("return strip.querySelectorAll('[aria-selected=true]').length;", "3")
      let named =
        "return document.getElementById(strip.getAttribute('aria-activedescendant')).getAttribute('aria-label');"
      #expect(try page.value(named).hasPrefix("Unit 2: h = "))
    }
  }

  @Test func unitsAreLookedThrough() throws {
    let chapter = Self.small.replacing(
      /sets: .*\n.*units: \[0, 1\], at: 2\)/, with: #"experiment: .init(.ask("b", at: 3, length: 8))"#)
    try withPage(chapter) { page in
      // As the model is: one map, whose units stand by the step of their largest change.
      let shown =
        "return [...model.querySelectorAll('.views > div')].filter(({ hidden }) => !hidden).length + ' ' + units();"
      try page.expect(shown, "3 ")
      let order = """
        const { states } = model.run({ input: model.asked.input });
        const step = (unit) => {
          const sizes = states.slice(1).map((state, step) => Math.abs(state[unit] - states[step][unit]));
          return sizes.indexOf(Math.max(...sizes));
        };
        const sorted = [0, 1, 2, 3, 4, 5].sort((first, second) => step(first) - step(second) || first - second);
        return String(sorted.join() === [...strip.querySelectorAll("[data-unit]")].map((row) => row.dataset.unit).join());
        """
      try page.expect(order, "true")
      // The unit under the pointer, in the map and among the lines; its gates are those of the run.
      let look = """
        const chart = model.querySelector("[role=img][aria-label^=Unit]");
        const over = (place, x, y) => place.dispatchEvent(new PointerEvent("pointermove", { clientX: x, clientY: y, bubbles: true }));
        const row = strip.querySelector('[data-unit="4"] rect').getBoundingClientRect();
        over(strip, row.left + 1, row.top + 1);
        model.go(3);
        const { states, gates } = model.run({ input: model.asked.input });
        const written = (value) => value.toFixed(2).replace("-", "−");
        const said = `Unit 4 over the steps. At step 3: h ${written(states[3][4])}, z ${written(gates.z[2][4])}, r ${written(gates.r[2][4])}, c ${written(gates.c[2][4])}.`;
        """
      try page.expect(look + "return String(chart.getAttribute('aria-label') === said);", "true")
      let nearest = """
        const top = Math.max(...states[8]);
        const [first, last] = ["0", "8"].map((step) => [...chart.querySelectorAll("text")].find((text) => text.textContent === step).getBoundingClientRect());
        over(chart, (last.left + last.right) / 2, chart.getBoundingClientRect().top);
        return String(states[8][model.active] === top);
        """
      try page.expect(look + nearest, "true")
      // A drag that ended elsewhere is over.
      let left = """
        const at = { clientX: row.left + 1, clientY: row.top + 1, bubbles: true, pointerType: "mouse" };
        strip.dispatchEvent(new PointerEvent("pointerdown", { ...at, buttons: 1 }));
        press("Escape");
        const other = strip.querySelector('[data-unit="2"] rect').getBoundingClientRect();
        over(strip, other.left + 1, other.top + 1);
        return model.active + "|" + units();
        """
      try page.expect(look + left, "2|")
      let edited = "press('Home'); press(' ');" + shown.replacing("' ' + units()", with: "' edited'")
      try page.expect(edited, "4 edited")
    }
  }

  @Test func aBriefModelHasOneButtonForEachSet() throws {
    let chapter = Self.small.replacing(
      /units: \[0, 1\], at: 2\)/, with: "at: 2), isBrief: true")
    try withPage(chapter) { page in
      let buttons = """
        const buttons = [...model.querySelectorAll("button[aria-pressed]")];
        const pressed = () => buttons.filter((button) => button.getAttribute("aria-pressed") === "true").map((button) => button.textContent).join();
        """
      try page.expect(
        buttons + "return buttons.map((button) => button.textContent).join('|') + '|' + pressed();",
        "As asked|Swap the 2 first units|Swap the 2 last units|As asked")
      let press = """
        Object.assign(model, { given: "zero", from: 0, to: 5 });
        buttons[2].click();
        return [units(), pressed(), model.given, model.from, model.to, strip.checkVisibility()].join("|");
        """
      try page.expect(buttons + press, "4 5|Swap the 2 last units|other|2|2|false")
      try page.expect(
        "model.querySelector('details').open = true; return String(strip.checkVisibility());", "true")
      try page.expect(buttons + "press('Home'); press(' '); return pressed();", "")
    }
  }

  @Test func anAddressOpensItsExperiment() throws {
    let fragment = "#fig-live/asked=r3&other=3.4.5.2.6.9&units=0.2&given=mean&t=2-4"
    try withPage(fragment: fragment) { page in
      let state = """
        return [model.asked.index, model.other.input.join("."), units(), model.given, model.from, model.to].join("|");
        """
      try page.expect(state, "3|3.4.5.2.6.9|0 2|mean|2|4")
      // What is changed is told by the address, which opens it again.
      let told = """
        write(control('the values'), 'zero');
        await new Promise((resolve) => setTimeout(resolve, 300));
        return location.hash;
        """
      #expect(try page.value(told).contains("given=zero"))
      let wrong = """
        location.hash = "#fig-live/asked=r999999&other=3.4.500&units=0.77&given=magic&t=9-2&value=x";
        await new Promise((resolve) => setTimeout(resolve, 50));
        """
      try page.expect(wrong + state, "3|3.4.5.2.6.9|0 2|zero|2|4")
    }
  }

  @Test func saysWhatTheEditDidBesideRandomSets() throws {
    try withPage { page in
      // The kinds of outcome, by the words' numbers: 5 at 3 was asked for, 7 at 5 is the other's.
      let outcome = """
        const [asked, other] = [{ word: 5, position: 3 }, { word: 7, position: 5 }];
        return [[9, 9, 5, 9, 9], [9, 9, 7, 9, 9], [9, 9, 9, 9, 5], [9, 9, 9, 9, 7], [9, 9, 9, 9, 9], [9, 5, 9, 9, 7], [9, 9, 7, 9, 5]]
          .map((tokens) => neuronExperiment.outcome(tokens, asked, other).kind).join(" ");
        """
      try page.expect(outcome, "same word place both lost elsewhere word")
      let found = """
        write(control('Units'), '0-4');
        for (let waited = 0; waited < 600 && !/^Over/.test(model.over.textContent); waited++) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return [model.said.textContent, model.beside.textContent, model.found.kind, model.over.textContent,
          [model.asked, model.other].some(({ position }) => position < model.to + 3)].join("|");
        """
      let words = try page.value(found).split(separator: "|", omittingEmptySubsequences: false)
      try #require(words.count == 5 && words[0].hasSuffix("."))
      if words[2] != "same" { #expect(words[1].hasPrefix("Of 200 random sets of 5 units, "), "\(words)") }
      #expect(
        words[3].firstMatch(
          of:
            /^Over \d+ pairs of requests of length \d that differ in both, with 3 steps .*: .* in \d+ %\.( The pair.*)?$/
        )
          != nil,
        "\(words)")
      // Where the pair that is shown is none of those that were counted, that is said.
      #expect(words[3].hasSuffix("The pair above is none of them.") == (words[4] == "true"), "\(words)")
      // Each of six units is as likely in a set of three.
      let counts = """
        const [random, counts] = [neuronExperiment.generator(1), [0, 0, 0, 0, 0, 0]];
        for (let draw = 0; draw < 6000; draw++) for (const unit of neuronExperiment.randomSet(3, 6, random)) counts[unit]++;
        return Math.max(...counts.map((count) => Math.abs(count - 3000)));
        """
      // Four standard deviations of a count.
      #expect(try #require(Double(page.value(counts))) < 4 * (6000 * 0.25).squareRoot())
    }
  }

  /// The code under "As a cell" gives the tokens that the page shows.
  @Test func theCodeOfAnEditRepeatsIt() throws {
    var cells: [String] = []
    var shown: [String] = []
    try withPage { page in
      for given in ["other", "mean", "zero", "value", "before"] {
        let said = try page.value(
          """
          write(control('Units'), '0, 2, 5');
          write(control('the values'), '\(given)');
          model.value = -0.75;
          model.from = 1; model.to = 3;
          model.changed();
          return neuronExperiment.code(model) + "\\u0000" + model.runs.edited.tokens.map((token) => model.about.vocabulary[token]).join(" ");
          """)
        let parts = said.split(separator: "\0").map(String.init)
        try #require(parts.count == 2, "\(said)")
        cells.append(parts[0])
        shown.append(parts[1])
      }
    }
    try withWorkshop { workshop in
      let blocks = cells.map {
        "```{swift}\ndo {\n\($0)\nprint(\"tokens:\", editedRun.tokens.row(0).map(data.vocabulary.name).joined(separator: \" \"))\n}\n```\n"
      }
      try workshop.writeBook(["a.md": Self.small + blocks.joined(separator: "\n")])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      let page = try workshop.text("output/report.html")
      for tokens in shown { #expect(page.contains("tokens: \(tokens)\n"), "\(tokens)") }
    }
  }

  @Test func tokensAreTextWhateverTheySay() throws {
    let names = #"["<img src=x onerror=alert(1)>", "</script>", "\"&quot;", "$&", "e\u{301}"]"#
    let chapter = Self.small.replacingOccurrences(
      of: "vocabulary: data.vocabulary, sets",
      with: "vocabulary: Vocabulary(words: \(names) + Array(data.vocabulary.names.dropFirst(8))), sets"
    ).replacing(#/\.ask\(.*length: 8\), /#, with: "")
    try withPage(chapter) { page in
      try page.expect("return isReady;", "1")
      try page.expect("return document.querySelectorAll('img[src=x], img[onerror]').length;", "0")
      try page.expect(
        "return model.about.vocabulary.slice(3, 6).join(' ');",
        #"<img src=x onerror=alert(1)> </script> "&quot;"#)
    }
  }

  /// A browser that can't run the model, as one without WebAssembly: the still stays, and it is said.
  @Test func theStillStaysWhereTheModelDoesNotRun() throws {
    try withPage(kernel: "AAAA") { page in
      try page.expect("return isReady;", "0")
      let said = try page.value("return model.querySelector('.not-run').textContent;")
      #expect(said.contains("this browser does not run it"))
      try page.expect("return getComputedStyle(model.querySelector('.picture')).display;", "block")
    }
  }

  /// The page judges a goal as the build did; an LSTM's cell states have names of their own.
  @Test func aGoalIsMetByItsSolution() throws {
    let chapter = """
      # A goal

      ```{swift}
      let known = try KnownRoles.registerAndCountdown(units: 32)
      let storing = known.roles[.storing] ?? []
      ```

      ```{swift}
      //| label: fig-goal
      //| caption: "A goal"
      //| alt: "States"
      show(
        try LiveModel(
          known.model, rows: known.data.verify, vocabulary: known.data.vocabulary,
          sets: ["storing": storing, "counting": known.roles[.counting] ?? []], experiment: .init(at: 2),
          goal: .init(.word, in: 9, units: storing.count, solution: storing)))
      ```

      ```{swift}
      //| label: fig-lstm
      //| caption: "An LSTM"
      //| alt: "States"
      let lstm = Seq2Seq(Configuration(units: 4, vocabulary: known.data.vocabulary, cell: .lstm), seed: 1)
      show(try LiveModel(lstm, rows: known.data.verify, vocabulary: known.data.vocabulary))
      ```
      """
    try withPage(chapter) { page in
      func judged(_ set: String) throws -> String {
        try page.value("write(control('Give'), '\(set)'); return model.goal.textContent;")
      }
      let none = try judged("none")
      #expect(none.hasPrefix("Not yet: the word changes and its place stays in 0 of 10 requests"), "\(none)")
      let solved = try judged("0")
      #expect(
        solved.hasPrefix("✓ Done: the word changes and its place stays in 10 of 10 requests"), "\(solved)")
      let other = try judged("1")
      #expect(
        other.hasPrefix("Not yet: the word changes and its place stays in 0 of 10 requests"), "\(other)")
      let names = """
        const lstm = document.querySelector("#fig-lstm neuron-model");
        await lstm.ready;
        lstm.list.value = "1, m0-m2";
        lstm.list.dispatchEvent(new Event("change"));
        return [...lstm.picked].join(".") + "|" + lstm.list.value + "|" + new URLSearchParams(neuronExperiment.address(lstm)).get("units");
        """
      try page.expect(names, "1.4.5.6|1, m0–m2|1.m0.m1.m2")
    }
  }

  /// An input that the reader writes is taken, and one that is none is refused in words.
  @Test func anyInputCanBeWritten() throws {
    try withPage { page in
      let write = """
        const field = model.querySelector("input.tokens");
        const say = (text) => { write(field, text); return model.asked.input.join(".") + "|" + field.validationMessage; };
        """
      try page.expect(write + "return say('a b c EOS d @2');", "3.4.5.2.6.10|")
      try page.expect(write + "return say('a q');", "3.4.5.2.6.10|“q” is not one of the model’s tokens.")
      #expect(
        try page.value(write + "return say('  ');").hasSuffix(
          "|Write the tokens of the input, with spaces between them."))
    }
  }

  @Test func thePageCarriesAModelOnce() throws {
    let twice =
      Self.small
      + Self.small.components(separatedBy: "```\n\n```{swift}")[1]
      .replacingOccurrences(of: "fig-live", with: "fig-again").replacingOccurrences(
        of: "//| label", with: "```{swift}\n//| label")
    try withWorkshop { workshop in
      try workshop.writeBook(["a.md": twice])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      let page = try workshop.text("output/report.html")
      #expect(page.components(separatedBy: "<neuron-model ").count == 3)
      #expect(page.components(separatedBy: "octet-stream\" data-name=").count == 3)
      #expect(page.contains("'wasm-unsafe-eval'; base-uri 'none'"))
      let kernel = try #require(page.firstMatch(of: /data-name="kernel">([^<]*)/)?.1)
      #expect(try #require(Data(base64Encoded: String(kernel))).count <= 40_000)
    }
  }
}
