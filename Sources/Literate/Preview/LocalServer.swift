import Base
import FlyingSocks
import Foundation
import Synchronization

/// Answers browsers of this machine. Whatever they send is short, or refused.
struct LocalServer {
  struct Answer {
    var status = "200 OK"
    var type = "text/plain; charset=utf-8"
    /// What a page may do beside what its own policy says.
    var policy = "frame-ancestors 'none'"
    var body: Data

    static func json(_ body: Data) -> Answer { Answer(type: "application/json", body: body) }

    static func refusal(_ status: String, _ words: String) -> Answer {
      Answer(status: status, body: Data((words + "\n").utf8))
    }

    /// As it goes over the wire, in one piece.
    func bytes(keepsConnection: Bool) -> Data {
      let head = [
        "HTTP/1.1 \(status)", "Content-Type: \(type)", "Content-Length: \(body.count)",
        "Cache-Control: no-store",
        "Connection: \(keepsConnection ? "keep-alive" : "close")", "X-Content-Type-Options: nosniff",
        "Cross-Origin-Resource-Policy: same-origin", "Content-Security-Policy: \(policy)",
        "Referrer-Policy: no-referrer",
      ]
      return Data((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }
  }

  private let socket: Socket
  /// The one that the system gave, where any was asked for.
  let port: UInt16
  private let answer: @Sendable (RequestHead) async throws -> Answer
  private let openConnections = Counter()

  /// More than the pages that a reader has open need.
  private static let mostConnections = 100
  /// How long a browser may take to ask again, and to take an answer.
  private static let patience = (asking: Duration.seconds(60), taking: Duration.seconds(60))

  /// Listens from now on.
  ///
  /// - Throws: `Problem` where the port can't be had.
  init(port: UInt16, answer: @escaping @Sendable (RequestHead) async throws -> Answer) throws {
    self.answer = answer
    do {
      socket = try Socket(domain: AF_INET)
      try socket.setValue(true, for: .localAddressReuse)
      // Connections have it from here; a system that collects small packets would hold an answer's end back for 40 ms.
      try socket.setValue(true, for: BoolSocketOption(level: Int32(IPPROTO_TCP), name: TCP_NODELAY))
      try socket.bind(to: .inet(ip4: "127.0.0.1", port: port))
      try socket.listen()
      guard case .ip4(_, let given) = try socket.sockname() else { throw SocketError.unsupportedAddress }
      self.port = given
    } catch SocketError.failed(_, EADDRINUSE, _) {
      throw Problem(
        "The port \(port) is taken, perhaps by another preview.",
        advice: "Name another one: --port \(port == .max ? 4100 : port + 1)")
    } catch SocketError.failed(_, let number, _) where number == EACCES || number == EPERM {
      throw Problem(
        "The system does not let you use the port \(port).", advice: "Name one above 1023: --port 4100")
    } catch {
      throw Problem(
        "The port \(port) can't be used: \(systemReason(of: error))",
        advice: "Name another one: --port 4100")
    }
  }

  /// Answers until the task is cancelled.
  func run() async throws {
    defer { try? socket.close() }
    let pool = SocketPool.make()
    try await pool.prepare()
    let listening = try AsyncSocket(socket: socket, pool: pool)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await pool.run() }
      group.addTask { try await accept(on: listening) }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func accept(on listening: AsyncSocket) async throws {
    try await withThrowingDiscardingTaskGroup { group in
      while true {
        do {
          let connection = try await listening.accept()
          guard openConnections.add(1) <= Self.mostConnections else {
            openConnections.add(-1)
            try? connection.close()
            continue
          }
          group.addTask {
            await serve(connection)
            try? connection.close()
            openConnections.add(-1)
          }
        } catch {
          try Task.checkCancellation()
          // Such as too many open files: others close theirs.
          try await Task.sleep(for: .milliseconds(100))
        }
      }
    }
  }

  /// Answers one request after the other.
  private func serve(_ connection: AsyncSocket) async {
    var left = Data()
    while !Task.isCancelled {
      guard let (answer, keepsConnection) = try? await next(from: connection, &left) else { return }
      let bytes = answer.bytes(keepsConnection: keepsConnection)
      let isTaken: Void? = try? await within(Self.patience.taking) { try await connection.write(bytes) }
      guard isTaken != nil else { return }
      if !keepsConnection {
        // Who still sends would not see the answer if the connection were gone.
        shutdown(connection.socket.file.rawValue, Int32(SHUT_WR))
        _ = try? await within(.seconds(1)) { while try await !connection.read(atMost: 4096).isEmpty {} }
        return
      }
    }
  }

  /// The next request's answer, and whether another may follow; nil where there is none.
  private func next(
    from connection: AsyncSocket, _ left: inout Data
  ) async throws -> (answer: Answer, keepsConnection: Bool)? {
    let end = Data("\r\n\r\n".utf8)
    while true {
      if let range = left.range(of: end) {
        let bytes = Data(left[..<range.lowerBound])
        left = Data(left[range.upperBound...])
        return try await reply(to: bytes)
      }
      guard left.count <= RequestHead.longest else {
        return (.refusal("431 Request Header Fields Too Large", "The request is too long."), false)
      }
      let more = try await within(Self.patience.asking) { try await connection.read(atMost: 4096) }
      guard !more.isEmpty else { return nil }
      left.append(contentsOf: more)
    }
  }

  private func reply(to bytes: Data) async throws -> (answer: Answer, keepsConnection: Bool) {
    do {
      let request = try RequestHead(bytes)
      try request.checkOrigin(port: port)
      guard request.method == "GET" else {
        return (.refusal("405 Method Not Allowed", "The preview can only be read."), false)
      }
      return (try await answer(request), request.keepsConnection)
    } catch let fault as RequestHead.Fault {
      switch fault {
      case .isMalformed: return (.refusal("400 Bad Request", "This is no request."), false)
      case .isForeign(let words): return (.refusal("403 Forbidden", words), false)
      }
    }
  }
}

/// Does some work, but no longer than some time.
private func within<Result: Sendable>(
  _ time: Duration, _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Result.self) { group in
    group.addTask { try await work() }
    group.addTask {
      try await Task.sleep(for: time)
      throw CancellationError()
    }
    defer { group.cancelAll() }
    guard let result = try await group.next() else { throw CancellationError() }
    return result
  }
}

private final class Counter: Sendable {
  private let count = Mutex(0)

  @discardableResult
  func add(_ number: Int) -> Int {
    count.withLock { count in
      count += number
      return count
    }
  }
}
