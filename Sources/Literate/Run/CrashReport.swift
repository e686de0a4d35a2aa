import Base
import CellRecords
import Foundation
import Subprocess

/// Finds out why a chapter's program ended early, and where in the chapter.
struct CrashReport {
  var chapter: ScannedChapter
  var folder: RunFolder

  /// The problem to report for a program that ended so in this cell.
  func problem(status: TerminationStatus, cell: Int) async -> Problem {
    let said = folder.lastWords
    let fatal = said.split(separator: "\n").lazy.compactMap { line in
      line.firstMatch(of: /Fatal error(?:: (?<text>.*))?$/).map { String($0.text ?? "") }
    }.first
    let uncaught = "Error raised at top level: "
    if let fatal, fatal.hasPrefix(uncaught) {
      let place = await placeOfLastThrow() ?? cellLocation(cell)
      let error = fatal.dropFirst(uncaught.count)
      let isRefused = error.contains("permission") || error.contains("Permission denied")
      return Problem(
        "The cell threw an error: \(error)", at: place,
        advice: isRefused
          ? "A chapter may write only below the folder of the report and its folder of temporary files: write to `resultsFolder.appending(path: \"…\")`."
          : "Mend the cause, or mark a cell that is meant to fail with `//| error: true`.")
    }
    let place = placeInBacktrace(said) ?? cellLocation(cell)
    if let fatal {
      return Problem("The cell stopped the program: \(fatal)", at: place)
    }
    if let trap = TrapInLibrary(said) {
      return Problem(
        "The cell stopped the program: \(trap.function) of the library was given what it can't work with, and does not say what (\(trap.cause)).",
        at: place,
        advice:
          "Compare what this line passes with what the documentation of \(trap.function) asks for; where it is as asked, this is a fault of Neuronbook."
      )
    }
    switch status {
    case .signaled(let signal):
      let name = String(cString: strsignal(signal))
      let advice = signal == SIGKILL ? "If you did not kill it, the machine may be out of memory." : ""
      return Problem("The cell's program was ended by signal \(signal) (\(name)).", at: place, advice: advice)
    case .exited(ProgramEnvironment.stopped):
      let reason = said.split(separator: "\n").last.map(String.init) ?? "The program could not go on."
      return Problem(reason, at: place, advice: "Check the permissions and the space on the disk.")
    case .exited(let code):
      let lastWords = said.split(separator: "\n").suffix(3).joined(separator: "\n  ")
      return Problem(
        "The cell ended the program with status \(code).\(lastWords.isEmpty ? "" : "\n  " + lastWords)",
        at: place)
    }
  }

  private var places: ProgramPlaces { ProgramPlaces(of: chapter) }

  private func cellLocation(_ cell: Int) -> Problem.Location {
    guard chapter.cells.indices.contains(cell) else { return Problem.Location(file: chapter.source.path) }
    return chapter.cells[cell].location
  }

  /// The innermost frame of Swift's own backtrace that lies in the chapter.
  private func placeInBacktrace(_ said: String) -> Problem.Location? {
    let places = places
    for line in said.split(separator: "\n") {
      guard let match = line.firstMatch(of: /\ at (?<file>.+):(?<line>\d+):(?<column>\d+)$/) else { continue }
      if let place = places.location(
        file: match.file, line: Int(match.line) ?? 0, column: Int(match.column) ?? 0)
      {
        return place
      }
    }
    return nil
  }

  /// The innermost line of the chapter on the stack of the last `throw`.
  private func placeOfLastThrow() async -> Problem.Location? {
    guard let data = try? RegularFile(folder.lastThrow.path, followsLinks: false).bytes(0..<4096) else {
      return nil
    }
    let offsets = stride(from: 0, to: data.count - 7, by: 8).map { start in
      data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: UInt64.self) }
    }.filter { $0 != 0 }
    let addresses = offsets.map { "0x" + String($0, radix: 16) }
    let result = try? await Tool.run(
      "llvm-symbolizer", ["--obj=" + folder.program.path, "--functions=none", "--no-inlines"] + addresses,
      advice: "It comes with the Swift toolchain.")
    guard let result else { return nil }
    let places = places
    for line in String(decoding: result.output, as: UTF8.self).split(separator: "\n") {
      guard let match = line.wholeMatch(of: /(?<file>.+):(?<line>\d+):(?<column>\d+)/),
        let number = Int(match.line), number > 0
      else { continue }
      if let place = places.location(file: match.file, line: number, column: Int(match.column) ?? 0) {
        return place
      }
    }
    return nil
  }
}

extension RunFolder {
  /// The end of what the program wrote to standard error.
  var lastWords: String {
    let file = try? RegularFile(standardError.path, followsLinks: false)
    let data = try? file?.bytes(max(0, (file?.count ?? 0) - 1_000_000)..<(file?.count ?? 0))
    return String(decoding: data ?? Data(), as: UTF8.self)
  }
}
