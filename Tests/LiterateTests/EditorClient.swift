import Foundation
import Literate
import Testing
import Text

/// An editor that speaks to the language server as editors do: it starts the command and writes messages to its standard input.
final class EditorClient: @unchecked Sendable {
  let process: pid_t
  private let toServer: Int32
  private let arrived = NSCondition()
  private var answers: [Int: JSON] = [:]
  private var notifications: [JSON] = []
  private var unread: [UInt8] = []
  private var isOver = false
  private var nextRequest = 0
  private var versions: [String: Int] = [:]
  private var isGone = false

  /// How long anything may take on a busy machine.
  private static let patience: TimeInterval = 300

  init(in folder: URL, environment: [String: String] = [:]) throws {
    var (input, output): ([Int32], [Int32]) = ([0, 0], [0, 0])
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    try #require(
      socketpair(AF_UNIX, kind, 0, &input) == 0 && socketpair(AF_UNIX, kind, 0, &output) == 0)
    (process, toServer) = (
      try Workshop.start(
        Workshop.command.path, ["lsp"], in: folder, environment: environment, input: input[0],
        output: output[1]), input[1]
    )
    close(input[0])
    close(output[1])
    let descriptor = output[0]
    Thread.detachNewThread { [self] in read(descriptor) }
  }

  private func read(_ descriptor: Int32) {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Foundation.read(descriptor, &bytes, bytes.count)
      guard count > 0 else { break }
      unread += bytes[..<count]
      while let message = nextMessage() { take(message) }
    }
    close(descriptor)
    arrived.withLock {
      isOver = true
      arrived.broadcast()
    }
  }

  /// The next whole message; anything but messages on standard output is a fault.
  private func nextMessage() -> JSON? {
    guard let end = Data(unread).firstRange(of: Data("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: unread[..<end.lowerBound], as: UTF8.self)
    guard let match = head.wholeMatch(of: /Content-Length: (\d+)/), let length = Int(match.1) else {
      Issue.record("no header: \(head)")
      unread = []
      return nil
    }
    guard unread.count >= end.upperBound + length else { return nil }
    let body = Data(unread[end.upperBound..<end.upperBound + length])
    unread.removeFirst(end.upperBound + length)
    return try? JSON(body)
  }

  private func take(_ message: JSON) {
    // Its requests are answered as an editor does that has nothing to say.
    if message["method"].string != nil, message["id"] != .null {
      send(.object(["jsonrpc": .string("2.0"), "id": message["id"], "result": .null]))
    }
    arrived.withLock {
      if message["method"].string != nil {
        notifications.append(message)
      } else {
        answers[message["id"].integer ?? -1] = message
      }
      arrived.broadcast()
    }
  }

  // MARK: Sending

  func send(_ message: JSON) {
    let body = message.exactData
    sendRaw(Data("Content-Length: \(body.count)\r\n\r\n".utf8) + body)
  }

  func sendRaw(_ data: Data) {
    data.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count, let start = bytes.baseAddress {
        let count = Foundation.send(toServer, start + done, bytes.count - done, Int32(MSG_NOSIGNAL))
        guard count > 0 else { return }
        done += count
      }
    }
  }

  func notify(_ method: String, _ parameters: JSON) {
    send(.object(["jsonrpc": .string("2.0"), "method": .string(method), "params": parameters]))
  }

  /// Asks, and waits for the answer.
  ///
  /// - Returns: The result, or the error in a member of that name.
  @discardableResult
  func request(_ method: String, _ parameters: JSON) throws -> JSON {
    nextRequest += 1
    let identifier = nextRequest
    send(
      .object([
        "jsonrpc": .string("2.0"), "id": .integer(identifier), "method": .string(method),
        "params": parameters,
      ]))
    let answer = try wait(for: "an answer to \(method)") { answers.removeValue(forKey: identifier) }
    return answer["error"] == .null ? answer["result"] : .object(["error": answer["error"]])
  }

  /// The error that answers what is no request.
  func errorWithoutRequest() throws -> JSON {
    try wait(for: "an error") { answers.removeValue(forKey: -1) }["error"]
  }

  /// Waits for a notification that fits, and takes it.
  @discardableResult
  func notification(_ method: String, where fits: (JSON) -> Bool = { _ in true }) throws -> JSON {
    try wait(for: method) {
      guard
        let index = notifications.firstIndex(where: { $0["method"].string == method && fits($0["params"]) })
      else { return nil }
      return notifications.remove(at: index)["params"]
    }
  }

  private func wait<Value>(for what: String, _ look: () -> Value?) throws -> Value {
    let end = Date(timeIntervalSinceNow: Self.patience)
    arrived.lock()
    defer { arrived.unlock() }
    while true {
      if let value = look() { return value }
      guard !isOver, arrived.wait(until: end) else { throw Workshop.WaitedInVain(what: what) }
    }
  }

  // MARK: What editors do

  func initialize(capabilities: JSON = .object([:])) throws {
    var document: [String: JSON] = [
      "completion": .object([
        "completionItem": .object(["documentationFormat": .array([.string("markdown")])])
      ]),
      "hover": .object(["contentFormat": .array([.string("markdown")])]),
    ]
    if case .object(let more) = capabilities["textDocument"] { document.merge(more) { $1 } }
    try request(
      "initialize",
      .object([
        "processId": .integer(Int(getpid())), "rootUri": .null,
        "capabilities": .object(["textDocument": .object(document)]),
      ]))
    notify("initialized", .object([:]))
  }

  func open(_ file: URL, _ text: String? = nil) throws {
    let text = try text ?? String(contentsOf: file, encoding: .utf8)
    open(uri: file.absoluteString, text)
  }

  func open(uri: String, _ text: String) {
    versions[uri] = 1
    notify(
      "textDocument/didOpen",
      .object([
        "textDocument": .object([
          "uri": .string(uri), "languageId": .string("markdown"), "version": .integer(1),
          "text": .string(text),
        ])
      ]))
  }

  /// Gives a document a new text; its version is the result.
  @discardableResult
  func change(_ file: URL, to text: String) -> Int {
    change(file, [.object(["text": .string(text)])])
  }

  @discardableResult
  func change(_ file: URL, _ changes: [JSON]) -> Int {
    let version = versions[file.absoluteString, default: 1] + 1
    versions[file.absoluteString] = version
    notify(
      "textDocument/didChange",
      .object([
        "textDocument": .object(["uri": .string(file.absoluteString), "version": .integer(version)]),
        "contentChanges": .array(changes),
      ]))
    return version
  }

  /// Waits until what is wrong with a file is as it should be.
  @discardableResult
  func diagnostics(of file: URL, where fits: ([JSON]) -> Bool) throws -> [JSON] {
    try notification("textDocument/publishDiagnostics") {
      $0["uri"].string == file.absoluteString && fits($0["diagnostics"].array ?? [])
    }["diagnostics"].array ?? []
  }

  /// Asks about the place behind some text of a file.
  func ask(
    _ method: String, _ file: URL, _ text: String, behind mark: String, from start: String = "",
    more: [String: JSON] = [:]
  ) throws -> JSON {
    let place = try #require(Self.position(behind: mark, from: start, in: text))
    return try request(
      "textDocument/" + method,
      .object(
        ["textDocument": .object(["uri": .string(file.absoluteString)]), "position": place].merging(more) {
          $1
        }))
  }

  /// The labels that complete what stands before a place.
  func completions(_ file: URL, _ text: String, behind mark: String, from start: String = "") throws
    -> [String]
  {
    let answer = try ask("completion", file, text, behind: mark, from: start)
    return (answer["items"].array ?? []).compactMap { $0["label"].string }
  }

  /// The place behind a text that follows another one, in units of UTF-16.
  static func position(behind mark: String, from start: String = "", in text: String) -> JSON? {
    let rest = start.isEmpty ? text[...] : text.firstRange(of: start).map { text[$0.lowerBound...] } ?? ""
    guard let end = rest.firstRange(of: mark)?.upperBound else { return nil }
    let lines = text[..<end].split(separator: "\n", omittingEmptySubsequences: false)
    return .object([
      "line": .integer(lines.count - 1), "character": .integer(lines.last?.utf16.count ?? 0),
    ])
  }

  // MARK: The end

  /// Ends as editors do, and waits for the command.
  ///
  /// - Returns: The exit status.
  func shutDown() throws -> Int32 {
    try request("shutdown", .null)
    notify("exit", .null)
    return waitForEnd()
  }

  /// Goes away without a word.
  func leave() {
    guard !isGone else { return }
    isGone = true
    close(toServer)
  }

  func waitForEnd() -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1, errno == EINTR {}
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }
}

/// Runs a test with an editor in a workshop, and ends both.
func withEditor(
  environment: [String: String] = [:], _ body: (EditorClient, Workshop) throws -> Void
) throws {
  try withWorkshop { workshop in
    let editor = try EditorClient(in: workshop.folder, environment: environment)
    defer {
      editor.leave()
      _ = editor.waitForEnd()
    }
    try body(editor, workshop)
  }
}
