import CellRecords
import Foundation
import Testing
import Text

@testable import Literate

/// What `neuronbook compare` and `neuronbook verify` say of two builds.
@Suite struct ComparisonTests {
  /// A chapter with one of everything that is compared; `shift` moves its numbers, `bound` its verdict.
  static func chapter(shift: Double = 0, bound: Double = 0.9, more: String = "") -> String {
    """
    # Numbers

    ```{swift}
    let share = 0.95 + \(shift)
    let range = Interval(low: 0.9, high: 0.99)
    show(Claim(
      "R0", "It works", criterion: "at least so much", estimate: share, interval: range, null: "chance: 0.1",
      count: 500, isMet: { _ in share >= \(bound) }))
    ```
    \(more)
    The share is `{swift} percent(share)`, called `{swift} "a word"`.

    ```{swift}
    //| label: tbl-rows
    //| caption: "Rows"
    show(Table(
      columns: ["T", "Share", "95 % interval", "n"],
      rows: [[1, decimals(share, 2), "0.90 – 0.99", 500], [2, "0.50", "–", 12]]))
    ```

    ```{swift}
    //| label: fig-line
    //| caption: "A line"
    //| alt: "It rises"
    show(Figure { LineMark(x: [0, 1, 2], y: [0, share, 2]) })
    ```

    """
  }

  private static func build(
    _ workshop: Workshop, _ text: String, to output: String, _ more: [String] = []
  ) throws {
    try workshop.writeBook(["01-numbers.md": text])
    let built = try workshop.neuronbook(["build", "chapters", "--output", output] + more)
    try #require(built.status == 0, "\(built.error)")
  }

