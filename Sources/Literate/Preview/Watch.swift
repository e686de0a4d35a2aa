import Foundation

/// The state of the files below a book's folder, to notice a change.
struct Watch: Sendable {
  private let folder: URL
  private let leftOut: [String]
  private var last: [String: FileState] = [:]
  /// Files that had content before the last change.
  private var emptied: Set<String> = []

  private let notice: FolderNotice?
  /// How long to wait for a notice at most: where the system gives none, files are looked at from time to time.
  private let patience: Duration?

  init(_ book: Book) {
    folder = book.chapters.first?.url.deletingLastPathComponent() ?? book.output
    leftOut = [book.output, book.figures].map { $0.standardizedFileURL.path + "/" }
    notice = FolderNotice()
    patience = notice == nil || Self.isRemote(folder) ? .seconds(1) : nil
    last = snapshot()
  }

  mutating func waitForChange() async throws {
    var seen = notice?.change.count ?? 0
    // What happened while the watch was made is a change too.
    while !hasChanged() { seen = try await wait(after: seen, atMost: patience) }
    // An editor may empty a file before it writes it: one more look must find nothing new, and what has just become
    // empty gets a moment to be filled.
    for _ in 0..<30 {
      seen = try await wait(after: seen, atMost: .milliseconds(10))
      if !hasChanged() && emptied.isEmpty { break }
    }
  }

  private func wait(after seen: Int, atMost duration: Duration?) async throws -> Int {
    guard let notice else {
      try await Task.sleep(for: duration ?? .seconds(1))
      return 0
    }
    guard let duration else { return try await notice.change.wait(after: seen) }
    return try await notice.change.wait(after: seen, atMost: duration)
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

  /// The state of each file; the folders are followed, new ones too.
  private func snapshot() -> [String: FileState] {
    var files: [String: FileState] = [:]
    notice?.follow(folder.path)
    let below = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isDirectoryKey])
    let root = folder.standardizedFileURL.path + "/"
    for case let url as URL in below ?? .init() {
      let path = url.standardizedFileURL.path
      guard !leftOut.contains(where: { (path + "/").hasPrefix($0) }) else {
        below?.skipDescendants()
        continue
      }
      if url.hasDirectoryPath { notice?.follow(path) }
      files[String(path.dropFirst(root.count))] = FileState(path)
    }
    return files
  }

  /// Whether a folder lies where others may change it without this system's notice: on a file system of the network or of
  /// another machine.
  private static func isRemote(_ folder: URL) -> Bool {
    let path = folder.resolvingSymlinksInPath().standardizedFileURL.path + "/"
    let mounts = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
    let kinds = mounts.split(separator: "\n").map { $0.split(separator: " ") }.filter { $0.count > 2 }
    let own = kinds.filter { path.hasPrefix($0[1] == "/" ? "/" : $0[1] + "/") }.max {
      $0[1].count < $1[1].count
    }
    return own.map { mount in
      ["nfs", "cifs", "smb", "fuse", "9p", "vboxsf", "virtiofs"].contains { mount[2].hasPrefix($0) }
    } ?? true
  }
}
