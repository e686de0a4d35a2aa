import CProcess
import CellRecords
import Foundation

/// Holds a chapter back from what is not its own, as far as the kernel can.
enum Confinement {
  /// From here on the chapter writes only where its results belong, so that none changes what another one reads; it reads
  /// nothing of the user's home but the book, signals no process of others, and changes no file's mode, owner or times.
  ///
  /// - Returns: What the kernel can't hold back.
  static func begin(_ rules: ProgramRules) -> [String] {
    let version = process_landlock_version()
    var free: [String] = []
    let isConfined =
      withPaths(rules.writable) { writable in
        withPaths(rules.readable) { readable in
          process_confine(writable, Int32(writable.count), readable, Int32(readable.count))
        }
      } == 0
    if !isConfined {
      free.append("writing files anywhere, reading the home folder, signals to other processes (no Landlock)")
    } else {
      if version < 3 { free.append("emptying files (Landlock \(version), 3 would do)") }
      if version < 6 {
        free.append("signals to other processes, abstract sockets (Landlock \(version), 6 would do)")
      }
    }
    if process_refuse_file_attributes() != 0 {
      free.append("changing modes, owners and times of files (no seccomp)")
    }
    return free
  }

  /// Calls C with paths, as it wants them.
  static func withPaths<Result>(_ paths: [String], _ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
    let copies = paths.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies.map { UnsafePointer($0) })
  }
}
