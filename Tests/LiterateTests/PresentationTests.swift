import CellRecords
import Foundation
import Testing
import Text

@testable import Literate

/// What is shown of a chapter is decided without running one: Markdown and records in, presentation out.
@Suite struct PresentationTests {
  private let pandoc = Pandoc()

  private func chapter(_ markdown: String) async throws -> Chapter {
    let url = URL(filePath: "/nowhere/a.md")
    let source = Source(text: markdown, path: "a.md", url: url)
    return try await Chapter(ScannedChapter(source, profile: .standard), by: pandoc)
  }

  /// A run of a chapter in which each cell showed something, and ended unless it is said.
  private func run(_ shown: [[Shown]], unended: Set<Int> = [], problems: [Problem] = []) -> ChapterRun {
    var run = ChapterRun()
    for (index, items) in shown.enumerated() {
      run.add(Record(cell: index, event: .started(OutputOffsets(standardOutput: 0, standardError: 0))))
      for item in items { run.add(Record(cell: index, event: .shown(item))) }
      guard !unended.contains(index) else { continue }
      run.add(
        Record(
          cell: index, event: .ended(seconds: 1, OutputOffsets(standardOutput: 0, standardError: 0))))
    }
    run.problems = problems
    return run
  }

  private let table = ShownTable(
    columns: [.init(title: "n", alignment: .right)], rows: [["1"], ["2"]])
  private let figure = ShownFigure(
    width: 10, height: 5, lightSVG: "l.svg", darkSVG: "d.svg", png: "p.png", pdf: "p.pdf", csv: "c.csv")
  private let claim = ShownClaim(
    name: "R1", statement: "It holds", criterion: "≥ 1", evidence: [], verdict: .inPart)

  /// What each cell shows, in short.
  private func outlines(_ markdown: String, _ run: ChapterRun?) async throws -> [[String]] {
    try await presentations(markdown, run).outlines
  }

  private func presentations(
    _ markdown: String, _ run: ChapterRun?
  ) async throws -> (outlines: [[String]], problems: [String]) {
    let chapter = try await chapter(markdown)
    var weaver = Weaver(
      chapter, run: run, labels: Labels([chapter], lone: nil), citations: nil, for: DocumentMedium(.plain))
    let outlines = chapter.cells.map { cell in weaver.presentation(of: cell).map(Self.outline) ?? ["nothing"]
    }
    return (outlines, weaver.problems.map(\.message))
  }

  private static func outline(_ presentation: CellPresentation) -> [String] {
    func words(_ caption: Caption?) -> String {
      caption.map { "\($0.target.map { "\($0.kind.name) \($0.number). " } ?? "")\($0.text.plainText)" }
        ?? "no caption"
    }
    let code = presentation.code.map { code in
      "code\(code.fold.map { ", folded as \($0)" } ?? "")\(code.marked.isEmpty ? "" : ", marked \(code.marked)")"
    }
    return (code.map { [$0] } ?? [])
      + presentation.items.map { item in
        switch item {
        case .notice(let notice): "notice: \(notice)"
        case .text(let text, let stream): "\(stream): \(text)"
        case .figure(let figure):
          "figure \(figure.identifier) “\(figure.alternative)”: \(words(figure.caption))"
        case .parts(let parts):
          "parts \(parts.figures.map { "\($0.letter) \($0.figure.identifier) \(words($0.figure.caption))" }): \(words(parts.caption))"
        case .table(let table, let caption, let name):
          "table \(name ?? "-") of \(table.rows.count): \(words(caption))"
        case .claim(let claim): "claim \(claim.name)"
        case .question(let question): "question \(question.text)"
        case .expectedFailure(let said): "fails: \(said)"
        case .failure(let said): "stopped: \(said)"
        }
      }
  }

  private func cell(_ options: String, _ code: String = "let a = 1") -> String {
    let lines = options.split(separator: "\n").map { "//| \($0)\n" }.joined()
    return "```{swift}\n\(lines)\(code)\n```\n\n"
  }

