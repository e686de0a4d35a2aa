import Literate
import Text

/// A program with the cells that changed since the whole one was last looked at, and of the others what they declare.
///
/// To look at a long chapter as a whole takes the toolchain seconds. The types of what the other cells declare are known from the last
/// look, so that their expressions need not be looked at again. What a change does to other cells the next look at the whole tells.
struct ChangedCells {
  /// `main.swift` and `declarations.swift`.
  let main, declarations: PositionMap
  /// Whether anything changed that has to be looked at.
  let isEmpty: Bool
  /// The numbers of the cells that changed.
  let changed: Set<Int>

  /// More changes than this are looked at with the whole.
  private static let most = 12

  /// - Returns: Nil where only the whole program tells: for cells that have scopes of their own.
  init?(_ program: EditedProgram, since known: KnownProgram) {
    let cells = program.chapter.cells
    // The cells that are as they were at the head and at the end stand around those that changed.
    let (old, new) = (known.cells.map(\.code), cells.map(\.code))
    let head = zip(old, new).prefix { $0 == $1 }.count
    let room = min(old.count, new.count) - head
    let tail = min(room, zip(old.reversed(), new.reversed()).prefix { $0 == $1 }.count)
    changed = Set(head..<new.count - tail)
    guard changed.count <= Self.most, old.count - head - tail <= Self.most,
      changed.allSatisfy({ cells[$0].exercise == nil && !cells[$0].options.fileScope }),
      known.cells.prefix(head).map(\.kind) == cells.prefix(head).map(KnownProgram.Kind.init),
      known.cells.suffix(tail).map(\.kind) == cells.suffix(tail).map(KnownProgram.Kind.init),
      program.chapter.parameters.map(\.value) == known.parameters
    else { return nil }
    let newValues = Set(
      program.chapter.values.filter { $0.exercise == nil && !known.values.contains($0.expression) }.map(
        \.index))
    guard newValues.count <= Self.most else { return nil }
    isEmpty = changed.isEmpty && newValues.isEmpty && old.count == new.count

    var script = "import Lab\n"
    var outside =
      (program.declarations.isEmpty ? "import Lab\n" : program.declarations)
      + "func \(KnownProgram.stand)<Value>() -> Value { while true {} }\n"
    for parameter in program.chapter.parameters {
      script += "let \(parameter.name): \(parameter.value.swiftType) = \(parameter.value.swiftLiteral)\n"
    }
    var values = program.chapter.values.filter { newValues.contains($0.index) }[...]
    func place(_ location: Problem.Location) -> String {
      "#sourceLocation(file: \"\(program.name(of: location.file))\", line: \(location.line))\n"
    }
    func addValues(before count: Int) {
      while let value = values.first, value.cellsBefore <= count {
        script +=
          "_ = {\n" + place(value.location)
          + String(repeating: " ", count: max(0, value.location.column - 1)) + value.expression
          + "\n#sourceLocation()\n}\n"
        values = values.dropFirst()
      }
    }
    for cell in cells {
      addValues(before: cell.index)
      guard cell.exercise == nil, !cell.options.fileScope, !cell.options.error else { continue }
      if changed.contains(cell.index) {
        script += place(cell.codeLocation)
        let indentation = String(repeating: " ", count: cell.indentation)
        for line in cell.code.split(separator: "\n", omittingEmptySubsequences: false) {
          script += indentation + line + "\n"
        }
        script += "#sourceLocation()\n"
      } else {
        let earlier = known.cells[cell.index < head ? cell.index : cell.index - new.count + old.count]
        script += earlier.script
        outside += earlier.declarations
      }
    }
    addValues(before: cells.count)
    main = PositionMap(script, of: program)
    declarations = PositionMap(outside, of: program)
  }
}

/// What is known of a program since it was looked at as a whole.
struct KnownProgram: Sendable {
  /// The function that stands for what a cell computes.
  static let stand = "neuronbookKnown"

  struct Cell: Sendable {
    var code: String
    /// Where its code began.
    var location: Problem.Location
    /// What it declares for the cells after it, in the script.
    var script = ""
    /// Its functions and types.
    var declarations = ""
    fileprivate var kind: Kind
    /// What was wrong in it.
    var diagnostics: [JSON] = []
  }

  /// What decides how a cell is compiled.
  fileprivate struct Kind: Equatable, Sendable {
    var isExercise, isFileScope, isError: Bool

    init(_ cell: Literate.Cell) {
      isExercise = cell.exercise != nil
      (isFileScope, isError) = (cell.options.fileScope, cell.options.error)
    }
  }

