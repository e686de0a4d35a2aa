import Foundation
import Synchronization

/// Notices when something changes that the book uses: in the folders of its chapters, and every file that they name or read, wherever
/// it lies. While nothing happens, nothing is looked at.
final class Watch: Sendable {
  private struct State {
    /// The files that the book uses, and how they were when they were last looked at; nil for one that is missing.
    var used: [String: FileState?] = [:]
    /// The folders of which all files count, with those below them.
    var folders: Set<String> = []
    /// How files outside `used` were when the system told of them.
    var told: [String: FileState] = [:]
    /// Files that had content before the last change.
    var emptied: Set<String> = []
    /// How many files were looked at since it was made.
    var looks = 0
    /// Whether a file changed while it was taken up.
    var hasChanged = false
    /// The files that files include, by their paths.
    var includes: [String: Source.Included] = [:]
    /// Whether some folder has to be looked at from time to time, since the system gives no notices of it.
    var isPolled: Bool
  }

  private let state: Mutex<State>
  private let notice: FolderNotice?
  /// The folders that builds write to, with a slash at their ends.
  private let leftOut: [String]
  /// Told when another look is due though no notice came.
  private let taken = Change()

  /// More folders than a book has: a chapter that lies in somebody's home has all of it below.
  private static let mostFolders = 2000

  init(_ book: Book) {
    notice = FolderNotice()
    leftOut = [book.output, book.figures].map { $0.standardizedFileURL.path + "/" }
    state = Mutex(State(isPolled: notice == nil))
    use(book, since: .distantFuture)
  }

  /// Follows what the book names.
  ///
  /// - Parameter date: What changed since then counts as a change.
  func use(_ book: Book, since date: Date) {
    var files = Set(book.chapters.map(\.url.standardizedFileURL.path))
    state.withLock { state in
      for chapter in book.chapters {
        files.formUnion(Source.included(by: chapter.url, known: &state.includes))
      }
    }
    for file in [book.file, book.bibliography?.url] {
      file.map { _ = files.insert($0.standardizedFileURL.path) }
    }
    let chapters = book.chapters.map(\.url) + [book.file].compactMap(\.self)
    let folders = Set(chapters.map { $0.standardizedFileURL.deletingLastPathComponent().path })
    let new = state.withLock { state in
      defer { state.folders.formUnion(folders) }
      return folders.subtracting(state.folders)
    }
    for folder in new.sorted() { follow(below: folder) }
    use(files, since: date)
  }

  /// Follows files, and the places of those that are missing.
  func use(_ files: Set<String>, since date: Date) {
    // A link in a file's place does not tell when what it leads to changes.
    let all = files.union(files.map { URL(filePath: $0).resolvingSymlinksInPath().path })
    let wanted = all.filter { file in !leftOut.contains { file.hasPrefix($0) } }
    let new = state.withLock { state in wanted.filter { !state.used.keys.contains($0) } }
    for folder in Set(new.map(Self.folder)) where !(notice?.follow(folder) ?? false) || Self.isRemote(folder)
    {
      state.withLock { $0.isPolled = true }
    }
    let start = date.timeIntervalSince1970
    let hasChanged = state.withLock { state in
      for file in new {
        let now = FileState(file)
        state.used[file] = .some(now)
        if let now, Double(now.seconds) + Double(now.nanoseconds) * 1e-9 > start { state.hasChanged = true }
      }
      return state.hasChanged
    }
    if hasChanged { taken.tell() }
  }

