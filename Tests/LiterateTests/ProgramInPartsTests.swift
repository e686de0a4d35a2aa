import Foundation
import Testing

@testable import Literate

/// A chapter that was changed a little is compiled a little, and is then the same program as one that was compiled anew.
@Suite struct ProgramInPartsTests {
  private static let figure = "show(\n  Figure {\n    LineMark(x: xs, y: ys)\n  }\n  .xAxis(\"x\"))"

  private static func chapter(
    figure: String = figure, xs: String = "[0, 1.5, 2]", last: String = "print(total)"
  ) -> String {
    """
    # A

    ```{swift}
    let xs = \(xs)
    let ys = xs.map { $0 * 2 }
    ```

    Of `{swift} xs.count` points:

    ```{swift}
    //| alt: "A line."
    // What it shows.
    \(figure)
    let total = ys.reduce(0, +)
    print("\\(total) in all")
    ```

    ```{swift}
    \(last)
    ```

    """
  }

  /// A compiler that notes which files it compiles, in `compiled.txt`, and where its driver links.
  ///
  /// - Parameter jobs: What it says of how it links, in the place of the truth.
  private func notingCompiler(_ workshop: Workshop, saying jobs: String? = nil) throws -> [String: String] {
    let path = try #require(ProcessInfo.processInfo.environment["PATH"])
    try workshop.writeProgram(
      """
      #!/bin/bash
      case " $* " in
        *" -driver-print-jobs "*) \(jobs.map { "printf '%s' '\($0)'; exit" } ?? ":") ;;
        *" -whole-module-optimization "*) ;;
        *" -lLab "*) echo linked >> '\(workshop.url("compiled.txt").path)' ;;
      esac
      for word in "$@"; do
        if [ "$last" = -primary-file ]; then basename "$word" .swift >> '\(workshop.url("compiled.txt").path)'; fi
        case "$word" in -whole-module-optimization) echo whole >> '\(workshop.url("compiled.txt").path)';; esac
        last="$word"
      done
      PATH='\(path)' exec swiftc "$@"
      """, to: "bin/swiftc")
    return ["PATH": workshop.url("bin").path + ":" + path]
  }

  /// Builds the book of a chapter.
  ///
  /// - Returns: What was compiled, and what was said.
  private func build(
    _ text: String, _ workshop: Workshop, status: Int32 = 0, saying jobs: String? = nil,
    at location: SourceLocation = #_sourceLocation
  ) throws -> (compiled: [String], said: String) {
    try workshop.writeBook(["a.md": text])
    try? FileManager.default.removeItem(at: workshop.url("compiled.txt"))
    let result = try workshop.neuronbook(
      ["build", "chapters"], environment: notingCompiler(workshop, saying: jobs))
    #expect(result.status == status, "\(result.output)\(result.error)", sourceLocation: location)
    let compiled = (try? workshop.text("compiled.txt")) ?? ""
    return (compiled.split(separator: "\n").map(String.init), result.output + result.error)
  }

