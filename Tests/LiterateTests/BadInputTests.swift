import Foundation
import Testing

/// Each thing that a user can get wrong gives one clear error at its place, leaves the other chapter's results
/// on the page, and ends with a status that is not zero.
@Suite struct BadInputTests {
  struct Case: CustomTestStringConvertible {
    var name: String
    /// The text of `chapters/02-bad.md`; nil to leave the file out.
    var chapter: String?
    /// Where the error must be, after `chapters/`.
    var place: String
    /// What the message must say.
    var says: [String]
    /// Whether `check`, which runs nothing, finds it too.
    var foundByCheck = true
    /// Whether the bad chapter's own first cell must still be on the page.
    var keepsOwnResults = false

    var testDescription: String { name }
  }

  static let good = """
    # Good {#sec-good}

    ```{swift}
    //| label: fig-good
    //| caption: "A line"
    //| alt: "A rising line"
    let points = [1.0, 2.0, 4.0]
    show(Figure { LineMark(x: [0, 1, 2], y: points) })
    ```

    The good chapter computed `{swift} points.count * 14`.
    """

  static func cell(_ code: String, head: String = "") -> String {
    "# Bad\n\n```{swift}\nprint(\"came before\")\n```\n\n```{swift}\n\(head)\(code)\n```\n"
  }

