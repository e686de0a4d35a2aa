import Foundation
import Testing

@testable import Literate

/// What people write is read as they wrote it, or they are told why not.
@Suite struct ReadingTests {
  private static let nowhere = URL(filePath: "/nowhere/a.md")

  private func scanned(_ text: String) throws -> ScannedChapter {
    try ScannedChapter(Source(text: text, path: "a.md", url: Self.nowhere), profile: .standard)
  }

  /// The first problem of what is read.
  private func problem(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return (error as? Problem)?.text ?? "\(error)"
    }
  }

  // MARK: Files

  private func read(_ bytes: [UInt8]) throws -> Source {
    try withWorkshop { workshop in
      try workshop.write(Data(bytes), to: "a.md")
      return try Source(reading: workshop.url("a.md"), path: "a.md")
    }
  }

  @Test func marksAndLineEndsOfOtherSystemsAreNothing() throws {
    let text = "---\nparameters:\n  n: 3\n---\n\n# T\n\n`{swift} n`\n"
    for end in ["\n", "\r\n", "\r"] {
      for mark in ["", "\u{FEFF}"] {
        let source = try read(Array((mark + text.replacing("\n", with: end)).utf8))
        #expect(source.text == text)
        let chapter = try ScannedChapter(source, profile: .standard)
        #expect(chapter.parameters.map(\.name) == ["n"] && chapter.values[0].location.line == 8)
      }
    }
  }

  @Test func whatIsNotUTF8IsSaidWithItsPlace() throws {
    let text = "# A title\n\nText.\n"
    let utf16 = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    for bytes in [[0xFF, 0xFE] + utf16, [0xFE, 0xFF] + big, utf16, big] {
      let said = problem { _ = try read(bytes) }
      #expect(said.hasPrefix("a.md:1:1: error: The file is UTF-16 or UTF-32"), "\(said)")
    }
    for (bad, place) in [([UInt8(0xE9)], "a.md:4:5"), ([0], "a.md:4:5"), ([0xC3, 0x28], "a.md:4:5")] {
      let said = problem { _ = try read(Array("# A\n\nb\nc d ".utf8) + bad + [10]) }
      #expect(said.hasPrefix("\(place): error: The file is not UTF-8"), "\(said)")
    }
  }

  @Test func whatIsNoFileIsNotWaitedFor() throws {
    try withWorkshop { workshop in
      mkfifo(workshop.url("pipe.md").path, 0o644)
      for path in [workshop.url("pipe.md").path, "/dev/zero", "/dev/tty"] {
        let said = problem { _ = try Source(reading: URL(filePath: path), path: "a.md") }
        #expect(said.hasPrefix("a.md: error:"), "\(said)")
      }
    }
  }

  // MARK: Front matter

  @Test func frontMatterMayHaveSpacesAroundIt() throws {
    let heads = ["---\n", "--- \n", "---\t\n", "\n\n---  \n"]
    let ends = ["---\n", "---   \n", "...\n", "...\t\n"]
    for (head, end) in heads.flatMap({ head in ends.map { (head, $0) } }) {
      let chapter = try scanned("\(head)parameters:\n  n: 3\n\(end)\n# T\n\n`{swift} n`\n")
      #expect(chapter.parameters.map(\.value) == [.integer(3)], "\(head)\(end)")
      #expect(!chapter.pandocText.contains("parameters"))
      let wrong = problem { _ = try scanned("\(head)parameters:\n  n: 007\n\(end)") }
      #expect(wrong.hasPrefix("a.md:\(head.count(where: \.isNewline) + 2):6: error:"), "\(wrong)")
    }
    #expect(problem { _ = try scanned("--- \nparameters:\n  n: 3\n\n# T\n") }.contains("never closed"))
  }

  @Test func frontMatterInTheMidstOfTheTextIsSaid() async throws {
    let chapter = try scanned("# T\n\n---\nparameters:\n  n: 3\n---\n\nText.\n\n---\n\nMore.\n\n---\n")
    #expect(
      chapter.problems.map(\.text).map { $0.prefix(58) } == [
        "a.md:3:1: error: Front matter stands in the midst of the t"
      ])
    // Pandoc neither takes it out nor fails.
    let read = try await Chapter(chapter, by: Pandoc())
    #expect(read.blocks.plainText.contains("parameters"))
    let title = try await Chapter(scanned("% 12 is a share\n\n---\nat: [once\n---\n"), by: Pandoc())
    #expect(title.blocks.plainText.hasPrefix("% 12 is a share"))
  }

  // MARK: Cells

  @Test func cellsMayStandInQuotationsAndListsAndBehindTabs() async throws {
    let text = """
      > ```{swift}
      > //| label: tbl-q
      > print("in a quote")
      >
      > if true {
      >   print(1)
      > }
      > ```

      -\tItem:

      \t```{swift}
      \tprint("after a tab")
      \t```

      - a

          - b

              ```{swift}
              print("in a list")
                print("more")
              ```

      1. ```{swift}
         print("at once")
         ```

      > - > ~~~ {swift}
      >   > print("deep")
      >   > ~~~

      >```{swift}
      >print("joined")
      >```
      """
    let chapter = try await Chapter(scanned(text), by: Pandoc())
    #expect(
      chapter.cells.map(\.code) == [
        "print(\"in a quote\")\n\nif true {\n  print(1)\n}", "print(\"after a tab\")",
        "print(\"in a list\")\n  print(\"more\")", "print(\"at once\")", "print(\"deep\")",
        "print(\"joined\")",
      ])
    #expect(chapter.cells.map(\.indentation).prefix(4) == [2, 1, 8, 3])
    #expect(chapter.cells[0].options.label == "tbl-q" && chapter.cells[0].codeLocation.line == 3)
    let wrong = chapter.problems.map(\.text)
    #expect(chapter.problems.isEmpty, "\(wrong)")
    let unclosed = try scanned("> ```{swift}\n> print(1)\n\nText\n\n```\n")
    #expect(unclosed.problems.map(\.message) == ["The code block that starts here is never closed."])
  }

  @Test func codeThatIsNoCellIsLeftAlone() throws {
    let text = "> ~~~\n> `{swift} x` <!--\n> ~~~\n\n- ```\n  `{swift} y`\n  ```\n\nA `{swift} z`.\n"
    let chapter = try scanned(text)
    #expect(chapter.values.map(\.expression) == ["z"] && chapter.problems.isEmpty)
    #expect(chapter.pandocText == text.replacing("{swift} z", with: ValueMark.text(0)) + "\n")
  }

  @Test func whatLooksLikeAValueInIndentedCodeIsShownAsItIs() async throws {
    let text = "Say:\n\n    //| caption: \"`{swift} a + 1`\" and ``{swift} b``\n\nHere `{swift} 2`.\n"
    let chapter = try await Chapter(scanned(text), by: Pandoc())
    #expect(chapter.problems.isEmpty)
    guard case .code(_, let code) = chapter.blocks[1] else {
      Issue.record("\(chapter.blocks)")
      return
    }
    #expect(code == "//| caption: \"`{swift} a + 1`\" and ``{swift} b``")
  }

  @Test func whatThePageWouldNotShowIsSaid() async throws {
    for (text, place) in [
      ("Text\n\n    ```{swift}\n    1\n    ```\n", "a.md:3:5: error: The cell stands where"),
      ("| a |\n|---|\n| ```{swift} |\n", "a.md:3:3: error: A cell can't begin here."),
      ("<img alt=\"`{swift} 1 + 1`\">\n", "a.md:1:20: error: The inline value stands where"),
      ("$a `{swift} 2` b$\n", "a.md:1:13: error: The inline value stands where"),
    ] {
      let problems = try await Chapter(scanned(text), by: Pandoc()).problems.map(\.text)
      #expect(problems.contains { $0.hasPrefix(place) }, "\(problems)")
    }
  }

  @Test func longLinesAreReadAtOnce() throws {
    let option = "# T\n\n```{swift}\n//| label: fig-a\n//| caption: '"
    let line = (1...900).map { String(repeating: "`", count: $0) }.joined(separator: " a ")
    for text in [
      line, String(repeating: "\\", count: 200_000), String(repeating: "`{swift} a` ", count: 2000),
      option + String(repeating: "{#eq-b}", count: 2000) + "'\nlet a = 1\n```\n",
      option + String(repeating: "{{< video b >}}", count: 1000) + "'\nlet a = 1\n```\n",
    ] {
      // Of its own, whatever else the machine does.
      func seconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec
      }
      let start = seconds()
      _ = try scanned(text)
      _ = try? PlainValue("00=" + String(repeating: "700", count: 30_000))
      _ = try? PlainValue(String(repeating: "700", count: 30_000) + "x")
      #expect(seconds() - start <= 10)
    }
  }

  /// Files that include one another again and again: each is read once, and there is an end.
  @Test func aFileIncludedOftenIsReadOnce() throws {
    try withWorkshop { workshop in
      for number in 0..<30 {
        let include = "{{< include \(number + 1).md >}}\n"
        try workshop.write(number < 29 ? include + "\n" + include : "Last\n", to: "\(number).md")
      }
      let path = workshop.url("0.md")
      let said = problem { _ = try Source(reading: path, path: "0.md").includingFiles() }
      #expect(said.contains("more than 200000 lines"), "\(said)")
      let some = try Source(reading: workshop.url("20.md"), path: "20.md").includingFiles()
      #expect(some.lines.count { $0 == "Last" } == 512)
    }
  }

  // MARK: YAML

  @Test(arguments: [
    #""Effect of $\theta$""#, #""$\nu$""#, #""$\rho$""#, #""\textit{x}""#, #""\beta""#, #""\alpha""#,
    #""\frac12""#,
    #""\vec x""#, #""\eta""#, #""a\_b""#, #""\Lambda""#, #""\Phi""#, #""\Nabla""#, #""\b{o}""#,
    #"["a", "\tau"]"#,
  ])
  func escapesThatNobodyMeantAreSaid(_ value: String) throws {
    let option = value.hasPrefix("[") ? "alt" : "caption"
    let chapter = try scanned(
      "# T\n\n```{swift}\n//| label: fig-a\n//| \(option): \(value)\nlet a = 1\n```\n")
    let column =
      option.count + 7
      + (value.distance(from: value.startIndex, to: try #require(value.firstIndex(of: "\\"))))
    let said = chapter.problems.map(\.text).joined()
    #expect(said.hasPrefix("a.md:5:\(column): error: In double quotes, `"), "\(said)")
    #expect(said.contains("single quotes") && chapter.cells[0].options.label == "fig-a")
    #expect(
      problem { _ = try scanned("---\nparameters:\n  n: \(value)\n---\n") }.contains("a.md:3:")
        || option == "alt")
  }

  @Test func escapesThatAreNoneAreSaidToo() throws {
    for value in [#""\sigma""#, #""\xi""#, #""\upsilon""#, #""\gamma""#] {
      let chapter = try scanned("```{swift}\n//| caption: \(value)\nlet a = 1\n```\n")
      #expect(chapter.problems.first?.advice.contains("single quotes") ?? false, "\(chapter.problems)")
    }
    for value in [#"'$\theta$'"#, #"$\theta$"#, #""a \\theta""#, #""a \"b\" \u00e4 \n\n 2 \t.""#, #""\/""#] {
      let chapter = try scanned("```{swift}\n//| caption: \(value)\nlet a = 1\n```\n")
      #expect(chapter.problems.isEmpty, "\(value): \(chapter.problems)")
    }
    try withWorkshop { workshop in
      try workshop.write("title: \"On\n  $\\theta$\"\nchapters: [a.md]\n", to: "book.yml")
      let said = problem { _ = try Book.open(workshop.folder.path, output: nil) }
      #expect(said.contains("book.yml:2:4: error: In double quotes, `\\theta` begins with a tab"), "\(said)")
    }
  }

  @Test func textsThatStandForTooMuchAreRefused() {
    var bomb = "//| a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for (from, to) in zip("abcdefgh", "bcdefghi") {
      bomb += "//| \(to): &\(to) [\((0..<10).map { _ in "*\(from)" }.joined(separator: ", "))]\n"
    }
    let nested = "//| alt: \(String(repeating: "[", count: 50_000))\n"
    for options in [bomb, nested] {
      let chapter = try? scanned("```{swift}\n\(options)let a = 1\n```\n")
      #expect(chapter?.problems.count == 1, "\(chapter?.problems.count ?? -1)")
    }
  }

  @Test(arguments: [
    ("1.10", "`1.1`"), ("no", "`false`"), ("Yes", "`true`"), ("ON", "`true`"), ("off", "`false`"),
    ("True", "`true`"),
    ("007", "`7`"), ("+5", "`5`"), ("-0", "`0`"), ("0x1F", "`31`"), ("0o17", "`15`"), ("0b11", "`3`"),
    ("1_000", "`1000`"),
    ("1e3", "`1000`"), ("1.5e3", "`1500.0`"), (".5", "`0.5`"), ("5.", "`5.0`"), ("00.5", "`0.5`"),
    ("~", "nothing"),
    ("null", "nothing"), ("", "nothing"), (".inf", "infinity"), ("-.INF", "infinity"),
    (".nan", "not a number"),
    ("99999999999999999999", "too many digits"), ("0.12345678901234567890123", "too many digits"),
    ("1.50", "`1.5`"),
  ])
  func aParameterThatCouldBeTwoThingsIsAnError(_ written: String, _ says: String) {
    let said = problem { _ = try scanned("---\nparameters:\n  p: \(written)\n---\n") }
    #expect(said.hasPrefix("a.md:3:") && said.contains(says) && said.contains("\"\(written)\""), "\(said)")
    // Nor on the command line, where its type is known.
    #expect(
      Parameter.Value.integer(1).reading(written) == nil && Parameter.Value.number(1).reading(written) == nil)
    #expect(Parameter.Value.flag(true).reading(written) == nil)
    #expect(Parameter.Value.text("").reading(written) == .text(written))
  }

  @Test func aParameterIsReadAsItIsWritten() throws {
    let written = [
      "12:30", "2024-01-01", "1.2.3", "3px", "a b", "-5", "0", "0.25", "-1.0", "1000000.5", "0.00001", "true",
      "'007'", "\"no\"", "!!str 1.10", "y", "one",
    ]
    let lines = written.enumerated().map { "  p\($0): \($1)\n" }.joined()
    let values = try scanned("---\nparameters:\n\(lines)  long: |\n    12\n---\n").parameters.map(\.value)
    #expect(
      values == [
        .text("12:30"), .text("2024-01-01"), .text("1.2.3"), .text("3px"), .text("a b"), .integer(-5),
        .integer(0),
        .number(0.25), .number(-1), .number(1_000_000.5), .number(0.00001), .flag(true), .text("007"),
        .text("no"),
        .text("1.10"), .text("y"), .text("one"), .text("12"),
      ])
    #expect(
      Parameter.Value.number(1).reading("2") == .number(2)
        && Parameter.Value.number(1).reading("0.5") == .number(0.5))
  }

  @Test func numbersOfOptionsAreReadAsTheyAreWritten() throws {
    for (option, says) in [
      ("time-limit: 12:30", "a number of seconds"), ("time-limit: 1e300", "a number of seconds"),
      ("time-limit: .inf", "a number of seconds"), ("time-limit: -1", "a number of seconds"),
      ("time-limit: 31536001", "a year"), ("columns: 0x2", "a whole number from 1 to 6"),
      ("columns: 99999999999999999999", "a whole number"),
      ("memory-limit: 99999999999999GB", "more than any machine"),
      ("memory-limit: 1e9GB", "not a size"), ("memory-limit: -1GB", "not a size"),
      ("highlight: 1-999999999", "lines such as"),
      ("highlight: 99999999999999999999999", "lines such as"), ("highlight: 2-1", "lines such as"),
      ("highlight: 0", "lines such as"),
      ("highlight: 2", "names line 2, but the cell has 1"), ("highlight: 1-90000", "names line 90000"),
    ] {
      let problems = try scanned("```{swift}\n//| \(option)\nlet a = 1\n```\n").problems
      #expect(problems.count == 1 && problems[0].text.contains(says), "\(option): \(problems.map(\.text))")
      #expect(problems.first?.location?.line == 2)
    }
    try withWorkshop { workshop in
      for (key, says) in [
        ("criteria: {share: 0.90}", "`share` must be a number."),
        ("criteria: {share: .inf}", "`share` must be a number."),
        ("parameters: {n: 1_0}", "`10`"), ("authors: [[A]]", "`authors` must be text"),
      ] {
        try workshop.write("chapters: [a.md]\n\(key)\n", to: "book.yml")
        #expect(problem { _ = try Book.open(workshop.folder.path, output: nil) }.contains(says), "\(key)")
      }
    }
    for size in [
      "99999999999999GB", "1e3GB", "GB", "1.2.3GB", "-1GB", "٣GB", String(repeating: "9", count: 400) + "B",
    ] {
      #expect(throws: Problem.self, "\(size)") { try ByteCount.reading(size) }
    }
    #expect(try ByteCount.reading("1.5 gb") == 1_500_000_000 && ByteCount.reading("2TB") == 2_000_000_000_000)
  }

  // MARK: Bibliographies

  @Test(arguments: [
    (
      "@article{broken, title={A {brace, year={2002}}\n@article{b, title={T}}", "a.bib:2:24",
      "`title` in the entry `broken`"
    ),
    (
      "@article{broken, title=\"A quote, year={2002}}\n@article{b, title={T}}", "a.bib:2:24", "are not closed"
    ),
    ("@article{broken, title={T}, year={2002}\n@article{b, title={T}}", "a.bib:3:1", "A comma is missing"),
    ("@article{broken, title={T}", "a.bib:2:1", "the entry `broken` are not closed"),
    ("@article{broken, title={T} year={2002}}", "a.bib:2:28", "A comma is missing"),
    ("@article{broken, title={T}}, year={2002}}", "a.bib:2:40", "was not opened"),
    ("@article{good, title={T}}", "a.bib:2:10", "already taken at a.bib:1:7"),
    ("@Article{ good , title={T}}", "a.bib:2:11", "already taken"),
    ("@artcle{b, title={T}}", "a.bib:2:1", "Did you mean `@article`?"),
    ("@article{, title={T}}", "a.bib:2:1", "no key"),
    ("@article{b, journal=NoSuch}", "a.bib:2:21", "`@string` with the name `NoSuch`"),
    ("@article{b, title {T}}", "a.bib:2:19", "`name = value` was expected"),
    ("@article{b, title=,}", "a.bib:2:19", "has no value"),
    ("@string{j {J}}", "a.bib:2:11", "`name = value`"),
    ("@comment{a\n\n@book{c, title={x}}", "a.bib:2:1", "the `@comment`"),
  ])
  func whatIsWrongInABibliographyIsSaidAtItsLine(_ text: String, _ place: String, _ says: String) {
    let source = Source(text: "@book{good, title={G}}\n\(text)\n", path: "a.bib", url: Self.nowhere)
    let said = problem { try Bibliography.check(source) }
    #expect(said.hasPrefix("\(place): error:") && said.contains(says), "\(said)")
  }

  @Test func whatABibliographyMayHoldIsRead() throws {
    let text = """
      Words between entries, a@b.example and 50 % of all.
      % @article{a comment
      @string{ nips = {Neural {I}nformation} }
      @preamble{ "\\newcommand{\\x}{y}" }
      @comment{ anything {goes} }
      @INPROCEEDINGS(a:b/c+d_1, author = "K. Cho and {\\"O}. B", title = {A \\{ brace}, booktitle = nips # " 2014",
        year = 2014, month = oct, )
      @misc{e,}
      @online {f
        , title = {On "quotes" and {"}}
      }
      """
    try Bibliography.check(Source(text: text, path: "a.bib", url: Self.nowhere))
  }

  @Test func aBrokenBibliographyIsOneError() async throws {
    try await withWorkshop { workshop in
      try workshop.writeBook(
        ["01.md": "# A\n\nSee [@good] and [@after].\n"], more: "bibliography: refs.bib\n")
      for (text, says) in [
        (
          "@article{good, title={T}}\n@article{broken, title={A {brace}\n@article{after, title={T}}\n",
          "refs.bib:2:24"
        ),
        ("@article{good, title={T}}\n@article{good, title={T}}\n", "refs.bib:2:10"),
        // What only Pandoc refuses.
        ("@article{good, title={T}}\n\n@article{a b, title={T}}\n", "refs.bib:3:"),
      ] {
        try workshop.write(text, to: "chapters/refs.bib")
        let book = try Book.open(workshop.url("chapters").path, output: nil)
        let session = Session()
        let scan = try Manuscript.scan(book, settings: [], session: session)
        let problems = try await Manuscript.read(scan, of: book, session: session).problems
        #expect(problems.count == 1 && problems[0].text.contains(says), "\(problems.map(\.text))")
      }
    }
  }

  // MARK: Exercises

  @Test(arguments: [
    ("::: {.solutions}\nIt is one.\n:::", "`solutions`", "`.solution`"),
    ("::: {.hints}\nHint.\n:::", "`hints`", "`.hint`"),
    ("::: soluton\nIt is one.\n:::", "`soluton`", "`.solution`"),
    ("::: {.Solution}\nIt is one.\n:::", "`Solution`", "`.solution`"),
    ("<div class=\"solutions\">\nIt is one.\n</div>", "`solutions`", "`.solution`"),
    ("[One.]{.solution}", "`solution`", "no block"),
    ("``` {.swift .solution}\nlet a = 1\n```", "`solution`", "no block"),
    ("> ::: {.answer}\n> One\n> :::", "`answer`", "`.hint` and"),
  ])
  func unknownClassesInAnExerciseAreErrors(_ block: String, _ name: String, _ advice: String) async throws {
    func text(_ block: String) -> String {
      """
      ::: {.exercise #exr-a}
      Question?

      ```{swift}
      //| exercise: starter
      let a = 0
      ```

      \(block)

      ::: {.solution}
      ```{swift}
      let a = 1
      ```
      :::

      ```{swift}
      //| exercise: check
      try require(a == 1, "one")
      ```
      :::
      """
    }
    let problems = try await Chapter(scanned(text(block)), by: Pandoc()).problems.map(\.text)
    #expect(problems.count == 1 && problems[0].contains(name) && problems[0].contains(advice), "\(problems)")
    #expect(problems.first?.hasPrefix("a.md:9:") ?? false, "\(problems)")
    for good in [
      "::: {.hint}\nA.\n:::", "::: {.callout-note}\nA.\n:::", "[a]{.column-margin}", "``` {.swift}\na\n```",
    ] {
      #expect(try await Chapter(scanned(text(good)), by: Pandoc()).problems.isEmpty, "\(good)")
    }
  }
}

/// As with a synchronous body.
func withWorkshop<Result>(_ body: (Workshop) async throws -> Result) async throws -> Result {
  let workshop = try Workshop()
  defer { workshop.close() }
  return try await body(workshop)
}
