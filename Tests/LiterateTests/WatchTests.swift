import Foundation
import Testing

@testable import Literate

/// The preview notices a change in whatever the book uses, wherever it lies, and looks at nothing while nothing happens.
@Suite struct WatchTests {
  /// Whether something done to files is noticed.
  private func notices(_ watch: Watch, _ action: () throws -> Void) async throws -> Bool {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await watch.waitForChange()
        return true
      }
      try action()
      group.addTask {
        try await Task.sleep(for: .seconds(240))
        return false
      }
      defer { group.cancelAll() }
      return try await group.next() ?? false
    }
  }

  /// A book with chapters in two folders, and what they include above them, as in a repository of several.
  private func book(_ workshop: Workshop) throws -> Book {
    try workshop.write(
      "title: T\noutput: ../out\nfigures: ../fig\nbibliography: ../refs/a.bib\nchapters:\n  - parts/one.md\n  - other/two.md\n",
      to: "book/book.yml")
    try workshop.write("# One\n\n{{< include ../shared.md >}}\n", to: "book/parts/one.md")
    try workshop.write("# Two\n", to: "book/other/two.md")
    try workshop.write("{{< include ../above/deep.md >}}\n", to: "book/shared.md")
    try workshop.write("Deep.\n", to: "above/deep.md")
    try workshop.write("@book{a, title={T}}\n", to: "refs/a.bib")
    try workshop.write("1\n", to: "data/numbers.txt")
    return try Book.open(workshop.url("book").path, output: nil)
  }

  @Test func whatTheBookUsesIsFollowed() async throws {
    try await withWorkshop { workshop in
      let watch = Watch(try book(workshop))
      for file in [
        "book/parts/one.md", "book/other/two.md", "book/shared.md", "above/deep.md", "book/book.yml",
        "refs/a.bib",
        "book/parts/new.csv", "book/parts/new/folder/file.csv",
      ] {
        let isNoticed = try await notices(watch) { try workshop.write("# \(UUID())\n", to: file) }
        #expect(isNoticed, "\(file)")
      }
      // What a run reads, and what it looked for in vain, where not even the folder is there.
      let used = ["data/numbers.txt", "data/none.txt", "missing/folder/file.txt"]
      watch.use(Set(used.map { workshop.url($0).standardizedFileURL.path }), since: .distantFuture)
      for file in used {
        let isNoticed = try await notices(watch) { try workshop.write("2\n", to: file) }
        #expect(isNoticed, "\(file)")
      }
      let isGone = try await notices(watch) {
        try FileManager.default.removeItem(at: workshop.url("data/numbers.txt"))
      }
      #expect(isGone)
    }
  }

  /// Before the first build has read a chapter, what it includes is known by its text alone: as the build reads it.
  @Test func includesAreFoundHoweverTheyAreWritten() throws {
    try withWorkshop { workshop in
      try workshop.write(
        """
        {{< include plain.md >}}
        {{<   include   'two words.md'>}}

        - A list:

          {{< include listed.md >}}

        Words {{< include within.md >}}

            {{< include code.md >}}
        """, to: "a.md")
      try workshop.write("  {{<include deep.md>}}\n", to: "two words.md")
      var known: [String: Source.Included] = [:]
      func found() -> [String] {
        Source.included(by: workshop.url("a.md"), known: &known).map { URL(filePath: $0).lastPathComponent }
          .sorted()
      }
      #expect(found() == ["deep.md", "listed.md", "plain.md", "two words.md"])
      #expect(known.count == 2)
      try workshop.write("{{< include another.md >}}\n", to: "two words.md")
      try workshop.write("", to: "another.md")
      #expect(found() == ["another.md", "listed.md", "plain.md", "two words.md"])
    }
  }

  @Test func linksAndOtherNamesOfAFileAreFollowed() async throws {
    try await withWorkshop { workshop in
      let book = try book(workshop)
      try workshop.write("# Real\n", to: "elsewhere/real.md")
      try FileManager.default.removeItem(at: workshop.url("book/other/two.md"))
      try FileManager.default.createSymbolicLink(
        at: workshop.url("book/other/two.md"), withDestinationURL: workshop.url("elsewhere/real.md"))
      let watch = Watch(book)
      let isNoticed = try await notices(watch) { try workshop.write("# Other\n", to: "elsewhere/real.md") }
      #expect(isNoticed)
      // As editors save: beside, and moved over it.
      let isMoved = try await notices(watch) {
        try Data("# Moved\n".utf8).write(to: workshop.url("book/parts/one.md"), options: .atomic)
      }
      #expect(isMoved)
    }
  }

  @Test func aBookThatNamesOtherChaptersIsFollowedAnew() async throws {
    try await withWorkshop { workshop in
      let watch = Watch(try book(workshop))
      try workshop.write("# Three\n", to: "third/three.md")
      try workshop.write("title: T\noutput: ../out\nchapters:\n  - ../third/three.md\n", to: "book/book.yml")
      watch.use(try Book.open(workshop.url("book").path, output: nil), since: .distantFuture)
      let first = try await notices(watch) { try workshop.write("# Four\n", to: "third/three.md") }
      #expect(first)
      // What changed while a build read it counts too.
      let start = Date.distantPast
      watch.use([workshop.url("data/numbers.txt").standardizedFileURL.path], since: start)
      let second = try await notices(watch) {}
      #expect(second)
    }
  }

  @Test func whatIsMadeAndWhatIsNotUsedIsLeftAlone() async throws {
    try await withWorkshop { workshop in
      let book = try book(workshop)
      try workshop.write("", to: "out/report.html")
      let watch = Watch(book)
      watch.use(
        ["out/report.html", "data/numbers.txt"].map { workshop.url($0).standardizedFileURL.path }.reduce(
          into: []) { $0.insert($1) }, since: .distantFuture)
      let isNoticed = try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask {
          try await watch.waitForChange()
          return true
        }
        for file in ["out/report.html", "data/another.txt", "above/another.md", "book/parts/.one.md.swp"] {
          try workshop.write("x", to: file)
        }
        group.addTask {
          try await Task.sleep(for: .milliseconds(300))
          return false
        }
        defer { group.cancelAll() }
        return try await group.next() ?? false
      }
      #expect(!isNoticed)
    }
  }

  @Test(arguments: [
    ("/home/a/", false), ("/home/shared/a/", true), ("/mnt/host/", true), ("/mnt/hosts/", false),
  ]) func foldersOfOtherMachinesAreTold(_ path: String, _ isRemote: Bool) {
    let mounts = """
      /dev/sda1 / ext4 rw 0 0
      server:/x /home/shared nfs4 rw 0 0
      host /mnt/host virtiofs rw 0 0
      """
    #expect(Watch.isRemote(path, in: mounts) == isRemote)
    // In a changed root no line tells of what it lies on.
    #expect(!Watch.isRemote("/home/a/", in: "proc /proc proc rw 0 0"))
  }

  @Test func anIdleFolderOfManyFilesCostsNothing() async throws {
    try await withWorkshop { workshop in
      let book = try book(workshop)
      for folder in 0..<20 {
        try workshop.write("", to: "book/parts/many/\(folder)/0")
        for file in 1..<500 { close(creat(workshop.url("book/parts/many/\(folder)/\(file)").path, 0o644)) }
      }
      let watch = Watch(book)
      let waiting = Task { try await watch.waitForChange() }
      try await Task.sleep(for: .milliseconds(200))
      // It looked once, at nothing, before it waited.
      defer { waiting.cancel() }
      try #require(watch.looks == 0)
      try workshop.write("x", to: "book/parts/many/3/7")
      try await waiting.value
      #expect(1..<10 ~= watch.looks, "\(watch.looks)")
    }
  }
}
