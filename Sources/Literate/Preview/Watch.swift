import Foundation

/// The state of the files below a book's folder, to notice a change.
struct Watch: Sendable {
  private let folder: URL
  private let leftOut: [String]
  private var last: [String: FileState] = [:]
  /// Files that had content before the last change.
  private var emptied: Set<String> = []

  private let notice: Notice?

  init(_ book: Book) {
    folder = book.chapters.first?.url.deletingLastPathComponent() ?? book.output
    leftOut = [book.output, book.figures].map { $0.standardizedFileURL.path + "/" }
    notice = Notice(of: folder)
    last = snapshot()
  }

  mutating func waitForChange() async throws {
    repeat {
      // Some file systems tell nothing: look from time to time.
      var looks = 0
      while looks < 100, !(notice?.isGiven() ?? false) {
        looks += 1
        try await Task.sleep(for: .milliseconds(5))
      }
    } while !hasChanged()
    // An editor may empty a file before it writes it: one more look must find nothing new, and what has just become
    // empty gets a moment to be filled.
    for _ in 0..<30 {
      try await Task.sleep(for: .milliseconds(10))
      if !hasChanged() && emptied.isEmpty { break }
    }
  }

  private mutating func hasChanged() -> Bool {
    let now = snapshot()
    defer { last = now }
    if now == last { return false }
    func isEmpty(_ name: String, in files: [String: FileState]) -> Bool { files[name]?.size == 0 }
    emptied = Set(
      now.keys.filter { isEmpty($0, in: now) && (emptied.contains($0) || !isEmpty($0, in: last)) })
    return true
  }

  private func snapshot() -> [String: FileState] {
    var files: [String: FileState] = [:]
    let names = FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String] ?? []
    for name in names {
      let path = folder.standardizedFileURL.path + "/" + name
      guard !leftOut.contains(where: { path.hasPrefix($0) }) else { continue }
      files[name] = FileState(path)
    }
    return files
  }
}

/// The system's notice that something in a folder, or in a folder below it, changed.
private final class Notice: Sendable {
  private let descriptor: Int32
  private let folder: URL

  init?(of folder: URL) {
    descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    guard descriptor >= 0 else { return nil }
    self.folder = folder
    follow()
  }

  deinit { close(descriptor) }

  /// Whether there was one since the last call.
  func isGiven() -> Bool {
    var isGiven = false
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 8) { buffer in
      while read(descriptor, buffer.baseAddress, buffer.count) > 0 { isGiven = true }
    }
    // A new folder is to be followed too.
    if isGiven { follow() }
    return isGiven
  }

  private func follow() {
    let events = UInt32(IN_CREATE | IN_DELETE | IN_MODIFY | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB)
    inotify_add_watch(descriptor, folder.path, events)
    let below = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isDirectoryKey])
    for case let url as URL in below ?? .init() where url.hasDirectoryPath {
      inotify_add_watch(descriptor, url.path, events)
    }
  }
}
