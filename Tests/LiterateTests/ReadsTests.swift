import Foundation
import Testing

/// Whatever a chapter reads is in its key, by whatever route it was read.
@Suite struct ReadsTests {
  /// Builds a chapter of these cells twice, then once after each change, and says each time whether it ran and why.
  private func told(
    _ cells: [String], files: [String: String], changes: [(Workshop) throws -> Void],
    settings: [[String: String]] = []
  ) throws -> [String] {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "a.md": "# A\n\n" + cells.map { "```{swift}\n\($0)\n```\n" }.joined(separator: "\n")
          + "\n`{swift} seen`\n"
      ])
      for (name, text) in files { try workshop.write(text, to: "chapters/" + name) }
      func build(_ environment: [String: String] = [:]) throws -> String {
        let built = try workshop.neuronbook(["build", "chapters", "--explain"], environment: environment)
        #expect(built.status == 0, "\(built.error)")
        return built.output.split(separator: "\n").first { $0.hasPrefix("a: ") }.map(String.init) ?? ""
      }
      var said = [try build(), try build()]
      for change in changes {
        try change(workshop)
        said.append(try build())
        #expect(try build() == "a: not run, nothing changed")
      }
      #expect(said[0] == "a: run, never made before")
      #expect(said[1] == "a: not run, nothing changed", "\(said)")
      return Array(said.dropFirst(2))
    }
  }

  private func writing(_ text: String, to path: String) -> (Workshop) throws -> Void {
    { try $0.write(text, to: path) }
  }

  @Test func theLibrarysOwnReaders() throws {
    let said = try told(
      [
        """
        let corpus = try TextCorpus(contentsOf: URL(fileURLWithPath: "lines.txt"))
        let file = try? SafeTensors(contentsOf: URL(fileURLWithPath: "some.safetensors"))
        let seen = "\\(corpus.count) \\(file == nil)"
        """
      ], files: ["lines.txt": "one two\nthree\n", "some.safetensors": "no tensors"],
      changes: [
        writing("one two\n", to: "chapters/lines.txt"),
        writing("still none", to: "chapters/some.safetensors"),
      ])
    #expect(said == ["a: run, the file lines.txt changed", "a: run, the file some.safetensors changed"])
  }

  /// A second build does not run again because the first has made the folders that it writes into.
  @Test func foldersThatTheChapterMakes() throws {
    let said = try told(
      [
        """
        let folder = resultsFolder.appending(path: "deep/er")
        if !FileManager.default.fileExists(atPath: folder.path) {
          try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        try "one".write(to: folder.appending(path: "one.txt"), atomically: true, encoding: .utf8)
        let seen = FileManager.default.fileExists(atPath: "other.txt")
        """
      ], files: [:],
      changes: [
        writing("two", to: "output/results/deep/er/two.txt"),
        { try FileManager.default.removeItem(at: $0.url("output/results/deep")) },
        writing("there", to: "chapters/other.txt"),
      ])
    try #require(said.count == 3)
    #expect(said[0] == "a: not run, nothing changed")
    #expect(said[1].hasPrefix("a: run, the folder ") && said[1].hasSuffix("output/results/deep/er is gone"))
    #expect(said[2] == "a: run, the file other.txt is there now")
  }

  @Test func foundationAndListings() throws {
    let said = try told(
      [
        """
        let text = try String(contentsOfFile: "one.txt", encoding: .utf8)
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: "two.txt")).readToEnd()?.count ?? 0
        let listed = try FileManager.default.contentsOfDirectory(atPath: "folder").sorted()
        let deep = FileManager.default.enumerator(atPath: "tree")?.allObjects.count ?? 0
        let isThere = FileManager.default.fileExists(atPath: "three.txt")
        let seen = "\\(text) \\(handle) \\(listed) \\(deep) \\(isThere)"
        """
      ],
      files: ["one.txt": "1", "two.txt": "2", "folder/a": "", "tree/a/b": ""],
      changes: [
        writing("2", to: "chapters/one.txt"), writing("3", to: "chapters/two.txt"),
        writing("", to: "chapters/folder/b"), writing("", to: "chapters/tree/a/c"),
        writing("", to: "chapters/three.txt"),
      ])
    #expect(said[0] == "a: run, the file one.txt changed")
    #expect(said[1] == "a: run, the file two.txt changed")
    #expect(said[2] == "a: run, the folder folder holds other files")
    #expect(said[3].hasPrefix("a: run, the folder tree"), "\(said)")
    #expect(said[4] == "a: run, the file three.txt is there now")
  }

  @Test func theFunctionsOfC() throws {
    let said = try told(
      [
        """
        import Glibc
        let stream = fopen("one.txt", "r")
        let first = stream.map { fgetc($0) } ?? -1
        let descriptor = open("two.txt", O_RDONLY)
        var byte: UInt8 = 0
        _ = read(descriptor, &byte, 1)
        var status = stat()
        let size = stat("three.txt", &status) == 0 ? Int(status.st_size) : -1
        var target = [CChar](repeating: 0, count: 100)
        let length = readlink("link", &target, 99)
        let folder = opendir("folder")
        var count = 0
        while let folder, readdir(folder) != nil { count += 1 }
        let seen = "\\(first) \\(byte) \\(size) \\(count) \\(length)"
        """
      ],
      files: ["one.txt": "1", "two.txt": "2", "folder/a": ""],
      changes: [
        writing("2", to: "chapters/one.txt"), writing("3", to: "chapters/two.txt"),
        writing("44", to: "chapters/three.txt"), writing("", to: "chapters/folder/b"),
        {
          try FileManager.default.createSymbolicLink(
            atPath: $0.url("chapters/link").path, withDestinationPath: "one.txt")
        },
        {
          try FileManager.default.removeItem(at: $0.url("chapters/link"))
          try FileManager.default.createSymbolicLink(
            atPath: $0.url("chapters/link").path, withDestinationPath: "two.txt")
        },
      ])
    #expect(
      said == [
        "a: run, the file one.txt changed", "a: run, the file two.txt changed",
        "a: run, the file three.txt is there now", "a: run, the folder folder holds other files",
        "a: run, the file link is there now", "a: run, the file link changed",
      ])
  }

  /// What `data` looks for in vain, and what only the copy of a cell that must fail reads.
  @Test func whatIsMissingAndWhatACopyReads() throws {
    let said = try told(
      [
        "let seen = (try? data(\"later.txt\")).map { \"\\($0.count)\" } ?? \"none\"",
        "//| error: true\n_ = try data(\"inside.txt\")\nfatalError(\"always\")",
      ], files: ["inside.txt": "1"],
      changes: [writing("now", to: "chapters/later.txt"), writing("2", to: "chapters/inside.txt")])
    #expect(said == ["a: run, the file later.txt is there now", "a: run, the file inside.txt changed"])
  }

  /// A kept value holds what it was computed from, also where the chapter that takes it did not read that itself.
  @Test func whatAKeptValueWasComputedFrom() throws {
    try withWorkshop { workshop in
      let cell =
        "```{swift}\nlet v = try cached(\"v\", key: 1) { try data(\"n.txt\").count }\n```\n\n`{swift} v`\n"
      try workshop.writeBook(["a.md": "# A\n\n" + cell, "b.md": "# B\n\n" + cell + "`{swift} 1`\n"])
      try workshop.write("12", to: "chapters/n.txt")
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      try workshop.write("12345", to: "chapters/n.txt")
      let again = try workshop.neuronbook(["build", "chapters", "--explain"])
      #expect(again.output.contains("a: run, the file n.txt changed"), "\(again.output)")
      #expect(again.output.contains("b: run, the file n.txt changed"), "\(again.output)")
      #expect(again.output.contains("v: computed, the file n.txt changed"), "\(again.output)")
      #expect(try workshop.text("output/report.html").contains("<p>5</p>"))
    }
  }

  /// The same name and key are another value where other code computes it.
  @Test func anotherBlockIsAnotherValue() throws {
    try withWorkshop { workshop in
      func cell(_ block: String) -> String {
        "```{swift}\nlet v = try cached(\"v\", key: 1) { \(block) }\n```\n\nIs `{swift} v`.\n"
      }
      try workshop.writeBook(["a.md": "# A\n\n" + cell("1 + 1"), "b.md": "# B\n\n" + cell("40 + 2")])
      let built = try workshop.neuronbook(["build", "chapters", "--explain"])
      #expect(built.status == 0, "\(built.error)")
      let page = try workshop.text("output/report.html")
      #expect(page.contains("Is 2.") && page.contains("Is 42."))
      try workshop.writeBook(["a.md": "# A\n\n" + cell("1 + 2"), "b.md": "# B\n\n" + cell("40 + 2")])
      let again = try workshop.neuronbook(["build", "chapters", "--explain"])
      #expect(again.output.contains("v: computed, the code that computes it changed"), "\(again.output)")
      #expect(try workshop.text("output/report.html").contains("Is 3."))
    }
  }

  @Test func theEnvironmentIsAShortListAndInTheKey() throws {
    try withWorkshop { workshop in
      func book(_ more: String) -> String {
        """
        \(more)# A

        ```{swift}
        import Glibc
        let level = ProcessInfo.processInfo.environment["MY_LEVEL"] ?? "unset"
        let other = getenv("MY_OTHER").map { String(cString: $0) } ?? "unset"
        ```

        Level `{swift} level`, other `{swift} other`.
        """
      }
      let all = ["MY_LEVEL": "3", "MY_OTHER": "4"]
      try workshop.writeBook(["a.md": book("")])
      let kept = try workshop.neuronbook(["build", "chapters"], environment: all)
      #expect(try workshop.text("output/report.html").contains("Level unset, other unset."), "\(kept.error)")
      #expect(kept.output.contains("the environment's `MY_LEVEL` does not reach a chapter"), "\(kept.output)")
      try workshop.writeBook(["a.md": book("---\nenvironment: [MY_LEVEL]\n---\n\n")])
      _ = try workshop.neuronbook(["build", "chapters"], environment: all)
      #expect(try workshop.text("output/report.html").contains("Level 3, other unset."))
      let changed = try workshop.neuronbook(
        ["build", "chapters", "--explain"], environment: ["MY_LEVEL": "5", "MY_OTHER": "6"])
      #expect(changed.output.contains("a: run, the environment's MY_LEVEL changed"), "\(changed.output)")
      #expect(try workshop.text("output/report.html").contains("Level 5, other unset."))
      let same = try workshop.neuronbook(
        ["build", "chapters", "--explain"], environment: ["MY_LEVEL": "5", "MY_OTHER": "7", "HOME": "/tmp"])
      #expect(same.output.contains("a: not run, nothing changed"), "\(same.output)")
    }
  }

  @Test func whatCantBeFollowedIsSaid() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "a.md": """
        # A

        ```{swift}
        let day = Date()
        ```

        ```{swift}
        let draw = Int.random(in: 0..<5) + UUID().uuidString.count
        ```

        ```{swift}
        let start = ContinuousClock.now
        ```

        ```{swift}
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/true")
        try process.run()  // not waited for: Foundation was seen to wait for ever
        ```

        ```{swift}
        var generator = SeededGenerator(seed: 1)
        let seeded = [1, 2, 3].shuffled(using: &generator)
        print(Set(["a", "b", "c"]))
        ```
        """,
        "b.md": "# B\n\n```{swift}\nlet wall = DispatchWallTime.now()\n```\n",
        "c.md": "# C\n\n```{swift}\nlet random = open(\"/dev/../dev/urandom\", O_RDONLY)\n```\n",
      ])
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      let page = try workshop.text("output/report.html")
      let notices = page.matches(of: /<p class="unfollowed">This depends on (.*?):/).map { String($0.1) }
      #expect(
        notices == [
          "the time of day", "random numbers of the system", "the time that something takes",
          "what other programs read", "the time of day", "random numbers of the system",
        ])
    }
  }

  /// What the library itself asks for, also in threads of its own, is nothing that a cell depends on.
  @Test func theLibraryIsNotToBlame() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "a.md": """
        # A

        ```{swift}
        let data = LastTokenAutoencoder(longest: 6, rowsPerCell: 20).heldOut(seed: 1)
        let trained = try train(
          Configuration(units: 4, vocabulary: data.vocabulary), on: data, TrainingOptions(batchSize: 16, epochs: 1), seed: 1)
        ```

        ```{swift}
        //| label: fig-a
        //| caption: "A"
        //| alt: "A line"
        show(Figure { LineMark(x: [1, 2], y: [1, 2]) }.title("$h_t$ 特"))
        usleep(300_000)
        ```

        ```{swift}
        show(Table(columns: ["a"], rows: [[1]]))
        progress("waiting", fraction: 0.5)
        let kept = try cached("kept", key: 1) { 1 }
        ```
        """
      ])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      let page = try workshop.text("output/report.html")
      #expect(
        !page.contains("class=\"unfollowed\""),
        "\(page.firstMatch(of: /This depends on[^<]*/).map { $0.0 } ?? "")")
    }
  }

  /// Sets have one order, and a chapter that writes a file and reads it again does not depend on it.
  @Test func theSameAgain() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "a.md": """
        # A

        ```{swift}
        try "x".write(toFile: "../output/own.txt", atomically: true, encoding: .utf8)
        print(Set((0..<50).map { "n\\($0)" }), try String(contentsOfFile: "../output/own.txt", encoding: .utf8))
        ```
        """
      ])
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      let first = try workshop.text("output/report.html")
      try FileManager.default.removeItem(at: workshop.url("output/own.txt"))
      #expect(
        try workshop.neuronbook(["build", "chapters", "--explain"]).output.contains(
          "a: not run, nothing changed"))
      try FileManager.default.removeItem(at: workshop.url("output"))
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      func printed(_ page: String) -> String? {
        page.firstMatch(of: /(?s)<pre class="output.*?<\/pre>/).map { String($0.0) }
      }
      #expect(try printed(workshop.text("output/report.html")) == printed(first))
      #expect(printed(first) != nil)
    }
  }
}
