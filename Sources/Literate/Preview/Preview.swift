import Foundation

/// Serves a book on this machine, rebuilds it when a file changes, and tells the open page.
public struct Preview: Sendable {
  /// Makes the book anew, since `book.yml` may have changed.
  private let open: @Sendable () throws -> Builder
  private let port: UInt16
  private let say: @Sendable (String) -> Void
  private let session = Session(letsRunsGoOn: true)
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
    do {
      try await serve()
    } catch {
      await session.runsUnderWay?.endAll()
      throw error
    }
  }

  private func serve() async throws {
    let first = try open()
    let reference = LibraryReference.ofCommand
    let server = try LocalServer(port: port) { [state] request in
      if let page = reference?.answer(to: request.path) { return page }
      return switch request.path {
      case "/": await state.page(after: request.version)
      case "/pieces": try await state.pieces(after: request.version)
      case "/changes": try await state.changes(after: request.version)
      default: .refusal("404 Not Found", "The preview has one page.")
      }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      group.addTask {
        say("http://127.0.0.1:\(server.port)/  (Ctrl-C ends the preview)")
        if reference?.isThere == true {
          say("http://127.0.0.1:\(server.port)\(LibraryReference.address)  (the reference)")
        }
        try await follow(first)
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Builds, and builds again whenever a file that the book uses changes; a build that is under way then ends.
  private func follow(_ first: Builder) async throws {
    let watch = Watch(first.book)
    while true {
      try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask {
          await build(watch)
          return false
        }
        group.addTask {
          try await watch.waitForChange()
          return true
        }
        var isBuilt = false
        while let isChange = try await group.next() {
          guard isChange else {
            isBuilt = true
            continue
          }
          if !isBuilt { say("a file was saved meanwhile: building anew") }
          group.cancelAll()
          try await group.waitForAll()
          return
        }
      }
      try Task.checkCancellation()
    }
  }

  private func build(_ watch: Watch) async {
    let start = ContinuousClock.now
    let date = Date()
    do {
      var builder = try open()
      // Where the book says other chapters now, their files are followed.
      watch.use(builder.book, since: date)
      builder.session = session
      // A long run must not keep the author from seeing the text.
      builder.patience = .seconds(3)
      var outcome = try await builder.build { await state.publish($0) }
      watch.use(outcome.used, since: date)
      if !outcome.running.isEmpty {
        builder.patience = nil
        outcome = try await builder.build { await state.publish($0) }
        watch.use(outcome.used, since: date)
      }
      // There is none where no chapter could be read.
      if outcome.text == nil { await state.publish(outcome) }
      let time = String(format: "%.2f", (ContinuousClock.now - start) / .seconds(1))
      say(
        "built in \(time) s" + (outcome.problems.isEmpty ? "" : ", with \(outcome.problems.count) problems"))
      for problem in outcome.problems { say(problem.text) }
      builder.tidy()
    } catch {
      guard !Task.isCancelled else { return }
      let problem = Problem(of: error)
      await state.publish(.init(problems: [problem], chapters: 0, kept: 0))
      say(problem.text)
    }
  }

  /// What the open pages ask for.
  private actor State {
    private var text = PageText(
      skeleton: """
        <!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src">\
        <title>Preview</title><main>The book is being built.</main>
        """, pieces: [:])
    private var hasPage = false
    private var version = 1
    private var pageVersion = 1
    /// The version in which something else than the text of pieces changed.
    private var skeletonVersion = 1
    /// The version in which each piece of the page came to be as it is.
    private var pieceVersions: [String: Int] = [:]
    private var problems = ""
    /// Told when there is another version.
    private let published = Change()
    private var publications: Int { published.count }

    func publish(_ outcome: Builder.Outcome) {
      version += 1
      problems = outcome.problems.map(\.text).joined(separator: "\n")
      if !outcome.running.isEmpty {
        problems += "\(problems.isEmpty ? "" : "\n")still running, shown as before: \(outcome.running.listed)"
      }
      // What was good stays; only where nothing was yet, a page with failures is shown.
      if let text = outcome.text, outcome.problems.isEmpty || !hasPage { take(text) }
      published.tell()
    }

    private func take(_ new: PageText) {
      for (name, piece) in new.pieces where text.pieces[name] != piece { pieceVersions[name] = version }
      if new.skeleton != text.skeleton { skeletonVersion = version }
      (text, hasPage, pageVersion) = (new, true, version)
    }

    /// The pieces that changed since a version, by their names.
    func pieces(after last: Int) throws -> LocalServer.Answer {
      let changed = text.pieces.filter { pieceVersions[$0.key, default: 0] > last }
      return .json(try JSONEncoder().encode(changed))
    }

    /// The page with the script that follows it. The page's own policy stays, and lets that one script run, by a word that nobody
    /// knows before, and ask this server.
    ///
    /// - Parameter last: The version that the open page shows: pieces that did not change since are left out.
    func page(after last: Int) -> LocalServer.Answer {
      let nonce = Data((0..<16).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
      let code = PageFiles.previewJs
      let script = "<script nonce=\"\(nonce)\" data-version=\"\(pageVersion)\">\(code)</script>"
      var marked = text
      for (name, piece) in text.pieces {
        let isKnown = pieceVersions[name, default: 0] <= last
        marked.pieces[name] = "<!--\(name)-->\(isKnown ? "" : piece)<!--/-->"
      }
      marked.skeleton = text.skeleton.replacing(/script-src ?([^;"]*)/, maxReplacements: 1) { match in
        "script-src \(match.1) 'nonce-\(nonce)'; connect-src 'self'"
      }
      return LocalServer.Answer(type: "text/html; charset=utf-8", body: marked.html + Data(script.utf8))
    }

    /// Answers when there is another version than this one, or after ten seconds.
    func changes(after: Int) async throws -> LocalServer.Answer {
      if version == after { try await published.wait(after: publications, atMost: .seconds(10)) }
      let answer: [String: Any] = [
        "version": version, "pageVersion": pageVersion, "skeletonVersion": skeletonVersion,
        "problems": problems,
      ]
      return .json(try JSONSerialization.data(withJSONObject: answer))
    }
  }
}
