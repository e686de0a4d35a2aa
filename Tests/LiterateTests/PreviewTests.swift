import Foundation
import FoundationNetworking
import Testing

/// The preview as an author uses it: a server, a browser's questions, and files that change.
@Suite struct PreviewTests {
  private struct Changes: Decodable {
    var version: Int
    var pageVersion: Int
    var problems: String
  }

  private struct Client {
    var port: Int

    func page() throws -> String {
      let data = try Data(contentsOf: #require(URL(string: "http://127.0.0.1:\(port)/")))
      return Workshop.withoutTraces(String(decoding: data, as: UTF8.self))
    }

    func changes(after version: Int) throws -> Changes {
      let url = try #require(URL(string: "http://127.0.0.1:\(port)/changes?after=\(version)"))
      return try JSONDecoder().decode(Changes.self, from: Data(contentsOf: url))
    }

    /// Waits until the server answers and the first page is made.
    func firstVersion() throws -> Int {
      for _ in 0..<300 {
        if let changes = try? changes(after: 1), changes.version > 1 { return changes.version }
        usleep(100_000)
      }
      Issue.record("the preview never served a page")
      return 0
    }
  }

  /// Serves a workshop's book while something is done with it.
  private static func previewing(
    _ workshop: Workshop, environment: [String: String] = [:], _ body: (Client) throws -> Void
  ) throws {
    let client = Client(port: Int.random(in: 20_000..<60_000))
    let preview = try Workshop.start(
      Workshop.command.path, ["preview", "chapters", "--port", "\(client.port)"], in: workshop.folder,
      environment: environment)
    defer {
      kill(preview.processIdentifier, SIGINT)
      #expect(preview.wait().status == 130)
    }
    try body(client)
  }

  @Test func aSavedFileReachesTheOpenPageAndAnErrorLeavesTheLastGoodOne() throws {
    try withWorkshop { workshop in
      let text = "# One\n\n```{swift}\nlet x = 20\n```\n\nIt is `{swift} x + 1`.\n"
      try workshop.writeBook(["01.md": text])
      try Self.previewing(workshop) { client in
        let first = try client.firstVersion()
        #expect(try client.page().contains("It is 21."))
        #expect(try client.page().contains("connect-src 'self'"))

        try workshop.write(text.replacingOccurrences(of: "It is", with: "Now it is"), to: "chapters/01.md")
        let prose = try client.changes(after: first)
        #expect(prose.version == first + 1)
        #expect(prose.problems.isEmpty)
        #expect(try client.page().contains("Now it is 21."))

        try workshop.write(text.replacingOccurrences(of: "= 20", with: "= y"), to: "chapters/01.md")
        let broken = try client.changes(after: prose.version)
        #expect(
          broken.problems.contains("chapters/01.md:4:9: error: cannot find 'y' in scope"),
          "\(broken.problems)")
        #expect(broken.pageVersion == prose.pageVersion)
        #expect(try client.page().contains("Now it is 21."))

        // As some editors save: the file is empty for a while.
        try workshop.write("", to: "chapters/01.md")
        Thread.sleep(forTimeInterval: 0.1)
        try workshop.write(text.replacingOccurrences(of: "= 20", with: "= 30"), to: "chapters/01.md")
        let mended = try client.changes(after: broken.version)
        #expect(mended.problems.isEmpty)
        #expect(try client.page().contains("It is 31."))
      }
    }
  }

  @Test func aSavedProseChangeCompilesNothingAndAsksPandocOnlyAboutItsChapter() throws {
    try withWorkshop { workshop in
      let calls = try workshop.counting(["pandoc", "swiftc"])
      try BuildTests.book(workshop)
      try Self.previewing(workshop, environment: calls) { client in
        let first = try client.firstVersion()
        try workshop.write("", to: "calls.txt")
        try workshop.write(
          BuildTests.chapter.replacing("Value:", with: "The value:"), to: "chapters/01-one.md")
        let saved = try client.changes(after: first)
        #expect(saved.problems.isEmpty, "\(saved.problems)")
        #expect(try client.page().contains("The value: 700"))
        // The chapter is read, and its new paragraph set.
        let made = try workshop.text("calls.txt").split(separator: "\n")
        #expect(made.count == 2 && made.allSatisfy { $0.hasPrefix("pandoc") }, "\(made)")
      }
    }
  }

  /// Chapters whose cell runs for so many tenths of a second and leaves a line when it ends.
  private static func slow(_ tenths: Int, _ number: Int) -> String {
    """
    # Slow

    ```{swift}
    for _ in 0..<\(tenths) { usleep(100_000) }
    let log = fopen("output/ended.txt", "a")
    fputs("\(number)\\n", log)
    fclose(log)
    let number = \(number)
    ```

    Number `{swift} number`.
    """
  }

