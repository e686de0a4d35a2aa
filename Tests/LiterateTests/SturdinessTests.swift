import CellRecords
import Foundation
import Testing
import Text

@testable import Literate

/// Nothing that a cell, a record, a text or the machine does ends the engine, holds it up or fills its memory.
@Suite struct SturdinessTests {
  // MARK: Records

  private let offsets = OutputOffsets(standardOutput: 0, standardError: 0)
  private let figure = ShownFigure(
    width: 10, height: 5, lightSVG: "l.svg", darkSVG: "d.svg", png: "p.png", pdf: "p.pdf", csv: "c.csv")

  private func fault(_ event: Record.Event, cell: Int = 0) -> String? {
    Record(cell: cell, event: event).fault(cells: 2, values: 1)
  }

  @Test func whatCannotBeIsNotBelieved() {
    for cell in [-1, 2, 999, .max, .min] {
      #expect(fault(.started(offsets), cell: cell) != nil)
      #expect(fault(.progress(CellProgress(task: "t")), cell: cell) != nil)
    }
    for number in [Double.nan, .infinity, -.infinity, -1, 1e300] {
      #expect(fault(.ended(seconds: number, offsets)) != nil)
      var wide = figure
      wide.width = number
      #expect(fault(.shown(.figure(wide))) != nil)
      wide = figure
      wide.height = number
      let model = ShownLiveModel(figure: wide, about: "a.json", weights: "w.bin", hasGoal: false)
      #expect(fault(.shown(.liveModel(model))) != nil)
    }
    for name in [
      "", "../x", "/etc/passwd", "a/b", ".", "..", ".hidden", "a\0b", String(repeating: "a", count: 300),
    ] {
      var other = figure
      other.png = name
      #expect(fault(.shown(.figure(other))) != nil, "\(name)")
      for (about, weights) in [(name, "w.bin"), ("a.json", name)] {
        let model = ShownLiveModel(figure: figure, about: about, weights: weights, hasGoal: false)
        #expect(fault(.shown(.liveModel(model))) != nil, "\(name)")
      }
    }
    for rows in [[["1"], ["1", "2"]], [[]], [["1", "2", "3"]]] {
      let columns = [ShownTable.Column(title: "a", alignment: .left), .init(title: "b", alignment: .left)]
      #expect(fault(.shown(.table(ShownTable(columns: columns, rows: rows)))) != nil)
    }
    #expect(fault(.value(index: 1, text: "")) != nil && fault(.value(index: -1, text: "")) != nil)
    #expect(fault(.started(OutputOffsets(standardOutput: .min, standardError: 0))) != nil)
    #expect(fault(.ended(seconds: 1, OutputOffsets(standardOutput: 0, standardError: .max))) != nil)
    #expect(fault(.finished(peakMemory: .max)) != nil && fault(.finished(peakMemory: -1)) != nil)
    #expect(fault(.failed(Failure(message: "", file: "", line: -1, column: 0))) != nil)
    for event in [
      Record.Event.started(offsets), .ended(seconds: 0, offsets), .shown(.figure(figure)),
      .value(index: 0, text: ""),
    ] {
      #expect(fault(event) == nil && fault(event, cell: 1) == nil)
    }
    #expect(Record(cell: 0, event: .value(index: 0, text: "")).fault(cells: 0, values: 1) == nil)
    #expect(Record(cell: 0, event: .started(offsets)).fault(cells: 0, values: 1) != nil)
  }

  @Test func numbersThatAreNoneAreNotShown() {
    for (given, shown) in [(Double.nan, Double?.none), (.infinity, nil), (-3, 0), (7, 1), (0.25, 0.25)] {
      #expect(CellProgress(task: "t", fraction: given).showable.fraction == shown)
    }
    for (given, shown) in [(Double.nan, Double?.none), (.infinity, nil), (-3, 0), (1e300, 1e9), (60, 60)] {
      #expect(CellProgress(task: "t", secondsLeft: given).showable.secondsLeft == shown)
    }
    let claim = ShownClaim(
      name: "R", statement: "s", criterion: "c", evidence: [], verdict: .no,
      numbers: .init(estimate: .nan, low: -.infinity, high: 2, null: 0.5))
    guard case .shown(.claim(let shown)) = Record(cell: 0, event: .shown(.claim(claim))).showable.event else {
      return
    }
    #expect(shown.numbers == .init(high: 2, null: 0.5))
  }

