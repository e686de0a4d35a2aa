import Foundation
import Literate
import Synchronization
import Text

/// Two streams of bytes over which messages come and go. Threads of their own read and write: a peer that is slow or gone holds
/// nobody up.
final class Connection: Sendable {
  /// What comes in; it ends where the peer closes its side.
  let messages: AsyncStream<MessageReader.Item>

  private struct Outgoing {
    var waiting: [Data] = []
    var isClosed = false
  }

  private let outgoing = Mutex(Outgoing())
  /// Signalled for each thing that is to be written.
  private let more = DispatchSemaphore(value: 0)
  /// Signalled when all is written.
  private let written = DispatchSemaphore(value: 0)

  /// Takes over two open files, and closes them at their ends.
  init(input: Int32, output: Int32) {
    let (messages, continuation) = AsyncStream.makeStream(of: MessageReader.Item.self)
    self.messages = messages
    Thread.detachNewThread {
      var reader = MessageReader()
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = read(input, &bytes, bytes.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        for item in reader.take(Data(bytes[..<count])) { continuation.yield(item) }
      }
      continuation.finish()
      Foundation.close(input)
    }
    Thread.detachNewThread { [self] in write(to: output) }
  }

  func send(_ message: JSON) {
    let body = message.exactData
    let data = Data("Content-Length: \(body.count)\r\n\r\n".utf8) + body
    let isTaken = outgoing.withLock { outgoing in
      guard !outgoing.isClosed else { return false }
      outgoing.waiting.append(data)
      return true
    }
    if isTaken { more.signal() }
  }

  /// Closes the way to the peer when all is written that was sent.
  func close() {
    outgoing.withLock { $0.isClosed = true }
    more.signal()
  }

  /// Waits until all is written, but not for ever: the peer may have stopped reading.
  func closeAndWait() {
    close()
    _ = written.wait(timeout: .now() + 2)
  }

  private func write(to output: Int32) {
    // Who writes to a peer that is gone is told by the call, not by a signal that ends this process.
    var broken = sigset_t()
    sigemptyset(&broken)
    sigaddset(&broken, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &broken, nil)
    while true {
      more.wait()
      let next: Data? = outgoing.withLock { outgoing in
        outgoing.waiting.isEmpty ? nil : outgoing.waiting.removeFirst()
      }
      guard let next else { break }
      guard Self.write(next, to: output) else {
        outgoing.withLock { $0 = Outgoing(isClosed: true) }
        break
      }
    }
    Foundation.close(output)
    written.signal()
  }

  private static func write(_ data: Data, to output: Int32) -> Bool {
    data.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count, let start = bytes.baseAddress {
        let count = Foundation.write(output, start + done, bytes.count - done)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        done += count
      }
      return true
    }
  }
}

/// An error that answers a request.
struct ResponseError: Error {
  var code: Int
  var message: String

  static let cancelled = ResponseError(code: -32800, message: "The request was cancelled.")

  static func failed(_ message: String) -> ResponseError { ResponseError(code: -32803, message: message) }

  static func invalid(_ message: String) -> ResponseError { ResponseError(code: -32602, message: message) }
}
