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
    func firstVersion() throws -> Int { try settled(after: 1).version }

    /// Waits for a version in which all runs have ended: on a busy machine a page is shown before that.
    func settled(after version: Int) throws -> Changes {
      try Workshop.wait(for: "a version after \(version)") {
        guard let found = try? changes(after: version), found.version > version else { return nil }
        return found.problems.contains("still running") ? nil : found
      }
    }

    /// Waits until the page holds a text.
    func wait(for words: String) throws {
      try Workshop.wait(for: words) { try page().contains(words) ? true : nil }
    }
  }

  /// A preview on a port that the system gives, which it says.
  private static func start(_ workshop: Workshop, environment: [String: String] = [:]) throws -> (
    Workshop.Running, Client
  ) {
    let preview = try Workshop.start(
      Workshop.command.path, ["preview", "chapters", "--port", "0"], in: workshop.folder,
      environment: environment)
    let port = try Workshop.wait(for: "the preview's address") {
      preview.said.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)\//).flatMap { Int($0.1) }
    }
    return (preview, Client(port: port))
  }

  /// Serves a workshop's book while something is done with it.
  private static func previewing(
    _ workshop: Workshop, environment: [String: String] = [:], _ body: (Client) throws -> Void
  ) throws {
    let (preview, client) = try start(workshop, environment: environment)
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
        let prose = try client.settled(after: first)
        #expect(prose.version == first + 1)
        #expect(prose.problems.isEmpty)
        #expect(try client.page().contains("Now it is 21."))

        try workshop.write(text.replacingOccurrences(of: "= 20", with: "= y"), to: "chapters/01.md")
        let broken = try client.settled(after: prose.version)
        #expect(
          broken.problems.contains("chapters/01.md:4:9: error: cannot find 'y' in scope"),
          "\(broken.problems)")
        // On a busy machine the page says at first that the chapter runs; else nothing has changed.
        if broken.version == prose.version + 1 {
          #expect(broken.pageVersion == prose.pageVersion)
          #expect(try client.page().contains("Now it is 21."))
        } else {
          #expect(try client.page().contains("It is"))
        }

        // As some editors save: the file is empty for a while. On a busy machine the while may be too long: once it
        // must not be noticed.
        var (version, noticed) = (broken.version, true)
        for attempt in 30..<36 where noticed {
          try workshop.write("", to: "chapters/01.md")
          usleep(100_000)
          try workshop.write(
            text.replacingOccurrences(of: "= 20", with: "= \(attempt)"), to: "chapters/01.md")
          let mended = try client.settled(after: version)
          noticed = try !(mended.problems.isEmpty && client.page().contains("It is \(attempt + 1)."))
          try client.wait(for: "It is \(attempt + 1).")
          version = try client.changes(after: 0).version
        }
        #expect(!noticed, "an empty file was taken for a chapter each time")
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
        let saved = try client.settled(after: first)
        #expect(saved.problems.isEmpty, "\(saved.problems)")
        #expect(try client.page().contains("The value: 700"))
        // The chapter is read, and its new paragraph set.
        let made = try workshop.text("calls.txt").split(separator: "\n")
        #expect(made.count == 2 && made.allSatisfy { $0.hasPrefix("pandoc") }, "\(made)")
      }
    }
  }

  /// Chapters whose cell says that it has begun, goes on when it is told to, and leaves a line when it ends.
  private static func slow(_ number: Int) -> String {
    """
    # Slow

    ```{swift}
    func log(_ name: String) {
      let file = fopen("../output/\\(name).txt", "a")
      fputs("\(number)\\n", file)
      fclose(file)
    }
    log("begun")
    while access("../output/cache/go-\(number)", F_OK) != 0 { usleep(10_000) }
    log("ended")
    let number = \(number)
    ```

    Number `{swift} number`.
    """
  }

  @Test func aSaveEndsTheStaleRunAndLetsTheOthersGoOn() throws {
    try withWorkshop { workshop in
      let text = "# Text\n\nFirst words.\n"
      try workshop.writeBook(["01.md": text, "02.md": Self.slow(1)])
      try workshop.write("", to: "output/cache/go-1")
      try Self.previewing(workshop) { client in
        try client.wait(for: "Number 1.")
        func begin(_ number: Int) throws {
          try workshop.write(Self.slow(number), to: "chapters/02.md")
          try Workshop.wait(for: "run \(number)") {
            try workshop.text("output/begun.txt").contains("\(number)\n") ? true : nil
          }
        }

        // A run that would never end ends when its chapter is saved anew.
        try begin(2)
        try begin(3)
        // After a while the page shows the chapter as it was; the text of another one does not wait.
        try client.wait(for: "This chapter was not run as it is now")
        #expect(try client.changes(after: 0).problems == "still running, shown as before: 02")
        try workshop.write(text.replacing("First", with: "Second"), to: "chapters/01.md")
        try client.wait(for: "Second words.")
        let problems = try client.changes(after: 0).problems
        #expect(problems == "still running, shown as before: 02")
        try workshop.write("", to: "output/cache/go-3")
        try client.wait(for: "Number 3.")
        #expect(try client.changes(after: 0).problems.isEmpty)
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
        try words.write(toFile: "../output/read.txt", atomically: true, encoding: .utf8)
        while words == "second", try String(contentsOfFile: "words.txt", encoding: .utf8) == words {
          usleep(10_000)
        }
        ```

        It says `{swift} words`.
        """
      ])
      try workshop.write("first", to: "chapters/words.txt")
      try Self.previewing(workshop) { client in
        try client.wait(for: "It says first.")
        try workshop.write("second", to: "chapters/words.txt")
        // The run has read the second words and goes on until there are others.
        try Workshop.wait(for: "the second words") {
          try workshop.text("output/read.txt") == "second" ? true : nil
        }
        try workshop.write("third", to: "chapters/words.txt")
        try client.wait(for: "It says third.")
      }
    }
  }

  /// The numbers of a model come into the page after its figure.
  @Test func aLiveModelThatComesIntoTheOpenPageRuns() throws {
    try withWorkshop { workshop in
      func chapter(_ code: String) -> String {
        """
        # One

        ```{swift}
        //| label: fig-live
        //| caption: "A model"
        //| alt: "Its states"
        //| echo: false
        \(code)
        ```

        """
      }
      try workshop.writeBook(["01.md": chapter("show(Figure { LineMark(x: [0, 1], y: [0, 1]) })")])
      try Self.previewing(workshop) { client in
        _ = try client.firstVersion()
        let browser = try BrowserSession(
          #require(URL(string: "http://127.0.0.1:\(client.port)/")), in: workshop)
        defer { browser.close() }
        func show(units: Int) throws {
          try workshop.write(
            chapter(
              """
              let data = try TokenPositioning(words: 5, lengths: 3...5).balanced(seed: 1)
              let model = Seq2Seq(Configuration(units: \(units), vocabulary: data.vocabulary), seed: 1)
              show(try LiveModel(model, rows: data.verify, vocabulary: data.vocabulary))
              """), to: "chapters/01.md")
          let shown = try browser.value(
            of: """
              (async () => {
                const runs = () => document.querySelector("neuron-model.running")?.about.units === \(units);
                for (let look = 0; look < 12000 && !runs(); look++) await new Promise((done) => setTimeout(done, 20));
                return runs() ? "runs" : document.querySelector("neuron-model")?.textContent ?? "none";
              })()
              """)
          #expect(shown == "runs")
        }
        _ = try browser.value(
          of: """
            (async () => {
              while (!document.querySelector("#fig-live")) await new Promise((done) => setTimeout(done, 20));
              return window.wasOpen = "yes";
            })()
            """)
        // The first of the page in a figure's place, and another in its place; the page stays open.
        try show(units: 4)
        try show(units: 5)
        #expect(try browser.value(of: "String(window.wasOpen)") == "yes")
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
          let found = try browser.value(
            of: """
              (async () => {
                const has = () => document.querySelector("main")?.textContent.includes("\(words)");
                for (let look = 0; look < 12000 && !has(); look++) await new Promise((done) => setTimeout(done, 20));
                return has() ? "there" : document.body.textContent;
              })()
              """)
          #expect(found == "there")
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
      let (first, client) = try Self.start(workshop)
      defer {
        kill(first.processIdentifier, SIGTERM)
        first.wait()
      }
      _ = try client.firstVersion()
      let second = try workshop.neuronbook(["preview", "chapters", "--port", "\(client.port)"])
      #expect(second.status == 1)
      #expect(second.error.contains("The port \(client.port) is taken"), "\(second.error)")
    }
  }
}
