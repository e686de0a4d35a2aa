import CellRecords
import Foundation

/// Reads files whose names others chose: a pipe, a device or a folder in a file's place neither holds us up nor fills the memory.
enum RegularFile {
  enum Failure: Error, Equatable {
    case missing
    case isFolder
    /// A pipe, a socket or a device.
    case isNoFile
    /// So many bytes.
    case tooLarge(Int)
    /// What the system says, by its number.
    case system(Int32)

    /// Why the file can't be read, as the end of a sentence.
    var reason: String {
      switch self {
      case .missing: "it does not exist"
      case .isFolder: "it is a folder"
      case .isNoFile: "it is a pipe or a device"
      case .tooLarge(let size): "it has \(ByteCount.text(size))"
      case .system(let number): String(cString: strerror(number)).lowercased()
      }
    }
  }

  /// The bytes of a file.
  ///
  /// - Parameters:
  ///   - range: Which of them, as far as it has them; all if not given.
  ///   - limit: The most that are read.
  ///   - followsLinks: Whether a link at the path stands for what it leads to.
  static func read(
    _ path: String, range: Range<Int>? = nil, limit: Int = 1 << 31, followsLinks: Bool = true
  ) throws(Failure) -> Data {
    let descriptor = open(
      path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | (followsLinks ? 0 : O_NOFOLLOW))
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT, ENOTDIR: throw .missing
      case ELOOP where !followsLinks, ENXIO: throw .isNoFile
      case let number: throw .system(number)
      }
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .isFolder
    default: throw .isNoFile
    }
    let size = Int(status.st_size)
    let wanted = (range ?? 0..<max(size, 0)).clamped(to: 0..<max(size, 0))
    // Files of the system's own tell no size.
    guard wanted.count <= limit else { throw .tooLarge(wanted.count) }
    var data = Data(count: wanted.count)
    var done = 0
    while done < wanted.count {
      let count = data.withUnsafeMutableBytes {
        pread(
          descriptor, $0.baseAddress.map { $0 + done }, wanted.count - done, off_t(wanted.lowerBound + done))
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .system(errno) }
      if count == 0 { break }
      done += count
    }
    return done == wanted.count ? data : data.prefix(done)
  }
}

/// Why a file could not be read or written, as the end of a sentence.
func reason(of error: any Error) -> String {
  (error as? RegularFile.Failure)?.reason ?? systemReason(of: error)
}
