import Base
import CProcess
import CellRecords
import Foundation

/// How a point came off.
enum PointOutcome<Value> {
  case value(Value)
  case failed(String)
  /// Another process computes it.
  case elsewhere
}

extension SweepRun {
  /// Computes a point unless its result is there by now, and keeps the result or why there is none.
  ///
  /// - Parameters:
  ///   - waits: Whether to wait for another process that computes it.
  ///   - isAlone: Whether nothing else is computed meanwhile: what is printed is then the point's.
  func computed(_ place: Int, waits: Bool, isAlone: Bool, by compute: (Point) throws -> Value)
    -> PointOutcome<Value>
  {
    let key = keys[place]
    guard let folder else {
      do { return .value(try compute(points[place])) } catch { return .failed("\(error)") }
    }
    guard
      let lock = ChapterProgram.withoutRecording({ PointLock.taken(key, in: folder, waits: waits) })
    else { return .elsewhere }
    defer { ChapterProgram.withoutRecording { lock.release() } }
    let inputs = KnownInputs()
    if let value = ChapterProgram.withoutRecording({ load(place, inputs, removes: true) }) {
      for input in inputs.all { ChapterProgram.note(input) }
      return .value(value)
    }
    let log = isAlone ? ChapterProgram.withoutRecording { PointLog(folder.file(.logs, key)) } : nil
    let readBefore = process_reads_anew()
    let start = ContinuousClock.now
    let result = Result { try compute(points[place]) }
    let seconds = start.duration(to: .now).seconds
    log?.end()
    return ChapterProgram.withoutRecording {
      do {
        let point = KeptPoint(
          value: try result.get(),
          cost: PointCost(seconds: seconds, memory: isAlone ? ChapterProgram.peakMemory : nil))
        let kept = try KeptValue(
          point, key: contentKey(place), inputs: ChapterProgram.inputs(since: readBefore))
        // What is shown is what a later build will read.
        guard let value = kept.value(as: KeptPoint<Value>.self)?.value else {
          throw SweepError("The result can't be read from the JSON that it makes.")
        }
        try keep(kept, of: place, in: folder, isRequired: isAlone)
        unlink(folder.file(.failed, key).path)
        unlink(folder.file(.logs, key).path)
        return .value(value)
      } catch {
        try? PointFailure("\(error)").write(key, in: folder)
        return .failed("\(error)")
      }
    }
  }

  /// - Parameter isRequired: Whether a result is lost that can't be kept; else it is used, and computed again another time.
  private func keep(_ kept: KeptValue, of place: Int, in folder: SweepFolder, isRequired: Bool) throws {
    do {
      try kept.data.writeWhole(to: folder.file(.kept, keys[place]), through: folder.drafts)
    } catch {
      let reason = "The result of \(texts[place]) can't be kept: \(systemReason(of: error))"
      if isRequired { throw SweepError(reason) }
      warn(reason)
    }
  }
}

/// What is printed while a point is computed goes to a file of its own, which is there whatever ends the program.
private struct PointLog {
  private let before: [Int32]

  /// - Returns: Nil where the file can't be written.
  init?(_ file: URL) {
    let log = open(file.path, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC, 0o644)
    guard log >= 0 else { return nil }
    defer { close(log) }
    _ = process_flush_output()
    before = [STDOUT_FILENO, STDERR_FILENO].map { fcntl($0, F_DUPFD_CLOEXEC, 3) }
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] { dup2(log, descriptor) }
  }

  func end() {
    _ = process_flush_output()
    for (descriptor, earlier) in zip([STDOUT_FILENO, STDERR_FILENO], before) where earlier >= 0 {
      dup2(earlier, descriptor)
      close(earlier)
    }
  }
}