  static let cases = [
    Case(
      name: "unknown option", chapter: cell("1", head: "//| lable: fig-a\n"), place: "02-bad.md:8:5",
      says: ["There is no cell option `lable`", "Did you mean `label`?"]),
    Case(
      name: "malformed option", chapter: cell("1", head: "//| caption: \"never closed\n"),
      place: "02-bad.md:8",
      says: ["not YAML"]),
    Case(
      name: "option that is no mapping", chapter: cell("1", head: "//| just words\n"), place: "02-bad.md:8",
      says: ["`name: value`"]),
    Case(
      name: "option of the wrong type", chapter: cell("1", head: "//| echo: maybe\n"), place: "02-bad.md:8:5",
      says: ["must be true or false", "maybe"]),
    Case(
      name: "fence with attributes", chapter: "# Bad\n\n```{swift echo=false}\nprint(1)\n```\n",
      place: "02-bad.md:3:1",
      says: ["nothing but `{swift}`", "//|"]),
    Case(
      name: "duplicate label",
      chapter: cell(
        "show(Figure { LineMark(x: [0, 1], y: [0, 1]) })",
        head: "//| label: fig-good\n//| caption: c\n//| alt: a\n"), place: "02-bad.md:8:12",
      says: ["`fig-good` is already taken at chapters/01-good.md:4:12"]),
    Case(
      name: "callout of no kind", chapter: "# Bad\n\n::: {.callout-nte}\nText\n:::\n", place: "02-bad.md:3:7",
      says: ["There is no callout of the kind `nte`", "Did you mean `callout-note`?"]),
    Case(
      name: "callout neither closed nor open",
      chapter: "# Bad\n\n::: {.callout-note collapse=\"yes\"}\nText\n:::\n", place: "02-bad.md:3:20",
      says: ["`collapse` is `yes`", "`true`, for a callout that is closed at first"]),
    Case(
      name: "live model that no page can carry",
      chapter: cell(
        """
        let data = LastTokenAutoencoder().heldOut(seed: 1)
        let model = Seq2Seq(Configuration(units: 512, vocabulary: data.vocabulary), seed: 1)
        show(try LiveModel(model, rows: data.test, vocabulary: data.vocabulary))
        """, head: "//| alt: Units\n"), place: "02-bad.md:11:10",
      says: ["a page can carry 500,000", "fewer units"], foundByCheck: false, keepsOwnResults: true),
    Case(
      name: "live model with a unit that it has not",
      chapter: cell(
        """
        let data = LastTokenAutoencoder().heldOut(seed: 1)
        let model = Seq2Seq(Configuration(units: 8, vocabulary: data.vocabulary), seed: 1)
        show(try LiveModel(model, rows: data.test, vocabulary: data.vocabulary, sets: ["storing": [3, 8]]))
        """, head: "//| alt: Units\n"), place: "02-bad.md:11:10",
      says: ["The set “storing” has the unit 8", "the units 0 to 7"], foundByCheck: false,
      keepsOwnResults: true),
    Case(
      name: "link of a column that there is not",
      chapter: cell(
        "show(Table(columns: [\"Unit\", \"Share\"], rows: [[3, 0.5]]).linked(.unit, by: \"Units\"))"),
      place: "02-bad.md:8:5", says: ["no column “Units”", "Unit, Share"], foundByCheck: false,
      keepsOwnResults: true),
    Case(
      name: "alignment of a column that there is not",
      chapter: cell("show(Table(columns: [\"a\"], rows: [[3]], alignments: [\"b\": .centre]))"),
      place: "02-bad.md:8:5", says: ["no column “b”"], foundByCheck: false, keepsOwnResults: true),
    Case(
      name: "link by a channel that a mark has not",
      chapter: cell(
        "show(Figure { ScatterMark(x: [0, 1], y: [0, 1]).linked(.unit, by: .row) })", head: "//| alt: a\n"),
      place: "02-bad.md:9:5", says: ["expected a channel that it has: x, y, found row"], foundByCheck: false,
      keepsOwnResults: true),
    Case(
      name: "figure without alternative text",
      chapter: cell(
        "show(Figure { LineMark(x: [0, 1], y: [0, 1]) })", head: "//| label: fig-bad\n//| caption: c\n"),
      place: "02-bad.md:7:1", says: ["no alternative text", "//| alt:"], keepsOwnResults: true),
    Case(
      name: "unlabelled figure without alternative text",
      chapter: cell("show(Figure { LineMark(x: [0, 1], y: [0, 1]) })"), place: "02-bad.md:7:1",
      says: ["no alternative text"], foundByCheck: false, keepsOwnResults: true),
    Case(
      name: "figure that can't be drawn",
      chapter: cell(
        "show(Figure { LineMark(x: [0, 1, 2], y: [0, 1]) })", head: "//| alt: a\n"),
      place: "02-bad.md:9:5", says: ["can't be drawn", "3", "2"], foundByCheck: false, keepsOwnResults: true),
    Case(
      name: "label without a figure",
      chapter: cell("print(1)", head: "//| label: fig-bad\n//| caption: c\n//| alt: a\n"),
      place: "02-bad.md:7:1", says: ["shows 0 figures"], foundByCheck: false, keepsOwnResults: true),
    Case(
      name: "unresolved reference", chapter: "# Bad\n\nSee @fig-god.\n", place: "02-bad.md:3:5",
      says: ["Nothing has the label `fig-god`", "Did you mean `@fig-good`?"]),
    Case(
      name: "unresolved citation", chapter: "# Bad\n\nSee [@cho2015].\n", place: "02-bad.md:3:6",
      says: ["no entry `cho2015`", "Did you mean `@cho2014`?"]),
    Case(
      name: "unreadable formula", chapter: "# Bad\n\nThus $\\frob{x}$.\n", place: "02-bad.md:3:7",
      says: ["can't be set", "\\frob"]),
    Case(
      name: "cell that does not compile", chapter: cell("let n: Int = \"text\""), place: "02-bad.md:8:14",
      says: ["cannot convert value of type 'String'"]),
    Case(
      name: "missing brace", chapter: cell("func f() {"), place: "02-bad.md:8", says: ["expected '}'"]),
    Case(
      name: "inline value that does not compile", chapter: "# Bad\n\nAbout `{swift} nowhere + 1`.\n",
      place: "02-bad.md:3:16", says: ["cannot find 'nowhere' in scope"]),
    Case(
      name: "inline value that is not closed", chapter: "# Bad\n\nAbout `{swift} 1 + \n2`.\n",
      place: "02-bad.md:3:7",
      says: ["not closed on its line"]),
    Case(
      name: "name used before it is set",
      chapter: "# Bad\n\n`{swift} later`\n\n```{swift}\nlet later = 1\n```\n",
      place: "02-bad.md:3:10", says: ["`later` is used before it is set", "line 5"]),
    Case(
      name: "cell that throws",
      chapter: cell(
        "struct Broken: Error {}\nfunc g(_ n: Int) throws {\n  if n > 2 { throw Broken() }\n}\ntry g(3)"),
      place: "02-bad.md:10", says: ["threw an error", "Broken()"], foundByCheck: false, keepsOwnResults: true),
    Case(
      name: "cell that traps",
      chapter: cell("let none: [Int] = []\nprint(none[points()])\nfunc points() -> Int { 3 }"),
      place: "02-bad.md:9", says: ["Index out of range"], foundByCheck: false, keepsOwnResults: true),
    Case(
      name: "cell that is killed", chapter: cell("kill(getpid(), SIGKILL)\nsleep(10)"),
      place: "02-bad.md:7:1",
      says: ["signal 9"], foundByCheck: false, keepsOwnResults: true),
    Case(
      name: "cell that ends the program", chapter: cell("exit(3)"), place: "02-bad.md:7:1",
      says: ["status 3"],
      foundByCheck: false, keepsOwnResults: true),
    Case(
      name: "error: true that does not fail", chapter: cell("print(1)", head: "//| error: true\n"),
      place: "02-bad.md:7:1", says: ["did not fail"], foundByCheck: false, keepsOwnResults: true),
    Case(
      name: "output that is not UTF-8",
      chapter: cell("FileHandle.standardOutput.write(Data([0xff, 0xfe, 0x0a]))"), place: "02-bad.md:7:1",
      says: ["not UTF-8"], foundByCheck: false, keepsOwnResults: true),
    Case(
      name: "cell that never ends", chapter: cell("while true { usleep(1000) }", head: "//| time-limit: 1\n"),
      place: "02-bad.md:7:1", says: ["longer than its limit of 1 seconds", "time-limit: 2"],
      foundByCheck: false,
      keepsOwnResults: true),
    Case(
      name: "cell that prints without end",
      chapter: cell("let line = String(repeating: \"x\", count: 100_000)\nwhile true { print(line) }"),
      place: "02-bad.md:7:1", says: ["printed more than 10 MB"], foundByCheck: false, keepsOwnResults: true),
    Case(
      name: "cell that writes to standard error without end",
      chapter: cell(
        "let line = Data(String(repeating: \"x\", count: 100_000).utf8)\nwhile true { FileHandle.standardError.write(line) }"
      ),
      place: "02-bad.md:7:1", says: ["printed more than 10 MB"], foundByCheck: false, keepsOwnResults: true),
    Case(
      name: "cell that takes too much memory",
      chapter: cell(
        "var held: [[UInt8]] = []\nfor _ in 0..<60 {\n  held.append([UInt8](repeating: 1, count: 50_000_000))\n  usleep(50_000)\n}",
        head: "//| memory-limit: 300MB\n"), place: "02-bad.md:7:1",
      says: ["more than its limit of 300.0 MB", "memory-limit: 600.0 MB"], foundByCheck: false,
      keepsOwnResults: true),
    Case(
      name: "inline value of 200 MB",
      chapter: cell("let text = String(repeating: \"x\", count: 200_000_000)") + "\nIt is `{swift} text`.\n",
      place: "02-bad.md:11:16", says: ["more than 10,000 characters"], foundByCheck: false,
      keepsOwnResults: true),
    Case(
      name: "parts of a figure without their alternative texts",
      chapter: cell(
        "for _ in 0..<2 { show(Figure { LineMark(x: [0, 1], y: [0, 1]) }) }",
        head:
          "//| label: fig-parts\n//| caption: c\n//| subcaptions: [one, two]\n//| alt: both\n"),
      place: "02-bad.md:7:1", says: ["2 parts and one alternative text"], keepsOwnResults: true),
    Case(
      name: "other count of parts than of subcaptions",
      chapter: cell(
        "show(Figure { LineMark(x: [0, 1], y: [0, 1]) })",
        head:
          "//| label: fig-parts\n//| caption: c\n//| subcaptions: [one, two]\n//| alt: [first, second]\n"),
      place: "02-bad.md:7:1", says: ["shows 1 figures; 2 were expected"], foundByCheck: false,
      keepsOwnResults: true),
    Case(
      name: "columns that are no number", chapter: cell("1", head: "//| columns: wide\n"),
      place: "02-bad.md:8:5", says: ["from 1 to 6", "wide"]),
    Case(
      name: "memory limit that is no size", chapter: cell("1", head: "//| memory-limit: lots\n"),
      place: "02-bad.md:8:5", says: ["must be a size", "lots"]),
    Case(
      name: "statement in file scope", chapter: cell("print(1)", head: "//| file-scope: true\n"),
      place: "02-bad.md:9:1", says: ["expressions are not allowed at the top level"]),
    Case(
      name: "data file that is missing", chapter: cell("let bytes = try data(\"none.txt\")"),
      place: "02-bad.md:8",
      says: ["none.txt", "can't be read"], foundByCheck: false, keepsOwnResults: true),
    Case(
      name: "lines to mark that are none", chapter: cell("1", head: "//| highlight: 3-1\n"),
      place: "02-bad.md:8:5",
      says: ["`highlight` must be lines"]),
    Case(
      name: "included file that is missing", chapter: "# Bad\n\n{{< include none.md >}}\n",
      place: "02-bad.md:3:1",
      says: ["`none.md` does not exist"]),
    Case(
      name: "include loop", chapter: "# Bad\n\n{{< include 02-bad.md >}}\n", place: "02-bad.md:3:1",
      says: ["includes itself"]),
    Case(name: "missing chapter", chapter: nil, place: "02-bad.md", says: ["does not exist"]),
    Case(name: "empty chapter", chapter: " \n\n", place: "02-bad.md", says: ["empty"]),
    Case(
      name: "unclosed fence", chapter: "# Bad\n\n```{swift}\nprint(1)\n", place: "02-bad.md:3:1",
      says: ["never closed"]),
    Case(
      name: "image from the web", chapter: "# Bad\n\n![A](http://127.0.0.1/a.png)\n", place: "02-bad.md:3",
      says: ["on the web"]),
  ]

