import Foundation

/// What tells a file from an earlier state of it without reading it.
struct FileState: Hashable, Codable {
  var device, inode, size, seconds, nanoseconds: Int

  /// The state of a regular file; nil where there is none.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    device = Int(status.st_dev)
    inode = Int(status.st_ino)
    size = Int(status.st_size)
    seconds = Int(status.st_mtim.tv_sec)
    nanoseconds = Int(status.st_mtim.tv_nsec)
  }

  /// Whether the file has the size of another one, and its time.
  func isCopy(of other: FileState) -> Bool {
    (size, seconds, nanoseconds) == (other.size, other.seconds, other.nanoseconds)
  }

  /// Makes a file that is a copy known as one.
  func giveTime(to path: String) {
    let time = timespec(tv_sec: seconds, tv_nsec: nanoseconds)
    utimensat(AT_FDCWD, path, [time, time], 0)
  }
}
