import CellRecords
import Foundation
import Fuzzing
import Testing
import Text

@testable import Literate

/// Whatever a file says, its parser comes back: with what it read, or with a `Problem` at a place that there is.
///
/// Each for ten minutes, after `make build-tests`: `NEURONBOOK_FUZZ_SECONDS=600 swift test -c release --skip-build --filter FuzzTests`.
@Suite(.serialized) struct FuzzTests {
  private static let chapter = """
    ---
    parameters:
      n: {quick: 1, standard: 3, full: 10}
      name: "a b"
    ---

    # Title {#sec-a}

    Text `{swift} n + 1`, ``{swift} "`"``, <!-- `{swift} no` -->, @fig-a and [@cho2014].

    ```{swift}
    //| label: fig-a
    //| caption: 'Of $\\theta$: `{swift} n`'
    //| alt: ["a", "b"]
    //| highlight: 1-2, 2
    //| time-limit: 60
    let a = "x \\(n) \\("y")"  // comment
    var b = #"raw \\#(a)"#
    ```

    > ```{swift}
    > _ = try cached("a", key: 1) { b = "" }
    > ```

    -	Item

    	~~~ {.text}
    	```
    	~~~

    ::: {.exercise #exr-a}
    {{< include part.md >}}
    :::

    $$ x = \\frac{1}{2} $$ {#eq-a}
    """

  private static let words = [
    "```", "```{swift}\n", "~~~", "`{swift} ", "`", "\n\n", "//| ", ":::", "::: {.exercise #exr-b}\n", "<!--",
    "-->",
    "---\n", "...\n", "> ", "- ", "\t", "{{< include part.md >}}\n", "\\(", "\"\"\"", "#\"", "/*", "*/",
    "\r\n",
    "{", "}", "\\", "let x = 1\n", "var y\n", "cached(", "$$", "{#eq-a}",
  ]

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static let nowhere = URL(filePath: "/nowhere/a.md")

  /// A problem names a line that the text has.
  private static func check(_ problem: Problem, lines: Int) throws {
    let line = problem.location?.line ?? 0
    guard 0...(lines + 1) ~= line, problem.location?.column ?? 0 >= 0 else {
      throw Fuzzing.Finding(description: "of \(lines) lines: \(problem.text)")
    }
  }

  @Test func chapters() throws {
    try Fuzzing("chapter", corpus: [Self.chapter], words: Self.words).run { bytes in
      let source = Source(text: Self.text(bytes), path: "a.md", url: Self.nowhere)
      do {
        let scanned = try ScannedChapter(source, profile: .standard)
        let all =
          scanned.problems + UninitialisedNames.problems(in: scanned) + CachedBlocks.problems(in: scanned)
        for problem in all { try Self.check(problem, lines: source.lines.count) }
        for cell in scanned.cells where !(1...source.lines.count ~= cell.codeLines.lowerBound) {
          throw Fuzzing.Finding(description: "a cell at \(cell.codeLines)")
        }
        _ = Program(scanned).text
      } catch let problem as Problem {
        try Self.check(problem, lines: source.lines.count)
      }
    }
  }

  @Test func optionsOfCells() throws {
    let options = CellOption.allCases.map { "\($0.rawValue): 1" } + ["label: fig-a", "alt: [a, \"\\u00e4\"]"]
    let words =
      options + [": ", "\"", "'", "\\t", "\\x41", "[", "]", "{", "}", "&a ", "*a", "!!str ", "|\n", "<<: "]
    try Fuzzing("options", corpus: options + [options.joined(separator: "\n")], words: words).run { bytes in
      // As the scanner gives them: a file's line ends are all alike there.
      let lines = Source(text: Self.text(bytes), path: "a.md", url: Self.nowhere).lines.map(String.init)
      do {
        let options = try CellOptions.parse(lines) { .init(file: "a", line: $0 + 1, column: $1 + 1) }
        guard options.highlight.allSatisfy({ $0.upperBound <= 100_000 }), options.timeLimit ?? 0 <= 31_536_000
        else {
          throw Fuzzing.Finding(description: "\(options)")
        }
      } catch let problem as Problem {
        try Self.check(problem, lines: lines.count)
      }
    }
  }

