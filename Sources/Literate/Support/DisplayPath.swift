import Foundation

extension URL {
  /// The path as a user would write it: from the current folder, where the file lies below it.
  public var displayPath: String {
    let here = FileManager.default.currentDirectoryPath + "/"
    let path = standardizedFileURL.path
    return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
  }
}
