import CProcess
import Foundation
import Literate
import Testing

/// The command on good chapters, as a user runs it.
@Suite struct BuildTests {
  static let chapter = """
    # A chapter {#sec-one}

    ```{swift}
    //| label: fig-line
    //| caption: "A line of `{swift} points.count` points, as in [@cho2014] & <more>"
    //| alt: "It rises to `{swift} points.last ?? 0`"
    let points = [1.0, 2.0, 4.0]
    print("printed <here>")
    show(Figure { LineMark(x: [0, 1, 2], y: points) }.xAxis("Step"))
    ```

    Value: `{swift} points.reduce(0, +) * 100`; see @fig-line, [-@tbl-rows], @eq-sum, @sec-two and @sec-deep.

    $$ s = \\sum_i x_i $$ {#eq-sum}

    ## Deeper {#sec-deep}

    ```{swift}
    //| label: tbl-rows
    //| caption: "Rows"
    //| echo: false
    let hidden = 1
    show(Table(columns: ["Name <b>", "n"], rows: [["a & b", 12345], ["c", 2]]))
    ```

    A table in Markdown, @tbl-plain:

    | a | b |
    |---|---|
    | 1 | 2 |

    : Written by hand {#tbl-plain}

    ```swift
    let shownOnly = "not run"
    ```
    """

  static let second = "# Two {#sec-two}\n\nBack to @fig-line and @tbl-rows. `{swift} 6 * 7`\n"

  static func book(_ workshop: Workshop) throws {
    try workshop.writeBook(
      ["01-one.md": chapter, "02-two.md": second], more: "bibliography: references.bib\n")
    try workshop.write(BadInputTests.bibliography, to: "chapters/references.bib")
  }

  @Test func aBookBecomesOnePageWithNumbersAndReferencesAcrossChapters() throws {
    try withWorkshop { workshop in
      try Self.book(workshop)
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      #expect(built.output.hasSuffix("2 chapters → output/report.html\n"), "\(built.output)")
      let page = try workshop.text("output/report.html")
      for part in [
        "Figure 1.1.</span></a> A line of 3 points, as in", "alt=\"It rises to 4\"", "printed &lt;here&gt;",
        "<p>Value: 700; see", "Figure\u{A0}1.1</a>", "<a href=\"#tbl-rows\" class=\"reference\">1.1</a>",
        "Equation\u{A0}1.1</a>",
        "Chapter\u{A0}2</a>", "Section\u{A0}1.1</a>", "Table 1.1.</span></a> Rows",
        "Table 1.2.</span></a> Written by hand",
        "Name &lt;b&gt;", "a &amp; b", "12,345", "<math", "<span class=\"equation-number\">(1.1)",
        "id=\"eq-sum\"",
        ">Cho 2014</a>)", "shownOnly", "42",
      ] {
        #expect(page.contains(part), "missing: \(part)")
      }
      #expect(!page.contains("hidden = 1"), "echo: false shows code")
      #expect(!page.contains("//|"), "option lines reach the page")
      #expect(workshop.exists("figures/fig-line.png"))
      #expect(try Data(contentsOf: workshop.url("figures/fig-line.pdf")).starts(with: Data("%PDF".utf8)))
    }
  }