  @Test func booksAndFrontMatter() throws {
    let book = """
      title: "A book"
      authors: [A, 'B']
      parameters: {n: 1, rate: 0.5, name: text, flag: true}
      criteria:
        share: 0.9
      chapters:
        - a.md
      bibliography: b.bib
      """
    let words = [
      "- ", ": ", "no", "1.10", "12:30", "007", "0x1F", "~", "\"\\t\"", "*a", "&a", "[", "{", "\n  ", "|\n",
    ]
    let file = FileManager.default.temporaryDirectory.appending(
      path: "neuronbook-fuzz-\(UUID().uuidString).yml")
    defer { try? FileManager.default.removeItem(at: file) }
    try Fuzzing("book", corpus: [book, "chapters: [a.md]"], words: words).run { bytes in
      try Data(bytes).write(to: file)
      do {
        _ = try Book.open(file.path, output: nil)
      } catch let problem as Problem {
        try Self.check(problem, lines: bytes.count { $0 == 10 || $0 == 13 } + 1)
      }
      let head = Source(text: "---\n" + Self.text(bytes) + "\n---\n", path: "a.md", url: Self.nowhere)
      do {
        _ = try FrontMatter(head, profile: .standard)
      } catch let problem as Problem {
        try Self.check(problem, lines: head.lines.count)
      }
    }
  }

  @Test func records() throws {
    let encoder = JSONEncoder()
    let figure = ShownFigure(width: 10, height: 5, lightSVG: "l", darkSVG: "d", png: "p", pdf: "f", csv: "c")
    let offsets = OutputOffsets(standardOutput: 0, standardError: 9)
    let events: [Record.Event] = [
      .started(offsets), .ended(seconds: 1, offsets), .finished(peakMemory: 1), .value(index: 0, text: "x"),
      .progress(CellProgress(task: "t", fraction: 0.5, detail: "d", secondsLeft: 1)), .shown(.figure(figure)),
      .shown(.table(ShownTable(columns: [.init(title: "a", alignment: .left)], rows: [["1"]]))),
      .failed(Failure(message: "m", file: "f", line: 1, column: 1)),
      .shown(
        .claim(
          ShownClaim(
            name: "R", statement: "s", criterion: "c", evidence: [], verdict: .no, numbers: .init(estimate: 1)
          ))),
    ]
    let lines = try events.map {
      String(decoding: try encoder.encode(Record(cell: 0, event: $0)), as: UTF8.self)
    }
    let file = FileManager.default.temporaryDirectory.appending(
      path: "neuronbook-fuzz-\(UUID().uuidString).jsonl")
    defer { try? FileManager.default.removeItem(at: file) }
    try Fuzzing(
      "records", corpus: lines.map { $0 + "\n" } + [lines.joined(separator: "\n") + "\n"],
      words: ["\n", "{", "[", "null", "\"nan\"", "\"inf\"", "\"../../x\"", "\"cell\":999", "-1", "1e99"]
    ).run { bytes in
      try Data(bytes).write(to: file)
      var reader = RecordReader(file)
      var run = ChapterRun()
      while let records = try? reader.next(), !records.isEmpty {
        for record in records where record.fault(cells: 1, values: 1) == nil {
          run.add(record.showable)
          // What is believed can be counted with, and written down.
          if case .progress(let progress) = record.showable.event {
            _ = Int((progress.fraction ?? 0) * 100) + Int(progress.secondsLeft ?? 0)
          }
          _ = try JSONEncoder().encode(record.showable)
        }
      }
      _ = run.seconds
    }
  }

