import Foundation
import Testing

/// A page that stays open in headless Chromium, which is driven through a pair of pipes.
final class BrowserSession {
  private let process: pid_t
  private let commands: FileHandle
  private let answers: FileHandle
  private var session: String?
  private var count = 0
  private var received = Data()
  private var isClosed = false

  init(_ page: URL, in workshop: Workshop) throws {
    let (down, up) = (Pipe(), Pipe())
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Chromium reads commands from descriptor 3 and answers to 4. On the way there none may be that of the other pipe.
    let reading = down.fileHandleForReading.fileDescriptor
    let writing = up.fileHandleForWriting.fileDescriptor
    let spare = max(4, reading, writing) + 1
    posix_spawn_file_actions_adddup2(&actions, reading, spare)
    posix_spawn_file_actions_adddup2(&actions, writing, spare + 1)
    posix_spawn_file_actions_adddup2(&actions, spare, 3)
    posix_spawn_file_actions_adddup2(&actions, spare + 1, 4)
    posix_spawn_file_actions_addclose(&actions, spare)
    posix_spawn_file_actions_addclose(&actions, spare + 1)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    let words: [String] = [
      "/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
      "--user-data-dir=\(workshop.url("session").path)", page.absoluteString,
    ]
    let arguments = words.map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    try #require(posix_spawn(&process, "/usr/bin/chromium", &actions, nil, arguments + [nil], environ) == 0)
    self.process = process
    (commands, answers) = (down.fileHandleForWriting, up.fileHandleForReading)
    try up.fileHandleForWriting.close()
    let targets = try send("Target.getTargets")["targetInfos"] as? [[String: Any]] ?? []
    let target = try #require(targets.first { $0["type"] as? String == "page" }?["targetId"] as? String)
    session =
      try send("Target.attachToTarget", ["targetId": target, "flatten": true])["sessionId"] as? String
    // Whenever its window comes to the front: what is told of the focus must not depend on that.
    _ = try send("Emulation.setFocusEmulationEnabled", ["enabled": true])
    let state = "location.href === 'about:blank' ? 'not begun' : document.readyState"
    try #require(Self.looks { try value(of: state) == "complete" }, "\(page) was not loaded in four minutes")
  }

  /// Looks until something is so.
  ///
  /// - Returns: Whether it ever was, in four minutes.
  @discardableResult private static func looks(_ isSo: () throws -> Bool) throws -> Bool {
    for _ in 0..<12_000 {
      if try isSo() { return true }
      usleep(20_000)
    }
    return false
  }

  deinit { close() }

  /// Whoever leaves a process that nobody waits for keeps Swift Testing waiting for ever for the end of its exit tests.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    kill(process, SIGTERM)
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1, errno == EINTR {}
  }

  /// The value of an expression in the page; that of a promise is waited for.
  func value(of expression: String) throws -> String {
    var answer: [String: Any] = [:]
    var value: Any?
    // A page that is being loaded can't answer.
    try Self.looks {
      answer = try send(
        "Runtime.evaluate", ["expression": expression, "awaitPromise": true, "returnByValue": true])
      value = (answer["result"] as? [String: Any])?["value"]
      return value != nil
    }
    if let value { return "\(value)" }
    Issue.record("no value in four minutes: \(answer)")
    return ""
  }

  private func send(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
    count += 1
    var command: [String: Any] = ["id": count, "method": method, "params": parameters]
    if let session { command["sessionId"] = session }
    try commands.write(contentsOf: JSONSerialization.data(withJSONObject: command) + [0])
    while true {
      while let end = received.firstIndex(of: 0) {
        let message = try JSONSerialization.jsonObject(with: received[received.startIndex..<end])
        received = Data(received[(end + 1)...])
        guard let message = message as? [String: Any], message["id"] as? Int == count else { continue }
        return message["result"] as? [String: Any] ?? message
      }
      let more = answers.availableData
      try #require(!more.isEmpty, "Chromium ended")
      received += more
    }
  }
}
