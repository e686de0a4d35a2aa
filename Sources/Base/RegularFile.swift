import Foundation

/// A file that is open for reading, whose length is known before any of it is in memory.
///
/// `Data(contentsOf:)` waits for a pipe for ever, reads a device without end, and takes the memory that a length asks for.
package final class RegularFile {
  /// Why a file can't be read.
  package enum Failure: Error, Equatable {
    case missing
    case isFolder
    /// A pipe, a socket or a device.
    case isNoFile
    /// So many bytes.
    case tooLarge(Int)
    case becameShorter
    /// What the system says, by its number.
    case system(Int32)

    /// As the end of a sentence.
    package var reason: String {
      switch self {
      case .missing: "it does not exist"
      case .isFolder: "it is a folder"
      case .isNoFile: "it is a pipe or a device, not a file"
      case .tooLarge(let size): "its \(size) bytes are too many"
      case .becameShorter: "it became shorter while it was read"
      case .system(let number): String(cString: strerror(number)).lowercased()
      }
    }
  }

  /// Bytes.
  package let count: Int
  private let descriptor: Int32

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - limit: The most bytes that it may have.
  ///   - followsLinks: Whether a link at the path stands for what it leads to.
  package init(_ path: String, limit: Int = .max, followsLinks: Bool = true) throws(Failure) {
    // Without waiting for the other end of a pipe.
    descriptor = open(
      path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | (followsLinks ? 0 : O_NOFOLLOW))
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT, ENOTDIR: throw .missing
      case ELOOP where !followsLinks, ENXIO: throw .isNoFile
      case let number: throw .system(number)
      }
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .isFolder
    default: throw .isNoFile
    }
    count = max(Int(status.st_size), 0)
    guard count <= limit else { throw .tooLarge(count) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Fills `buffer` with the bytes from `offset` on.
  package func read(into buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws(Failure) {
    var filled = 0
    while filled < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, off_t(offset + filled))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system(errno) }
      guard count > 0 else { throw .becameShorter }
      filled += count
    }
  }

  /// The bytes of `range`, as far as the file has them; by default all.
  package func bytes(_ range: Range<Int>? = nil) throws(Failure) -> Data {
    let range = (range ?? 0..<count).clamped(to: 0..<count)
    var bytes = Data(count: range.count)
    var failure: Failure?
    bytes.withUnsafeMutableBytes { buffer in
      do throws(Failure) { try read(into: buffer, from: range.lowerBound) } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }
}

extension RegularFile {
  /// The bytes of this machine's memory.
  package static let memoryOfMachine = Int(clamping: ProcessInfo.processInfo.physicalMemory)
}

extension Data {
  /// The bytes of a file whose name others chose: what is no file in its place neither holds us up nor fills the memory.
  ///
  /// - Parameter limit: The most bytes that it may have; by default those of the machine's memory.
  package init(ofFile path: String, limit: Int = RegularFile.memoryOfMachine) throws(RegularFile.Failure) {
    self = try RegularFile(path, limit: limit).bytes()
  }
}