  @Test func equalBuildsHaveEqualBytesAndNoDifference() throws {
    try withWorkshop { workshop in
      try Self.build(workshop, Self.chapter(), to: "one")
      try Self.build(workshop, Self.chapter(), to: "other")
      let bytes = try Data(contentsOf: workshop.url("one/values.json"))
      #expect(try Data(contentsOf: workshop.url("other/values.json")) == bytes)
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(!text.contains(workshop.folder.path), "a folder of this machine")
      let values = try BuildValues(bytes)
      #expect(values.entries.map(\.place) == ["3", "11", "11", "13", "21"].map { "01-numbers.md:\($0)" })
      #expect(values.entries.map(\.cell) == ["cell 1", "cell 1", nil, "tbl-rows", "fig-line"])

      let compared = try workshop.neuronbook(["compare", "one", "other/values.json"])
      #expect(compared.status == 0, "\(compared.error)")
      #expect(compared.output.hasPrefix("first:  one\n"), "\(compared.output)")
      #expect(
        compared.output.hasSuffix(
          "No difference: 0 of 2 inline values, 0 of 8 cells of tables, 0 of 6 numbers in figures, 0 of 4 evidence of claims and 0 of 1 verdicts differ.\n"
        ), "\(compared.output)")
    }
  }

  @Test func whatMovedIsMeasuredAgainstItsOwnInterval() throws {
    try withWorkshop { workshop in
      try Self.build(workshop, Self.chapter(), to: "one")
      // Half of half the width: within. The text around it moves, and a cell comes before the others.
      let more = "\nA sentence.\n\n```{swift}\nlet unrelated = 1\n```\n"
      try Self.build(workshop, Self.chapter(shift: 0.0225, more: more), to: "within")
      let within = try workshop.neuronbook(["compare", "one", "within"])
      #expect(within.status == 0, "\(within.error)")
      for part in [
        "Within the first one's interval, in halves of its width: 2\n",
        "0.50  01-numbers.md:3   R0, estimate         0.95 → 0.9725",
        "0.44  01-numbers.md:19  tbl-rows, row 1, Share  0.95 → 0.97",
        "as a share of the larger number", "`percent(share)`", "95.0\u{202F}% → 97.2\u{202F}%",
        "fig-line: 1 of 6 numbers, the farthest in y", "0.95 → 0.9725",
        "1 of 2 inline values, 1 of 8 cells of tables, 1 of 6 numbers in figures, 1 of 4 evidence of claims and 0 of 1 verdicts differ.",
      ] {
        #expect(Self.words(within.output).contains(Self.words(part)), "lacks \(part) in \(within.output)")
      }
      #expect(!within.output.contains("Outside") && !within.output.contains("Verdicts that changed"))

      try Self.build(workshop, Self.chapter(shift: -0.09), to: "outside")
      let outside = try workshop.neuronbook(["compare", "one", "outside"])
      #expect(outside.status == 1)
      for part in [
        "Verdicts that changed: 1\n  01-numbers.md:3  R0  everywhere → no",
        "Outside the first one's interval, in halves of its width: 2\n  2.00  01-numbers.md:3",
      ] {
        #expect(Self.words(outside.output).contains(Self.words(part)), "lacks \(part) in \(outside.output)")
      }
    }
  }

  @Test func aVerdictThatChangesAloneIsToldByTheStatus() throws {
    try withWorkshop { workshop in
      try Self.build(workshop, Self.chapter(), to: "one")
      try Self.build(workshop, Self.chapter(bound: 0.96), to: "other")
      let compared = try workshop.neuronbook(["compare", "one", "other", "--summary", "summary.json"])
      #expect(compared.status == 1)
      #expect(compared.output.contains("R0  everywhere → no"), "\(compared.output)")
      #expect(!compared.output.contains("interval, in halves"))
      let summary = try workshop.text("summary.json")
      #expect(summary.contains("\"R0: everywhere → no\"") && summary.contains("\"of\" : 8"), "\(summary)")
      // A claim that is gone has no verdict any more.
      let gone = Self.chapter().replacing("show(Claim(", with: "_ = (Claim(")
      try Self.build(workshop, gone, to: "gone")
      let without = try workshop.neuronbook(["compare", "one", "gone"])
      #expect(without.status == 1)
      #expect(without.output.contains("R0  everywhere → none"), "\(without.output)")
    }
  }

  @Test func otherParametersAndWhatOnlyOneHasAreTold() throws {
    try withWorkshop { workshop in
      let text = "---\nparameters:\n  n: 3\n---\n" + Self.chapter() + "\n`{swift} n`\n"
      try Self.build(workshop, text, to: "one")
      try Self.build(workshop, text + "\n`{swift} n + 1`\n", to: "other", ["--set", "n=4"])
      let compared = try workshop.neuronbook(["compare", "one", "other"])
      #expect(compared.status == 0)
      for part in [
        "Parameter n: 3 → 4 (01-numbers.md)", "`n` 3 → 4", "Only in one: 1", "`n + 1` none → 5",
        "other\n commit none, standard profile, student edition, no matrix kernels",
      ] {
        #expect(Self.words(compared.output).contains(Self.words(part)), "lacks \(part) in \(compared.output)")
      }
    }
  }

  @Test func aChapterThatStoppedIsTold() throws {
    try withWorkshop { workshop in
      try Self.build(workshop, Self.chapter(), to: "one")
      try workshop.writeBook([
        "01-numbers.md": Self.chapter(more: "\n```{swift}\nfatalError(\"ends here\")\n```\n")
      ])
      #expect(try workshop.neuronbook(["build", "chapters", "--output", "other"]).status == 1)
      let compared = try workshop.neuronbook(["compare", "one", "other"])
      #expect(compared.status == 0, "the claim came before")
      #expect(
        compared.output.contains("01-numbers.md stopped before its end in the second."), "\(compared.output)")
      #expect(compared.output.contains("Only in one: 4"), "\(compared.output)")
    }
  }

  @Test func aBookIsVerifiedAgainstWhatItShips() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01-numbers.md": Self.chapter()])
      let without = try workshop.neuronbook(["verify"])
      #expect(without.status == 1)
      #expect(
        without.error.contains("chapters/values.json: error: The book ships no values to compare with."),
        "\(without.error)")
      try #require(
        workshop.neuronbook(["build", "chapters", "--profile", "quick", "--output", "quick"]).status == 0)
      try workshop.write(Data(contentsOf: workshop.url("quick/values.json")), to: "chapters/values.json")
      // What is kept is not used: the second time the chapter runs again.
      for _ in 0..<2 {
        let verified = try workshop.neuronbook(["verify", "chapters", "--progress", "lines"])
        #expect(verified.status == 0, "\(verified.error)")
        #expect(verified.output.contains("01-numbers: done"), "\(verified.output)")
        #expect(verified.output.contains("first:  chapters/values.json\n"), "\(verified.output)")
        #expect(verified.output.contains("second: output/verify\n"), "\(verified.output)")
        #expect(verified.output.contains("No difference"), "\(verified.output)")
      }
      try workshop.write(Self.chapter(bound: 0.96), to: "chapters/01-numbers.md")
      #expect(try workshop.neuronbook(["verify", "chapters"]).status == 1)
      try workshop.write(Self.chapter() + "\n`{swift} unknownName`\n", to: "chapters/01-numbers.md")
      #expect(try workshop.neuronbook(["verify", "chapters"]).status == 1, "a chapter that fails")
    }
  }

  /// What a processor computed is computed again with the kernels that it was computed with, unless others are asked for.
  @Test func aVerificationTakesTheKernelsOfWhatIsShipped() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "a.md":
          "# A\n\n```{swift}\nlet m = Matrix(rows: 2, columns: 2, storage: [1, 2, 3, 4])\nlet p = m * m\n```\n\n`{swift} p[0, 0]`\n"
      ])
      let built = try workshop.neuronbook(
        ["build", "chapters", "--profile", "quick", "--output", "quick"],
        environment: ["OPENBLAS_CORETYPE": "Nehalem"])
      try #require(built.status == 0, "\(built.error)")
      try workshop.write(Data(contentsOf: workshop.url("quick/values.json")), to: "chapters/values.json")
      for (asked, taken) in [("", "Nehalem"), ("Prescott", "Prescott")] {
        let verified = try workshop.neuronbook(
          ["verify", "chapters"], environment: ["OPENBLAS_CORETYPE": asked])
        #expect(verified.status == 0, "\(verified.error)")
        let kernels = verified.output.matches(of: /kernels ([A-Z]\w+)/).map { String($0.1) }
        #expect(kernels == ["Nehalem", taken], "\(verified.output)")
      }
    }
  }

  /// Each is an error at the file, with what to do.
  @Test func whatIsNoFileOfValuesIsSaid() throws {
    try withWorkshop { workshop in
      try Self.build(workshop, Self.chapter(), to: "one")
      let good = try workshop.text("one/values.json")
      let cases: [(name: String, text: String?, error: String)] = [
        ("none", nil, "There is no such file or folder."),
        (
          "cut.json", String(good.prefix(good.count / 2)), "The values are damaged: it can't be read as JSON."
        ),
        ("empty.json", "", "The values are damaged"),
        ("foreign.json", "{\"name\": \"a package\"}", "This holds no values of a build."),
        ("list.json", "[1]", "This holds no values of a build."),
        (
          "newer.json", good.replacing("\"version\":1", with: "\"version\":7"),
          "These values are of version 7; this command reads version 1."
        ),
        ("row.json", good.replacing("\"0.50\",", with: ""), "a table's row 2 has 3 of 4 cells"),
        (
          "line.json", good.replacing("\"line\":13", with: "\"line\":\"13\""),
          "`entries.4.line` is of another kind"
        ),
        (
          "two.json",
          good.replacing(
            "\"line\":13,", with: "\"line\":13, \"value\": {\"expression\": \"\", \"text\": \"\"},"),
          "an entry has 2 contents; one was expected"
        ),
      ]
      for (name, text, error) in cases {
        if let text { try workshop.write(text, to: name) }
        let compared = try workshop.neuronbook(["compare", "one", name])
        #expect(compared.status == 1, "\(name)")
        #expect(compared.error.hasPrefix("\(name): error: "), "\(name): \(compared.error)")
        #expect(compared.error.contains(error), "\(name): \(compared.error)")
        #expect(compared.error.split(separator: "\n").count == 2, "no advice for \(name): \(compared.error)")
      }
      // A folder of an older build has a report and no values; a pipe is not waited for.
      try workshop.write("", to: "older/report.html")
      let older = try workshop.neuronbook(["compare", "older", "one"])
      #expect(
        older.error.hasPrefix("older/values.json: error: The folder has no values.json"), "\(older.error)")
      mkfifo(workshop.url("pipe").path, 0o644)
      #expect(try workshop.neuronbook(["compare", "one", "pipe"]).error.contains("it is a pipe or a device"))
    }
  }

  @Test func aTextIsANumberWithItsUnitAndInterval() throws {
    func number(_ text: String) -> [Double]? {
      Quantity(text).map { [$0.number] + ($0.interval.map { [$0.lowerBound, $0.upperBound] } ?? []) }
    }
    #expect(number("12,345") == [12345])
    #expect(number("−0.31") == [-0.31])
    #expect(Quantity("99.6\u{202F}%").map { [$0.number] } == [99.6] && Quantity("99.6\u{202F}%")?.unit == "%")
    #expect(number("1.2e−5") == [0.000012])
    #expect(Quantity("4 ms")?.unit == "ms")
    #expect(number("0.97 (0.93 to 0.99; null 0.12, p = 0.001, n = 96)") == [0.97, 0.93, 0.99])
    #expect(number("0.97 (0.93 – 0.99; null 0.12)") == [0.97, 0.93, 0.99])
    #expect(number("−0.5 (−0.6 to −0.4)") == [-0.5, -0.6, -0.4])
    #expect(Quantity.interval("0.93 – 0.99")?.ends == 0.93...0.99)
    #expect(Quantity.interval("93\u{202F}% – 99\u{202F}%").map { $0.unit } == "%")
    for text in [
      "", "–", "< 0.0001", "3 of 8", "word", "1.2.3", "12,34", "−", "0.9 (0.5)", "2026-11-29", "∞", "1 2",
      ".5",
    ] {
      #expect(number(text) == nil, "\(text)")
    }
    for text in ["0.99 – 0.93", "0.9", "0.1 – 0.2 – 0.3", "0.1 %–0.2 ms"] {
      #expect(Quantity.interval(text) == nil, "\(text)")
    }
  }

  /// Runs of spaces as one.
  private static func words(_ text: String) -> String { text.replacing(/[ ]+/, with: " ") }
}
