import Base
import Foundation
import Synchronization
import Testing

/// Where a build writes, and what it takes away again.
@Suite struct PlacesTests {
  @Test(arguments: [
    ("output: ../../out", "out"), ("figures: /tmp/neuronbook-figures", "/tmp/neuronbook-figures"),
    ("output: ../link/out", "elsewhere/out"), ("figures: ../a/../../figures", "figures"),
  ])
  func aBookWritesIntoItsRepository(_ line: String, _ place: String) throws {
    try withWorkshop { workshop in
      try FileManager.default.createDirectory(
        at: workshop.url("repository/.git"), withIntermediateDirectories: true)
      try FileManager.default.createDirectory(
        at: workshop.url("elsewhere"), withIntermediateDirectories: true)
      symlink("../elsewhere", workshop.url("repository/link").path)
      try workshop.write("# A\n", to: "repository/book/a.md")
      try workshop.write("title: T\n\(line)\nchapters: [a.md]\n", to: "repository/book/book.yml")
      for command in [
        ["build", "repository/book"], ["build", "repository/book/a.md"], ["check", "repository/book"],
      ] {
        let refused = try workshop.neuronbook(command)
        let key = line.prefix { $0 != ":" }
        #expect(
          refused.error.hasPrefix(
            "repository/book/book.yml:2:1: error: The book's `\(key)` leads out of its repository"),
          "\(refused.error)")
        #expect(refused.status == 1)
      }
      func isMade() -> Bool {
        FileManager.default.fileExists(atPath: place.hasPrefix("/") ? place : workshop.url(place).path)
      }
      #expect(!isMade())
      // The user may say so.
      let built = try workshop.neuronbook(["build", "repository/book", "--output", "there"])
      #expect(built.status == 0, "\(built.error)")
      #expect(workshop.exists("there/report.html") && !isMade())
    }
  }

  @Test func aPlaceFromTheRootIsOne() throws {
    try withWorkshop { workshop in
      try workshop.write("# A\n", to: "book/a.md")
      try workshop.write(
        "title: T\noutput: \(workshop.folder.path)/made\nchapters: [a.md]\n", to: "book/book.yml")
      #expect(try workshop.neuronbook(["build", "book"]).status == 0)
      #expect(workshop.exists("made/report.html") && !workshop.exists("book/tmp"))
    }
  }

  @Test func figuresOfLabelsThatAreGoneGo() throws {
    try withWorkshop { workshop in
      func chapter(_ labels: [String], _ more: String = "") -> String {
        "# A\n"
          + labels.map { label in
            """

            ```{swift}
            //| label: \(label)
            //| caption: "A line"
            //| alt: "A line"
            show(Figure { LineMark(x: [1, 2], y: [1, 2]) })
            ```

            """
          }.joined() + more
      }
      func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: workshop.url("figures").path).sorted()
      }
      try workshop.writeBook(["a.md": chapter(["fig-one", "fig-two", "fig-three"])])
      try workshop.write("mine", to: "figures/fig-mine.png")
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      #expect(try names().count == 10)
      // What somebody changed is theirs.
      try workshop.write("1,2", to: "figures/fig-three.csv")
      // A chapter that stops before its figures, or can't be read, has not lost them.
      try workshop.write(
        "# A\n\n```{swift}\nlet none: Int? = nil\nprint(none!)\n```\n" + chapter(["fig-one"]),
        to: "chapters/a.md")
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 1)
      #expect(try names().count == 10)
      try workshop.write(chapter(["fig-one"]), to: "chapters/a.md")
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      #expect(
        try names() == ["fig-mine.png", "fig-one.csv", "fig-one.pdf", "fig-one.png", "fig-three.csv"])
      // Names in the list lead nowhere else.
      try workshop.write(
        #"{"../chapters/a.md": "", "../secret.png": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}"#,
        to: "output/cache/figures.json")
      try workshop.write("", to: "secret.png")
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      #expect(workshop.exists("secret.png") && workshop.exists("chapters/a.md"))
      // What is in the list's place costs the list.
      try FileManager.default.removeItem(at: workshop.url("output/cache/figures.json"))
      try FileManager.default.createDirectory(
        at: workshop.url("output/cache/figures.json"), withIntermediateDirectories: true)
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
    }
  }

  /// Nothing stands beside a file while it is written, which a process that is killed then would leave.
  @Test func aFileIsDraftedElsewhere() throws {
    try withWorkshop { workshop in
      for folder in ["drafts", "place/folder"] {
        try FileManager.default.createDirectory(
          at: workshop.url(folder), withIntermediateDirectories: true)
      }
      let data = Data(repeating: 7, count: 200_000_000)
      let (drafts, place) = (workshop.url("drafts"), workshop.url("place"))
      let isDone = Mutex(false)
      let writer = Thread {
        try? data.writeWhole(to: place.appending(path: "file"), through: drafts)
        isDone.withLock { $0 = true }
      }
      writer.start()
      var (seen, drafted): (Set<String>, Set<String>) = ([], [])
      while !isDone.withLock({ $0 }) {
        seen.formUnion(try FileManager.default.contentsOfDirectory(atPath: place.path))
        drafted.formUnion(try FileManager.default.contentsOfDirectory(atPath: drafts.path))
      }
      #expect(seen.subtracting(["file"]) == ["folder"] && drafted.count == 1, "\(seen)")
      #expect(try Data(contentsOf: place.appending(path: "file")) == data)
      // What can't be there leaves no draft.
      #expect(throws: (any Error).self) {
        try data.prefix(10).writeWhole(to: place.appending(path: "folder"), through: drafts)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: drafts.path).isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).sorted() == ["file", "folder"])
    }
  }

  /// A compiler that is killed leaves them where the next build clears up; elsewhere nothing stays.
  @Test func theCompilersTemporaryFilesAreWithTheRun() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["a.md": BadInputTests.good])
      let path = try #require(ProcessInfo.processInfo.environment["PATH"])
      try workshop.writeProgram(
        "#!/bin/sh\necho $TMPDIR >> '\(workshop.url("folders.txt").path)'\nPATH='\(path)' exec swiftc \"$@\"\n",
        to: "bin/swiftc")
      let temporary = workshop.url("temporary")
      try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
      let built = try workshop.neuronbook(
        ["build", "chapters"],
        environment: ["PATH": workshop.url("bin").path + ":" + path, "TMPDIR": temporary.path])
      #expect(built.status == 0, "\(built.error)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == [])
      let folders = try workshop.text("folders.txt").split(separator: "\n")
      #expect(
        folders.contains { $0.hasPrefix(workshop.url("output/cache/runs/partial-").path) }, "\(folders)")
    }
  }

  @Test func whatIsNoFileInTheCacheHoldsNothingUp() throws {
    try withWorkshop { workshop in
      let text = """
        # A

        ```{swift}
        let kept = try cached("kept", key: 1) { 41 + 1 }
        ```

        `{swift} kept`
        """
      try workshop.writeBook(["a.md": text])
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      for folder in ["runs", "values"] {
        let entries = workshop.url("output/cache/\(folder)")
        for path in FileManager.default.enumerator(atPath: entries.path)?.allObjects as? [String] ?? [] {
          let url = entries.appending(path: path)
          guard url.pathExtension == "json" || url.pathExtension == "jsonl" else { continue }
          unlink(url.path)
          mkfifo(url.path, 0o644)
        }
      }
      #expect(try workshop.neuronbook(["cache", "verify"]).status == 1)
      let again = try workshop.neuronbook(["build", "chapters"])
      #expect(again.status == 0, "\(again.error)")
      #expect(try workshop.text("output/report.html").contains("<p>42</p>"))
    }
  }
}
