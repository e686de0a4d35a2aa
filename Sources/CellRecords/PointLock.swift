import Foundation

/// The lock of a point: the mark of who computes it, as long as the process lives that does.
///
/// The kernel lets go of it when the process ends, however it ends; on NFS that is the server, when the client says so or its
/// lease is over. It saves work and no result depends on it: where a file system knows no locks, two may compute one point.
public final class PointLock: Sendable {
  private let descriptor: Int32
  private let path: String

  private init(_ descriptor: Int32, _ path: String) { (self.descriptor, self.path) = (descriptor, path) }

  /// Takes the lock of a point and writes down who has it.
  ///
  /// - Parameter waits: Whether to wait for one who has it.
  /// - Returns: Nil where another has it.
  public static func taken(_ key: String, in folder: SweepFolder, waits: Bool) -> PointLock? {
    let path = folder.file(.running, key).path
    var attempts = 0
    while true {
      let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
      // Where it can't be written, the result will say so.
      guard descriptor >= 0 else { return PointLock(-1, path) }
      var answer: Int32
      repeat {
        answer = flock(descriptor, LOCK_EX | (waits ? 0 : LOCK_NB))
      } while answer != 0 && errno == EINTR
      if answer != 0, errno == EWOULDBLOCK {
        close(descriptor)
        attempts += 1
        // A listing holds each lock for an instant, to see whether anybody has it.
        if attempts > 3 { return nil }
        usleep(20_000)
        continue
      }
      // One that was removed meanwhile locks nothing.
      guard isAt(path, descriptor) else {
        close(descriptor)
        continue
      }
      if let mark = try? JSONEncoder().encode(PointMark()) {
        ftruncate(descriptor, 0)
        _ = mark.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
      }
      return PointLock(descriptor, path)
    }
  }

  /// Whether a process that lives has the lock of a marked point.
  public static func isTaken(_ key: String, in folder: SweepFolder) -> Bool {
    let descriptor = open(folder.file(.running, key).path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Lets go of the point, whose mark goes.
  public func release() {
    unlink(path)
    if descriptor >= 0 { close(descriptor) }
  }

  private static func isAt(_ path: String, _ descriptor: Int32) -> Bool {
    var (opened, named) = (stat(), stat())
    return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino
  }
}
