import FlyingFox
import FlyingSocks
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
    let server = HTTPServer(
      address: try .inet(ip4: "127.0.0.1", port: port), pool: PromptPool(pool: HTTPServer.defaultPool()),
      logger: .disabled)
    await server.appendRoute("GET /") { request in await state.page(after: Self.version(in: request)) }
    await server.appendRoute("GET /pieces") { request in
      try await state.pieces(after: Self.version(in: request))
    }
    await server.appendRoute("GET /changes") { request in
      try await state.changes(after: Self.version(in: request))
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
        var port = port
        if case .ip4(_, port: let given) = await server.listeningAddress { port = given }
        say("http://127.0.0.1:\(port)/  (Ctrl-C ends the preview)")
        try await follow(first)
      }
      try await group.next()
      group.cancelAll()
    }
  }

  /// The version that a page says it shows; 0 if it does not.
  private static func version(in request: HTTPRequest) -> Int {
    request.query.first { $0.name == "after" }.flatMap { Int($0.value) } ?? 0
  }

  /// Builds, and builds again whenever a file below the book's folder changes; a build that is under way then ends.
  private func follow(_ first: Builder) async throws {
    var watched = Watch(first.book)
    while true {
      watched = try await withThrowingTaskGroup(of: Watch?.self) { [watched] group in
        group.addTask {
          await build()
          return nil
        }
        group.addTask {
          var watched = watched
          try await watched.waitForChange()
          return watched
        }
        var isBuilt = false
        while let next = try await group.next() {
          guard let next else {
            isBuilt = true
            continue
          }
          if !isBuilt { say("a file was saved meanwhile: building anew") }
          group.cancelAll()
          try await group.waitForAll()
          return next
        }
        throw CancellationError()
      }
    }
  }

  private func build() async {
    let start = ContinuousClock.now
    do {
      var builder = try open()
      builder.session = session
      // A long run must not keep the author from seeing the text.
      builder.patience = .seconds(3)
      var outcome = try await builder.build { await state.publish($0) }
      if !outcome.running.isEmpty {
        builder.patience = nil
        outcome = try await builder.build { await state.publish($0) }
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
      let problem = error as? Problem ?? Problem("\(error)")
      await state.publish(.init(problems: [problem], chapters: 0, kept: 0))
      say(problem.text)
    }
  }

  /// What the open pages ask for.
  private actor State {
    private var text = PageText(
      skeleton: "<!DOCTYPE html><title>Preview</title><main>The book is being built.</main>", pieces: [:])
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
    func pieces(after last: Int) throws -> HTTPResponse {
      let changed = text.pieces.filter { pieceVersions[$0.key, default: 0] > last }
      return Self.json(try JSONEncoder().encode(changed))
    }

    private static func json(_ data: Data) -> HTTPResponse {
      HTTPResponse(
        statusCode: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"], body: data)
    }

    /// The page with the script that follows it; its policy lets that script run and ask this server.
    ///
    /// - Parameter last: The version that the open page shows: pieces that did not change since are left out.
    func page(after last: Int) -> HTTPResponse {
      let script =
        "<script data-version=\"\(pageVersion)\">\(String(decoding: PackageResources.preview_js, as: UTF8.self))</script>"
      var marked = text
      for (name, piece) in text.pieces {
        let isKnown = pieceVersions[name, default: 0] <= last
        marked.pieces[name] = "<!--\(name)-->\(isKnown ? "" : piece)<!--/-->"
      }
      marked.skeleton = text.skeleton.replacing(
        /script-src 'sha256-[^']*'/, with: "script-src 'unsafe-inline'; connect-src 'self'",
        maxReplacements: 1)
      return HTTPResponse(
        statusCode: .ok, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
        body: marked.html + Data(script.utf8))
    }

    /// Answers when there is another version than this one, or after ten seconds.
    func changes(after: Int) async throws -> HTTPResponse {
      if version == after { try await published.wait(after: publications, atMost: .seconds(10)) }
      let answer: [String: Any] = [
        "version": version, "pageVersion": pageVersion, "skeletonVersion": skeletonVersion,
        "problems": problems,
      ]
      return Self.json(try JSONSerialization.data(withJSONObject: answer))
    }
  }
}
