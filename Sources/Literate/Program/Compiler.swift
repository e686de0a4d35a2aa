import Base
import CellRecords
import Foundation
import Text

/// Makes a program of a chapter with swiftc, and reads what it says about the chapter.
struct Compiler {
  var installation: Installation

  struct Outcome {
    /// Cells with `error: true` that don't compile, with what the compiler said: their expected failure.
    var failedAsExpected: [Int: String] = [:]
    /// What the compiler warned of in the cells.
    var warnings: [CellWarning] = []
    /// Why there is no program; empty where there is one.
    var problems: [Problem] = []

    /// Takes errors for those of cells that are meant to fail, which may do so here: they are left out then.
    ///
    /// - Returns: Whether there are errors, and all are of such cells.
    fileprivate mutating func takeExpected(_ errors: [Diagnostic], of chapter: ScannedChapter) -> Bool {
      let blamed = errors.compactMap { error in
        chapter.cells.first { $0.options.error && error.lies(in: $0, of: chapter) }
      }
      guard !errors.isEmpty, blamed.count == errors.count else { return false }
      for (error, cell) in zip(errors, blamed) {
        failedAsExpected[cell.index, default: ""] += error.message + "\n"
      }
      return true
    }
  }

  /// Compiles a chapter into a run folder.
  ///
  /// - Parameter kept: The compiled files of the chapter's last program; without them all is compiled.
  /// - Throws: `Problem` where the compiler can't be run at all.
  func compile(
    _ chapter: ScannedChapter, into folder: RunFolder, keeping kept: KeptObjects? = nil
  ) async throws -> Outcome {
    var outcome = Outcome()
    // One that is killed leaves its own; here they go with the run.
    let temporaryFiles = folder.url.appending(path: "compiling", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: temporaryFiles, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: temporaryFiles) }
    while true {
      let leftOut = Set(outcome.failedAsExpected.keys)
      if let kept {
        let parts = ProgramInParts(chapter, leavingOut: leftOut, installation, kept)
        let (isMade, said) = try await parts.compile(in: temporaryFiles, into: folder.program)
        if isMade {
          outcome.warnings = Self.warnings(in: said, of: chapter)
          return outcome
        }
        if outcome.takeExpected(Self.errors(in: said, of: chapter), of: chapter) { continue }
      }
      let program = Program(chapter, leavingOut: leftOut)
      try Data(program.text.utf8).write(to: folder.source)
      var sources = [folder.source]
      if !program.declarations.isEmpty {
        try Data(program.declarations.utf8).write(to: folder.declarations)
        sources.append(folder.declarations)
      }
      let result = try await Tool.run(
        "swiftc", installation.compilerArguments(sources: sources, program: folder.program),
        in: folder.url, temporaryFiles: temporaryFiles,
        limit: .seconds(600), for: Problem.Location(file: chapter.source.path),
        advice: Installation.compilerAdvice)
      let said = String(decoding: result.output, as: UTF8.self) + result.error
      if result.status.isSuccess {
        outcome.warnings = Self.warnings(in: said, of: chapter)
        return outcome
      }
      let errors = Self.errors(in: said, of: chapter)
      if outcome.takeExpected(errors, of: chapter) { continue }
      outcome.problems = problems(errors, in: chapter)
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

  /// The errors as problems, with what a guessed name may have meant.
  private func problems(_ errors: [Diagnostic], in chapter: ScannedChapter) -> [Problem] {
    guard errors.contains(where: { Suggestion.isAbout($0.message) }) else {
      return errors.map { $0.problem(in: chapter) }
    }
    let suggestion = Suggestion(
      names: LibraryNames(package: installation.package), own: chapter.cells.flatMap(\.namesSet))
    return errors.map { error in
      var problem = error.problem(in: chapter)
      let words = error.words(in: chapter)
      problem.advice =
        suggestion.advice(error.message, called: words?.at, callee: words?.callee) ?? problem.advice
      return problem
    }
  }

  /// One error or warning of the compiler, with the notes that follow it.
  struct Diagnostic: Equatable {
    var file: String
    var line: Int
    var column: Int
    var message: String

    /// With its place in the chapter instead of that in the program.
    func placed(by places: ProgramPlaces) -> Diagnostic {
      var placed = self
      if let place = places.location(file: file, line: line, column: column) {
        (placed.file, placed.line) = (place.file, place.line)
      }
      return placed
    }

    func lies(in cell: Cell, of chapter: ScannedChapter) -> Bool {
      file == cell.codeLocation.file && cell.codeLines.contains(line)
    }

    /// The word at its place, and the name before the parenthesis that is open there.
    func words(in chapter: ScannedChapter) -> (at: String, callee: String?)? {
      guard let cell = chapter.cells.first(where: { lies(in: $0, of: chapter) }) else { return nil }
      let lines = cell.code.split(separator: "\n", omittingEmptySubsequences: false)
      let line = line - cell.codeLocation.line
      guard lines.indices.contains(line) else { return nil }
      // Columns count bytes; what stands before a name is mostly ASCII.
      let before = lines[line].prefix(max(0, column - 1 - cell.indentation))
      let word = lines[line].dropFirst(before.count).prefix(while: SwiftWords.isWord)
      var open: [String] = []
      let tokens = SwiftWords.tokens(in: String(before))
      for (index, token) in tokens.enumerated() {
        if token.text == "(" { open.append(index > 0 ? tokens[index - 1].text : "") }
        if token.text == ")" { _ = open.popLast() }
      }
      return (String(word), open.last)
    }

    func problem(in chapter: ScannedChapter) -> Problem {
      guard chapter.source.files.contains(file) else {
        return Problem(message, at: Problem.Location(file: chapter.source.path))
      }
      return Problem(message, at: Problem.Location(file: file, line: line, column: column))
    }
  }

  /// The errors that swiftc told of, at their places in the chapter.
  private static func errors(in said: String, of chapter: ScannedChapter) -> [Diagnostic] {
    let places = ProgramPlaces(of: chapter)
    return diagnostics("error", in: said).map { $0.placed(by: places) }
  }

  /// What swiftc warned of in the cells.
  static func warnings(in said: String, of chapter: ScannedChapter) -> [CellWarning] {
    let places = ProgramPlaces(of: chapter)
    return diagnostics("warning", in: said).map { $0.placed(by: places) }.compactMap { warning in
      chapter.cells.first { warning.lies(in: $0, of: chapter) }.map { cell in
        CellWarning(
          cell: cell.index, line: warning.line - cell.codeLocation.line + 1, message: warning.message)
      }
    }
  }

  /// The errors or warnings in what swiftc printed, in its order, each once.
  static func diagnostics(_ kind: String, in said: String) -> [Diagnostic] {
    var found: [Diagnostic] = []
    var isOfKind = false
    for line in said.split(separator: "\n") {
      guard
        let match = line.wholeMatch(
          of: /(?<file>.+?):(?<line>\d+):(?<column>\d+): (?<kind>error|warning|note): (?<text>.*)/)
      else { continue }
      if match.kind == "note" {
        guard isOfKind, var last = found.popLast() else { continue }
        if last.file.hasSuffix("main.swift") || last.file.hasSuffix("declarations.swift") {
          // The end of the program is nobody's line; what it should have matched is.
          (last.file, last.line, last.column) = (
            String(match.file), Int(match.line) ?? 0, Int(match.column) ?? 0
          )
        }
        last.message += "\n  note: \(match.text)"
        found.append(last)
        continue
      }
      isOfKind = match.kind == kind
      guard isOfKind else { continue }
      let diagnostic = Diagnostic(
        file: String(match.file), line: Int(match.line) ?? 0, column: Int(match.column) ?? 0,
        message: String(match.text))
      if !found.contains(where: {
        ($0.file, $0.line, $0.column) == (diagnostic.file, diagnostic.line, diagnostic.column)
      }) {
        found.append(diagnostic)
      }
    }
    return found
  }
}

/// What the compiler warned of in a cell, by the cell and its line, so that it holds when the cell moves.
struct CellWarning: Codable, Equatable {
  var cell: Int
  /// Counted from 1 in the cell's code.
  var line: Int
  var message: String
}
