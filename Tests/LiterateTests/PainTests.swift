import CellRecords
import Foundation
import Testing

/// The ten pains of the users of other literate systems that an engine can cure, a test for each.
@Suite struct PainTests {
  @Test("Stale results: whatever changed, code or library, reaches the page") func staleResults() throws {
    try withWorkshop { workshop in
      let chapter = """
        # A

        ```{swift}
        let model = try cached("model", key: 1) { 20 }
        ```

        It is `{swift} model + 1`.
        """
      try workshop.writeBook(["a.md": chapter])
      let house = try workshop.moveInto("house")
      #expect(try house.build().contains("a: run, never made before"))
      #expect(try house.build().contains("a: not run"))

      try workshop.write(
        chapter.replacingOccurrences(of: "model + 1", with: "model + 2"), to: "chapters/a.md")
      #expect(try house.build().contains("a: run, inline value 1"))
      #expect(try workshop.text("output/report.html").contains("It is 22."))

      // A source that the library was not built from is said, whatever its time says.
      let source = house.folder.appending(path: "Sources/Tasks/TaskError.swift")
      let before = try Data(contentsOf: source)
      try (before + Data("// changed\n".utf8)).write(to: source)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: source.path)
      let refused = try Workshop.run(
        house.folder.appending(path: ".build/release/neuronbook").path, ["build", "chapters"],
        in: workshop.folder)
      #expect(
        refused.status == 1 && refused.error.contains("Sources/Tasks/TaskError.swift is another one"),
        "\(refused.error)")
      try before.write(to: source)
      #expect(try house.build().contains("a: not run"))