  var cells: [Cell]
  let values: Set<String>
  let parameters: [Parameter.Value]

  /// - Parameters:
  ///   - map: Of the script.
  ///   - hints: What the language server of Swift says of the types in the script.
  init(_ program: EditedProgram, _ map: PositionMap, hints: JSON) {
    let lines = map.text.split(separator: "\n", omittingEmptySubsequences: false)
    var types: [Int: [(name: Substring, type: String)]] = [:]
    for hint in hints.array ?? [] {
      guard let position = Position(hint["position"]), lines.indices.contains(position.line),
        let label = hint["label"].string, label.hasPrefix(": ")
      else { continue }
      let before = lines[position.line].prefix(utf16: position.character)
      let count = before.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }.count
      types[position.line, default: []].append((before.suffix(count), String(label.dropFirst(2))))
    }
    cells = program.chapter.cells.map { cell in
      var known = Cell(code: cell.code, location: cell.codeLocation, kind: Kind(cell))
      guard cell.exercise == nil, !cell.options.fileScope, !cell.options.error else { return known }
      let code = cell.code.split(separator: "\n", omittingEmptySubsequences: false)
      for statement in SwiftStatement.statements(in: cell.code) {
        let text = code[statement.firstLine...min(statement.lastLine, code.count - 1)].joined(separator: "\n")
        if statement.isDeclaration {
          if statement.text.contains("private ") {
            known.script += text + "\n"
          } else {
            known.declarations += text + "\n"
          }
          continue
        }
        guard !statement.declared.isEmpty else { continue }
        let own = (statement.firstLine...statement.lastLine).flatMap {
          line -> [(name: Substring, type: String)] in
          let place = Position(line: cell.codeLocation.line - 1 + line, character: 0)
          return map.program(place, in: cell.codeLocation.file).flatMap { types[$0.line] } ?? []
        }
        let declared = statement.declared.sorted().map { name -> String? in
          let type = own.first { $0.name == name }?.type ?? statement.annotation(of: name)
          guard let type, !type.contains("error type"), !type.contains("some ") else { return nil }
          let word = statement.variables.contains(name) ? "var" : "let"
          return "\(word) \(name): \(type) = \(Self.stand)()\n"
        }
        // Where a type can't be told the statement itself tells it.
        known.script += declared.contains(nil) ? text + "\n" : declared.compactMap(\.self).joined()
      }
      return known
    }
    values = Set(program.chapter.values.map(\.expression))
    parameters = program.chapter.parameters.map(\.value)
  }

  /// Takes up what was found wrong, by the paths of the files: each cell what is in it.
  mutating func add(_ found: [String: [JSON]]) {
    for (path, items) in found {
      for item in items {
        guard let line = Position(item["range"]["start"])?.line else { continue }
        let index = cells.firstIndex { cell in
          let first = cell.location.line - 1
          let count = cell.code.split(separator: "\n", omittingEmptySubsequences: false).count
          return cell.location.file == path && (first..<first + count).contains(line)
        }
        if let index { cells[index].diagnostics.append(item) }
      }
    }
  }

  /// What was wrong in the cells that are as they were, where they stand now.
  func diagnostics(in program: EditedProgram, but changed: Set<Int>) -> [String: [JSON]] {
    var found: [String: [JSON]] = [:]
    var left = Dictionary(grouping: cells.indices) { cells[$0].code }
    for cell in program.chapter.cells where !changed.contains(cell.index) {
      guard let index = left[cell.code]?.first else { continue }
      left[cell.code]?.removeFirst()
      let lines = cell.codeLocation.line - cells[index].location.line
      for item in cells[index].diagnostics {
        guard case .object(var members) = item, var range = TextRange(item["range"]) else { continue }
        range.start.line += lines
        range.end.line += lines
        members["range"] = range.json
        found[cell.codeLocation.file, default: []].append(.object(members))
      }
    }
    return found
  }
}

extension SwiftStatement {
  /// Whether it may stand outside a script: a function, a type or an extension.
  fileprivate var isDeclaration: Bool {
    text.prefixMatch(
      of:
        /(?:@\w+(?:\([^)]*\))?\s+|(?:private|fileprivate|public|final|indirect)\s+)*(?:func|struct|enum|class|actor|extension|protocol|typealias)\b/
    ) != nil
  }

  /// The type that it gives to a name itself.
  fileprivate func annotation(of name: String) -> String? {
    guard let match = text.firstMatch(of: /^(?:let|var)\s+(?<name>\w+)\s*:\s*(?<type>[^=]+?)\s*=/),
      match.name == name, declared.count == 1
    else { return nil }
    return String(match.type)
  }
}
