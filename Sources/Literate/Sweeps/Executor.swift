import CellRecords
import Foundation

/// Who has the points of a sweep computed: each kind is one file. It is given tasks, command lines that any machine can run
/// that sees the folder of the book, and has them run; what came of them lies in the cache.
public protocol Executor: Sendable {
  /// How long a task should take, in seconds: short points share one.
  var taskSeconds: Double { get }
  /// How many tasks go on at once, at the most.
  var width: Int { get }

  /// Has tasks run.
  ///
  /// - Returns: What to tell the user.
  /// - Throws: `Problem` where they can't be run at all; a task that fails is none.
  func run(_ tasks: [SweepTask], of sweep: ListedSweep) async throws -> String

  /// What this kind of executor says of points that are still to be computed, by their keys.
  static func waiting(in folder: SweepFolder) async -> [String: String]
}

extension Executor {
  public static func waiting(in folder: SweepFolder) async -> [String: String] { [:] }
}

/// Some points of a sweep that one process computes, one after the other.
public struct SweepTask: Sendable {
  var keys: [String]
  /// The command and its arguments.
  var arguments: [String]
  /// The folder in which it is run.
  var place: String

  /// The line of a shell that runs it.
  var commandLine: String {
    "cd " + Self.quoted(place) + " && " + arguments.map(Self.quoted).joined(separator: " ")
  }

  /// More keys make a line that is too long for a shell.
  private static let mostKeys = 500

  /// The tasks of some points.
  ///
  /// - Parameter arguments: What comes before the keys.
  static func tasks(
    _ keys: [String], of sweep: ListedSweep, for executor: some Executor, arguments: [String]
  ) -> [SweepTask] {
    let share = (keys.count + executor.width - 1) / max(1, executor.width)
    let fitting = SweepCost(of: sweep).map { Int(executor.taskSeconds / max(1e-3, $0.seconds)) }
    // Where nothing was measured, a few: then it is.
    let size = min(mostKeys, max(1, min(share, fitting ?? unmeasured)))
    return stride(from: 0, to: keys.count, by: size).map { start in
      let own = Array(keys[start..<min(keys.count, start + size)])
      return SweepTask(
        keys: own, arguments: arguments + own.map(sweep.folder.taskKey),
        place: FileManager.default.currentDirectoryPath)
    }
  }

  private static let unmeasured = 8

  /// A word as a shell reads it.
  static func quoted(_ word: String) -> String {
    let isPlain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-=:,+".contains($0)) }
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
