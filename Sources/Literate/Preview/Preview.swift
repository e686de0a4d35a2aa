import FlyingFox
import FlyingSocks
import Foundation

/// Serves a book on this machine, rebuilds it when a file changes, and tells the open page.
public struct Preview: Sendable {
  /// Makes the book anew, since `book.yml` may have changed.
  private let open: @Sendable () throws -> Builder
  private let port: UInt16
  private let say: @Sendable (String) -> Void
  private let state = State()

  public init(
    port: UInt16, open: @escaping @Sendable () throws -> Builder, say: @escaping @Sendable (String) -> Void
  ) {
    self.port = port
    self.open = open
    self.say = say
  }

  /// Serves until the task is cancelled.
  ///
  /// - Throws: `Problem` where the book can't be opened at first, or the port is taken.
  public func run() async throws {
    let first = try open()
    let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: port), logger: .disabled)
    await server.appendRoute("GET /") { _ in await state.page() }
    await server.appendRoute("GET /changes") { request in
      let after = request.query.first { $0.name == "after" }.flatMap { Int($0.value) } ?? 0
      return try await state.changes(after: after)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        do {
          try await server.run()
        } catch let error as SocketError {
          if case .failed(_, EADDRINUSE, _) = error {
            throw Problem(
              "The port \(port) is taken, perhaps by another preview.",
              advice: "Name another one: --port \(port &+ 1)")
          }
          throw error
        }
      }
      group.addTask {
        try await server.waitUntilListening()
        say("http://127.0.0.1:\(port)/  (Ctrl-C ends the preview)")
        try await follow(first)
      }
      try await group.next()
      group.cancelAll()
    }
  }

  /// Builds, and builds again whenever a file below the book's folder changes.
  private func follow(_ first: Builder) async throws {
    var builder = first
    var watched = Watch(builder.book)
    var kept: Installation?
    let pandoc = Pandoc()
    while true {
      let start = ContinuousClock.now
      do {
        builder = try open()
        builder.pandoc = pandoc
        let installation = if let kept, kept.isCurrent { kept } else { try await Installation.find() }
        kept = installation
        let outcome = try await builder.build(installation)
        if let page = outcome.page, outcome.problems.isEmpty {
          await state.publish(page: try Data(contentsOf: page))
        } else {
          // What was good stays; only where nothing was yet, the page with its failures is shown.
          let page = outcome.page.flatMap { try? Data(contentsOf: $0) }
          await state.publish(problems: outcome.problems, pageIfNone: page)
        }
        let time = String(format: "%.2f", (ContinuousClock.now - start) / .seconds(1))
        say(
          "built in \(time) s" + (outcome.problems.isEmpty ? "" : ", with \(outcome.problems.count) problems")
        )
        for problem in outcome.problems { say(problem.text) }
      } catch let problem as Problem {
        // The library may be being built: look for it again.
        kept = nil
        await state.publish(problems: [problem], pageIfNone: nil)
        say(problem.text)
      }
      while !watched.hasChanged() { try await Task.sleep(for: .milliseconds(20)) }
      // An editor may empty a file before it writes it: one more look must find nothing new, and what has just become
      // empty gets a moment to be filled.
      for _ in 0..<15 {
        try await Task.sleep(for: .milliseconds(20))
        if !watched.hasChanged() && !watched.hasEmptied { break }
      }
    }
  }

  /// What the open pages ask for.
  private actor State {
    private var html = Data("<!DOCTYPE html><title>Preview</title><main>The book is being built.</main>".utf8)
    private var hasPage = false
    private var version = 1
    private var pageVersion = 1
    private var problems = ""

    func publish(page: Data) {
      version += 1
      (html, hasPage, pageVersion, problems) = (page, true, version, "")
    }

    func publish(problems: [Problem], pageIfNone page: Data?) {
      version += 1
      self.problems = problems.map(\.text).joined(separator: "\n")
      if !hasPage, let page { (html, pageVersion) = (page, version) }
    }

    /// The page with the script that follows it; its policy lets that script run and ask this server.
    func page() -> HTTPResponse {
      let script = "<script>\(String(decoding: PackageResources.preview_js, as: UTF8.self))</script>"
      let text = String(decoding: html, as: UTF8.self).replacing(
        /script-src 'sha256-[^']*'/, with: "script-src 'unsafe-inline'; connect-src 'self'",
        maxReplacements: 1)
      let body = Data((text + script).utf8)
      return HTTPResponse(
        statusCode: .ok, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
        body: body)
    }

    /// Answers when there is a version after this one, or after ten seconds.
    func changes(after: Int) async throws -> HTTPResponse {
      for _ in 0..<2000 where version <= after { try await Task.sleep(for: .milliseconds(5)) }
      let answer: [String: Any] = ["version": version, "pageVersion": pageVersion, "problems": problems]
      return HTTPResponse(
        statusCode: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
        body: try JSONSerialization.data(withJSONObject: answer))
    }
  }
}

/// The state of the files below a book's folder, to notice a change.
private struct Watch {
  private let folder: URL
  private let leftOut: [String]
  private var last: [String: [Int]] = [:]
  /// Files that had content before the last change.
  private var emptied: Set<String> = []

  init(_ book: Book) {
    folder = book.chapters.first?.url.deletingLastPathComponent() ?? book.output
    leftOut = [book.output, book.figures].map { $0.standardizedFileURL.path + "/" }
    last = snapshot()
  }

  mutating func hasChanged() -> Bool {
    let now = snapshot()
    defer { last = now }
    if now == last { return false }
    func isEmpty(_ name: String, in files: [String: [Int]]) -> Bool { files[name]?.last == 0 }
    emptied = Set(
      now.keys.filter { isEmpty($0, in: now) && (emptied.contains($0) || !isEmpty($0, in: last)) })
    return true
  }

  /// Whether a file that had content has none now.
  var hasEmptied: Bool { !emptied.isEmpty }

  private func snapshot() -> [String: [Int]] {
    var files: [String: [Int]] = [:]
    let names = FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String] ?? []
    for name in names {
      let path = folder.standardizedFileURL.path + "/" + name
      guard !leftOut.contains(where: { path.hasPrefix($0) }) else { continue }
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      files[name] = [Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec), Int(status.st_size)]
    }
    return files
  }
}
