import Foundation
import Testing

@testable import Literate

/// Those who wait are woken when something happens, and by nothing else.
@Suite struct WaitingTests {
  @Test func whoeverWaitsIsWokenByEachChange() async throws {
    let change = Change()
    let seen = change.count
    change.tell()
    // What was told before one waits is not missed.
    #expect(try await change.wait(after: seen) == seen + 1)
    let waiting = (0..<20).map { _ in Task { try await change.wait(after: seen + 1) } }
    change.tell()
    for task in waiting { #expect(try await task.value == seen + 2) }
  }

  @Test func aWaitEndsWithItsTaskOrItsTime() async throws {
    let change = Change()
    for _ in 0..<50 {
      let waiting = Task { try await change.wait(after: change.count) }
      waiting.cancel()
      await #expect(throws: CancellationError.self) { try await waiting.value }
    }
    #expect(try await change.wait(after: change.count, atMost: .milliseconds(1)) == 0)
    // One that is cancelled takes nothing from the others.
    let waiting = Task { try await change.wait(after: 0) }
    change.tell()
    #expect(try await waiting.value == 1)
  }

  /// What is not known begins before all, of equals the one that stands first.
  @Test func ofThoseThatWaitTheLongestBeginsFirst() async throws {
    let machine = Machine(cores: 1)
    try await machine.enter("first", .init(memory: 1, place: 0), limit: 10) {}
    let (names, begun) = AsyncStream.makeStream(of: String.self)
    let requests: [(String, Machine.Request)] = [
      ("short", .init(memory: 1, seconds: 5, place: 1)), ("long", .init(memory: 1, seconds: 20, place: 4)),
      ("new", .init(memory: 1, place: 5)), ("as long", .init(memory: 1, seconds: 20, place: 2)),
      ("newer", .init(memory: 1, place: 6)), ("middle", .init(memory: 1, seconds: 6, place: 0)),
    ]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (name, request) in requests {
        group.addTask {
          try await machine.enter(name, request, limit: 10) {}
          begun.yield(name)
          machine.leave(name)
        }
      }
      while machine.queue.count < requests.count { await Task.yield() }
      machine.leave("first")
      try await group.waitForAll()
    }
    begun.finish()
    #expect(
      await names.reduce(into: []) { $0.append($1) } == [
        "new", "newer", "as long", "long", "middle", "short",
      ])
    #expect(machine.queue.isEmpty)
  }

  @Test func whoDoesNotFitKeepsNobodyWaitingAndWhoGivesUpNeither() async throws {
    let machine = Machine(cores: 2)
    try await machine.enter("first", .init(memory: 6, place: 0), limit: 10) {}
    let waits = Change()
    let large = Task {
      try await machine.enter("large", .init(memory: 6, place: 1), limit: 10) { waits.tell() }
    }
    try await waits.wait(after: 0)
    try await machine.enter("small", .init(memory: 1, seconds: 1, place: 2), limit: 10) {}
    let next = Task { try await machine.enter("next", .init(memory: 1, seconds: 2, place: 3), limit: 10) {} }
    while machine.queue.count < 2 { await Task.yield() }
    #expect(machine.queue == ["large", "next"])
    machine.leave("small")
    try await next.value
    large.cancel()
    await #expect(throws: CancellationError.self) { try await large.value }
    #expect(machine.queue.isEmpty)
  }

  /// A program that has ended in its time is not said to have taken longer where nobody could look.
  @Test func whatHoldsThisProcessUpIsNotTheProgramsTime() async throws {
    let began = FileManager.default.temporaryDirectory.appending(path: "neuronbook-began-\(UUID())")
    defer { try? FileManager.default.removeItem(at: began) }
    let thread = OwnThread()
    let running = Task(executorPreference: thread) {
      try await Tool.run(
        "sh", ["-c", "touch \"$0\"; sleep 0.3", began.path], limit: .seconds(1), advice: "")
    }
    try Workshop.wait(for: "the program") { FileManager.default.fileExists(atPath: began.path) ? true : nil }
    // The thread that hears of it is taken, until long after the program may have run.
    thread.hold(for: 2.5)
    #expect(try await running.value.status.isSuccess)
  }

  @Test func aLockIsHeldByOneAtATime() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "neuronbook-lock-\(UUID().uuidString)")
      .path
    let holders = Holders()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let lock = try #require(try await FileLock.taken(path) {})
          await holders.enter()
          await Task.yield()
          await holders.leave()
          lock.release()
        }
      }
      try await group.waitForAll()
    }
    #expect(await holders.most == 1)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  private actor Holders {
    private var now = 0
    private(set) var most = 0

    func enter() {
      now += 1
      most = max(most, now)
    }

    func leave() { now -= 1 }
  }

  /// Who gives up waiting takes the lock from nobody.
  @Test func aWaitForALockCanBeGivenUp() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "neuronbook-lock-\(UUID().uuidString)")
      .path
    let first = try #require(try await FileLock.taken(path) {})
    let change = Change()
    let giving = Task { try await FileLock.taken(path) { change.tell() } }
    try await change.wait(after: 0)
    giving.cancel()
    await #expect(throws: CancellationError.self) { _ = try await giving.value }
    first.release()
    let second = try #require(try await FileLock.taken(path) {})
    second.release()
    let none = try await FileLock.taken("/nowhere/at/all") {}
    #expect(none == nil)
  }

  @Test func whatHappensInAFolderIsNoticed() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "neuronbook-folder-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let notice = try #require(FolderNotice())
    #expect(notice.follow(folder.path) && !notice.follow("/nowhere/at/all"))
    var seen = notice.change.count
    for name in ["made", "made", "other"] {
      try Data(name.utf8).write(to: folder.appending(path: name))
      seen = try await notice.change.wait(after: seen)
    }
    #expect(seen >= 3)
  }
}
