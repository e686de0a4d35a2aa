import Foundation

/// What belongs together with a folder: the folder above it that is under version control, or else the folder itself.
public struct Repository {
  public let root: URL
  /// Whether it is under version control.
  public let isVersioned: Bool

  public init(of folder: URL) {
    let folder = folder.absoluteURL.standardized
    var candidate = folder
    while candidate.path != "/" {
      if access(candidate.appending(path: ".git").path, F_OK) == 0 {
        (root, isVersioned) = (candidate, true)
        return
      }
      candidate = candidate.deletingLastPathComponent()
    }
    (root, isVersioned) = (folder, false)
  }

  /// Whether a place lies within it, wherever links lead; what is not there yet is where its folder is.
  ///
  /// Without version control a book may use the folder that its own lies in.
  public func holds(_ place: URL) -> Bool {
    let above = root.deletingLastPathComponent()
    return Self.real(place).starts(with: Self.real(isVersioned || above.path == "/" ? root : above))
  }

  /// The parts of a path without links.
  private static func real(_ url: URL) -> [String] {
    var (there, rest) = (url.absoluteURL.standardized, [String]())
    while there.path != "/" {
      if let path = realpath(there.path, nil) {
        defer { free(path) }
        return String(cString: path).split(separator: "/").map(String.init) + rest
      }
      rest.insert(there.lastPathComponent, at: 0)
      there = there.deletingLastPathComponent()
    }
    return rest
  }
}
