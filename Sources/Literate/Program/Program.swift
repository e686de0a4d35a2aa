import CellRecords

/// A chapter as one Swift program: its cells from top to bottom in one scope, each where its Markdown has it.
struct Program {
  /// The text of `main.swift`.
  var text: String
  /// The text of a second file, with the cells in file scope; empty where there are none.
  var declarations = ""

  /// Statements that stand in files of their own, where they were asked for.
  private(set) var statements: [StatementApart] = []

  private let places: ProgramPlaces

  /// - Parameters:
  ///   - leftOut: Cells that were meant to fail and don't compile.
  ///   - isInParts: Whether statements that can do so stand in files of their own.
  init(_ chapter: ScannedChapter, leavingOut leftOut: Set<Int> = [], inParts isInParts: Bool = false) {
    places = ProgramPlaces(of: chapter)
    text = ""
    let apart = isInParts ? StatementApart.statements(of: chapter, places) : [:]
    var text = "import Lab\nChapterProgram.begin()\n"
    for (number, parameter) in chapter.parameters.enumerated() {
      text += places.start(ofParameter: number, parameter).directive
      text +=
        "let \(parameter.name): \(parameter.value.swiftType) = \(parameter.value.swiftLiteral)\n#sourceLocation()\n"
    }
    var nextValue = chapter.values.filter { $0.exercise == nil }[...]

    func addValues(before cellCount: Int) {
      while let value = nextValue.first, value.cellsBefore <= cellCount {
        text += computed(value)
        nextValue = nextValue.dropFirst()
      }
    }

    for cell in chapter.cells {
      addValues(before: cell.index)
      guard !leftOut.contains(cell.index) else { continue }
      if let (number, _) = cell.exercise {
        let exercise = chapter.exercises[number]
        if exercise.cells.first == cell.index, exercise.experiment == nil {
          text += tested(number, in: chapter)
        }
        continue
      }
      text += "ChapterProgram.startCell(\(cell.index))\n"
      if cell.options.fileScope {
        declarations += (declarations.isEmpty ? "import Lab\n" : "") + placed(cell)
        text += "ChapterProgram.endCell()\n"
        continue
      }
      if cell.options.error { text += "ChapterProgram.expectFailure {\n" }
      if let apart = apart[cell.index] {
        text += placed(cell, without: apart)
        statements += apart
      } else {
        text += placed(cell)
      }
      if cell.options.error { text += "}\n" }
      let exercise = chapter.exercises.firstIndex { $0.experiment == cell.index }
      if exercise != nil {
        let fence = places.fence(of: cell)
        text += "ChapterProgram.requireGoal(file: \"\(fence.name)\", line: \(fence.line))\n"
      }
      text += "ChapterProgram.endCell()\n"
      if let exercise { text += tested(exercise, in: chapter) }
    }
    if Self.hidesReader(chapter.cells) {
      declarations += (declarations.isEmpty ? "import Lab\n" : "") + Self.reader
    }
    addValues(before: chapter.cells.count)
    text += "ChapterProgram.finish()\n"
    self.text = text
  }

  /// Whether the cells name something as the reader of files, `data`; it would hide that.
  static func hidesReader(_ cells: [Cell]) -> Bool { cells.contains { $0.namesSet.contains("data") } }

  /// The reader as a function of the program itself, beside which a constant of its name can stand.
  static let reader = "func data(_ path: String) throws -> Foundation.Data { try Lab.data(path) }\n"

  /// How the names of the key's parts begin that are cells and inline values.
  static let cellPart = "cell "
  static let valuePart = "inline value "

  private func computed(_ value: InlineValue) -> String {
    "try ChapterProgram.value(\(value.index)) {\n" + places.start(of: value).directive
      + String(repeating: " ", count: max(0, value.location.column - 1)) + value.expression
      + "\n#sourceLocation()\n}\n"
  }

  /// An exercise in a scope of its own: the solution with the check, which must pass, and the starter with the check, which must
  /// not. The goal of an experiment was tried where the model was made.
  private func tested(_ number: Int, in chapter: ScannedChapter) -> String {
    let exercise = chapter.exercises[number]
    let check = exercise.cell(.check, in: chapter)
    guard check != nil || exercise.experiment != nil else { return "" }
    var text = ""
    if let check, let starter = exercise.cell(.starter, in: chapter) {
      text += "func exercise\(number + 1)Starter() throws {\n" + placed(starter) + placed(check) + "}\n"
    }
    let solution = exercise.cells.map { chapter.cells[$0] }.filter { $0.exercise?.part == .solution }
    let values = chapter.values.filter { $0.exercise == number }
    guard !solution.isEmpty || exercise.experiment != nil && !values.isEmpty else { return text }
    text += "func exercise\(number + 1)() throws {\n"
    for cell in solution { text += framed(cell) }
    for value in values { text += computed(value) }
    text += (check.map(framed) ?? "") + "}\n"
    let hasStarter = exercise.cell(.starter, in: chapter) != nil
    let starter = hasStarter ? "{ try exercise\(number + 1)Starter() }" : "nil"
    let fence = places.fence(
      of: chapter.cells[check?.index ?? exercise.cells.first ?? exercise.experiment ?? 0])
    return text
      + "try ChapterProgram.exercise({ try exercise\(number + 1)() }, starter: \(starter), file: \"\(fence.name)\", line: \(fence.line))\n"
  }

  private func framed(_ cell: Cell) -> String {
    "ChapterProgram.startCell(\(cell.index))\n" + placed(cell) + "ChapterProgram.endCell()\n"
  }

  /// A cell's code, each line where its Markdown has it; where statements stand apart, what is in their place.
  private func placed(_ cell: Cell, without apart: [StatementApart] = []) -> String {
    var text = places.start(of: cell).directive
    let indent = String(repeating: " ", count: cell.indentation)
    let lines = cell.code.split(separator: "\n", omittingEmptySubsequences: false)
    var next = 0
    func addLines(to end: Int) {
      for line in lines[next..<end] { text += indent + line + "\n" }
    }
    for statement in apart {
      addLines(to: statement.lines.lowerBound)
      text += statement.placeholder
      next = statement.lines.upperBound + 1
      let place = StatementApart.place(ofLine: next, in: cell, without: apart, places)
      if next < lines.count { text += place.directive }
    }
    addLines(to: lines.count)
    return text + "#sourceLocation()\n"
  }

  /// What the chapter contributes to the key of its run: what its program computes, without places.
  static func addParts(of chapter: ScannedChapter, to key: inout ContentKey) {
    for cell in chapter.cells {
      let name = cell.options.label.map { " (\($0))" } ?? ""
      let kind =
        (cell.options.error ? "must fail\n" : "") + (cell.options.fileScope ? "file scope\n" : "")
        + (cell.exercise.map { "exercise \($0.number) \($0.part.rawValue)\n" } ?? "")
      // Where the code asks for its place, that is part of it.
      let place = ProgramPlaces.areAsked(by: cell.code) ? "at \(cell.codeLocation)\n" : ""
      key.add("\(cellPart)\(cell.index + 1)\(name)", kind + place + cell.code)
    }
    for value in chapter.values {
      key.add(
        "\(valuePart)\(value.index + 1), below cell \(value.cellsBefore)",
        (value.exercise.map { "exercise \($0)\n" } ?? "")
          + (ProgramPlaces.areAsked(by: value.expression) ? "at \(value.location)\n" : "")
          + value.expression)
    }
    for parameter in chapter.parameters {
      key.add("parameter \(parameter.name)", parameter.value.swiftLiteral)
    }
  }
}
