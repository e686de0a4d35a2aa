import Foundation
import Literate
import Text

/// Answers an editor about the chapters that are open in it: of cells and inline values what the toolchain's language server says of
/// their program, and of the text around them what it knows itself.
package actor LanguageServer {
  let editor: Connection
  /// The documents that are open, by their paths.
  var documents: [String: Document] = [:]
  /// Those whose texts are other than their files'.
  var unsaved: [String: String] { documents.mapValues(\.text) }
  /// The books that were opened, by the `book.yml` or the lone chapter.
  var books: [String: EditedBook] = [:]
  /// The chapters that are open or include what is open, by their paths.
  var chapters: [String: ChapterSession] = [:]
  /// The chapter of each open document.
  var homes: [String: String] = [:]
  /// What was last read of each book, by the book.
  var manuscripts: [String: Manuscript] = [:]
  var diagnostics = DiagnosticStore()
  var installation: Installation?
  var swift: SourceKit?
  /// Holds a folder for each chapter's program.
  var work: WorkFolder?
  /// What the editor can do.
  var abilities = JSON.null
  /// Requests that are being answered, by their identifiers.
  private var requests: [JSON: Task<Void, Never>] = [:]
  /// Work that goes on by itself, by its name; a later one of a name takes its place.
  var background: [String: Task<Void, Never>] = [:]
  /// What the last run of each chapter in this session said of itself.
  var explanations: [String: [String]] = [:]
  private var isInitialized = false
  private var isShutDown = false

  /// - Parameters: The files that messages come from and go to.
  package init(input: Int32, output: Int32) { editor = Connection(input: input, output: output) }

  /// Serves until the editor says that it is done, or is gone.
  ///
  /// - Returns: Whether it said so first.
  package func run() async -> Bool {
    var isOrderly = true
    messages: for await item in editor.messages {
      switch item {
      case .malformed(let reason):
        respond(to: .null, with: ResponseError(code: -32700, message: reason))
      case .message(let message):
        guard let method = message["method"].string else { continue }
        if method == "exit" {
          isOrderly = isShutDown
          break messages
        }
        if message["id"] == .null {
          await take(method, message["params"])
        } else {
          take(request: message["id"], method, message["params"])
        }
      }
    }
    await end()
    return isOrderly
  }

  private func end() async {
    for task in requests.values { task.cancel() }
    for task in background.values { task.cancel() }
    for task in Array(requests.values) { await task.value }
    for task in Array(background.values) { await task.value }
    await swift?.stop()
    work?.remove()
    editor.closeAndWait()
  }

  // MARK: Messages

  private func take(request identifier: JSON, _ method: String, _ parameters: JSON) {
    requests[identifier] = Task {
      do {
        guard isInitialized || method == "initialize" else {
          throw ResponseError(code: -32002, message: "The server was not initialized.")
        }
        guard !isShutDown else {
          throw ResponseError(code: -32600, message: "The server was shut down.")
        }
        let result = try await answer(method, parameters)
        try Task.checkCancellation()
        editor.send(.object(["jsonrpc": .string("2.0"), "id": identifier, "result": result]))
      } catch let error as ResponseError {
        respond(to: identifier, with: error)
      } catch is CancellationError {
        respond(to: identifier, with: .cancelled)
      } catch {
        respond(to: identifier, with: .failed(Problem(of: error).text))
      }
      requests[identifier] = nil
    }
  }

  private func respond(to identifier: JSON, with error: ResponseError) {
    editor.send(
      .object([
        "jsonrpc": .string("2.0"), "id": identifier,
        "error": .object(["code": .integer(error.code), "message": .string(error.message)]),
      ]))
  }

  /// A notification: it is taken up before the next message is looked at.
  private func take(_ method: String, _ parameters: JSON) async {
    guard isInitialized, !isShutDown else { return }
    switch method {
    case "initialized": registerWatchers()
    case "textDocument/didOpen": await open(parameters["textDocument"])
    case "textDocument/didChange": await change(parameters)
    case "textDocument/didClose": await close(parameters["textDocument"]["uri"].string ?? "")
    case "textDocument/didSave": await saved([parameters["textDocument"]["uri"].string ?? ""])
    case "workspace/didChangeWatchedFiles":
      await saved((parameters["changes"].array ?? []).compactMap { $0["uri"].string })
    case "$/cancelRequest": requests[parameters["id"]]?.cancel()
    default: break
    }
  }

  private func answer(_ method: String, _ parameters: JSON) async throws -> JSON {
    // What is renamed is so in all chapters that include the file.
    await readText(around: parameters["textDocument"], isCurrent: method == "textDocument/rename")
    switch method {
    case "initialize": return await initialize(parameters)
    case "shutdown":
      isShutDown = true
      return .null
    case "textDocument/completion": return try await completion(parameters)
    case "completionItem/resolve": return try await resolve(parameters)
    case "textDocument/signatureHelp": return try await signatureHelp(parameters)
    case "textDocument/hover": return try await hover(parameters)
    case "textDocument/definition": return try await definition(parameters)
    case "textDocument/references": return try await references(parameters)
    case "textDocument/documentHighlight": return try await highlights(parameters)
    case "textDocument/prepareRename": return try await prepareRename(parameters)
    case "textDocument/rename": return try await rename(parameters)
    case "textDocument/formatting": return try await format(parameters, in: nil)
    case "textDocument/rangeFormatting":
      return try await format(parameters, in: TextRange(parameters["range"]))
    case "textDocument/codeLens": return try await lenses(parameters)
    case "workspace/executeCommand": return try await execute(parameters)
    default:
      throw ResponseError(code: -32601, message: "There is no method `\(method)` here.")
    }
  }

  private func initialize(_ parameters: JSON) async -> JSON {
    isInitialized = true
    abilities = parameters["capabilities"]
    let editor = editor
    swift = SourceKit(
      program: Installation.tool("sourcekit-lsp"), capabilities: Capabilities.ofEditor(abilities)
    ) { editor.notify("window/showMessage", .object(["type": .integer(2), "message": .string($0)])) }
    do {
      installation = try await Installation.find()
      work = try WorkFolder()
    } catch {
      show("\(Problem(of: error).text)\nCells get no completion, documentation and errors.", isError: true)
    }
    return Capabilities.ofServer
  }

  // MARK: What the editor is told

  func show(_ message: String, isError: Bool = false) {
    editor.notify(
      "window/showMessage",
      .object(["type": .integer(isError ? 1 : 3), "message": .string(message)]))
  }

  /// Begins work under a name; what goes on under it ends.
  ///
  /// - Parameter pause: How long to wait for another change first.
  func inBackground(
    _ name: String, after pause: Duration = .zero,
    _ work: @escaping @Sendable (isolated LanguageServer) async -> Void
  ) {
    let earlier = background[name]
    earlier?.cancel()
    background[name] = Task {
      await earlier?.value
      do { try await Task.sleep(for: pause) } catch { return }
      await work(self)
    }
  }

  /// What is not saved by the editor itself: the editor is asked to tell of it, where it can.
  private func registerWatchers() {
    guard abilities["workspace"]["didChangeWatchedFiles"]["dynamicRegistration"] == .bool(true) else {
      return
    }
    let watchers = ["**/*.md", "**/book.yml", "**/*.bib"].map {
      JSON.object(["globPattern": .string($0)])
    }
    editor.send(
      .object([
        "jsonrpc": .string("2.0"), "id": .string("watchers"),
        "method": .string("client/registerCapability"),
        "params": .object([
          "registrations": .array([
            .object([
              "id": .string("watchers"), "method": .string("workspace/didChangeWatchedFiles"),
              "registerOptions": .object(["watchers": .array(watchers)]),
            ])
          ])
        ]),
      ]))
  }
}