  static let bibliography = "@book{cho2014, title={T}, author={Cho, K.}, year={2014}}\n"

  @Test(arguments: cases) func isReportedAtItsPlace(_ bad: Case) throws {
    try withWorkshop { workshop in
      try workshop.writeBook(
        ["01-good.md": Self.good, "02-bad.md": bad.chapter ?? ""], more: "bibliography: references.bib\n")
      try workshop.write(Self.bibliography, to: "chapters/references.bib")
      if bad.chapter == nil { try FileManager.default.removeItem(at: workshop.url("chapters/02-bad.md")) }

      let checked = try workshop.neuronbook(["check", "chapters"])
      #expect(
        (checked.status != 0) == bad.foundByCheck, "check ended with \(checked.status): \(checked.error)")
      #expect(!workshop.exists("output/report.html"), "check ran something")

      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 1)
      let errors = built.error.split(separator: "\n").filter { $0.contains(": error: ") }
      #expect(errors.count == 1, "one error expected:\n\(built.error)")
      let start = "chapters/\(bad.place)"
      #expect(
        errors.first.map { $0.hasPrefix(start + ":") } ?? false, "\(start) expected:\n\(built.error)")
      for phrase in bad.says { #expect(built.error.contains(phrase), "\(phrase) expected:\n\(built.error)") }

      let page = try workshop.text("output/report.html")
      #expect(page.contains("The good chapter computed 42"))
      #expect(workshop.exists("figures/fig-good.png"))
      #expect(workshop.exists("figures/fig-good.pdf"))
      if bad.keepsOwnResults {
        #expect(page.contains("came before</pre>") || page.contains("came before\n</pre>"))
      }
    }
  }

  @Test func anIncludeLoopAcrossFilesIsReported() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01-good.md": Self.good, "02-bad.md": "# Bad\n\n{{< include parts/a.md >}}\n"])
      try workshop.write("Text.\n\n{{< include b.md >}}\n", to: "chapters/parts/a.md")
      try workshop.write("{{< include ../parts/a.md >}}\n", to: "chapters/parts/b.md")
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 1)
      #expect(
        built.error.hasPrefix("chapters/parts/b.md:1:1: error: `../parts/a.md` includes itself"),
        "\(built.error)")
    }
  }

  @Test func bytesThatAreNotUTF8AreReportedWithTheirPlace() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01-good.md": Self.good, "02-bad.md": ""])
      try workshop.write(
        Data("# Bad\n\nabc ".utf8) + Data([0xff]) + Data("\n".utf8), to: "chapters/02-bad.md")
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 1)
      #expect(built.error.hasPrefix("chapters/02-bad.md:3:5: error: The file is not UTF-8"))
    }
  }

  @Test func malformedBooksAreReported() throws {
    for (yaml, says) in [
      ("chapters: [a.md]\nfoo: 1\n", "book.yml:2:1: error: A book has no `foo`"),
      ("chapters: []\n", "book.yml:1: error: The book has no chapters"),
      ("chapters: [a.md\n", "error: The book is not YAML"),
      (
        "chapters: [a.md]\ncode: maybe\n",
        "book.yml:2:1: error: `code` must be `folded` or `open`; found `maybe`"
      ),
      ("chapters: 3\n", "book.yml:1:1: error: `chapters` must be a list"),
    ] {
      try withWorkshop { workshop in
        try workshop.write(yaml, to: "chapters/book.yml")
        let built = try workshop.neuronbook(["build", "chapters"])
        #expect(built.status == 1)
        #expect(built.error.contains(says), "\(built.error)")
      }
    }
  }

  @Test func missingOrFailingToolsAreNamedWithTheirInstallation() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01-good.md": Self.good])
      let swiftFolder = try #require(
        ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":").first {
          FileManager.default.isExecutableFile(atPath: $0 + "/swiftc")
        })
      try FileManager.default.createDirectory(at: workshop.url("bin"), withIntermediateDirectories: true)
      func link(_ tool: String, _ target: String) throws {
        try FileManager.default.createSymbolicLink(
          at: workshop.url("bin/\(tool)"), withDestinationURL: URL(filePath: target))
      }
      let path = ["PATH": workshop.url("bin").path]
      try link("pandoc", "/usr/bin/pandoc")
      let withoutSwift = try workshop.neuronbook(["build", "chapters"], environment: path)
      #expect(withoutSwift.status == 1)
      #expect(withoutSwift.error.contains("`swiftc` was not found"))

      let pandoc = workshop.url("bin/pandoc")
      try FileManager.default.removeItem(at: pandoc)
      try link("swiftc", swiftFolder + "/swiftc")
      try link("pkg-config", "/usr/bin/pkg-config")
      let withoutPandoc = try workshop.neuronbook(["build", "chapters"], environment: path)
      #expect(withoutPandoc.status == 1)
      #expect(withoutPandoc.error.contains("`pandoc` was not found"), "\(withoutPandoc.error)")
      #expect(withoutPandoc.error.contains("apt-get install pandoc"))

      // A Pandoc that fails.
      try workshop.writeProgram("#!/bin/sh\necho 'pandoc: broken' >&2\nexit 1\n", to: "bin/pandoc")
      let broken = try workshop.neuronbook(
        ["build", "chapters"],
        environment: ["PATH": workshop.url("bin").path + ":\(swiftFolder):/usr/bin:/bin"])
      #expect(broken.status == 1)
      #expect(
        broken.error.contains("chapters/01-good.md: error: Pandoc failed: pandoc: broken"), "\(broken.error)")
    }
  }

  @Test func anOutputFolderThatCannotBeWrittenIsReportedBeforeAnythingRuns() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01-good.md": Self.good])
      try workshop.write("a file where the folder should be", to: "output")
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 1)
      #expect(built.error.contains("output: error: The output folder can't be written"), "\(built.error)")
      #expect(!built.output.contains("compiling"))
    }
  }

  /// Whether a program has ended. A zombie waits for init where nobody collects it.
  private func isGone(_ process: pid_t) -> Bool {
    let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    return kill(process, 0) == -1 || state?.contains(") Z") ?? true
  }

  @Test(arguments: [SIGINT, SIGTERM]) func anInterruptedBuildLeavesNoChildAndNothingHalfWritten(
    _ signal: Int32
  ) throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01-good.md": Self.good])
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      let before = try workshop.text("output/report.html")
      try workshop.write(
        "# Slow\n\n```{swift}\ntry? \"\\(getpid())\".write(toFile: \"\(workshop.url("output/pid").path)\", atomically: true, encoding: .utf8)\nsleep(600)\n```\n",
        to: "chapters/01-good.md")
      let running = try Workshop.start(Workshop.command.path, ["build", "chapters"], in: workshop.folder)
      let child = try #require(Int32(try workshop.wait(forFile: "output/pid")))
      kill(running.processIdentifier, signal)
      let result = running.wait()
      #expect(result.status == 130, "\(result.error)")
      #expect(result.error.contains("Interrupted"))
      try Workshop.wait(for: "the end of the chapter's program") { isGone(child) ? true : nil }
      #expect(try workshop.text("output/report.html") == before)
      let left = try FileManager.default.subpathsOfDirectory(atPath: workshop.url("output").path)
      #expect(!left.contains { $0.contains("partial") || $0.contains(".work") }, "\(left)")
    }
  }

  @Test func aKilledCommandTakesItsChaptersAlong() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "01-slow.md":
          "# Slow\n\n```{swift}\ntry? \"\\(getpid())\".write(toFile: \"\(workshop.url("output/pid").path)\", atomically: true, encoding: .utf8)\nsleep(600)\n```\n"
      ])
      let running = try Workshop.start(Workshop.command.path, ["build", "chapters"], in: workshop.folder)
      let child = try #require(Int32(try workshop.wait(forFile: "output/pid")))
      kill(running.processIdentifier, SIGKILL)
      running.wait()
      try Workshop.wait(for: "the end of the chapter's program") { isGone(child) ? true : nil }

      // What it left half-written is cleared away by the next build.
      try workshop.write(Self.good, to: "chapters/01-slow.md")
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      let left = try FileManager.default.subpathsOfDirectory(atPath: workshop.url("output").path)
      #expect(!left.contains { $0.contains("partial") }, "\(left)")
    }
  }
}
