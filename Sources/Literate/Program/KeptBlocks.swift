import CellRecords
import Text

/// Names the code of a chapter that computes each of its kept values: the statement that calls `cached` or `sweep`, and all that it
/// names, transitively.
///
/// The points of a sweep are part of the keys of its results by themselves. So of what makes them, such as a grid, only the types
/// count: a longer grid keeps the results of a shorter one.
///
/// Words are looked at, not types: a name may stand for more than it does, which makes a value be computed again, but never for less.
struct KeptBlocks {
  /// A statement or declaration at the top of a cell.
  private struct Chunk {
    /// What the program calls its first line: in the whole program, and where some statements stand apart.
    var places: [ProgramPlaces.Start]
    var lineCount: Int
    var text: String
    var declared: Set<String>
    var used: Set<String>
    /// What the points of a sweep in it are made of.
    var usedByPoints: Set<String>
    var isType: Bool
    var asks: Bool
  }

  private var chunks: [Chunk] = []
  private var parameters: [String: String] = [:]

  static func blocks(in chapter: ScannedChapter) -> [KeptBlock] {
    guard
      chapter.cells.contains(where: { cell in CachedBlocks.functions.contains { cell.code.contains($0) } })
    else {
      return []
    }
    return KeptBlocks(chapter).blocks
  }

  private init(_ chapter: ScannedChapter) {
    for parameter in chapter.parameters { parameters[parameter.name] = parameter.value.swiftLiteral }
    let places = ProgramPlaces(of: chapter)
    let apart = StatementApart.statements(of: chapter, places)
    var parts: [(statement: SwiftStatement, places: [ProgramPlaces.Start])] = []
    var pointNames: [Set<String>] = []
    for cell in chapter.cells {
      let (code, points) = SweepPoints.takenOut(of: cell.code)
      for statement in SwiftStatement.statements(in: code) {
        parts.append(
          (
            statement,
            Set(
              [[], apart[cell.index] ?? []].map {
                StatementApart.place(ofLine: statement.firstLine, in: cell, without: $0, places)
              }
            ).sorted { $0.name < $1.name }
          ))
        let own = points.filter { (statement.firstLine...statement.lastLine).contains($0.line) }
        pointNames.append(own.reduce(into: []) { $0.formUnion($1.names) })
      }
    }
    // Whatever mentions a variable may change it; what follows a point is a name of the chapter only where the chapter
    // declares it.
    let variables = parts.reduce(into: Set<String>()) { $0.formUnion($1.statement.variables) }
    let members = parts.reduce(into: Set<String>()) { $0.formUnion($1.statement.members) }
    for ((statement, places), points) in zip(parts, pointNames) {
      let used = statement.used.union(statement.usedMembers.intersection(members))
      chunks.append(
        Chunk(
          places: places, lineCount: statement.lastLine - statement.firstLine + 1, text: statement.text,
          declared: statement.declared.union(statement.members).union(used.intersection(variables)),
          used: used, usedByPoints: points, isType: statement.isType,
          asks: !statement.used.isDisjoint(with: CachedBlocks.functions)))
    }
  }

  private var blocks: [KeptBlock] {
    chunks.indices.filter { chunks[$0].asks }.flatMap { index in
      let digest = digest(of: index)
      return chunks[index].places.map { place in
        KeptBlock(
          file: place.name, firstLine: place.line, lastLine: place.line + chunks[index].lineCount - 1,
          digest: digest)
      }
    }
  }

  /// The chunks that declare what some names stand for, and what those name, with all the names.
  private func reached(from start: Set<Int>, naming first: Set<String>) -> (
    chunks: Set<Int>, names: Set<String>
  ) {
    var taken = start
    var names: Set<String> = []
    var next = first.union(start.reduce(into: Set<String>()) { $0.formUnion(chunks[$1].used) })
    while let name = next.popFirst() {
      guard names.insert(name).inserted else { continue }
      for other in chunks.indices where chunks[other].declared.contains(name) {
        if taken.insert(other).inserted { next.formUnion(chunks[other].used) }
      }
    }
    return (taken, names)
  }

  private func digest(of first: Int) -> String {
    let types = reached(from: [], naming: chunks[first].usedByPoints).chunks.filter { chunks[$0].isType }
    let (taken, names) = reached(from: types.union([first]), naming: [])
    var digest = Digest()
    for index in taken.sorted() { digest.add("code", chunks[index].text) }
    for name in names.sorted() { parameters[name].map { digest.add("parameter " + name, $0) } }
    return digest.hexadecimal
  }
}
