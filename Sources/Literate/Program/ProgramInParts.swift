import CellRecords
import Foundation

/// A chapter's program as several files, of which those are compiled that were not in the same program before.
struct ProgramInParts {
  private struct Part {
    var name: String
    var text: String
    /// Names all that its object depends on.
    var key: String
    /// Its statement; nil for what the statements stand apart from.
    var statement: StatementApart?
  }

  private let chapter: ScannedChapter
  private let installation: Installation
  private let kept: KeptObjects
  private let parts: [Part]

  /// - Parameter leftOut: Cells that were meant to fail and don't compile.
  init(
    _ chapter: ScannedChapter, leavingOut leftOut: Set<Int>, _ installation: Installation, _ kept: KeptObjects
  ) {
    (self.chapter, self.installation, self.kept) = (chapter, installation, kept)
    let program = Program(chapter, leavingOut: leftOut, inParts: true)
    var shared = Digest()
    installation.addParts(to: &shared)
    shared.add("main", program.text)
    shared.add("declarations", program.declarations)
    func part(_ name: String, _ text: String, _ statement: StatementApart? = nil) -> Part {
      var key = shared
      key.add(name, text)
      return Part(name: name, text: text, key: key.hexadecimal, statement: statement)
    }
    parts =
      [part("main", program.text)]
      + (program.declarations.isEmpty ? [] : [part("declarations", program.declarations)])
      + program.statements.map { part($0.name, $0.text, $0) }
  }

  /// Compiles what was changed and links it with the rest.
  ///
  /// - Parameter folder: For its files while it is compiled.
  /// - Returns: Whether there is a program, and what the compiler said. What is wrong in parts need not be so in the whole.
  /// - Throws: `Problem` where the compiler can't be run at all.
  func compile(in folder: URL, into program: URL) async throws -> (isMade: Bool, said: String) {
    func source(_ part: Part) -> URL { folder.appending(path: part.name + ".swift") }
    func object(_ part: Part) -> URL { folder.appending(path: part.name + ".o") }
    let changed = parts.filter { !kept.take($0.key, to: object($0)) }
    var said = ""
    if !changed.isEmpty {
      for part in parts { try Data(part.text.utf8).write(to: source(part)) }
      let others = parts.filter { part in !changed.contains { $0.name == part.name } }
      let compiled = try await run(
        "swiftc",
        installation.partArguments(changed.map { (source($0), object($0)) }, others: others.map(source)),
        in: folder)
      guard compiled.isDone else { return (false, compiled.said) }
      said = compiled.said
    }
    let commands = installation.linkCommands(
      objects: parts.map(object), list: folder.appending(path: "libraries"), program: program)
    for (tool, arguments) in commands {
      let linked = try await run(
        tool, arguments, in: program.deletingLastPathComponent(), temporaryFiles: folder)
      guard linked.isDone else { return (false, linked.said) }
    }
    let warnings = Compiler.warnings(in: said, of: chapter)
    // What was warned of is compiled anew, to be told again.
    let silent = changed.filter { part in !warnings.contains { isOf(part, $0) } }
    kept.keep(
      Dictionary(silent.map { ($0.key, object($0)) }, uniquingKeysWith: { first, _ in first }),
      of: Set(parts.map(\.key)))
    return (true, said)
  }

  /// Whether a warning is of a line in a part.
  private func isOf(_ part: Part, _ warning: CellWarning) -> Bool {
    func isOf(_ statement: StatementApart) -> Bool {
      statement.cell == warning.cell && statement.lines.contains(warning.line - 1)
    }
    if let statement = part.statement { return isOf(statement) }
    return !parts.contains { $0.statement.map(isOf) ?? false }
  }

  private func run(
    _ tool: String, _ arguments: [String], in folder: URL, temporaryFiles: URL? = nil
  ) async throws -> (isDone: Bool, said: String) {
    let result = try await Tool.run(
      tool, arguments, in: folder, temporaryFiles: temporaryFiles ?? folder, limit: .seconds(600),
      for: Problem.Location(file: chapter.source.path), advice: Installation.compilerAdvice)
    return (result.status.isSuccess, String(decoding: result.output, as: UTF8.self) + result.error)
  }
}
