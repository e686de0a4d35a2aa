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

  @Test func aSavedFileReachesTheOpenPageAndAnErrorLeavesTheLastGoodOne() throws {
    try withWorkshop { workshop in
      let text = "# One\n\n```{swift}\nlet x = 20\n```\n\nIt is `{swift} x + 1`.\n"
      try workshop.writeBook(["01.md": text])
      let port = Int.random(in: 20_000..<60_000)
      let preview = try Workshop.start(
        Workshop.command.path, ["preview", "chapters", "--port", "\(port)"], in: workshop.folder)
      defer {
        kill(preview.processIdentifier, SIGINT)
        #expect(preview.wait().status == 130)
      }
      let client = Client(port: port)
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
        broken.problems.contains("chapters/01.md:4:9: error: cannot find 'y' in scope"), "\(broken.problems)")
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

  @Test func aSavedProseChangeCompilesNothingAndAsksPandocOnlyAboutItsChapter() throws {
    try withWorkshop { workshop in
      // Stand-ins that count, and then are what they stand for.
      let path = try #require(ProcessInfo.processInfo.environment["PATH"])
      for tool in ["pandoc", "swiftc"] {
        try workshop.write(
          "#!/bin/sh\necho \(tool) $1 $2 >> '\(workshop.url("calls.txt").path)'\nPATH='\(path)' exec \(tool) \"$@\"\n",
          to: "bin/\(tool)")
        try FileManager.default.setAttributes(
          [.posixPermissions: 0o755], ofItemAtPath: workshop.url("bin/\(tool)").path)
      }
      try BuildTests.book(workshop)
      let port = Int.random(in: 20_000..<60_000)
      let preview = try Workshop.start(
        Workshop.command.path, ["preview", "chapters", "--port", "\(port)"], in: workshop.folder,
        environment: ["PATH": workshop.url("bin").path + ":" + path])
      defer {
        kill(preview.processIdentifier, SIGINT)
        preview.wait()
      }
      let client = Client(port: port)
      let first = try client.firstVersion()
      try workshop.write("", to: "calls.txt")
      try workshop.write(
        BuildTests.chapter.replacing("Value:", with: "The value:"), to: "chapters/01-one.md")
      let saved = try client.changes(after: first)
      #expect(saved.problems.isEmpty, "\(saved.problems)")
      #expect(try client.page().contains("The value: 700"))
      // The chapter is read, its new paragraph set, and the page put together.
      let calls = try workshop.text("calls.txt").split(separator: "\n")
      #expect(calls.count == 3 && calls.allSatisfy { $0.hasPrefix("pandoc") }, "\(calls)")
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