  @Test func outputsStandInTheirOrderBelowTheCode() async throws {
    let found = try await outlines(
      cell(""), run([[.text("one"), .table(table), .claim(claim), .figure(figure), .text("two")]]))
    #expect(
      found == [
        [
          "code", "shown: one", "table - of 2: no caption", "claim R1",
          "figure a-cell-1-figure-1 “”: no caption",
          "shown: two",
        ]
      ], "\(found)")
  }

  /// A caption belongs to what its label names: a table in the cell of a figure has none, and a figure in that of a
  /// table neither.
  @Test func aCaptionBelongsToWhatItsLabelNames() async throws {
    let figures = cell("label: fig-a\ncaption: The *figure*\nalt: What it shows")
    let tables = cell("label: tbl-b\ncaption: The table")
    let (found, problems) = try await presentations(
      "# A {#sec-a}\n\n" + figures + tables,
      run([[.table(table), .figure(figure)], [.table(table), .figure(figure)]]))
    #expect(
      found == [
        ["code", "table - of 2: no caption", "figure fig-a “What it shows”: Figure 1. The figure"],
        ["code", "table tbl-b of 2: Table 1. The table", "figure a-cell-2-figure-1 “”: no caption"],
      ], "\(found)")
    // In both media.
    for blocks in [
      try await page(figures, run([[.table(table), .figure(figure)]])),
      try await document(figures, run([[.table(table), .figure(figure)]])),
    ] {
      #expect(blocks.components(separatedBy: "The figure").count == 2, "\(blocks)")
    }
    #expect(problems.isEmpty, "\(problems)")
  }

  @Test func optionsSayWhatIsShown() async throws {
    let text =
      cell("echo: false")
      + cell("fold: true\nhighlight: 1-2, 4", "let a = 1\nlet b = 2\nlet c = 3\nlet d = 4")
      + cell("include: false")
      + cell("output: false")
    let found = try await outlines(text, run([[.text("a")], [.text("b")], [.text("c")], [.text("d")]]))
    #expect(
      found == [
        ["shown: a"], ["code, folded as code, marked [1, 2, 4]", "shown: b"], ["nothing"],
        ["code", "shown: d"],
      ],
      "\(found)")
  }

  @Test func aFigureOfPartsStandsWhereItsFirstPartIs() async throws {
    let options = "label: fig-a\ncaption: Both\nalt: [One, Two]\nsubcaptions: [First, Second]"
    let found = try await outlines(
      cell(options), run([[.text("x"), .figure(figure), .text("y"), .figure(figure)]]))
    #expect(
      found == [
        [
          "code", "shown: x", "parts [\"(a) fig-a-1 First\", \"(b) fig-a-2 Second\"]: Figure 1. Both",
          "shown: y",
        ]
      ], "\(found)")
  }

  @Test func whatDidNotRunIsSaid() async throws {
    let text = cell("") + cell("") + cell("")
    let problem = Problem("It failed", at: Problem.Location(file: "a.md", line: 5))
    let stopped = try await outlines(text, run([[], [.text("half")]], unended: [1], problems: [problem]))
    #expect(
      stopped == [["code"], ["code", "shown: half", "stopped: It failed"], ["code", "notice: notReached"]],
      "\(stopped)")
    var stale = run([[.text("old")]])
    stale.staleBecause = "cell 2 changed"
    stale.cells[0]?.isStale = true
    let shown = try await outlines(text, stale)
    #expect(
      shown == [
        ["code", "notice: stale", "shown: old"], ["code", "notice: notRun"], ["code", "notice: notRun"],
      ])
    // In documents too.
    let document = try await document(cell(""), stale)
    #expect(document.contains("What follows is of an earlier run.") && document.contains("cell 2 changed"))
  }

  @Test func whatTheCompilerWarnsOfIsShownWhereAsked() async throws {
    var warned = run([[], []])
    warned.warnings = [0, 1].map { CellWarning(cell: $0, line: 1, message: "never used") }
    let text = cell("warning: true") + cell("")
    #expect(try await outlines(text, warned) == [["code", "warning: line 1: never used"], ["code"]])
    #expect(try await document(text, warned).components(separatedBy: "never used").count == 2)
    #expect(try await page(text, warned).components(separatedBy: "never used").count == 2)
  }

  @Test func anExerciseShowsItsStarterAndFoldsItsCheck() async throws {
    let text = """
      ::: {.exercise #exr-a}
      How much?

      \(cell("exercise: starter"))
      ::: {.solution}
      \(cell("", "let b = 2"))
      :::

      \(cell("exercise: check"))
      :::
      """
    let found = try await outlines(text, run([[.text("no")], [.text("answer")], [.text("no")]]))
    #expect(
      found == [["code, folded as open"], ["code", "shown: answer"], ["code, folded as check"]], "\(found)")
  }

  @Test func whatALabelPromisesIsAskedFor() async throws {
    let labelled = cell("label: fig-a\ncaption: One\nalt: One")
    let two = try await presentations(labelled, run([[.figure(figure), .figure(figure)]]))
    #expect(two.problems == ["The cell labelled `fig-a` shows 2 figures; one was expected."])
    let draft = try await presentations(cell("label: fig-a") + cell("label: tbl-b"), nil)
    #expect(draft.problems.count == 3, "\(draft.problems)")
  }

  // MARK: The text around

  private func page(_ markdown: String, _ run: ChapterRun) async throws -> String {
    let chapter = try await chapter(markdown)
    var weaver = Weaver(
      chapter, run: run, labels: Labels([chapter], lone: nil), citations: nil, for: PageMedium(chapter))
    return Self.text(weaver.weave())
  }

  private func document(_ markdown: String, _ run: ChapterRun) async throws -> String {
    let chapter = try await chapter(markdown)
    var weaver = Weaver(
      chapter, run: run, labels: Labels([chapter], lone: nil), citations: nil, for: DocumentMedium(.plain))
    return Self.text(weaver.weave())
  }

  private static func text(_ blocks: [Block]) -> String {
    var text = ""
    blocks.walk { node in
      switch node {
      case .block(.raw(_, let raw)), .block(.code(_, let raw)): text += raw + "\n"
      case .inline(let inline): text += inline.ownText
      case .block: text += "\n"
      }
      return true
    }
    return text
  }

  @Test func valuesAndReferencesAreTakenIntoTheText() async throws {
    let text = """
      # One {#sec-one}

      ## Two {#sec-two}

      \(cell("label: tbl-a\ncaption: Of `{swift} a`"))
      It is `{swift} a`, and `{swift} b`; see @tbl-a and @sec-two, not @tbl-c.

      $$x$$ {#eq-x}
      """
    let chapter = try await chapter(text)
    var run = run([[.table(table)]])
    run.add(Record(cell: 0, event: .value(index: 0, text: "7")))
    run.add(Record(cell: 0, event: .value(index: 1, text: "8")))
    let labels = Labels([chapter], lone: nil)
    #expect(labels.targets.mapValues(\.number) == ["sec-one": "", "sec-two": "1", "tbl-a": "1", "eq-x": "1"])
    var weaver = Weaver(chapter, run: run, labels: labels, citations: nil, for: DocumentMedium(.plain))
    let woven = Self.text(weaver.weave())
    #expect(woven.contains("Table\u{A0}1. Of 7"))
    #expect(
      woven.contains("It is 8, and [not computed]; see Table\u{A0}1 and Section\u{A0}1, not @tbl-c?."),
      "\(woven)")
    #expect(woven.contains("x (1)"))
    #expect(weaver.problems.map(\.message) == ["Nothing has the label `tbl-c`."])
  }

  /// The key of a run holds what is computed, and not where it stands.
  @Test func theKeyOfARunHoldsWhatIsComputed() throws {
    func key(_ markdown: String) throws -> String {
      let source = Source(text: markdown, path: "a.md", url: URL(filePath: "/nowhere/a.md"))
      var key = ContentKey()
      Program.addParts(of: try ScannedChapter(source, profile: .standard), to: &key)
      return key.hexadecimal
    }
    let own = try key(cell("label: tbl-a\ncaption: One") + "`{swift} a`")
    #expect(
      try key("Words before.\n\n" + cell("label: tbl-a\ncaption: Two\necho: false") + "`{swift} a`, after")
        == own)
    for other in [
      cell("label: tbl-a\ncaption: One", "let a = 2") + "`{swift} a`",
      cell("label: tbl-a\ncaption: One") + "`{swift} a + 1`",
      cell("label: tbl-a\ncaption: One\nerror: true") + "`{swift} a`",
      "---\nparameters:\n  a: 3\n---\n" + cell("label: tbl-a\ncaption: One") + "`{swift} a`",
    ] {
      #expect(try key(other) != own, "\(other)")
    }
  }

  @Test func theScannerFindsCellsAndValues() throws {
    let markdown = """
      Text `{swift} one`.

      ~~~ {.swift}
      let not = "a cell"
      ~~~

        ```{swift}
        //| label: fig-x
        let x = 1

        let y = 2
        ```

      `{swift} x` and ``{swift} y``
      """
    let scanned = try ScannedChapter(
      Source(text: markdown, path: "a.md", url: URL(filePath: "/nowhere/a.md")), profile: .standard)
    #expect(scanned.cells.map(\.code) == ["let x = 1\n\nlet y = 2"])
    #expect(scanned.cells[0].options.label == "fig-x" && scanned.cells[0].indentation == 2)
    #expect(scanned.cells[0].location == Problem.Location(file: "a.md", line: 7, column: 3))
    #expect(scanned.cells[0].namesSet == ["x", "y"])
    #expect(
      scanned.values.map(\.expression) == ["one", "x", "y"] && scanned.values.map(\.cellsBefore) == [0, 1, 1])
    #expect(scanned.values[1].location == Problem.Location(file: "a.md", line: 14, column: 10))
  }

  /// The README has the tables of what there is, as the command's help has.
  @Test func theTablesOfTheReadmeAreThoseOfTheOptions() throws {
    let readme = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "README.md")
    let text = try String(contentsOf: readme, encoding: .utf8)
    for table in [CellOption.table, BookKey.table] {
      #expect(text.contains(table), "the README must have this table:\n\(table)")
    }
    let help = try Workshop.run(
      Workshop.command.path, ["--help"], in: FileManager.default.temporaryDirectory)
    for option in CellOption.allCases {
      #expect(help.output.contains("\n  \(option.rawValue) "), "\(option)")
    }
    for key in BookKey.allCases { #expect(help.output.contains("\n  \(key.rawValue) "), "\(key)") }
  }

  /// Comments and texts hide words, and a text's own code does not; an address in a text is no comment.
  @Test func theWordsOfSwiftAreRead() {
    let code = ##"""
      let url = "https://a.b/c" + name // a comment
      /* one /* two */ three */ call(x.y, of: z) { inner }
      let text = "a \(first + "b\(second)") c", raw = #"\(no) \#(yes)"#
      let many = """
        words "quoted" \(third)
        """
      after
      """##
    let tokens = SwiftWords.tokens(in: code)
    let names = tokens.filter(\.isName)
    let texts = [
      "let", "url", "name", "call", "x", "y", "of", "z", "inner", "let", "text", "first", "second", "raw",
      "yes",
      "let", "many", "third", "after",
    ]
    #expect(names.map { $0.text } == texts)
    #expect(names.filter(\.isInterpolated).map { $0.text } == ["first", "second", "yes", "third"])
    #expect(names.first { $0.text == "inner" }?.depth == 1 && names.last?.depth == 0)
    #expect(names.first { $0.text == "name" }.map { [$0.line, $0.column] } == [0, 28])
    #expect(names.last.map { [$0.line, $0.column] } == [6, 0])
    // What is not closed ends with its line, or with the code.
    #expect(SwiftWords.tokens(in: "a \"b\nc /* d").map(\.text) == ["a", "c"])
  }

  /// A change behind an address is one; a comparison, a member and an own variable are none.
  @Test func changesInCachedBlocksAreFound() async throws {
    let code = """
      var total = 0
      var list = [1]
      let kept = try cached("a", key: 1) {
        let page = "https://a.b"; total += page.count
        if total == 3 { list[0] = 2 }
        var own = total
        own += other.total
        list.append(own); swap(&total, &own)
        return own
      }
      total = 4
      """
    let problems = try await chapter("```{swift}\n\(code)\n```").problems
    #expect(problems.map { $0.location?.line } == [5, 6, 9, 9], "\(problems)")
    #expect(problems.map { $0.location?.column } == [29, 19, 3, 27], "\(problems)")
  }
}