      // A library of another make runs every chapter, and makes models again if it is what they are made with.
      try house.change("Sources/Plotting/Figure.swift")
      let plotting = try house.build()
      #expect(plotting.contains("a: run, module Plotting changed"), "\(plotting)")
      #expect(plotting.contains("  model: kept"), "\(plotting)")
      try house.change("Sources/Networks/Training/TrainingOptions.swift")
      let networks = try house.build()
      #expect(networks.contains("a: run, module Networks changed"), "\(networks)")
      #expect(networks.contains("  model: computed, module Networks changed"), "\(networks)")
    }
  }

  @Test("Needless re-runs: prose, captions and another place run nothing") func needlessReruns() throws {
    try withWorkshop { workshop in
      try BuildTests.book(workshop)
      try workshop.neuronbook(["build", "chapters"])
      let first = try workshop.text("output/report.html")
      #expect(try workshop.neuronbook(["build", "chapters"]).output.contains("2 chapters, 2 unchanged"))
      #expect(try workshop.text("output/report.html") == first)

      let edited = "One more line.\n\n" + BuildTests.chapter.replacing("A line of", with: "A curve of")
      try workshop.write(edited, to: "chapters/01-one.md")
      #expect(try workshop.neuronbook(["build", "chapters"]).output.contains("2 unchanged"))
      #expect(try workshop.text("output/report.html").contains("A curve of 3 points"))

      // A cell that changes runs its own chapter alone.
      try workshop.write(edited.replacing("2.0, 4.0", with: "2.0, 5.0"), to: "chapters/01-one.md")
      #expect(try workshop.neuronbook(["build", "chapters"]).output.contains("2 chapters, 1 unchanged"))
      #expect(try workshop.text("output/report.html").contains("Value: 800;"))

      try FileManager.default.createDirectory(
        at: workshop.url("elsewhere"), withIntermediateDirectories: true)
      for name in ["chapters", "output"] {
        try FileManager.default.moveItem(at: workshop.url(name), to: workshop.url("elsewhere/\(name)"))
      }
      #expect(try workshop.neuronbook(["build", "elsewhere/chapters"]).output.contains("2 unchanged"))
    }
  }

  @Test("Hand-made cell dependencies: a change reaches all that use it, undeclared")
  func handMadeDependencies() throws {
    try withWorkshop { workshop in
      let part = "```{swift}\nfunc scale(_ x: Int) -> Int { x * 10 }\n```\n"
      let chapter = """
        # A

        ```{swift}
        let base = 4
        ```

        {{< include part.md >}}

        ```{swift}
        let scaled = scale(base) + (try data("offset.txt").count)
        ```

        Scaled: `{swift} scaled`.
        """
      try workshop.writeBook(["a.md": chapter])
      try workshop.write(part, to: "chapters/part.md")
      try workshop.write("xx", to: "chapters/offset.txt")
      func scaled() throws -> String {
        let built = try workshop.neuronbook(["build", "chapters"])
        #expect(built.status == 0, "\(built.error)")
        let page = try workshop.text("output/report.html")
        return page.firstMatch(of: /Scaled: (\d+)/).map { String($0.1) } ?? ""
      }
      #expect(try scaled() == "42")
      try workshop.write(chapter.replacing("base = 4", with: "base = 5"), to: "chapters/a.md")
      #expect(try scaled() == "52")
      try workshop.write(part.replacing("x * 10", with: "x * 100"), to: "chapters/part.md")
      #expect(try scaled() == "502")
      try workshop.write("xxx", to: "chapters/offset.txt")
      #expect(try scaled() == "503")
    }
  }

  @Test("Randomness shifted by a cache hit: later draws are the same") func shiftedRandomness() throws {
    try withWorkshop { workshop in
      let chapter = """
        # A

        ```{swift}
        let kept = try cached("draws", key: 1) {
          var generator = SeededGenerator(seed: 1)
          return (0..<5).map { _ in generator.next() >> 40 }
        }
        var later = SeededGenerator(seed: 2)
        let draws = kept + [later.next() >> 40]
        ```

        Draws: `{swift} draws`.
        """
      try workshop.writeBook(["a.md": chapter])
      func draws(_ says: String) throws -> Substring? {
        let built = try workshop.neuronbook(["build", "chapters", "--explain"])
        #expect(built.output.contains(says), "\(built.output)\(built.error)")
        return try workshop.text("output/report.html").firstMatch(of: /Draws: (.*?)\./)?.1
      }
      let missed = try draws("draws: computed")
      #expect(missed != nil)
      try workshop.write(chapter + "\n`{swift} 1`\n", to: "chapters/a.md")
      #expect(try draws("draws: kept") == missed)

      // A block that draws from a generator of the chapter would shift it only where it runs.
      try workshop.write(
        chapter.replacing("  var generator = SeededGenerator(seed: 1)\n", with: "")
          .replacing("let kept", with: "var generator = SeededGenerator(seed: 1)\nlet kept"),
        to: "chapters/a.md")
      let checked = try workshop.neuronbook(["check", "chapters"])
      #expect(
        checked.error.hasPrefix(
          "chapters/a.md:6:29: error: `generator` is changed inside a block of `cached`"),
        "\(checked.error)")
    }
  }

  @Test("Errors with no place: every failure of a build is listed with file, line and column")
  func errorsWithoutAPlace() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "1-compile.md": BadInputTests.cell("let n: Int = \"text\""),
        "2-throw.md": BadInputTests.cell("struct Broken: Error {}\nthrow Broken()"),
        "3-trap.md": BadInputTests.cell("let none: [Int] = []\nprint(none[1])"),
        "4-option.md": BadInputTests.cell("1", head: "//| lable: fig-a\n"),
        "5-reference.md": "# R\n\nSee @fig-nowhere.\n",
      ])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 1)
      let places = built.error.split(separator: "\n").compactMap { line in
        line.firstMatch(of: /^chapters\/(.*?): error:/).map { String($0.1) }
      }
      #expect(
        places == [
          "1-compile.md:8:14", "2-throw.md:9:1", "3-trap.md:9:11", "4-option.md:8:5", "5-reference.md:3:5",
        ], "\(built.error)")
    }
  }

  @Test("Green builds with broken cells: the status, the page and the record say so, again and again")
  func greenBuilds() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "1.md": BadInputTests.good, "2.md": BadInputTests.cell("fatalError(\"broken\")"),
      ])
      // A failure is not kept as if it were a result.
      for _ in 0..<2 {
        let built = try workshop.neuronbook(["build", "chapters"])
        #expect(built.status == 1)
        #expect(built.error.contains("The cell stopped the program: broken"), "\(built.error)")
        let page = try workshop.text("output/report.html")
        #expect(page.contains("This chapter did not run to its end."))
        #expect(page.contains("The good chapter computed 42"))
        #expect(try workshop.text("output/run.json").contains("The cell stopped the program: broken"))
      }
    }
  }

  @Test("\"Self-contained\" that is not, or is huge: nothing is loaded, and much data makes a small page")
  func notSelfContained() throws {
    try withWorkshop { workshop in
      try BuildTests.book(workshop)
      try workshop.write(
        """
        # Two {#sec-two}

        ```{swift}
        //| label: fig-long
        //| caption: "A long line"
        //| alt: "A line of 300,000 points"
        let wave = (0..<300_000).map { sin(Double($0) / 300) }
        show(Figure { LineMark(x: 0..<300_000, y: wave) })
        ```

        Back to @fig-line. `{swift} 6 * 7`
        """, to: "chapters/02-two.md")
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      let (tree, console) = try Browser.open(workshop.url("output/report.html"), in: workshop)
      #expect(Workshop.withoutTraces(tree).contains("Value: 700"))
      #expect(console.isEmpty, "\(console)")
      let page = try workshop.text("output/report.html")
      for match in page.matches(of: /(?:src|srcset|<link[^>]*href)="(?<target>[^"]*)"/) {
        #expect(match.target.hasPrefix("data:"), "loads \(match.target.prefix(60))")
      }
      for part in ["<script src", "@import", "url("] { #expect(!page.contains(part)) }
      #expect(page.utf8.count < 1_000_000, "\(page.utf8.count) bytes")
    }
  }

  @Test("Parallel runs that race: two builds and two chapters compute a thing once, and both are right")
  func racingRuns() throws {
    try withWorkshop { workshop in
      // Each computation leaves a line; chapters that share a value wait for the one that makes it.
      let cell = """
        let value = try cached("shared", key: 1) {
          let log = fopen("../output/computed.txt", "a")
          fputs("once\\n", log)
          fclose(log)
          usleep(500_000)
          return 41
        }
        """
      let chapters = ["a", "b"].map { name in
        (
          "\(name).md",
          "# \(name)\n\n```{swift}\n\(cell)\n_ = \"\(name)\"\n```\n\nChapter \(name): `{swift} value + 1`\n"
        )
      }
      try workshop.writeBook(Dictionary(uniqueKeysWithValues: chapters))
      let builds = try (0..<2).map { _ in
        try Workshop.start(Workshop.command.path, ["build", "chapters"], in: workshop.folder)
      }
      var said = ""
      for build in builds {
        let result = build.wait()
        #expect(result.status == 0, "\(result.error)")
        said += result.output
      }
      // The build that comes second waits, and takes what the first has made.
      for chapter in ["a", "b"] {
        #expect(said.matches(of: try Regex("\(chapter): done")).count == 1, "\(said)")
        #expect(said.contains("\(chapter): unchanged, not run"), "\(said)")
      }
      #expect(try workshop.text("output/computed.txt") == "once\n")
      let page = try workshop.text("output/report.html")
      #expect(page.contains("Chapter a: 42") && page.contains("Chapter b: 42"))
      #expect(try workshop.neuronbook(["cache", "verify"]).output.hasPrefix("5 whole, 0 damaged"))
      let left = try FileManager.default.subpathsOfDirectory(atPath: workshop.url("output").path)
      #expect(!left.contains { $0.contains("partial") || $0.contains(".work") }, "\(left)")
    }
  }

  @Test("Silent progress: chapter, cell, epoch, loss, and the time left, from the last run too")
  func silentProgress() throws {
    try withWorkshop { workshop in
      let chapter = """
        # P

        ```{swift}
        for _ in 0..<25 {
          progress("training", fraction: 0.25, detail: "epoch 1, loss 1.5", secondsLeft: 9)
          usleep(100_000)
        }
        ```
        """
      try workshop.writeBook(["01.md": chapter])
      let first = try workshop.neuronbook(["build", "chapters"])
      #expect(
        first.output.contains("01: cell 1: training, 25 %, epoch 1, loss 1.5, about 9 s left"),
        "\(first.output)")
      #expect(!first.output.contains("\u{1B}"), "a log must hold no terminal codes")
      try workshop.write(chapter + "\n\n`{swift} 1`\n", to: "chapters/01.md")
      let second = try workshop.neuronbook(["build", "chapters"])
      #expect(
        second.output.contains(/01: cell 1 of 1, about \d+ s left as the last time/), "\(second.output)")
    }
  }

  @Test("Figures without alternative text: none reaches a page unnoticed") func missingAlternativeText()
    throws
  {
    try withWorkshop { workshop in
      let figure = "show(Figure { LineMark(x: [0, 1], y: [0, 1]) })"
      try workshop.writeBook([
        "1.md": BadInputTests.good,
        "2.md": "# L\n\n```{swift}\n//| label: fig-b\n//| caption: c\n\(figure)\n```\n",
        "3.md": "# U\n\n```{swift}\n\(figure)\n```\n", "4.md": "# I\n\n![](dot.svg)\n",
      ])
      try workshop.write("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", to: "chapters/dot.svg")
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 1)
      for place in ["2.md:3:1", "3.md:3:1", "4.md:3:5"] {
        #expect(built.error.contains("chapters/\(place): error: The "), "\(place): \(built.error)")
      }
      #expect(built.error.matches(of: /no alternative text/).count == 3)
      #expect(try workshop.text("output/report.html").contains("alt=\"A rising line\""))
    }
  }
}