  /// The nearest folder above a path that there is.
  private static func folder(above path: String) -> String {
    var folder = (path as NSString).deletingLastPathComponent
    var isFolder: ObjCBool = false
    while folder.count > 1,
      !(FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) && isFolder.boolValue)
    {
      folder = (folder as NSString).deletingLastPathComponent
    }
    return folder.isEmpty ? "/" : folder
  }

  /// Follows a folder and those below it, the nearest first.
  private func follow(below folder: String) {
    var waiting = [folder][...]
    var count = 0
    while let next = waiting.popFirst(), count < Self.mostFolders {
      count += 1
      if !(notice?.follow(next) ?? false) || Self.isRemote(next) { state.withLock { $0.isPolled = true } }
      for name in (try? FileManager.default.contentsOfDirectory(atPath: next)) ?? []
      where !name.hasPrefix(".") {
        let path = next + "/" + name
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, !isLeftOut(path) else {
          continue
        }
        waiting.append(path)
      }
    }
  }

  private func isLeftOut(_ path: String) -> Bool { leftOut.contains { (path + "/").hasPrefix($0) } }

  func waitForChange() async throws {
    var seen = counts
    while !hasChanged() { seen = try await wait(after: seen, atMost: nil) }
    // An editor may empty a file before it writes it: one more look must find nothing new, and what has just become
    // empty gets a moment to be filled.
    for _ in 0..<30 {
      seen = try await wait(after: seen, atMost: .milliseconds(10))
      if !hasChanged(), state.withLock(\.emptied.isEmpty) { break }
    }
  }

  /// How often the system and `use` told of something.
  private var counts: (notices: Int, taken: Int) { (notice?.change.count ?? 0, taken.count) }

  private func wait(
    after seen: (notices: Int, taken: Int), atMost time: Duration?
  ) async throws -> (notices: Int, taken: Int) {
    let polled: Duration? = state.withLock(\.isPolled) ? .seconds(1) : nil
    try await withThrowingTaskGroup(of: Void.self) { group in
      if let notice { group.addTask { try await notice.change.wait(after: seen.notices) } }
      group.addTask { try await self.taken.wait(after: seen.taken) }
      if let time = time ?? polled { group.addTask { try await Task.sleep(for: time) } }
      defer { group.cancelAll() }
      try await group.next()
    }
    return counts
  }

  /// Looks at what the system told of, and at all files where it tells nothing.
  private func hasChanged() -> Bool {
    let told = notice.map { $0.takeChanged() } ?? []
    var (found, isPolled, folders, used) = state.withLock { state in
      defer { state.hasChanged = false }
      return (state.hasChanged, state.isPolled, state.folders, Set(state.used.keys))
    }
    if told == nil {
      // Too much happened to be told.
      found = true
      for folder in folders { follow(below: folder) }
    }
    if !isPolled { used = [] }
    for path in (told ?? []).union(used) where !isLeftOut(path) { found = look(at: path) || found }
    return found
  }

  /// How many files were looked at after a notice, or since there are none.
  var looks: Int { state.withLock(\.looks) }

  /// Whether a file that counts is other than before.
  private func look(at path: String) -> Bool {
    state.withLock { $0.looks += 1 }
    var status = stat()
    let isFolder = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    let name = (path as NSString).lastPathComponent
    let (isUsed, isBelow, above) = state.withLock { state in
      (
        state.used.keys.contains(path),
        !name.hasPrefix(".") && state.folders.contains { path.hasPrefix($0 + "/") },
        state.used.keys.filter { $0.hasPrefix(path + "/") }
      )
    }
    if isFolder {
      // What it holds came with it.
      if isBelow { follow(below: path) }
      for file in above { notice?.follow(Self.folder(above: file)) }
      return isBelow || !above.isEmpty
    }
    guard isUsed || isBelow || !above.isEmpty else { return false }
    let now = FileState(path)
    return state.withLock { state in
      let last = isUsed ? state.used[path] ?? nil : state.told[path]
      if isUsed { state.used[path] = .some(now) } else { state.told[path] = now }
      guard now != last else { return false }
      let isEmptied = now?.size == 0 && (state.emptied.contains(path) || (last?.size ?? 1) > 0)
      if isEmptied { state.emptied.insert(path) } else { state.emptied.remove(path) }
      return true
    }
  }

  /// Whether a folder lies where others may change it without this system's notice: on a file system of the network or of
  /// another machine.
  private static func isRemote(_ folder: String) -> Bool {
    let path = URL(filePath: folder).resolvingSymlinksInPath().standardizedFileURL.path + "/"
    return isRemote(path, in: (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? "")
  }

  /// Of a path with a slash at its end, by the lines of `/proc/self/mounts`.
  static func isRemote(_ path: String, in mounts: String) -> Bool {
    let kinds = mounts.split(separator: "\n").map { $0.split(separator: " ") }.filter { $0.count > 2 }
    let own = kinds.filter { path.hasPrefix($0[1] == "/" ? "/" : $0[1] + "/") }.max {
      $0[1].count < $1[1].count
    }
    // In a changed root nothing may be told of what it lies on, which is a disk of this machine.
    guard let own else { return false }
    return ["nfs", "cifs", "smb", "fuse", "9p", "vboxsf", "virtiofs"].contains { own[2].hasPrefix($0) }
  }
}