  @Test func whatPandocAnsweredIsKeptAndDamageToItDoesNoHarm() throws {
    try withWorkshop { workshop in
      let calls = try workshop.counting(["pandoc"])
      try Self.book(workshop)
      func build() throws -> (page: String, calls: Int) {
        try workshop.write("", to: "calls.txt")
        let built = try workshop.neuronbook(["build", "chapters"], environment: calls)
        #expect(built.status == 0, "\(built.error)")
        return (
          try workshop.text("output/report.html"), try workshop.text("calls.txt").split(separator: "\n").count
        )
      }
      let first = try build()
      #expect(first.calls > 0)
      let second = try build()
      #expect(second.calls == 0)
      #expect(second.page == first.page)

      let kept = workshop.url("output/cache/pandoc.plist")
      var bytes = try Data(contentsOf: kept)
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: kept)
      let third = try build()
      #expect(third.calls == first.calls)
      #expect(third.page == first.page)
    }
  }

  @Test func chaptersShareTheMemoryThatThereIs() throws {
    try withWorkshop { workshop in
      // Each holds its block until the other one is gone: a program that ends loses its lock.
      func chapter(_ name: String, _ other: String) -> String {
        """
        # \(name)

        ```{swift}
        let own = open("../output/cache/\(name).new", O_CREAT | O_RDWR, 0o644)
        flock(own, LOCK_EX)
        // Under its name the file is there only with its lock.
        rename("../output/cache/\(name).new", "../output/cache/\(name).lock")
        let block = [UInt8](repeating: 1, count: 300_000_000)
        while access("../output/cache/\(other).lock", F_OK) != 0 { usleep(10_000) }
        let its = open("../output/cache/\(other).lock", O_RDWR)
        flock(its, LOCK_SH)
        let size = block.count
        ```

        \(name) held `{swift} size` bytes.
        """
      }
      try workshop.writeBook(["a.md": chapter("a", "b"), "b.md": chapter("b", "a")])
      let arguments = ["build", "chapters", "--memory", "500MB"]
      let built = try workshop.neuronbook(arguments)
      #expect(built.status == 0, "\(built.error)")
      #expect(built.output.contains("ended to leave the others their memory"), "\(built.output)")
      let page = try workshop.text("output/report.html")
      for name in ["a", "b"] { #expect(page.contains("\(name) held 300,000,000 bytes")) }

      // The next time their need is known, and one waits for the other.
      for (name, other) in [("a", "b"), ("b", "a")] {
        try workshop.write(
          chapter(name, other).replacing(
            "flock(its, LOCK_SH)", with: "while access(\"../output/cache/go\", F_OK) != 0 { usleep(10_000) }"),
          to: "chapters/\(name).md")
      }
      let second = try Workshop.start(Workshop.command.path, arguments, in: workshop.folder)
      try Workshop.wait(for: "a chapter that waits") {
        second.said.contains("waits for others to end: it needs ") ? true : nil
      }
      try workshop.write("", to: "output/cache/go")
      let again = second.wait()
      #expect(again.status == 0, "\(again.error)")
      #expect(!again.output.contains("ended to leave"), "\(again.output)")

      // Alone it can't have more than there is.
      try workshop.write(
        chapter("a", "b").replacing("flock(its, LOCK_SH)", with: "sleep(600)"), to: "chapters/a.md")
      let alone = try workshop.neuronbook([
        "build", "chapters/a.md", "--output", "alone", "--memory", "200MB",
      ])
      #expect(alone.status == 1)
      #expect(alone.error.contains("a.md:3:1: error: The cell held"), "\(alone.error)")
    }
  }

  @Test func aChapterByItselfHasWhatItsBookGives() throws {
    try withWorkshop { workshop in
      let second = """
        # Second {#sec-second}

        ```{swift}
        struct Key: Encodable { var units: Int }
        let twice = try cached("twice", key: Key(units: units)) { 2 * units }
        ```

        Twice is `{swift} twice`, the bound `{swift} criteria["bound"] ?? 0`; see @sec-first, not @sec-second.
        """
      try workshop.writeBook(
        ["01-first.md": "# First {#sec-first}\n\nA reference to @sec-nothing.\n", "02-second.md": second],
        more: "parameters:\n  units: 21\ncriteria:\n  bound: 0.75\n")
      let built = try workshop.neuronbook(["build", "chapters/02-second.md"])
      #expect(built.status == 0, "\(built.error)")
      let page = try workshop.text("output/02-second/report.html")
      #expect(page.contains("Twice is 42, the bound 0.75; see Chapter\u{A0}1, not <a"), "\(page)")
      #expect(page.contains("<title>2 Second</title>"))
      #expect(!page.contains("A reference to"))
      #expect(!workshop.exists("output/report.html"))

      // The chapter keeps Pandoc's answers by itself: what the book asks stays known.
      #expect(workshop.exists("output/02-second/cache/pandoc.plist"))
      #expect(!workshop.exists("output/cache/pandoc.plist"))
      // The book takes the run, and has the mistake of the other chapter.
      let book = try workshop.neuronbook(["build", "chapters"])
      #expect(
        book.error.contains("01-first.md:3:16: error: Nothing has the label `sec-nothing`"), "\(book.error)")
      #expect(book.output.contains("2 chapters, 1 unchanged"), "\(book.output)")
      #expect(
        try workshop.neuronbook(["check", "chapters/02-second.md"]).output.contains("1 chapters, nothing"))
      #expect(try workshop.neuronbook(["build", "chapters/03.md"]).error.contains("There is no such file"))
    }
  }

  @Test func addingAChapterIsOneFileAndOneLine() throws {
    try withWorkshop { workshop in
      try Self.book(workshop)
      try workshop.write("# Three\n\nThe sum is `{swift} 1 + 2`.\n", to: "chapters/03-three.md")
      let yaml = try workshop.text("chapters/book.yml")
      try workshop.write(yaml + "  - 03-three.md\n", to: "chapters/book.yml")
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      #expect(try workshop.text("output/report.html").contains("The sum is 3."))
    }
  }

  @Test func aLoneChapterIsBuiltFromAnyFolder() throws {
    try withWorkshop { workshop in
      try workshop.write(
        Self.chapter.replacingOccurrences(of: "@sec-two", with: "@sec-one"), to: "some/where/chapter.md")
      try workshop.write(BadInputTests.bibliography, to: "some/where/references.bib")
      try FileManager.default.createDirectory(
        at: workshop.url("elsewhere"), withIntermediateDirectories: true)
      let built = try Workshop.run(
        Workshop.command.path, ["build", "../some/where/chapter.md", "--output", "made"],
        in: workshop.url("elsewhere"))
      #expect(built.status == 0, "\(built.error)")
      #expect(try workshop.text("elsewhere/made/report.html").contains("Figure 1.</span></a> A line"))
      #expect(workshop.exists("elsewhere/made/figures/fig-line.png"))
    }
  }

  @Test func aCellThatMustFailIsShownAndTheChapterGoesOn() throws {
    try withWorkshop { workshop in
      let failing = [
        "let none: [Int] = []\nprint(none[3])", "let n: Int = \"text\"",
        "struct Oops: Error {}\nthrow Oops()",
      ]
      let cells = failing.map { "```{swift}\n//| error: true\n\($0)\n```\n" }.joined(separator: "\n")
      try workshop.writeBook(["01.md": "# Failing\n\n\(cells)\nAfter all: `{swift} 40 + 2`\n"])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      let page = try workshop.text("output/report.html")
      for part in ["Index out of range", "cannot convert value of type", "Oops()", "After all: 42"] {
        #expect(page.contains(part), "missing: \(part)")
      }
    }
  }

  @Test func cellsAreShownAsTheirOptionsSay() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "01.md": """
        # Cells

        ```{swift}
        //| include: false
        let unseen = 1
        print("unseen output")
        ```

        ```{swift}
        //| fold: true
        //| highlight: 1
        //| output: false
        let folded = 2
        print("hidden output")
        ```

        ```{swift}
        struct Result {
          let wholeAccuracy: Double
          let length: Int
        }
        show(Table(of: [Result(wholeAccuracy: 0.5, length: 3)], titles: ["length": "T"], formats: ["wholeAccuracy": { percent($0) }]))
        ```

        ```{swift}
        show(Claim("R0", "It works <well>", criterion: "≥ .9", estimate: 0.95, interval: Interval(low: 0.91, high: 0.97), null: "0.5", count: 100, isMet: { $0.low >= 0.9 }))
        show(Claim("R1", "It counts", criterion: "≥ .9", estimate: 0.95, interval: Interval(low: 0.8, high: 0.97), null: "0.5", count: 100, isMet: { $0.low >= 0.9 }))
        show(Claim("R2", "Nothing there", criterion: "≥ .9", estimate: .nan, interval: Interval(low: 0, high: 1), null: "0.5", count: 0, isMet: { _ in true }))
        ```
        """
      ])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      let page = try workshop.text("output/report.html")
      #expect(!page.contains("unseen"))
      #expect(!page.contains("hidden output</pre>"))
      for part in [
        "<details class=\"code\">", "#01-cell-2-1){background", "id=\"01-cell-2-1\"", "Whole accuracy</th>",
        ">T</th>",
        "50.0\u{202F}%", "It works &lt;well&gt;", "✓ everywhere", "✗ no", "? can’t be told",
      ] {
        #expect(page.contains(part), "missing: \(part)")
      }
      let scorecard = try workshop.text("output/scorecard.json")
      #expect(scorecard.matches(of: /"verdict"/).count == 3)
    }
  }

  @Test func valuesSayWhichCellTheyComeFrom() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "01.md": "# V\n\n```{swift}\nlet x = 2\n```\n\n```{swift}\nlet y = x * 3\n```\n\n`{swift} y`\n"
      ])
      try workshop.neuronbook(["build", "chapters"])
      let page = try String(contentsOf: workshop.url("output/report.html"), encoding: .utf8)
      #expect(page.contains("title=\"computed from cell 2, chapters/01.md:7:1\">6</span>"))
    }
  }

  @Test func cellsHaveNoNetwork() throws {
    try withWorkshop { workshop in
      let code = """
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in(
          sin_family: sa_family_t(AF_INET), sin_port: UInt16(9).bigEndian, sin_addr: in_addr(s_addr: inet_addr("127.0.0.1")),
          sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
        let result = withUnsafeBytes(of: &address) { bytes in
          connect(descriptor, bytes.bindMemory(to: sockaddr.self).baseAddress!, socklen_t(bytes.count))
        }
        let reason = result == 0 ? "connected" : [ENETUNREACH, EACCES].contains(errno) ? "no network" : "a network"
        """
      try workshop.writeBook(["01.md": "# N\n\n```{swift}\n\(code)\n```\n\nThere is `{swift} reason`.\n"])
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      let isAllowed =
        try Workshop.run(
          "/usr/bin/unshare", ["--user", "--map-current-user", "--net", "true"], in: workshop.folder
        ).status == 0
      #expect(
        try workshop.text("output/report.html").contains(
          isAllowed || process_landlock_version() >= 4 ? "There is no network." : "There is a network."))
    }
  }

  @Test func includedFilesAreReadInPlaceAndTheirErrorsNamed() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": "# I\n\n{{< include parts/one.md >}}\n\nAfter: `{swift} inner + 1`\n"])
      try workshop.write("Before.\n\n{{< include two.md >}}\n", to: "chapters/parts/one.md")
      try workshop.write("```{swift}\nlet inner = 41\n```\n", to: "chapters/parts/two.md")
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      #expect(try workshop.text("output/report.html").contains("After: 42"))

      try workshop.write(
        "```{swift}\nlet inner = 41\nlet none: [Int] = []\n_ = none[1]\n```\n", to: "chapters/parts/two.md")
      let trapped = try workshop.neuronbook(["build", "chapters"])
      #expect(trapped.error.contains("chapters/parts/two.md:4:"), "\(trapped.error)")
      try workshop.write("```{swift}\nlet inner = 41\nlet n: Int = \"\"\n```\n", to: "chapters/parts/two.md")
      let wrong = try workshop.neuronbook(["check", "chapters"])
      #expect(wrong.error.hasPrefix("chapters/parts/two.md:3:14: error:"), "\(wrong.error)")
    }
  }

  @Test func theCacheIsListedVerifiedAndPruned() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "01.md": "# C\n\n```{swift}\nlet v = try cached(\"answer\", key: 1) { 42 }\n```\n"
      ])
      try workshop.neuronbook(["build", "chapters"])
      let list = try workshop.neuronbook(["cache", "list"])
      #expect(list.output.contains("value  answer-") && list.output.contains("3 entries"), "\(list.output)")
      #expect(try workshop.neuronbook(["cache", "verify"]).status == 0)
      let values = workshop.url("output/cache/values")
      let entry = try #require(
        FileManager.default.contentsOfDirectory(at: values, includingPropertiesForKeys: nil).first {
          $0.pathExtension == "json"
        })
      var bytes = try Data(contentsOf: entry)
      bytes[bytes.count - 1] ^= 1
      try bytes.write(to: entry)
      let verified = try workshop.neuronbook(["cache", "verify"])
      #expect(verified.status == 1)
      #expect(verified.error.contains("The kept value is damaged"))
      #expect(try workshop.neuronbook(["cache", "prune", "--keep-days", "1"]).output.hasPrefix("0 entries"))
      #expect(try workshop.neuronbook(["cache", "prune", "--max-size", "0MB"]).output.hasPrefix("3 entries"))
      #expect(
        try workshop.neuronbook(["cache", "prune", "--max-size", "lots"]).error.contains("is not a size"))
    }
  }

  @Test func theGuideBuildsAndItsExamplesDoWhatItSays() throws {
    try withWorkshop { workshop in
      let docs = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs")
      let built = try workshop.neuronbook(["build", docs.path, "--output", "made"])
      #expect(built.status == 0, "\(built.error)")
      let page = try workshop.text("made/report.html")
      for part in [
        "the last loss is 1.02", "The loss falls to 1.02", "Index out of range", "There are 25 primes",
        "seeds</code> is 3",
        "7,308", "0.6667", "99.8\u{202F}%", "✓ everywhere",
      ] {
        #expect(page.contains(part), "missing: \(part)")
      }
      #expect(!page.contains("the page does not show this</pre>"))
      for option in CellOption.allCases.map(\.rawValue) {
        #expect(page.contains("<code>\(option)"), "the guide does not explain \(option)")
      }
    }
  }

  @Test func progressCanBeQuietOrForPrograms() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": "# P\n\n```{swift}\nlet x = 1\n```\n"])
      let json = try workshop.neuronbook(["build", "chapters", "--progress", "json"])
      let lines = json.output.split(separator: "\n").dropLast()
      #expect(lines.count >= 3)
      for line in lines {
        #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
      }
      let quiet = try workshop.neuronbook(["build", "chapters", "--progress", "quiet"])
      #expect(quiet.output == "1 chapters, 1 unchanged → output/report.html\n")
    }
  }

  @Test func helpNamesTheCommands() throws {
    try withWorkshop { workshop in
      let help = try workshop.neuronbook(["--help"])
      #expect(help.status == 0)
      for word in ["build", "check"] { #expect(help.output.contains(word)) }
      #expect(try workshop.neuronbook(["build", "--help"]).output.contains("--output"))
    }
  }

  @Test func chaptersWithOneFileNameInTwoFoldersKeepTheirOwnRuns() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "one/intro.md": "# One\n\n```{swift}\nlet x = 11\n```\n\nFirst: `{swift} x`\n",
        "two/intro.md": "# Two\n\n```{swift}\nlet x = 22\n```\n\nSecond: `{swift} x`\n",
      ])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      #expect(built.output.contains("one-intro: done") && built.output.contains("two-intro: done"))
      let page = try workshop.text("output/report.html")
      #expect(page.contains("First: 11") && page.contains("Second: 22"))
      #expect(try workshop.neuronbook(["build", "chapters"]).output.contains("2 chapters, 2 unchanged"))
    }
  }
}