  @Test func aFileOfRecordsMayBeAnything() throws {
    try withWorkshop { workshop in
      let url = workshop.url("records.jsonl")
      func failure(_ prepare: () throws -> Void) throws -> RecordReader.Failure? {
        unlink(url.path)
        try prepare()
        var reader = RecordReader(url)
        do {
          while try !reader.next().isEmpty {}
          return nil
        } catch {
          return error
        }
      }
      let good = #"{"cell":0,"event":{"finished":{"peakMemory":1}}}"# + "\n"
      #expect(try failure {} == nil)
      #expect(
        try failure { try workshop.write(good + "{}\n" + good, to: "records.jsonl") } == .isNoRecord(line: 2))
      #expect(
        try failure { try workshop.write(String(repeating: "[", count: 100_000) + "\n", to: "records.jsonl") }
          == .isNoRecord(line: 1))
      #expect(try failure { mkfifo(url.path, 0o644) } == .isNoFile)
      #expect(
        try failure { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
          == .isNoFile)
      rmdir(url.path)
      #expect(try failure { symlink("/dev/zero", url.path) } == .isNoFile)
      // As long as it likes, without taking up the disk.
      #expect(
        try failure {
          try workshop.write("", to: "records.jsonl")
          truncate(url.path, 1 << 40)
        } == .isTooLong)
      #expect(
        try failure {
          try workshop.write("", to: "records.jsonl")
          truncate(url.path, 100 << 20)
        } == .isTooLong)

      unlink(url.path)
      try workshop.write(good + good, to: "records.jsonl")
      var reader = RecordReader(url)
      #expect(try reader.next().count == 2 && reader.next().isEmpty)
      try workshop.write(good, to: "records.jsonl")
      #expect(throws: RecordReader.Failure.isShorter) { try reader.next() }
    }
  }

  // MARK: Chapters

  /// Code of a cell that writes a line into the chapter's account of itself.
  private static func told(_ line: String) -> String {
    """
    ```{swift}
    print("came before")
    ```

    ```{swift}
    //| time-limit: 20
    let folder = ProcessInfo.processInfo.environment["NEURONBOOK_RUN_FOLDER"]!
    let records = fopen(folder + "/records.jsonl", "a")!
    fputs(#\"\"\"
    \(line)

    \"\"\"#, records)
    fflush(records)
    usleep(10_000_000)
    ```
    """
  }

  private static let attacks: [(name: String, text: String, says: String)] = [
    (
      "cell", told(#"{"cell":999,"event":{"started":{"_0":{"standardOutput":0,"standardError":0}}}}"#),
      "a cell 999 of 2"
    ),
    ("less", told(#"{"cell":-1,"event":{"progress":{"_0":{"task":"t","detail":""}}}}"#), "a cell -1 of 2"),
    (
      "ragged",
      told(
        #"{"cell":1,"event":{"shown":{"_0":{"table":{"_0":{"columns":[{"title":"a","alignment":"left"}],"rows":[["x","y"]]}}}}}}"#
      ), "row 1 has 2 of 1 cells"
    ),
    (
      "time",
      told(#"{"cell":1,"event":{"ended":{"seconds":"inf","_1":{"standardOutput":0,"standardError":0}}}}"#),
      "took inf seconds"
    ),
    (
      "path",
      told(
        #"{"cell":1,"event":{"shown":{"_0":{"figure":{"_0":{"width":9,"height":9,"lightSVG":"../../../../etc/passwd","darkSVG":"d","png":"p","pdf":"f","csv":"c"}}}}}}"#
      ), "a file `../../../../etc/passwd`"
    ),
    ("none", told("nothing of the kind"), "is no record"),
    (
      "pipe",
      """
      ```{swift}
      print("came before")
      ```

      ```{swift}
      //| time-limit: 20
      let folder = ProcessInfo.processInfo.environment["NEURONBOOK_RUN_FOLDER"]!
      for name in ["stdout.txt", "stderr.txt", "warnings.json"] {
        unlink(folder + "/" + name)
        // Where the kernel refuses pipes, a link will do.
        if mkfifo(folder + "/" + name, 0o644) != 0 { symlink("/dev/zero", folder + "/" + name) }
      }
      symlink("/dev/zero", folder + "/cell-0-1-light.svg")
      ```
      """, "that is no file: `stdout.txt`"
    ),
  ]

  @Test func aChapterThatAttacksTheEngineFailsAloneAndAtItsPlace() throws {
    try withWorkshop { workshop in
      var chapters = Dictionary(
        uniqueKeysWithValues: Self.attacks.map { ("\($0.name).md", "# T\n\n\($0.text)\n") })
      chapters["good.md"] = "# Good\n\nIt is `{swift} 6 * 7`.\n"
      chapters["honest.md"] = """
        # Honest

        ```{swift}
        for i in 0..<3 {
          progress("searching", fraction: Double(i) / 0, secondsLeft: Double(i) / 0)
          usleep(120_000)
        }
        ```
        """
      try workshop.writeBook(chapters)
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 1)
      for attack in Self.attacks {
        let isSaid = built.error.split(separator: "\n").contains {
          $0.hasPrefix("chapters/\(attack.name).md:7:1: error:") && $0.contains(attack.says)
        }
        #expect(isSaid, "\(attack.name): \(built.error)")
      }
      #expect(
        built.error.contains("that is no file: `stdout.txt`") && built.error.contains("`cell-0-1-light.svg`"))
      #expect(!built.error.contains("good.md") && !built.error.contains("honest.md"))
      #expect(try workshop.text("output/report.html").contains("It is 42."))
    }
  }

  // MARK: Texts

  /// Texts that take Pandoc more time than there is, or more depth than a reader has.
  private static let texts = [
    "quotations": String(repeating: "> ", count: 3000) + "a", "back-ticks": ticks,
    "brackets": String(repeating: "[", count: 5000) + "a" + String(repeating: "]", count: 5000),
    "lists": (0..<600).map { String(repeating: "  ", count: $0) + "- a" }.joined(separator: "\n"),
    "divs": (0..<800).map { "::: {.a\($0)}" }.joined(separator: "\n") + "\nx\n"
      + String(repeating: ":::\n", count: 800),
  ]

  /// Runs of back-ticks of all lengths, of which none is closed.
  private static let ticks = (1...900).map { String(repeating: "`", count: $0) }.joined(separator: " a ")

  @Test(arguments: texts.keys.sorted())
  func aTextThatPandocCannotReadIsAnErrorOfItsChapter(_ name: String) async throws {
    let text = try #require(Self.texts[name])
    try await withWorkshop { workshop in
      try workshop.writeBook(["bad.md": "# Bad\n\n\(text)\n", "good.md": "# Good\n\nText.\n"])
      let book = try Book.open(workshop.url("chapters").path, output: nil)
      let session = Session(pandocPatience: .seconds(20))
      let scan = try Manuscript.scan(book, settings: [], session: session)
      let manuscript = try await Manuscript.read(scan, of: book, session: session)
      #expect(manuscript.chapters.map(\.slug) == ["good"])
      #expect(
        manuscript.problems.count == 1 && manuscript.problems[0].location?.file.hasSuffix("bad.md") ?? false)
      let said = manuscript.problems.map(\.text).joined()
      #expect(said.contains("nested too deeply") || said.contains("took longer than 20 seconds"), "\(said)")
    }
  }

  @Test func longWordsAreNotCompared() {
    let long = String(repeating: "ab", count: 500_000)
    #expect(nearest(to: long, among: [long + "c", "ab"]) == nil)
    #expect(nearest(to: "solutoin", among: ["solution", long]) == "solution")
  }

  @Test func deepInterpolationsAreRead() {
    let code = String(repeating: "\"\\(", count: 50_000)
    #expect(SwiftWords.tokens(in: "let a = \(code)").first?.text == "let")
    #expect(SwiftWords.tokens(in: #""\("\("\(a)")")" + b"#).map(\.text) == ["a", "+", "b"])
  }

  // MARK: The machine

  @Test func toolsThatSayTooMuchAreEnded() async throws {
    let problem = await #expect(throws: Problem.self) {
      _ = try await Tool.run("yes", [], for: Problem.Location(file: "a.md"), advice: "")
    }
    #expect(problem?.text.hasPrefix("a.md: error: The program `yes` said more than anybody reads") ?? false)
    let result = try await Tool.run(
      "sh", ["-c", "cat; pwd; echo words >&2; exit 3"], input: Data("in\n".utf8), in: URL(filePath: "/proc"),
      advice: "")
    #expect(String(decoding: result.output, as: UTF8.self) == "in\n/proc\n" && result.error == "words\n")
    #expect(!result.status.isSuccess)
  }

  @Test func placesForResultsThatCannotBeAreSaidInWords() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["a.md": "# A\n\nText.\n"])
      try workshop.write("", to: "file")
      for (place, reason) in [
        ("file", "not a directory"), ("file/below", "not a directory"),
        ("/proc/x", "no such file or directory"),
        (String(repeating: "a", count: 300), "file name too long"),
      ] {
        let built = try workshop.neuronbook(["build", "chapters", "--output", place])
        #expect(
          built.status == 1 && built.error.contains("error: The output folder can't be written: \(reason)."),
          "\(built.error)")
      }
      for days in ["nan", "inf", "-1"] {
        let pruned = try workshop.neuronbook(["cache", "prune", "chapters", "--keep-days=\(days)"])
        #expect(pruned.status == 1 && pruned.error.contains("is no number of days"), "\(pruned)")
      }
    }
  }

  @Test func toolsThatDoNotComeBackAreEnded() async throws {
    let place = Problem.Location(file: "a.md")
    let problem = await #expect(throws: Problem.self) {
      _ = try await Tool.run("sleep", ["infinity"], limit: .milliseconds(200), for: place, advice: "")
    }
    #expect(problem?.text.hasPrefix("a.md: error: The program `sleep` took longer than") ?? false)
  }

  /// The command with limits of a shell.
  private func limited(_ limits: String, _ workshop: Workshop, _ arguments: String = "build chapters") throws
    -> Workshop.Result
  {
    try Workshop.run(
      "/bin/sh", ["-c", "\(limits); exec '\(Workshop.command.path)' \(arguments)"], in: workshop.folder)
  }

  @Test func fewFileDescriptorsAreEnoughOrSaid() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "a.md": "# A\n\n`{swift} 6 * 7` is it.\n", "b.md": "# B\n\n`{swift} 1`\n",
        "c.md": "# C\n\n`{swift} 2`\n",
      ])
      for count in [12, 20, 40] {
        let built = try limited("ulimit -n \(count)", workshop)
        #expect(built.status == 0 || built.status == 1 && built.error.contains("error:"), "\(built)")
        #expect(!built.error.contains("Domain") && !built.error.contains("couldn’t"), "\(built.error)")
      }
    }
  }

  @Test func littleAddressSpaceIsEnoughOrSaid() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["a.md": "# A\n\n`{swift} 6 * 7` is it.\n"])
      for size in [700_000, 1_500_000, 3_000_000] {
        let built = try limited("ulimit -v \(size)", workshop)
        #expect(built.status == 0 || built.status == 1 && built.error.contains("error:"), "\(size): \(built)")
        #expect(!built.error.contains("Fatal error"), "\(size): \(built)")
      }
    }
  }

  /// What a chapter's program frees it has for what it needs next: fresh pages would be taken from the system each time.
  @Test func freedMemoryIsUsedAgain() throws {
    try withWorkshop { workshop in
      let text = """
        # A

        ```{swift}
        func faults() -> Int {
          var usage = rusage()
          getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
          return usage.ru_minflt
        }
        var sum: Float = 0
        func fill() { sum += (0..<10).map { _ in [Float](repeating: 1, count: 1_000_000) }[9][9] }
        fill()
        let before = faults()
        for _ in 0..<10 { fill() }
        let pages = 10 * 10 * 4_000_000 / Int(sysconf(Int32(_SC_PAGESIZE)))
        ```

        Few: `{swift} (faults() - before) * 10 < pages`; `{swift} sum`.
        """
      try workshop.writeBook(["a.md": text])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      #expect(try workshop.text("output/report.html").contains("Few: true; 11"))
    }
  }

  @Test func aFolderForTemporaryFilesThatIsNoneIsSaid() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["a.md": "# A\n\nText.\n"])
      try workshop.write("", to: "file")
      for (folder, reason) in [
        ("/nowhere/at/all", "no such file"), (workshop.url("file").path, "not a directory"), ("/proc", ""),
      ] {
        for command in ["build", "check"] {
          let built = try workshop.neuronbook([command, "chapters"], environment: ["TMPDIR": folder])
          let start = "\(folder): error: The folder for temporary files can't be written: \(reason)"
          #expect(built.status == 1 && built.error.hasPrefix(start), "\(built.error)")
        }
      }
    }
  }

  @Test func pathsMayHoldAnything() throws {
    try withWorkshop { workshop in
      let text =
        "# A {#sec-a}\n\n{{< include a%20b;c.md >}}\n\n```{swift}\nlet a = [1]\nprint(#filePath)\nprint(a[Int(\"7\")!])\n```\n"
      for folder in ["100% sure;really", "a \"quoted\" b", "two\nlines", "a:b"] {
        try workshop.write("title: T\noutput: out\nchapters:\n  - \"x y%41.md\"\n", to: "\(folder)/book.yml")
        try workshop.write(text, to: "\(folder)/x y%41.md")
        try workshop.write("Included.\n", to: "\(folder)/a%20b;c.md")
        let built = try workshop.neuronbook(["build", folder])
        // Swift's backtraces know no lines of a program whose path has a line break; the cell's is said then.
        let place = folder.contains("\n") ? "5:1" : "8:8"
        #expect(
          built.status == 1
            && built.error.contains(
              "\(folder)/x y%41.md:\(place): error: The cell stopped the program: Index out of range"),
          "\(built.error)")
        let page = try workshop.text("\(folder)/out/report.html")
        #expect(page.contains("Included.") && page.contains("x_y_41.md\n"))
      }
    }
  }

  @Test(arguments: ["x.md", "./x.md", "folder/../x.md", "$PWD/x.md", "folder/link.md", "folder/y.md"])
  func theLineOfATrapIsRightHoweverThePathIsWritten(_ written: String) throws {
    try withWorkshop { workshop in
      let text =
        "# T\n\n```{swift}\nlet numbers = [1, 2]\nlet index = Int(\"7\")!\nprint(numbers[index])\n```\n"
      for name in ["x.md", "folder/y.md"] { try workshop.write(text, to: name) }
      symlink("../x.md", workshop.url("folder/link.md").path)
      let path = written.replacing("$PWD", with: workshop.folder.path)
      let built = try workshop.neuronbook(["build", path])
      #expect(
        built.error.hasPrefix("\(path):6:14: error: The cell stopped the program: Index out of range"),
        "\(built.error)")
      // An error that is thrown, and one of the compiler.
      for (code, place) in [
        ("try g()\nfunc g() throws { throw CancellationError() }", "5:19"), ("let n: Int = \"\"", "4:14"),
      ] {
        try workshop.write("# T\n\n```{swift}\n\(code)\n```\n", to: "x.md")
        try workshop.write("# T\n\n```{swift}\n\(code)\n```\n", to: "folder/y.md")
        let built = try workshop.neuronbook(["build", path])
        #expect(built.error.contains("\(path):\(place): error:"), "\(built.error)")
      }
    }
  }

  @Test func noFolderOfThisMachineReachesThePage() throws {
    try withWorkshop { workshop in
      let text = """
        # T

        ```{swift}
        //| label: tbl-a
        //| caption: "A table of `{swift} n`"
        //| stderr: true
        let n = 3
        show(Table(columns: ["n"], rows: [[n]]))
        FileHandle.standardError.write(Data("words\\n".utf8))
        print(#filePath)
        let none: Int? = nil
        if n == 3 { print(none!) }
        ```

        See `{swift} n` in @tbl-a.
        """
      for chapter in [
        text, text.replacing("none!", with: "n"),
        text.replacing("print(none!)", with: "throw CancellationError()"),
      ] {
        try workshop.write("title: T\noutput: out\nchapters: [a.md, b.md]\n", to: "book/book.yml")
        try workshop.write(chapter, to: "book/a.md")
        try workshop.write("# B\n\nLet `{swift} y` be.\n", to: "book/b.md")
        let built = try workshop.neuronbook(["build", workshop.url("book").path])
        #expect(built.error.contains("\(workshop.url("book").path)/b.md:3:14: error:"), "\(built.error)")
        let page = try String(contentsOf: workshop.url("book/out/report.html"), encoding: .utf8)
        #expect(page.contains("book/b.md:3:14") && page.contains("words"))
        #expect(!page.contains(workshop.folder.path) && !page.contains(Workshop.products.path))
        let record = try workshop.text("book/out/run.json")
        #expect(!record.contains(workshop.folder.path))
      }
    }
  }

  @Test func anInterruptedCommandEndsEvenWhenItDoesNotHear() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "a.md": "# A\n\n" + (1...900).map { String(repeating: "`", count: $0) }.joined(separator: " a ")
          + "\n"
      ])
      let running = try Workshop.start(Workshop.command.path, ["build", "chapters"], in: workshop.folder)
      try Workshop.wait(for: "Pandoc") {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").contains { name in
          let state = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8)
          return state?.contains("(pandoc) ") == true
            && state?.split(separator: " ")[3] == "\(running.processIdentifier)"
        } ? true : nil
      }
      kill(running.processIdentifier, SIGTERM)
      // Not 1, with which it would end once Pandoc's time is up.
      #expect(running.wait().status == 130)
    }
  }
}