  @Test func onlyWhatWasChangedIsCompiled() throws {
    try withWorkshop { workshop in
      let all = ["main", "cell2Statement1", "cell2Statement3", "cell3Statement1"]
      #expect(try build(Self.chapter(), workshop).compiled == all)
      // A line more moves all that stands below.
      let longer = Self.figure.replacing("\n  }\n", with: "\n  }\n  .yAxis(\"twice as much\")\n")
      #expect(
        try build("Words.\n\n" + Self.chapter(figure: longer), workshop).compiled == ["cell2Statement1"])
      var page = try workshop.text("output/report.html")
      #expect(page.contains("twice as much") && page.contains("7.0 in all"))
      #expect(
        try build(Self.chapter(figure: longer, last: "print(total + 1)"), workshop).compiled == [
          "cell3Statement1"
        ])
      // Of what declares something, all may depend.
      #expect(try build(Self.chapter(figure: longer, xs: "[0, 1.5, 4]"), workshop).compiled == all)
      page = try workshop.text("output/report.html")
      #expect(page.contains("twice as much") && page.contains("11.0 in all"))
    }
  }

  /// Of a function others see what stands before its brace: only where this is other is all compiled again.
  @Test func aChangedFunctionIsCompiledAlone() throws {
    try withWorkshop { workshop in
      func chapter(_ signature: String, _ body: String) -> String {
        let drawn =
          "func drawn(_ label: String\(signature)) -> Int {\n  print(label)\n  return xs.count + \(body)\n}"
        return Self.chapter(
          last: "\(drawn)\nfunc more() -> Int { drawn(\"a\") }\nlet n = more()\nprint(\"n is \\(n)\")")
      }
      let parts = ["main", "cell2Statement1", "cell2Statement3"]
      let all = parts + ["cell3Statement1", "cell3Statement2", "cell3Statement4"]
      #expect(try build(chapter("", "1"), workshop).compiled == all)
      #expect(try workshop.text("output/report.html").contains("n is 4"))
      #expect(try build(chapter("", "{ 40 }()"), workshop).compiled == ["cell3Statement1"])
      #expect(try workshop.text("output/report.html").contains("n is 43"))
      #expect(try build(chapter(", times: Double = 1", "2"), workshop).compiled == all)
      #expect(try workshop.text("output/report.html").contains("n is 5"))
      let wrong = try build(chapter(", times: Double = 1", "none"), workshop, status: 1)
      #expect(wrong.said.contains("error: cannot find 'none' in scope"), "\(wrong.said)")
    }
  }

  /// A value that a function keeps is named by the function's code, wherever that stands.
  @Test(arguments: ["key: 1", ""]) func whatAFunctionKeepsIsComputedAnewWhereItChanged(_ key: String) throws {
    try withWorkshop { workshop in
      func chapter(_ more: String, before: String = "let a = 1") -> String {
        let arguments = key.isEmpty ? "\"v\"" : "\"v\", \(key)"
        return Self.chapter(
          last:
            "\(before)\nfunc kept() throws -> Int {\n  let more = \(more)\n  return try cached(\(arguments)) {\n    print(\"computed\")\n"
            + "    return xs.count + more\n  }\n}\nlet n = try kept()\nprint(\"n is \\(n)\")")
      }
      for (text, n, isComputed) in [
        (chapter("40"), 43, true), (chapter("41"), 44, true), (chapter("41", before: "let a = 2"), 44, false),
      ] {
        _ = try build(text, workshop)
        let page = try workshop.text("output/report.html")
        #expect(page.contains("n is \(n)") && page.contains("computed\n") == isComputed, "\(n) \(key)")
      }
    }
  }

  /// Where it can't be told what the driver would run, it is run.
  @Test(arguments: [
    "", "/bin/false object.o -o list", "/bin/false object.o -o list\n/bin/false object.o @other -o program",
    "/bin/false object.o -o list\n/bin/false @list -o program",
    "false object.o -o list\nfalse object.o @list -o program",
    "/bin/false object.o -o list\n/bin/false object.o @list -o program\n/bin/false program",
  ]) func theDriverLinksWhereItDoesNotSayHow(_ jobs: String) throws {
    try withWorkshop { workshop in
      let built = try build(Self.chapter(), workshop, saying: jobs)
      #expect(built.compiled == ["main", "cell2Statement1", "cell2Statement3", "cell3Statement1", "linked"])
      #expect(try workshop.text("output/report.html").contains("7.0 in all"))
    }
  }

  @Test func quotedWordsOfACommandAreRead() throws {
    let jobs = """
      '/a b/extract' object.o -o '/it'\\''s "here"/list'
      /bin/clang '-L/a b' object.o '@/it'\\''s "here"/list' -lLab '' -o program

      """
    let link = try #require(LinkCommand(jobs: jobs))
    let commands = link.commands(
      objects: [URL(filePath: "/o/1.o"), URL(filePath: "/o/2 3.o")], list: URL(filePath: "/o/list"),
      program: URL(filePath: "/p/chapter"))
    #expect(commands.map(\.tool) == ["/a b/extract", "/bin/clang"])
    #expect(commands[0].arguments == ["/o/1.o", "/o/2 3.o", "-o", "/o/list"])
    #expect(
      commands[1].arguments == ["-L/a b", "/o/1.o", "/o/2 3.o", "@/o/list", "-lLab", "", "-o", "chapter"])
  }

  /// Where an object was compiled before its code moved, an error in it is told where the code is now.
  @Test(arguments: [
    ("throw CocoaError(.fileNoSuchFile)", "The cell threw an error"), ("print(xs[3])", "Index out of range"),
    ("try fails()", "The cell threw an error"),
  ]) func errorsAreToldWhereTheCodeIsNow(_ last: String, _ message: String) throws {
    try withWorkshop { workshop in
      let failing = "func fails() throws { throw CocoaError(.fileNoSuchFile) }\n\n\(last)"
      // A run that failed is not kept; its objects are.
      let first = try build(Self.chapter(last: failing), workshop, status: 1)
      let moved = try build("Words.\n\nMore.\n\n" + Self.chapter(last: failing), workshop, status: 1)
      #expect(moved.compiled.isEmpty)
      for (built, before) in [(first, ""), (moved, "Words.\n\nMore.\n\n")] {
        let lines = (before + Self.chapter(last: failing)).components(separatedBy: "\n")
        let failingLine = try #require(
          lines.lastIndex { $0.contains(last == "try fails()" ? "func fails" : last) })
        let place = "chapters/a.md:\(failingLine + 1):"
        #expect(built.said.contains(place) && built.said.contains(message), "\(place) \(built.said)")
      }
    }
  }

  @Test func whatTheCompilerWarnsOfIsToldEachTime() throws {
    try withWorkshop { workshop in
      // One in a call that stands apart, one in a function that does, and one in what they stand apart from.
      let warned =
        "show(Table(columns: [\"a\"], rows: [[{ let unused = 1; return 2 }()]]))\nfunc f() { var x = 1 }\nvar y = { var z = 1 }"
        .replacing("; return", with: "\n return")
      for (chapter, compiled) in [
        (
          Self.chapter(last: warned),
          ["main", "cell2Statement1", "cell2Statement3", "cell3Statement1", "cell3Statement2"]
        ),
        (
          Self.chapter(figure: Self.figure.replacing("\"x\"", with: "\"z\""), last: warned),
          ["main", "cell2Statement1", "cell3Statement1", "cell3Statement2"]
        ),
      ] {
        let built = try build(chapter, workshop)
        #expect(built.compiled == compiled)
        #expect(
          ["unused", "x", "z"].allSatisfy { built.said.contains("'\($0)' was never used") },
          "\(built.said)")
      }
    }
  }

  @Test func damagedObjectsAreCompiledAnew() throws {
    try withWorkshop { workshop in
      _ = try build(Self.chapter(), workshop)
      let folder = workshop.url("output/cache/compiled/a")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(names.count == 4)
      // One is damaged, and one has the place of another.
      var bytes = try Data(contentsOf: folder.appending(path: names[0]))
      bytes[bytes.count - 100] ^= 1
      try bytes.write(to: folder.appending(path: names[0]))
      try Data(contentsOf: folder.appending(path: names[2])).write(to: folder.appending(path: names[1]))
      let verified = try workshop.neuronbook(["cache", "verify"])
      #expect(verified.status == 1 && verified.output.contains("1 damaged"), "\(verified.output)")
      try FileManager.default.removeItem(at: workshop.url("output/cache/runs"))
      #expect(try build(Self.chapter(), workshop).compiled.count == 2)
      #expect(try workshop.text("output/report.html").contains("7.0 in all"))
      #expect(try workshop.neuronbook(["cache", "verify"]).status == 0)
      #expect(try workshop.neuronbook(["cache", "list"]).output.contains("program  a  "))
      let pruned = try workshop.neuronbook(["cache", "prune", "--keep-days", "0"])
      #expect(pruned.status == 0, "\(pruned.error)")
      #expect(!workshop.exists("output/cache/compiled/a"))
    }
  }

  /// What the whole program can do and its parts can't: it is compiled whole.
  @Test func namesOfOneFileStayInOne() throws {
    try withWorkshop { workshop in
      let first = try build(Self.chapter(last: "private let mine = 3\nprint(mine)"), workshop)
      #expect(first.compiled == ["main"] && first.said.contains("a: done"))
      let imported = try build(
        Self.chapter(last: "import Dispatch\nlet queue = 1\nprint(DispatchQueue.main.label)"), workshop)
      #expect(imported.compiled.last == "cell3Statement3")
      #expect(try workshop.text("output/report.html").contains("com.apple.main-thread"))
      // The parts see no reason; the whole says which.
      let wrong = try build(Self.chapter(last: "print(totals)"), workshop, status: 1)
      #expect(
        wrong.said.contains("chapters/a.md:23:7: error: cannot find 'totals' in scope"), "\(wrong.said)")
      #expect(wrong.compiled.last == "whole")
    }
  }

  /// A program says places of its own, such as where a figure's font lacks a letter.
  @Test func whatAProgramSaysIsOfTheChaptersPlaces() throws {
    let text = "# A\n\nWords.\n\n```{swift}\n//| echo: false\nlet a = 1\nshow(a)\n```\n"
    let source = try Source(text: text, path: "b/a.md", url: URL(filePath: "/nowhere/b/a.md"))
    let places = ProgramPlaces(of: try ScannedChapter(source, profile: .standard))
    for (said, expected) in [
      ("a.md#cell-1:2: warning: x", "b/a.md:8: warning: x"), ("a.md#cell-1.2:1: x", "b/a.md:8: x"),
      ("a.md#cell-1.3:1: x", "a.md#cell-1.3:1: x"), ("a.md#cell-1:0: x", "b/a.md:5:1: x"),
      ("a.md:4: x", "b/a.md:4: x"), ("10:30: late", "10:30: late"), ("words", "words"),
    ] {
      #expect(places.placed(said[...]) == expected)
    }
  }

  /// A cell that is meant to fail keeps no figure from being compiled alone, whether it does not compile or fails when it runs.
  @Test(arguments: ["let wrong: Int = \"a\"", "print(xs[3])"])
  func cellsThatFailAreLeftOut(_ failing: String) throws {
    try withWorkshop { workshop in
      let more = "\n```{swift}\n//| error: true\n\(failing)\n```\n"
      _ = try build(Self.chapter() + more, workshop)
      let changed = Self.figure.replacing("\"x\"", with: "\"z\"")
      let compiled = try build(Self.chapter(figure: changed) + more, workshop).compiled
      // Where it does not compile, all was tried with it.
      #expect(compiled.suffix(1) == ["cell2Statement1"] && !compiled.contains("whole"), "\(compiled)")
      #expect(compiled.count == (failing.hasPrefix("let") ? 5 : 1), "\(compiled)")
    }
  }

  @Test(arguments: [
    ("show(figure)", ["show(figure)"]), ("try show(f(x))\n// of it", ["try show(f(x))\n// of it"]),
    ("show(a)\n  .b { c }\nshow(\n  d)", ["show(a)\n  .b { c }", "show(\n  d)"]),
    ("let a = f(x)", []), ("if(a) { b() }", []), ("let(a, b) = f()", []), ("f(a); f(b)", []),
    ("print(#line)", []), ("return(a)", []), ("a = f(x)", []), ("for a in b { f(a) }", []),
    ("func f(x: Int) {}\nf(x: 1)", ["func f(x: Int) {}", "f(x: 1)"]),
    (
      "func f<A>(x: A, _ y: (Int) -> Int = { $0 }) throws -> [A]\nwhere A: P\n{\n  [x]\n}\nlet a = 1",
      ["func f<A>(x: A, _ y: (Int) -> Int = { $0 }) throws -> [A]\nwhere A: P\n{\n  [x]\n}"]
    ),
    ("let a = \"t\"\nfunc f() {}\nlet b = \"\\(a)\"\nf()", ["func f() {}", "f()"]), ("let a =\n  f(x)", []),
    ("let a =\n  \"t \\(f(b)) \\(\n  g(c))\"\nf(a)", ["f(a)"]),
    ("func f() -> some P { 1 }", []), ("@inline(never)\nfunc f() { 1 }", []),
    ("func + (a: A, b: A) { 1 }", []),
    ("struct A { func f() { 1 } }", []), ("let func1 = 2", []),
    ("\u{c}\nf(\"\u{2028}\")\ng(2)", ["f(\"\u{2028}\")", "g(2)"]),
    ("await f(x)\ng(x)", []), ("fileprivate func f() {}\ng(x)", []),
  ]) func callsAndFunctionsStandApart(_ code: String, _ expected: [String]) throws {
    let text = "# A\n\n```{swift}\n\(code)\n```\n"
    let source = try Source(text: text, path: "a.md", url: URL(filePath: "/nowhere/a.md"))
    let chapter = try ScannedChapter(source, profile: .standard)
    let apart = StatementApart.statements(of: chapter, ProgramPlaces(of: chapter))[0] ?? []
    let lines = code.components(separatedBy: "\n")
    #expect(apart.map { lines[$0.lines].joined(separator: "\n") } == expected)
  }
}
