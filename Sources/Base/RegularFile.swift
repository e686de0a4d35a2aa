import Foundation

/// A file that is open for reading, whose length is known before any of it is in memory.
///
/// `Data(contentsOf:)` waits for a pipe for ever, reads a device without end, and takes the memory that a length asks for.
package final class RegularFile {
  /// Why a file can't be read.
  package struct Failure: Error, LocalizedError {
    package let reason: String

    package var errorDescription: String? { reason }

    init(_ reason: String) { self.reason = reason }

    /// What the system says of the last call.
    static var ofSystem: Failure { Failure(String(cString: strerror(errno))) }
  }

  /// Bytes.
  package let count: Int
  private let descriptor: Int32

  /// Throws `Failure` where there is no such file, where it is a folder, a pipe or a device, and where it is larger than
  /// the memory of the machine.
  package init(_ url: URL) throws(Failure) {
    // Without waiting for the other end of a pipe.
    descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Failure.ofSystem }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw Failure.ofSystem }
    guard information.st_mode & S_IFMT == S_IFREG else {
      throw Failure(
        information.st_mode & S_IFMT == S_IFDIR ? "it is a folder" : "it is a pipe or a device, not a file")
    }
    count = Int(information.st_size)
    guard count <= ProcessInfo.processInfo.physicalMemory else {
      throw Failure("its \(count) bytes are more than the memory of this machine")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Fills `buffer` with the bytes from `offset` on.
  ///
  /// Throws `Failure` where the file has become shorter, or can't be read.
  package func read(into buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws(Failure) {
    var filled = 0
    while filled < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, off_t(offset + filled))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw Failure.ofSystem }
      guard count > 0 else { throw Failure("it became shorter while it was read") }
      filled += count
    }
  }

  /// The bytes of `range`, by default all.
  package func bytes(_ range: Range<Int>? = nil) throws(Failure) -> [UInt8] {
    let range = range ?? 0..<count
    var bytes = [UInt8](repeating: 0, count: range.count)
    var failure: Failure?
    bytes.withUnsafeMutableBytes { buffer in
      do throws(Failure) { try read(into: buffer, from: range.lowerBound) } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }
}
