import Foundation

/// A folder that is needed while this process lives; the kernel holds its lock, so that whoever comes later knows an abandoned
/// one, also from another container, where numbers of processes say nothing.
package final class OwnedFolder: Sendable {
  package let url: URL
  private let descriptor: Int32

  /// Makes an empty folder, and removes those of the same kind that nobody holds any more.
  ///
  /// - Parameter prefix: How the names of its kind begin.
  /// - Throws: `CocoaError` where the folder can't be written.
  package init(_ prefix: String, in parent: URL) throws {
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    Self.removeAbandoned(prefix, in: parent)
    while true {
      let url = parent.appending(path: prefix + UUID().uuidString, directoryHint: .isDirectory)
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
      let (descriptor, isRefused) = Self.lock(url)
      // Between the two it looked abandoned: another may have removed it. A file system that locks no folders, such as NFS, keeps
      // them all.
      if descriptor >= 0 || isRefused, FileManager.default.fileExists(atPath: url.path) {
        (self.url, self.descriptor) = (url, descriptor)
        return
      }
      if descriptor >= 0 { close(descriptor) }
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  package func remove() { try? FileManager.default.removeItem(at: url) }

  static func removeAbandoned(_ prefix: String, in parent: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
    for name in names where name.hasPrefix(prefix) {
      let url = parent.appending(path: name)
      let descriptor = lock(url).descriptor
      guard descriptor >= 0 else { continue }
      try? FileManager.default.removeItem(at: url)
      close(descriptor)
    }
  }

  /// Opens a folder and takes its lock; negative where another holds it, or the file system refuses it to all.
  private static func lock(_ url: URL) -> (descriptor: Int32, isRefused: Bool) {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return (-1, false) }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return (descriptor, false) }
    let isHeld = errno == EWOULDBLOCK
    close(descriptor)
    return (-1, !isHeld)
  }
}