  @Test func aSaveEndsTheStaleRunAndLetsTheOthersGoOn() throws {
    try withWorkshop { workshop in
      let text = "# Text\n\nFirst words.\n"
      try workshop.writeBook(["01.md": text, "02.md": Self.slow(0, 1)])
      try Self.previewing(workshop) { client in
        var version = try client.firstVersion()
        func change() throws -> Changes {
          let changes = try client.changes(after: version)
          version = changes.version
          return changes
        }

        // A run of a minute ends when its chapter is saved anew.
        try workshop.write(Self.slow(600, 2), to: "chapters/02.md")
        Thread.sleep(forTimeInterval: 2)
        try workshop.write(Self.slow(60, 3), to: "chapters/02.md")
        // After a while the page shows the chapter as it was; the text of another one does not wait.
        #expect(try change().problems == "still running, shown as before: 02")
        #expect(try client.page().contains("This chapter was not run as it is now"))
        try workshop.write(text.replacing("First", with: "Second"), to: "chapters/01.md")
        #expect(try change().problems == "still running, shown as before: 02")
        #expect(try client.page().contains("Second words."))
        #expect(try change().problems.isEmpty)
        #expect(try client.page().contains("Number 3."))
        #expect(try workshop.text("output/ended.txt") == "1\n3\n")
      }
    }
  }

  @Test func aFileThatChangesAfterARunReadItIsReadAnew() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "01.md": """
        # Reader

        ```{swift}
        let words = String(decoding: try data("words.txt"), as: UTF8.self)
        for _ in 0..<20 { usleep(100_000) }
        ```

        It says `{swift} words`.
        """
      ])
      try workshop.write("first", to: "chapters/words.txt")
      try Self.previewing(workshop) { client in
        var version = try client.firstVersion()
        try workshop.write("second", to: "chapters/words.txt")
        Thread.sleep(forTimeInterval: 1.5)
        // The run has read the second words and goes on.
        try workshop.write("third", to: "chapters/words.txt")
        for _ in 0..<3 where try !client.page().contains("It says third.") {
          version = try client.changes(after: version).version
        }
        #expect(try client.page().contains("It says third."))
      }
    }
  }

  @Test func theOpenPageTakesInWhatChangedAndKeepsTheRest() throws {
    try withWorkshop { workshop in
      let parts = (1...3).map { "## Part \($0)\n\nWords of part \($0).\n\n- a list\n" }
      let text = "# One\n\n\(parts.joined(separator: "\n"))\nA note.[^1]\n\n[^1]: Below.\n"
      try workshop.writeBook(["01.md": text, "02.md": "# Two\n\n`{swift} 6 * 7` is the value.\n"])
      try Self.previewing(workshop) { client in
        _ = try client.firstVersion()
        let browser = try BrowserSession(
          #require(URL(string: "http://127.0.0.1:\(client.port)/")), in: workshop)
        defer { browser.close() }
        // Waits until the page holds a text; elements that are marked show which of them were kept.
        func wait(for words: String) throws {
          _ = try browser.value(
            of: """
              (async () => {
                const has = () => document.querySelector("main")?.textContent.includes("\(words)");
                for (let look = 0; look < 500 && !has(); look++) await new Promise((done) => setTimeout(done, 20));
                return has() ? "there" : document.body.textContent;
              })()
              """)
        }
        func marked() throws -> String {
          try browser.value(of: "String(document.querySelectorAll('[data-mark]').length)")
        }
        let main = "document.querySelector('main').textContent.replace(/\\s+/g, ' ')"
        try wait(for: "Words of part 3")
        _ = try browser.value(
          of: "for (const item of document.querySelectorAll('main p, main li')) item.dataset.mark = 1; 'done'"
        )
        let count = try #require(Int(try marked()))

        // A paragraph, twice; a heading, which is in the contents too; a paragraph more; a note.
        for (old, new, lost) in [
          ("Words of part 2", "Other words of part 2", 1),
          ("Other words of part 2", "More words of part 2", 0),
          ("## Part 3", "## Last part 3", 0),
          ("Words of part 1.", "Words of part 1.\n\nOne more.", 0), ("Below.", "Far below.", 2),
        ] {
          var now = try String(contentsOf: workshop.url("chapters/01.md"), encoding: .utf8)
          now = now.replacing(old, with: new)
          let before = try #require(Int(try marked()))
          try workshop.write(now, to: "chapters/01.md")
          try wait(for: new.components(separatedBy: "\n").last?.replacing("## ", with: "") ?? new)
          #expect(try Int(marked()) == before - lost, "\(new)")
        }
        #expect(count - 3 == Int(try marked()))
        let live = try browser.value(of: main)
        _ = try browser.value(of: "location.reload(); 'done'")
        try wait(for: "Far below")
        #expect(try browser.value(of: main) == live)
      }
    }
  }

  @Test func aSecondPreviewOnThePortIsRefusedWithAdvice() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": "# One\n\n`{swift} 1`\n"])
      let port = Int.random(in: 20_000..<60_000)
      let arguments = ["preview", "chapters", "--port", "\(port)"]
      let first = try Workshop.start(Workshop.command.path, arguments, in: workshop.folder)
      defer {
        kill(first.processIdentifier, SIGTERM)
        first.wait()
      }
      _ = try Client(port: port).firstVersion()
      let second = try workshop.neuronbook(arguments)
      #expect(second.status == 1)
      #expect(second.error.contains("The port \(port) is taken"), "\(second.error)")
    }
  }
}
