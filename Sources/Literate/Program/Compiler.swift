import CellRecords
import Foundation

/// Makes a program of a chapter with swiftc, and reads what it says about the chapter.
struct Compiler {
  var installation: Installation

  struct Outcome {
    /// Cells with `error: true` that don't compile, with what the compiler said: their expected failure.
    var failedAsExpected: [Int: String] = [:]
    /// What the compiler warned of in the chapter, `file:line:column: warning: …`.
    var warnings: [String] = []
    /// Why there is no program; empty where there is one.
    var problems: [Problem] = []
  }

  /// Compiles a chapter into a run folder.
  ///
  /// - Throws: `Problem` where the compiler can't be run at all.
  func compile(_ chapter: Chapter, into folder: RunFolder) async throws -> Outcome {
    var outcome = Outcome()
    while true {
      let program = Program(chapter, leavingOut: Set(outcome.failedAsExpected.keys))
      try Data(program.text.utf8).write(to: folder.source)
      let result = try await Tool.run(
        "swiftc", installation.compilerArguments(source: folder.source, program: folder.program),
        advice: Installation.compilerAdvice)
      let said = String(decoding: result.output, as: UTF8.self) + result.error
      if result.status.isSuccess {
        outcome.warnings = said.split(separator: "\n").map(String.init).filter {
          warning in
          warning.contains(": warning: ") && chapter.source.files.contains { warning.hasPrefix($0 + ":") }
        }
        return outcome
      }
      let errors = Self.errors(in: said)
      // A cell that is meant to fail may do so here: leave it out and go on with the others.
      let blamed = errors.map { error in
        chapter.cells.first { $0.options.error && error.lies(in: $0, of: chapter) }
      }
      if !errors.isEmpty, blamed.allSatisfy({ $0 != nil }) {
        for (error, cell) in zip(errors, blamed) {
          guard let cell else { continue }
          outcome.failedAsExpected[cell.index, default: ""] += error.message + "\n"
        }
        continue
      }
      outcome.problems = errors.map { $0.problem(in: chapter) }
      if outcome.problems.isEmpty {
        outcome.problems = [
          Problem(
            "The chapter's program could not be made:\n\(said.trimmingCharacters(in: .whitespacesAndNewlines))",
            at: Problem.Location(file: chapter.source.path))
        ]
      }
      return outcome
    }
  }

  /// One error of the compiler, with the notes that follow it.
  struct Diagnostic: Equatable {
    var file: String
    var line: Int
    var column: Int
    var message: String

    func lies(in cell: Cell, of chapter: Chapter) -> Bool {
      file == cell.codeLocation.file && cell.codeLines.contains(line)
    }

    func problem(in chapter: Chapter) -> Problem {
      guard chapter.source.files.contains(file) else {
        return Problem(message, at: Problem.Location(file: chapter.source.path))
      }
      return Problem(message, at: Problem.Location(file: file, line: line, column: column))
    }
  }

  /// The errors in what swiftc printed, in its order, each once.
  static func errors(in said: String) -> [Diagnostic] {
    var errors: [Diagnostic] = []
    for line in said.split(separator: "\n") {
      guard
        let match = line.wholeMatch(
          of: /(?<file>.+?):(?<line>\d+):(?<column>\d+): (?<kind>error|note): (?<text>.*)/)
      else { continue }
      if match.kind == "note" {
        guard var error = errors.popLast() else { continue }
        if error.file.hasSuffix("main.swift") {
          // The end of the program is nobody's line; what it should have matched is.
          (error.file, error.line, error.column) = (
            String(match.file), Int(match.line) ?? 0, Int(match.column) ?? 0
          )
        }
        error.message += "\n  note: \(match.text)"
        errors.append(error)
        continue
      }
      let error = Diagnostic(
        file: String(match.file), line: Int(match.line) ?? 0, column: Int(match.column) ?? 0,
        message: String(match.text))
      if !errors.contains(where: { $0.line == error.line && $0.column == error.column }) {
        errors.append(error)
      }
    }
    return errors
  }
}
