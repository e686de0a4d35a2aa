import Foundation
import Literate
import Subprocess
import SystemPackage
import Text

/// The toolchain's language server for Swift, a process that is asked about the programs of chapters.
///
/// Where it ends by itself it is started again, some times, with all that was open.
actor SourceKit {
  /// How often it may end before it is left alone.
  private static let mostRestarts = 5

  private let program: String?
  private let capabilities: JSON
  private let say: @Sendable (String) -> Void

  private var connection: Connection?
  /// Done when the server that runs now has taken up everything.
  private var start: Task<Connection, any Error>?
  private var process: Task<Void, Never>?
  /// Counts the processes, so that what one that is gone said is not taken for another's.
  private var generation = 0
  private var isStopping = false
  private var nextRequest = 0
  private var waiting: [Int: CheckedContinuation<JSON, any Error>] = [:]
  private var folders: [String] = []
  private var documents: [String: (version: Int, text: String)] = [:]

  /// - Parameters:
  ///   - program: Where it is; nil where the toolchain has none.
  ///   - capabilities: What the editor can do with completions and hovers.
  ///   - say: Tells the user what is wrong.
  init(program: String?, capabilities: JSON, say: @escaping @Sendable (String) -> Void) {
    (self.program, self.capabilities, self.say) = (program, capabilities, say)
    if program == nil {
      say(
        "The Swift toolchain has no `sourcekit-lsp`: cells get no completion, documentation and errors. Install a whole toolchain: swift.org/install"
      )
    }
  }

  // MARK: What it works on

  /// Adds a folder with the `compile_commands.json` of a program.
  func open(folder: String) {
    guard !folders.contains(folder) else { return }
    folders.append(folder)
    launchIfNeeded()
    connection.map { add(folders: [folder], to: $0) }
  }

  func close(folder: String) {
    folders.removeAll { $0 == folder }
    connection?.notify(
      "workspace/didChangeWorkspaceFolders",
      .object([
        "event": .object([
          "added": .array([]),
          "removed": .array([.object(["uri": .string(folder), "name": .string(folder)])]),
        ])
      ]))
  }

  /// Opens a file of a program, or gives it another text.
  func setText(_ text: String, of uri: String) {
    let version = (documents[uri]?.version ?? 0) + 1
    let isNew = documents[uri] == nil
    let earlier = documents[uri]?.text
    guard earlier != text else { return }
    documents[uri] = (version, text)
    guard let connection else { return }
    if isNew {
      open(uri, version, text, in: connection)
    } else {
      connection.notify(
        "textDocument/didChange",
        .object([
          "textDocument": .object(["uri": .string(uri), "version": .integer(version)]),
          "contentChanges": .array([Self.change(from: earlier ?? "", to: text)]),
        ]))
    }
  }

  /// What is other in a text, from the first line to the last: of the rest it keeps what it knows.
  private static func change(from old: String, to new: String) -> JSON {
    let (before, after) = (Document.lines(of: old), Document.lines(of: new))
    let head = zip(before, after).prefix { $0 == $1 }.count
    let room = min(before.count, after.count) - head
    let tail = min(room, zip(before.reversed(), after.reversed()).prefix { $0 == $1 }.count)
    // A line that changes goes with the end of the one before it, since the last has no end.
    let from = head == 0 ? 0 : head - 1
    let (last, lastNew) = (before.count - tail - 1, after.count - tail - 1)
    guard last >= from, lastNew >= from else { return .object(["text": .string(new)]) }
    let end = Position(line: last, character: before[last].utf16.count)
    return .object([
      "range": TextRange(Position(line: from, character: 0), end).json,
      "text": .string(after[from...lastNew].joined(separator: "\n")),
    ])
  }

  func close(document uri: String) {
    guard documents.removeValue(forKey: uri) != nil else { return }
    connection?.notify(
      "textDocument/didClose", .object(["textDocument": .object(["uri": .string(uri)])]))
  }

  // MARK: Requests

  /// Asks it.
  ///
  /// - Throws: `ResponseError` where it refuses, ends or is not there; the same where the task is cancelled.
  func request(_ method: String, _ parameters: JSON) async throws -> JSON {
    guard let start else { throw ResponseError.failed("The language server of Swift does not run.") }
    return try await request(method, parameters, of: try await start.value)
  }

  private func request(
    _ method: String, _ parameters: JSON, of connection: Connection
  ) async throws -> JSON {
    nextRequest += 1
    let identifier = nextRequest
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        guard !Task.isCancelled else { return continuation.resume(throwing: ResponseError.cancelled) }
        waiting[identifier] = continuation
        connection.send(
          .object([
            "jsonrpc": .string("2.0"), "id": .integer(identifier), "method": .string(method),
            "params": parameters,
          ]))
      }
    } onCancel: {
      Task { await cancel(identifier) }
    }
  }

  private func cancel(_ identifier: Int) {
    guard let continuation = waiting.removeValue(forKey: identifier) else { return }
    connection?.notify("$/cancelRequest", .object(["id": .integer(identifier)]))
    continuation.resume(throwing: ResponseError.cancelled)
  }

  // MARK: The process

  private func launchIfNeeded() {
    guard start == nil, let program, !isStopping, generation <= Self.mostRestarts else { return }
    generation += 1
    let number = generation
    // Neither end of one may stay open in other processes, also those that start at this moment.
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    var (requests, answers): ([Int32], [Int32]) = ([0, 0], [0, 0])
    guard socketpair(AF_UNIX, kind, 0, &requests) == 0, socketpair(AF_UNIX, kind, 0, &answers) == 0 else {
      return
    }
    let connection = Connection(input: answers[0], output: requests[1])
    let (input, output) = (FileDescriptor(rawValue: requests[0]), FileDescriptor(rawValue: answers[1]))
    process = Task.detached {
      var options = PlatformOptions()
      // An interruption from the terminal is for the editor.
      options.processGroupID = 0
      _ = try? await Subprocess.run(
        .path(FilePath(program)), arguments: [], platformOptions: options,
        input: .fileDescriptor(input, closeAfterSpawningProcess: true),
        output: .fileDescriptor(output, closeAfterSpawningProcess: true), error: .discarded)
      connection.close()
    }
    Task {
      for await item in connection.messages {
        if case .message(let message) = item { received(message, from: number, connection) }
      }
      ended(number)
    }
    start = Task { try await introduce(connection) }
  }

  /// The handshake; then it gets all that is open.
  private func introduce(_ connection: Connection) async throws -> Connection {
    _ = try await request(
      "initialize",
      .object([
        "processId": .integer(Int(getpid())), "rootUri": .null, "workspaceFolders": .array([]),
        "capabilities": capabilities,
        // Errors are asked for; it need not tell them too.
        "initializationOptions": .object([
          "backgroundIndexing": .bool(false), "swiftPublishDiagnosticsDebounceDuration": .integer(86_400),
        ]),
      ]), of: connection)
    connection.notify("initialized", .object([:]))
    self.connection = connection
    if !folders.isEmpty { add(folders: folders, to: connection) }
    for (uri, document) in documents { open(uri, document.version, document.text, in: connection) }
    return connection
  }

  private func add(folders: [String], to connection: Connection) {
    connection.notify(
      "workspace/didChangeWorkspaceFolders",
      .object([
        "event": .object([
          "added": .array(folders.map { .object(["uri": .string($0), "name": .string($0)]) }),
          "removed": .array([]),
        ])
      ]))
  }

  private func open(_ uri: String, _ version: Int, _ text: String, in connection: Connection) {
    connection.notify(
      "textDocument/didOpen",
      .object([
        "textDocument": .object([
          "uri": .string(uri), "languageId": .string("swift"), "version": .integer(version),
          "text": .string(text),
        ])
      ]))
  }

  private func received(_ message: JSON, from number: Int, _ connection: Connection) {
    guard number == generation else { return }
    if message["method"].string != nil {
      // Its own requests get the answer that asks for nothing; what it tells nobody needs.
      guard message["id"] != .null else { return }
      let items = message["params"]["items"].array
      connection.send(
        .object([
          "jsonrpc": .string("2.0"), "id": message["id"],
          "result": items.map { .array($0.map { _ in .null }) } ?? .null,
        ]))
      return
    }
    guard let identifier = message["id"].integer,
      let continuation = waiting.removeValue(forKey: identifier)
    else { return }
    if message["error"] != .null {
      continuation.resume(
        throwing: ResponseError(
          code: message["error"]["code"].integer ?? -32603,
          message: message["error"]["message"].string ?? "The language server of Swift refused."))
    } else {
      continuation.resume(returning: message["result"])
    }
  }

  private func ended(_ number: Int) {
    guard number == generation else { return }
    connection?.close()
    connection = nil
    start = nil
    let all = waiting.values
    waiting = [:]
    for continuation in all {
      continuation.resume(throwing: ResponseError.failed("The language server of Swift ended."))
    }
    guard !isStopping else { return }
    guard generation <= Self.mostRestarts else {
      say(
        "The language server of Swift ended \(generation) times and is not started again: cells get no completion, documentation and errors. Start the editor's server anew to try again."
      )
      return
    }
    say("The language server of Swift ended; it is started again.")
    launchIfNeeded()
  }

  /// Ends it, and waits until it is gone.
  func stop() async {
    isStopping = true
    if let connection {
      let asked = Task { try? await request("shutdown", .null, of: connection) }
      let patience = Task {
        try? await Task.sleep(for: .seconds(1))
        asked.cancel()
      }
      _ = await asked.value
      patience.cancel()
      connection.notify("exit", .null)
      connection.close()
    }
    guard let process else { return }
    let patience = Task {
      try? await Task.sleep(for: .seconds(1))
      // Cancelled, its process is killed.
      if !Task.isCancelled { process.cancel() }
    }
    await process.value
    patience.cancel()
  }
}

extension Connection {
  func notify(_ method: String, _ parameters: JSON) {
    send(.object(["jsonrpc": .string("2.0"), "method": .string(method), "params": parameters]))
  }
}