/// The command with a library and sources of its own, which a test can change.
struct House {
  let workshop: Workshop
  let folder: URL

  /// Builds the workshop's chapters and gives what the command explains.
  func build() throws -> String {
    let command = folder.appending(path: ".build/release/neuronbook").path
    let result = try Workshop.run(command, ["build", "chapters", "--explain"], in: workshop.folder)
    #expect(result.status == 0, "\(result.error)")
    return result.output
  }

  /// Changes a source, and its digest in the library, as if that had been built from it.
  func change(_ path: String) throws {
    let file = folder.appending(path: path)
    let before = try Data(contentsOf: file)
    let after = before + Data("// changed\n".utf8)
    try after.write(to: file)
    let library = folder.appending(path: ".build/release/libLab.so")
    var binary = try Data(contentsOf: library.resolvingSymlinksInPath())
    let digest = try #require(binary.range(of: Data((Digest.sha256(before) + "  " + path).utf8)))
    binary.replaceSubrange(digest.prefix(64), with: Data(Digest.sha256(after).utf8))
    try FileManager.default.removeItem(at: library)
    try binary.write(to: library)
  }
}

extension Workshop {
  /// A copy of the command and of the library's sources; the library itself is linked.
  func moveInto(_ name: String) throws -> House {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let products = url("\(name)/.build/release")
    let manager = FileManager.default
    try manager.createDirectory(at: products, withIntermediateDirectories: true)
    for path in ["Package.swift", "Sources"] {
      try manager.copyItem(at: package.appending(path: path), to: url("\(name)/\(path)"))
    }
    try copyProgram(Self.command, to: "\(name)/.build/release/neuronbook")
    for path in ["libLab.so", "Modules"] {
      try manager.createSymbolicLink(
        at: products.appending(path: path), withDestinationURL: Self.products.appending(path: path))
    }
    return House(workshop: self, folder: url(name))
  }
}
