import CellRecords

/// Names the code of a chapter that computes each of its kept values: the statement that calls `cached`, and all that it names,
/// transitively.
///
/// Words are looked at, not types: a name may stand for more than it does, which makes a value be computed again, but never for less.
struct KeptBlocks {
  /// A statement or declaration at the top of a cell.
  private struct Chunk {
    var file: String
    var firstLine: Int
    var lastLine: Int
    var text: String
    var declared: Set<String>
    var used: Set<String>
    var asks: Bool
  }

  private var chunks: [Chunk] = []
  private var parameters: [String: String] = [:]

  static func blocks(in chapter: ScannedChapter) -> [KeptBlock] {
    guard chapter.cells.contains(where: { $0.code.contains("cached") }) else { return [] }
    return KeptBlocks(chapter).blocks
  }

  private init(_ chapter: ScannedChapter) {
    for parameter in chapter.parameters { parameters[parameter.name] = parameter.value.swiftLiteral }
    let files = ProgramFiles(of: chapter)
    var parts: [(statement: SwiftStatement, file: String, line: Int)] = []
    for cell in chapter.cells {
      for statement in SwiftStatement.statements(in: cell.code) {
        parts.append((statement, files.name(cell.codeLocation.file), cell.codeLocation.line))
      }
    }
    // Whatever mentions a variable may change it; what follows a point is a name of the chapter only where the chapter
    // declares it.
    let variables = parts.reduce(into: Set<String>()) { $0.formUnion($1.statement.variables) }
    let members = parts.reduce(into: Set<String>()) { $0.formUnion($1.statement.members) }
    for (statement, file, line) in parts {
      let used = statement.used.union(statement.usedMembers.intersection(members))
      chunks.append(
        Chunk(
          file: file, firstLine: line + statement.firstLine, lastLine: line + statement.lastLine,
          text: statement.text,
          declared: statement.declared.union(statement.members).union(used.intersection(variables)),
          used: used,
          asks: statement.used.contains("cached")))
    }
  }

  private var blocks: [KeptBlock] {
    chunks.indices.filter { chunks[$0].asks }.map { index in
      KeptBlock(
        file: chunks[index].file, firstLine: chunks[index].firstLine, lastLine: chunks[index].lastLine,
        digest: digest(of: index))
    }
  }

  private func digest(of first: Int) -> String {
    var taken: Set<Int> = [first]
    var names: Set<String> = []
    var next = [first]
    while let index = next.popLast() {
      for name in chunks[index].used where names.insert(name).inserted {
        for other in chunks.indices where chunks[other].declared.contains(name) {
          if taken.insert(other).inserted { next.append(other) }
        }
      }
    }
    var digest = Digest()
    for index in taken.sorted() { digest.add("code", chunks[index].text) }
    for name in names.sorted() { parameters[name].map { digest.add("parameter " + name, $0) } }
    return digest.hexadecimal
  }
}