  @Test func valuesOfBuilds() throws {
    let claim = ShownClaim(
      name: "R", statement: "s", criterion: "c", evidence: [.init(name: "estimate", value: "0.9 (0.8 to 1)")],
      verdict: .no, numbers: .init(estimate: 1, low: 0, high: 2))
    let contents: [BuildValues.Content] = [
      .value(.init(expression: "n + 1", text: "12,345\u{202F}%")), .claim(claim),
      .table(.init(columns: ["T", "95 % interval"], rows: [["−1.5e−3", "0.1 – 0.2"]])),
      .figure(.init(csv: Data("mark,x\n\"a,\"\"b\",1\n".utf8))),
    ]
    let good = BuildValues(
      origin: .init(
        commit: nil, compiler: "c", processor: "p", profile: "quick", edition: "student", kernels: []),
      chapters: [.init(file: "a.md", parameters: ["n": "1"], state: .whole)],
      entries: contents.map { .init(chapter: "a.md", cell: "cell 1", part: nil, line: 3, content: $0) })
    let words = [
      "\"line\":-1", "1e400", "null", "[", "{", "\"", "–", "−", "(", " to ", "\"rows\":[[]]", "NaN",
      "\\u0000",
    ]
    try Fuzzing("values", corpus: [Array(good.json)], words: words).run { bytes in
      do {
        let values = try BuildValues(Data(bytes))
        let text =
          Comparison(good, values).text("a", "b", all: true)
          + Comparison(values, good).text("b", "a", all: false)
        guard text.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x0A || $0 == 0x09 }) else {
          throw Fuzzing.Finding(description: "control characters for the terminal")
        }
        guard !Comparison(values, values).changesVerdicts, try BuildValues(values.json) == values else {
          throw Fuzzing.Finding(description: "written and read again")
        }
      } catch is BuildValues.Fault {}
    }
    let texts = ["12,345", "−0.31", "99.6 %", "0.97 (0.93 to 0.99; null 0.12)", "93 % – 99 %", "1.2e−5 ms"]
    try Fuzzing(
      "quantities", corpus: texts, words: [",", ".", "e", "−", "–", " to ", "(", "%", "\u{202F}", "9"]
    ).run { bytes in
      let text = Self.text(bytes)
      if let quantity = Quantity(text), !quantity.number.isFinite {
        throw Fuzzing.Finding(description: "\(quantity)")
      }
      _ = Quantity.interval(text)
    }
  }

  @Test func wordsOfSwift() throws {
    let code =
      "let a = \"x \\(b + \"y\\(c)\")\" /* /* */ */ // d\nfunc f() { #\"\\#(e)\"# }\n\"\"\"\n\\(g)\n\"\"\"\n"
    try Fuzzing("words", corpus: [code, Self.chapter], words: Self.words).run { bytes in
      let code = Self.text(bytes)
      let lines = code.count(where: \.isNewline)
      for token in SwiftWords.tokens(in: code) where token.depth < 0 || !(0...lines ~= token.line) {
        throw Fuzzing.Finding(description: "\(token)")
      }
      _ = UninitialisedNames.namesSet(by: code)
    }
  }

  @Test func filesWithIncludes() throws {
    try withWorkshop { workshop in
      try workshop.write("{{< include other.md >}}\n", to: "part.md")
      let main = workshop.url("main.md")
      let text = "# A\n\n{{< include part.md >}}\n\n```\n{{< include none.md >}}\n```\n"
      let words = [
        "{{< include part.md >}}\n", "{{< include other.md >}}\n", "{{<include", ">}}", "../", "/", "\n",
        "```\n", "%2e",
      ]
      try Fuzzing("includes", corpus: [text, "Text.\n"], words: words).run { bytes in
        try Data(bytes).write(to: workshop.url("other.md"))
        try Data(bytes.reversed() + bytes).write(to: main)
        do {
          let source = try Source(reading: main, path: "main.md").includingFiles()
          for index in source.lines.indices where source.location(line: index + 1).line < 1 {
            throw Fuzzing.Finding(description: "line \(index) has no place")
          }
        } catch is Problem {}
        var known: [String: Source.Included] = [:]
        _ = Source.included(by: main, known: &known)
      }
    }
  }

  @Test func bibliographies() throws {
    let text = """
      % comment
      @string{jml = "A \\"journal\\""}
      @article{a, author={A, B and {C D}}, title="T {\\"o}", journal=jml # " x", year=2001, month=jan,}
      @comment{anything}
      @book(b, title={T})
      """
    let words = ["@article{", "@", "{", "}", "\"", ",", "=", "#", "\\", "%", "\n@book{c, title={x}}"]
    try Fuzzing("bibliography", corpus: [text], words: words).run { bytes in
      let source = Source(text: Self.text(bytes), path: "a.bib", url: Self.nowhere)
      do {
        try Bibliography.check(source)
      } catch let problem as Problem {
        try Self.check(problem, lines: source.text.count(where: \.isNewline) + 1)
      }
    }
  }

  @Test func treesOfPandoc() async throws {
    let markdown = TextTests.markdown
    let answer = try await Pandoc().ask(["--from=markdown", "--to=json"], input: Data(markdown.utf8))
    let words = [
      "{\"t\":\"Para\",\"c\":[]}", "[", "]", "{", "}", "null", "\"t\"", "\"c\"", "Header", "Table", "-1", ",",
    ]
    try Fuzzing("tree", corpus: [Array(answer.output)], words: words).run { bytes in
      let made = try? Pandoc.blocks(of: Pandoc.Answer(output: Data(bytes), warnings: ""))
      let blocks = made ?? []
      var count = 0
      blocks.walk { _ in
        count += 1
        return true
      }
      struct Nothing: Rewriter {}
      var nothing = Nothing()
      guard blocks.rewritten(by: &nothing) == blocks else { throw Fuzzing.Finding(description: "rewritten") }
      _ = blocks.plainText
      // What is written is read as the same, but for the last bits of a column's width, and signs that stand for characters that
      // can't be in XML.
      func again(_ blocks: [Block]) throws -> [Block] { Coding.blocks(try JSON(Coding.json(blocks).data)) }
      let (text, once) = (blocks.plainText, try again(blocks))
      guard once.count == blocks.count, once.plainText == text || printable(text) != text,
        try again(once).plainText == once.plainText
      else {
        throw Fuzzing.Finding(description: "written and read again")
      }
    }
  }

  @Test func labels() throws {
    let names = ["fig-a", "tbl-b", "eq-c", "{#eq-loss}", "sec-", "-", "neuronbook-caption-0-1", "fig-a-2"]
    try Fuzzing("labels", corpus: names, words: names + ["{#", "}"]).run { bytes in
      let text = Self.text(bytes)
      if let label = Labels.bracedLabel(text), text != "{#\(label)}" {
        throw Fuzzing.Finding(description: label)
      }
      if let label = Labels.tableLabel(text), !text.hasPrefix("{#" + label) {
        throw Fuzzing.Finding(description: label)
      }
      _ = Labels.Kind(label: text)
      _ = ChapterScanner.cell(ofIdentifier: text)
      _ = nearest(to: text, among: names)
    }
  }

  @Test func requests() throws {
    let good = [
      "GET / HTTP/1.1\r\nHost: localhost:4100\r\nAccept: */*",
      "GET /changes?after=3 HTTP/1.1\r\nHost: [::1]:4100",
      "GET /?a=b&c HTTP/1.0\r\nHost: 127.0.0.1:4100\r\nOrigin: http://127.0.0.1:4100\r\nSec-Fetch-Site: same-origin",
    ]
    let words = [
      "\r\n", "Host: ", "evil.example:4100", "Origin: ", ":", " ", "?", "&", "=", "\0", "HTTP/1.1", "\r",
      "\n ",
    ]
    try Fuzzing("request", corpus: good, words: words).run { bytes in
      do {
        let request = try RequestHead(bytes)
        _ = request.version
        try request.checkOrigin(port: 4100)
        let host = request.headers["host"] ?? ""
        guard host.lowercased().hasSuffix(":4100"), !host.contains("evil") else {
          throw Fuzzing.Finding(description: "the host \(host)")
        }
      } catch is RequestHead.Fault {}
    }
  }

  @Test func valuesOfTheCommandLine() throws {
    let values = [
      "500MB", "2GB", "1.5 kB", "units=64", "rate=0.25", "name=a=b", "flag=true", "-3", "1e3", "007",
    ]
    let kinds: [Parameter.Value] = [.integer(1), .number(1), .flag(true), .text("")]
    try Fuzzing("values", corpus: values, words: values + ["=", ".", "GB", "e", "_"]).run { bytes in
      let text = Self.text(bytes)
      if let size = try? ByteCount.reading(text) { _ = ByteCount.text(size * 2) }
      if let setting = try? ParameterSetting(text) {
        for kind in kinds { _ = kind.reading(setting.text)?.swiftLiteral }
      }
      // What is read is what is written.
      switch try? PlainValue(text) {
      case .integer(let number):
        if "\(number)" != text { throw Fuzzing.Finding(description: "\(number) of \(text)") }
      case .number(let number):
        if Double(text) != number { throw Fuzzing.Finding(description: "\(number) of \(text)") }
      case .flag(let flag): if "\(flag)" != text { throw Fuzzing.Finding(description: "\(flag) of \(text)") }
      case .text(let read): if read != text || Int(text) != nil { throw Fuzzing.Finding(description: text) }
      case nil: break
      }
    }
  }

  @Test func whatTheCompilerSays() throws {
    let said = """
      chapters/a.md:3:9: error: cannot find 'y' in scope
      a.md:4:1: warning: never used
      /x/b.swift:1:2: note: here
      """
    let words = [":", "error: ", "note: ", "\n", "99999999999999999999", "a.md"]
    try Fuzzing("compiler", corpus: [said], words: words).run { bytes in
      for kind in ["error", "warning"] { _ = Compiler.diagnostics(kind, in: Self.text(bytes)) }
    }
  }
}
