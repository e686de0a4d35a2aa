import Foundation

/// The folder that this command, the compiler and the browser put files into for a while.
enum TemporaryFolder {
  /// As much as a chapter's program may need there, in bytes.
  private static let needed = 1 << 20

  /// - Throws: `Problem` where it is missing, full or can't be written.
  static func check() throws {
    let folder = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    let path = folder + "/neuronbook-\(UUID().uuidString)"
    let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    var number = file < 0 ? errno : 0
    if file >= 0 {
      let written = [UInt8](repeating: 0, count: needed).withUnsafeBytes {
        write(file, $0.baseAddress, $0.count)
      }
      // Less than all is written where there is no more room.
      if written != needed { number = written < 0 ? errno : ENOSPC }
      close(file)
      unlink(path)
    }
    guard number != 0 else { return }
    throw Problem(
      "The folder for temporary files can't be written: \(String(cString: strerror(number)).lowercased()).",
      at: Problem.Location(file: folder), advice: "Make room in it, or name another one: TMPDIR=/var/tmp")
  }
}

/// Makes folders.
enum Folder {
  /// Makes a folder with those above it.
  ///
  /// - Returns: Why that can't be; nil where it is there now.
  static func make(_ path: String) -> String? {
    let number = tryToMake(path)
    return number == 0 ? nil : String(cString: strerror(number)).lowercased()
  }

  private static func tryToMake(_ path: String) -> Int32 {
    guard mkdir(path, 0o777) != 0 else { return 0 }
    let above = (path as NSString).deletingLastPathComponent
    switch errno {
    case EEXIST:
      var status = stat()
      return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR ? 0 : ENOTDIR
    case ENOENT where above.count < path.count && above.count > 1:
      let number = tryToMake(above)
      return number != 0 ? number : mkdir(path, 0o777) == 0 || errno == EEXIST ? 0 : errno
    case let number: return number
    }
  }
}
