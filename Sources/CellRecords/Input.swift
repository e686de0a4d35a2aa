import Foundation

/// Something outside a chapter's program that its results depend on: what it read, listed or looked for.
public struct Input: Codable, Hashable, Sendable {
  public enum Kind: String, Codable, Sendable {
    case file = "f"
    case link = "l"
    /// The names in a folder.
    case listing = "d"
    /// The names in a folder and all below it.
    case tree = "t"
    /// A folder that is there.
    case folder = "e"
    case missing = "m"
    /// What no kept result can be compared with, such as the time of day; its path is a word for it.
    case unfollowed = "u"
  }

  public var kind: Kind
  /// From the chapter's folder where both lie in one repository, so that a moved one finds its results; else from the root.
  public var path: String
  /// Names what was found there.
  public var content: String
  /// The cell that asked first.
  public var cell: Int

  public init(kind: Kind, path: String, content: String, cell: Int) {
    (self.kind, self.path, self.content, self.cell) = (kind, path, content, cell)
  }

  /// What a program wrote down as it read (`process_record_reads`), with what is there now. A file that changed since it was read
  /// has a content that it never has again.
  ///
  /// - Parameter folder: The chapter's folder.
  public static func seen(in log: Data, from folder: URL) -> [Input] {
    var known: Set<String> = []
    return log.split(separator: 0).compactMap { line -> Input? in
      let fields = String(decoding: line, as: UTF8.self).split(
        separator: " ", maxSplits: 7, omittingEmptySubsequences: false)
      guard fields.count == 8, let kind = Kind(rawValue: String(fields[0])), let cell = Int(fields[1]),
        known.insert("\(kind.rawValue)\(fields[7])").inserted
      else { return nil }
      let path = String(fields[7])
      let place = kind == .unfollowed ? path : relative(path, to: folder)
      var input = Input(kind: kind, path: place, content: "", cell: cell)
      switch kind {
      case .missing:
        // It was missing, whatever is there by now. A folder that the program has made tells nothing, though: what is in it,
        // is asked for by itself.
        input.kind = .folder
        input.content = input.contentNow(from: folder)
        if input.content.isEmpty { input.kind = .missing }
      case .file where state(path) != fields[2..<7].compactMap { Int($0) }:
        input.content = "changed while it was read"
      default: input.content = input.contentNow(from: folder)
      }
      return input
    }
  }

  /// Where it is.
  public func absolutePath(from folder: URL) -> String {
    path.hasPrefix("/") ? path : URL(filePath: folder.path + "/" + path).standardized.path
  }

  /// Names what is there now.
  public func contentNow(from folder: URL) -> String {
    let path = absolutePath(from: folder)
    let manager = FileManager.default
    var status = stat()
    switch kind {
    case .unfollowed: return ""
    case .missing: return lstat(path, &status) == 0 ? "there" : ""
    case .folder: return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR ? "a folder" : ""
    case .link:
      guard lstat(path, &status) == 0 else { return "" }
      return (try? manager.destinationOfSymbolicLink(atPath: path)) ?? "no link"
    case .file:
      return (try? Digest.sha256(ofFile: path)) ?? ""
    case .listing: return Self.digest(of: try? manager.contentsOfDirectory(atPath: path))
    case .tree: return Self.digest(of: try? manager.subpathsOfDirectory(atPath: path))
    }
  }

  /// Why a result that depends on it can't be taken; nil if it can.
  public func change(from folder: URL) -> String? {
    guard contentNow(from: folder) != content else { return nil }
    switch kind {
    case .file, .link, .unfollowed: return "the file \(path) changed"
    case .listing, .tree: return "the folder \(path) holds other files"
    case .folder: return "the folder \(path) is gone"
    case .missing: return "the file \(path) is there now"
    }
  }

  private static func digest(of names: [String]?) -> String {
    names.map { Digest.sha256(Data($0.sorted().joined(separator: "\0").utf8)) } ?? ""
  }

  private static func state(_ path: String) -> [Int]? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return [
      Int(status.st_dev), Int(status.st_ino), Int(status.st_size), Int(status.st_mtim.tv_sec),
      Int(status.st_mtim.tv_nsec),
    ]
  }

  private static func relative(_ path: String, to folder: URL) -> String {
    func parts(_ path: String) -> [String] { path.split(separator: "/").map(String.init) }
    let (from, to, root) = (
      parts(folder.standardized.path), parts(path), parts(Repository(of: folder).root.path)
    )
    guard to.starts(with: root), !root.isEmpty else { return path }
    let shared = zip(from, to).prefix { $0 == $1 }.count
    let steps = [String](repeating: "..", count: from.count - shared) + to[shared...]
    return steps.isEmpty ? "." : steps.joined(separator: "/")
  }
}
