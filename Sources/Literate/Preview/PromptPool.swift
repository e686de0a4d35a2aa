import FlyingFox
import FlyingSocks
import Foundation

/// Sockets that send at once. The server writes the head and the body of an answer one after the other, and a system
/// that collects small packets would hold the second back for 40 ms.
struct PromptPool<Pool: AsyncSocketPool>: AsyncSocketPool {
  var pool: Pool

  func prepare() async throws { try await pool.prepare() }

  func run() async throws { try await pool.run() }

  func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
    // Connections have it from the socket that listens.
    try? socket.setValue(true, for: BoolSocketOption(level: Int32(IPPROTO_TCP), name: TCP_NODELAY))
    try await pool.suspendSocket(socket, untilReadyFor: events)
  }
}
