import Foundation
import Lab
import Testing

/// Results are named by what they depend on, and by nothing else.
@Suite struct CacheTests {
  private let chapter = """
    ---
    parameters:
      units: 32
      rate: 0.5
      seeds: {quick: 1, standard: 3, full: 10}
      name: plain
    ---

    # A

    ```{swift}
    let content = String(decoding: try data("numbers.txt"), as: UTF8.self)
    struct Key: Codable { var units: Int }
    let kept = try cached("draws", key: Key(units: units)) { units * 2 }
    ```

    `{swift} units * 1000`, `{swift} kept`, `{swift} rate`, `{swift} seeds`, `{swift} name`, `{swift} content.count`,
    `{swift} profile.rawValue`
    """

  private func prepare(_ workshop: Workshop) throws {
    try workshop.writeBook(["a.md": chapter, "b.md": "# B\n\n`{swift} 1 + 1`\n"])
    try workshop.write("12345", to: "chapters/numbers.txt")
  }

  /// A model is kept by what its training sees: not by the rows that it is measured on, but by those that say when to stop.
  @Test func datasetsThatTrainAlikeShareTheirModel() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "a.md": """
        # A

        ```{swift}
        let data = try TokenPositioning(words: 10, lengths: 3...5).balanced(seed: 1)
        func with(training: Rows, validation: Rows, test: Rows) -> Dataset {
          Dataset(task: "another", form: data.form, vocabulary: data.vocabulary, training: training, validation: validation, test: test)
        }
        let shape = Configuration(units: 4, vocabulary: data.vocabulary)
        let options = TrainingOptions(batchSize: 8, epochs: 1)
        let fewer = data.training.prefix(16)
        let sets = [
          with(training: fewer, validation: data.validation, test: data.test),
          with(training: fewer, validation: data.validation, test: data.test.prefix(1)),
          with(training: fewer, validation: data.validation.prefix(1), test: data.test),
          with(training: data.training.prefix(24), validation: data.validation, test: data.test),
        ]
        for set in sets { _ = try train(shape, on: set, options, seed: 1) }
        ```

        """
      ])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      let values = try FileManager.default.contentsOfDirectory(
        atPath: workshop.url("output/cache/values").path)
      #expect(values.count { $0.hasPrefix("model-") && $0.hasSuffix(".json") } == 3, "\(values)")
    }
  }

  /// The mean states of a live model are those of one model over some rows, whatever its sets and its experiment.
  @Test func liveModelsOfTheSameRowsShareTheirMeanStates() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "a.md": """
        # A

        ```{swift}
        let data = try TokenPositioning(words: 10, lengths: 3...5).balanced(seed: 1)
        func live(_ seed: UInt64, _ rows: Rows, _ units: [Int]) throws -> LiveModel {
          let model = Seq2Seq(Configuration(units: 4, vocabulary: data.vocabulary), seed: seed)
          return try LiveModel(model, rows: rows, vocabulary: data.vocabulary, sets: ["some": units])
        }
        ```

        ```{swift}
        //| alt: "States."
        show(try live(1, data.verify, [0]))
        show(try live(1, data.verify, [1, 2]))
        show(try live(2, data.verify, [0]))
        show(try live(1, data.tune, [0]))
        ```

        """
      ])
      let built = try workshop.neuronbook(["build", "chapters", "--explain"])
      #expect(built.status == 0, "\(built.error)")
      let said = built.output.split(separator: "\n").filter { $0.contains("mean states: ") }
      #expect(said.map { $0.contains("computed") } == [true, false, true, true], "\(built.output)")
    }
  }

  @Test func explainSaysWhatChanged() throws {
    try withWorkshop { workshop in
      try prepare(workshop)
      let first = try workshop.neuronbook(["build", "chapters", "--explain"])
      #expect(first.status == 0, "\(first.error)")
      #expect(first.output.contains("a: run, never made before"))
      #expect(first.output.contains("  draws: computed, never made before"))
      #expect(try workshop.text("output/report.html").contains("32,000, 64, 0.5, 3, plain, 5,"))
      #expect(
        try workshop.neuronbook(["build", "chapters", "--explain"]).output.contains(
          "a: not run, nothing changed"))

      // A data file runs its reader again, and no other; the kept value does not depend on it.
      try workshop.write("123456", to: "chapters/numbers.txt")
      let data = try workshop.neuronbook(["build", "chapters", "--explain"]).output
      #expect(data.contains("a: run, the file numbers.txt changed"), "\(data)")
      #expect(data.contains("  draws: kept"))
      #expect(data.contains("b: not run"))

      // A parameter is in the key, and in the key of the value.
      let set = try workshop.neuronbook(["build", "chapters", "--explain", "--set", "units=64"]).output
      #expect(set.contains("a: run, parameter units changed"), "\(set)")
      #expect(set.contains("  draws: computed, units changed"), "\(set)")
      #expect(set.contains("b: not run"))
      #expect(try workshop.text("output/report.html").contains("64,000, 128,"))

      // A cell.
      try workshop.write(
        chapter.replacingOccurrences(of: "units * 2", with: "units * 3"), to: "chapters/a.md")
      let cell = try workshop.neuronbook(["build", "chapters", "--explain", "--set", "units=64"]).output
      #expect(cell.contains("a: run, cell 1 changed"), "\(cell)")

      // The profile.
      let quick = try workshop.neuronbook(["build", "chapters", "--profile", "quick", "--explain"]).output
      #expect(quick.contains("the profile changed"), "\(quick)")
      #expect(try workshop.text("output/report.html").contains("0.5, 1, plain"))
    }
  }

  /// Without a key a value is named by the code that computes it, the profile, and what was read by then.
  @Test func aValueWithoutAKeyDependsOnAllThatItNames() throws {
    try withWorkshop { workshop in
      let chapter = """
        ---
        parameters:
          units: 3
        ---

        # A

        ```{swift}
        let count = try data("numbers.txt").count
        let size = count * units
        ```

        ```{swift}
        let sum = try cached("sum") {
          (1...size).reduce(0) { $0 + $1 * (profile == .quick ? 1 : 2) }
        }
        ```

        ```{swift}
        let title = "a"
        show(title)
        ```

        Is `{swift} sum`.
        """
      func build(_ text: String, _ arguments: [String] = []) throws -> (kept: Bool, sum: String?) {
        try workshop.writeBook(["a.md": text])
        let built = try workshop.neuronbook(["build", "chapters", "--explain"] + arguments)
        #expect(built.status == 0, "\(built.error)")
        #expect(built.output.contains("  sum: "), "\(built.output)")
        let page = try workshop.text("output/report.html")
        return (
          built.output.contains("  sum: kept"), page.firstMatch(of: /Is ([0-9]+)\./).map { String($0.1) }
        )
      }
      try workshop.write("12", to: "chapters/numbers.txt")
      #expect(try build(chapter) == (false, "42"))
      #expect(
        try build(chapter.replacing("\"a\"", with: "\"b\"").replacing("# A", with: "# A\n\nWords.")) == (
          true, "42"
        ))
      let other = try build(chapter.replacing("* units", with: "+ units"))
      #expect(other == (false, "30"), "\(other)")
      #expect(try build(chapter.replacing("units: 3", with: "units: 2")) == (false, "20"))
      #expect(try build(chapter, ["--profile", "quick"]) == (false, "21"))
      try workshop.write("1", to: "chapters/numbers.txt")
      #expect(try build(chapter) == (false, "12"))
      try workshop.write("34", to: "chapters/numbers.txt")
      #expect(try build(chapter) == (false, "42"))
    }
  }

  @Test func aValueWithoutAKeyDependsOnTheVariablesThatItsChapterAsksFor() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "a.md": """
        ---
        environment: [MY_LEVEL]
        ---

        # A

        ```{swift}
        let level = try cached("level") { ProcessInfo.processInfo.environment["MY_LEVEL"] ?? "none" }
        print("level \\(level)")
        ```

        """
      ])
      for (level, words) in [("low", "computed"), ("high", "computed"), ("low", "kept")] {
        try? FileManager.default.removeItem(at: workshop.url("output/cache/runs"))
        let built = try workshop.neuronbook(
          ["build", "chapters", "--explain"], environment: ["MY_LEVEL": level])
        #expect(
          built.status == 0 && built.output.contains("  level: \(words)"), "\(built.output)\(built.error)")
        #expect(try workshop.text("output/report.html").contains("level \(level)"))
      }
    }
  }

  /// Also where both are in one statement, of which one digest tells.
  @Test(arguments: [
    "for n in 1...2 { print(try cached(\"n\") { n }) }",
    "func both() throws -> Int {\n  let a = try cached(\"n\") { 1 }\n  return try a + cached(\"n\") { 2 }\n}\nprint(try both())",
  ]) func aSecondValueNeedsAKey(_ code: String) throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["a.md": "# A\n\n```{swift}\n\(code)\n```\n"])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(
        built.status == 1
          && built.error.firstMatch(
            of: /chapters\/a.md:[46]:[0-9]+: error: “n” is computed here a second time.*cached\("n", key: …\)/
          ) != nil,
        "\(built.error)")
    }
  }

  @Test func parametersAreTyped() throws {
    try withWorkshop { workshop in
      try prepare(workshop)
      for (setting, says) in [
        ("units=many", "chapters/a.md:3:3: error: `--set units=many`: a whole number was expected"),
        ("unit=3", "No chapter has a parameter `unit`."), ("units", "is not `name=value`"),
      ] {
        let built = try workshop.neuronbook(["build", "chapters", "--set", setting])
        #expect(built.status == 1)
        #expect(built.error.contains(says), "\(built.error)")
      }
      for (yaml, says) in [
        ("parameters:\n  Units: 3\n", "chapters/a.md:3:3: error: `Units` can't be the name of a constant"),
        ("parameters:\n  n: {fast: 3}\n", "chapters/a.md:3:7: error: There is no profile `fast`"),
        ("parameters:\n  n: [1, 2]\n", "chapters/a.md:3:3: error: The parameter `n` must be"),
        ("echo: 3\n", "chapters/a.md:2:1: error: `echo` must be true or false; found `3`"),
        ("theme: x\n", "chapters/a.md:2:1: error: The front matter of a chapter has no `theme`"),
      ] {
        try workshop.write("---\n\(yaml)---\n\n# A\n", to: "chapters/a.md")
        let built = try workshop.neuronbook(["build", "chapters"])
        #expect(built.status == 1)
        #expect(built.error.contains(says), "\(built.error)")
      }
    }
  }

  /// The criteria of a book are a constant of all cells, part of the run's key, and beyond the command line.
  @Test func criteriaAreFixedInTheBook() throws {
    try withWorkshop { workshop in
      func write(_ criteria: String) throws {
        try workshop.writeBook(
          ["a.md": "# A\n\nAt least `{swift} criteria[\"kept\"] ?? -1`.\n"], more: "criteria:\n\(criteria)")
      }
      try write("  kept: 0.9\n  lost: 1\n")
      try workshop.neuronbook(["build", "chapters"])
      let page = try workshop.text("output/report.html")
      #expect(page.contains("At least 0.9.") && page.contains("kept: 0.9, lost: 1.0"))
      let set = try workshop.neuronbook(["build", "chapters", "--set", "criteria=1"])
      #expect(set.status == 1 && set.error.contains("no command can change"), "\(set.error)")
      try write("  kept: 0.8\n")
      let changed = try workshop.neuronbook(["build", "chapters", "--explain"]).output
      #expect(changed.contains("parameter criteria changed"), "\(changed)")
      #expect(try workshop.text("output/report.html").contains("At least 0.8."))
      for (criteria, says) in [
        ("  kept: most\n", "The criterion `kept` must be a number."), ("  - 0.9\n", "`name: number`"),
      ] {
        try write(criteria)
        let wrong = try workshop.neuronbook(["build", "chapters"])
        #expect(
          wrong.status == 1 && wrong.error.contains("chapters/book.yml:") && wrong.error.contains(says),
          "\(wrong.error)")
      }
    }
  }

  /// The full profile computes a finding; the others read the file, and are run again when it comes.
  @Test func findingsOfTheFullProfileAreReadByTheOthers() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "a.md":
          "# A\n\n```{swift}\nlet found = try fullFinding(\"sum\") { 40 + 2 }\n```\n\nFound: `{swift} found ?? -1`.\n"
      ])
      try workshop.neuronbook(["build", "chapters"])
      #expect(try workshop.text("output/report.html").contains("Found: −1."))
      try workshop.neuronbook(["build", "chapters", "--profile", "full"])
      #expect(try workshop.text("output/report.html").contains("Found: 42."))
      let finding = try workshop.text("output/findings/sum.json")
      #expect(finding == "42")
      try workshop.write("43", to: "chapters/findings/sum.json")
      try workshop.neuronbook(["build", "chapters"])
      #expect(try workshop.text("output/report.html").contains("Found: 43."))
      try workshop.write("[4", to: "chapters/findings/sum.json")
      let damaged = try workshop.neuronbook(["build", "chapters"])
      #expect(damaged.status == 1 && damaged.error.contains("make full"), "\(damaged.error)")
    }
  }

  @Test func theRecordOfTheRunIsInThePageAndAsJSON() throws {
    try withWorkshop { workshop in
      try prepare(workshop)
      try workshop.neuronbook(["build", "chapters", "--set", "units=64"])
      let page = try workshop.text("output/report.html")
      for part in [
        "How this report was made", "Swift version", "units = 64", "numbers.txt: SHA-256 5994471abb01",
      ] {
        #expect(page.contains(part), "missing: \(part)")
      }
      let record = try JSONSerialization.jsonObject(with: Data(contentsOf: workshop.url("output/run.json")))
      let chapters = try #require((record as? [String: Any])?["chapters"] as? [[String: Any]])
      #expect(chapters.map { $0["chapter"] as? String } == ["a", "b"])
      #expect(chapters[0]["reason"] as? String == "never made before")
    }
  }

  /// Whether products ran in a cell, or only when a kept value was computed; and not where nothing was multiplied.
  @Test func theRecordNamesTheKernelsOfEveryChapterThatMultiplies() throws {
    try withWorkshop { workshop in
      try workshop.write("12345", to: "chapters/numbers.txt")
      try workshop.writeBook([
        "a.md": chapter,
        "b.md": "# B\n\n```{swift}\nlet values = Eigen(Matrix([[2]]))?.values\n```\n",
        "c.md": "# C\n\n`{swift} 1 + 1`\n",
      ])
      func build() throws -> [[String]] {
        let result = try workshop.neuronbook(["build", "chapters"])
        #expect(result.status == 0, "\(result.error)")
        let record = try JSONSerialization.jsonObject(
          with: Data(contentsOf: workshop.url("output/run.json")))
        let chapters = try #require((record as? [String: Any])?["chapters"] as? [[String: Any]])
        return try chapters.map { try #require($0["notes"] as? [String]) }
      }
      let kernels = "matrix kernels: \(productKernels)"
      #expect(try build() == [[kernels], [kernels], []])
      #expect(try workshop.text("output/report.html").contains(kernels))
      // Another file of data: the chapter runs, the value is kept.
      try workshop.write("123456", to: "chapters/numbers.txt")
      #expect(try build() == [[kernels], [kernels], []])
      #expect(try workshop.text("output/run.json").contains("draws: kept"))
    }
  }

  /// Damage to a kept run: what is done to which of its files.
  enum Damage: String, CaseIterable {
    case cutInTheMiddle, flippedByte, flippedByteInAFigure, missingFigure

    func apply(to run: URL) throws {
      let file = run.appending(
        path: self == .flippedByteInAFigure
          ? "cell-0-1-dark.svg" : self == .missingFigure ? "cell-0-1.png" : "records.jsonl")
      var bytes = try Data(contentsOf: file)
      switch self {
      case .cutInTheMiddle: bytes.removeLast(bytes.count / 2)
      case .flippedByte, .flippedByteInAFigure: bytes[bytes.count / 2] ^= 1
      case .missingFigure: return try FileManager.default.removeItem(at: file)
      }
      try bytes.write(to: file)
    }
  }

  @Test(arguments: Damage.allCases) func aDamagedRunIsAMissWithAWarning(_ damage: Damage) throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["a.md": BadInputTests.good])
      try workshop.neuronbook(["build", "chapters"])
      let page = try workshop.text("output/report.html")
      let runs = workshop.url("output/cache/runs")
      for name in try FileManager.default.contentsOfDirectory(atPath: runs.path) {
        try damage.apply(to: runs.appending(path: name))
      }
      #expect(try workshop.neuronbook(["cache", "verify"]).status == 1)
      let again = try workshop.neuronbook(["build", "chapters", "--explain"])
      #expect(again.status == 0)
      #expect(again.output.contains("a: warning: the kept one is damaged"), "\(again.output)")
      #expect(again.output.contains("a: run, the kept one is damaged"), "\(again.output)")
      // What follows tells of the run.
      let text = page.split(separator: "How this report was made")[0]
      #expect(text.count > 1000)
      #expect(try workshop.text("output/report.html").hasPrefix(text))
      #expect(try workshop.neuronbook(["cache", "verify"]).status == 0)
    }
  }

  @Test func aValueOfTwoHundredMegabytesIsKeptAndTaken() throws {
    try withWorkshop { workshop in
      let chapter = """
        # Big

        ```{swift}
        let big = try cached("big", key: 1) { Data(repeating: 7, count: 200_000_000) }
        let size = big.count
        ```

        `{swift} size`
        """
      try workshop.writeBook(["a.md": chapter])
      let first = try workshop.neuronbook(["build", "chapters", "--explain"])
      #expect(first.status == 0, "\(first.error)")
      try workshop.write(chapter + "\n`{swift} size + 1`\n", to: "chapters/a.md")
      let second = try workshop.neuronbook(["build", "chapters", "--explain"])
      #expect(second.output.contains("  big: kept"), "\(second.output)")
      #expect(try workshop.text("output/report.html").contains("200,000,001"))
    }
  }

  /// A whole entry in another's place is not taken, and `verify` names it.
  @Test(arguments: ["runs", "values"]) func entriesThatWereSwappedAreNotTaken(_ kind: String) throws {
    try withWorkshop { workshop in
      func chapter(_ number: Int) -> String {
        "# C\n\n```{swift}\nlet v = try cached(\"v\", key: \(number)) { \(number) }\n```\n\nIs `{swift} v`, in \(number).\n"
      }
      try workshop.writeBook(["a.md": chapter(11), "b.md": chapter(22)])
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      let folder = workshop.url("output/cache/\(kind)")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
        !$0.hasSuffix(".lock")
      }
      .sorted()
      try #require(names.count == 2)
      let (first, second) = (folder.appending(path: names[0]), folder.appending(path: names[1]))
      try FileManager.default.moveItem(at: first, to: workshop.url("first"))
      try FileManager.default.moveItem(at: second, to: first)
      try FileManager.default.moveItem(at: workshop.url("first"), to: second)
      let verified = try workshop.neuronbook(["cache", "verify"])
      #expect(verified.status == 1 && verified.output.contains("2 damaged"), "\(verified.output)")
      // The runs are made again, by the values.
      if kind == "values" { try FileManager.default.removeItem(at: workshop.url("output/cache/runs")) }
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      let page = try workshop.text("output/report.html")
      #expect(page.contains("Is 11, in 11.") && page.contains("Is 22, in 22."))
      #expect(try workshop.neuronbook(["cache", "verify"]).status == 0)
    }
  }

  @Test func aPlaceThatAnInlineValueAsksForIsInTheKey() throws {
    try withWorkshop { workshop in
      for (before, line) in [("", 3), ("A paragraph.\n\n", 5)] {
        try workshop.writeBook(["a.md": "# A\n\n\(before)At line `{swift} 0 + #line`.\n"])
        #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
        #expect(try workshop.text("output/report.html").contains("At line \(line)."))
      }
    }
  }

  /// Code that asks for its place gives something else when it moves.
  @Test(arguments: ["#line", "#sourceLocation"]) func aPlaceThatCodeAsksForIsInTheKey(_ word: String) throws {
    try withWorkshop { workshop in
      let cell =
        "```{swift}\nlet place = \"\(word == "#line" ? "\\(#line)" : "none")\"  // \(word)\n```\n\nAt `{swift} place`.\n"
      func explained(_ before: String) throws -> String {
        try workshop.writeBook(["a.md": "# A\n\n\(before)\(cell)"])
        return try workshop.neuronbook(["build", "chapters", "--explain"]).output
      }
      _ = try explained("")
      // In a comment it is no code.
      let moved = try explained("A paragraph.\n\n")
      #expect(moved.contains(word == "#line" ? "a: run, cell 1 changed" : "a: not run"), "\(moved)")
      if word == "#line" { #expect(try workshop.text("output/report.html").contains("At 6.")) }
    }
  }
}
