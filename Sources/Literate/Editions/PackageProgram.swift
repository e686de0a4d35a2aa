/// A chapter's program as a reader edits it: its cells from top to bottom, without the frame that tells the engine.
struct PackageProgram {
  private(set) var main: String
  /// The cells in file scope; empty where there are none.
  private(set) var declarations = ""
  private let chapter: Chapter
  private let labels: Labels

  /// The prompts of the exercises, by their labels.
  private let prompts: [String: String]

  /// - Parameter document: The chapter's woven tree, which has the prompts with their values.
  init(_ chapter: Chapter, labels: Labels, document: [JSON]) {
    self.chapter = chapter
    self.labels = labels
    let exercises = document.filter { $0.isDiv(Exercise.className) }
    prompts = Dictionary(
      exercises.map { exercise in
        let blocks = (exercise.content[1].array ?? []).prefix { $0.tag != "CodeBlock" && $0.tag != "Div" }
        return (exercise.identifier, blocks.map(\.plainText).joined(separator: " "))
      }, uniquingKeysWith: { first, _ in first })
    main = "import Lab\n\nbeginPackage()\n"
    for parameter in chapter.parameters {
      main += "let \(parameter.name): \(parameter.value.swiftType) = \(parameter.value.swiftLiteral)\n"
    }
    var sections = [chapter.number ?? 0]
    for block in chapter.blocks.array ?? [] { add(block, &sections) }
  }

  private mutating func add(_ block: JSON, _ sections: inout [Int]) {
    switch block.tag {
    case "Header":
      var number = ""
      if !(block.content[1][1].array ?? []).contains(.string("unnumbered")) {
        Labels.count(level: block.content[0].integer ?? 1, in: &sections)
        number = Labels.sectionNumber(sections, chapter: chapter)
      }
      main += "\n// MARK: - \(number.isEmpty ? "" : number + " ")\(block.content[2].plainText)\n"
    case "CodeBlock" where block.classes.first == "{swift}":
      guard let index = block.content[1].string.flatMap(Int.init) else { return }
      add(chapter.cells[index])
    case "Div" where block.isDiv(Exercise.className):
      addExercise(block)
    default:
      // A cell may stand in a list or a callout.
      for inner in block.children { add(inner, &sections) }
    }
  }

  private mutating func add(_ cell: Cell) {
    if cell.options.fileScope {
      declarations += (declarations.isEmpty ? "import Lab\n" : "") + "\n" + cell.code + "\n"
    } else if cell.options.error {
      main += "\n// This cell fails, as the chapter shows:\n" + Self.commented(cell.code)
    } else {
      main += "\n"
      if let label = cell.options.label { main += "nextFigure(\"\(label)\")\n" }
      main += cell.code + "\n"
    }
  }

  private mutating func addExercise(_ block: JSON) {
    guard let exercise = chapter.exercises.first(where: { $0.label == block.identifier }) else { return }
    let name = "Exercise " + (labels.targets[exercise.label]?.number ?? exercise.label)
    main += "\n// MARK: \(name)\n"
    main += Self.commented(Self.wrapped(prompts[exercise.label] ?? ""))
    main += "exercise(\"\(name)\") {\n"
    let answers = exercise.cells.map { chapter.cells[$0] }
    let solution = answers.filter { $0.exercise?.part == .solution && !$0.code.isEmpty }
    let starter = answers.filter { $0.exercise?.part == .starter }
    if !solution.isEmpty {
      main += "  // The starter:\n"
      for cell in starter { main += Self.commented(cell.code, indentation: "  ") }
      main += "  // The solution:\n"
    } else {
      main += "  // Your answer: change this.\n"
    }
    for cell in solution.isEmpty ? starter : solution { main += Self.indented(cell.code) }
    main += "\n  // The check.\n"
    for cell in answers where cell.exercise?.part == .check { main += Self.indented(cell.code) }
    main += "}\n"
  }

  private static func lines(_ code: String) -> [Substring] {
    code.split(separator: "\n", omittingEmptySubsequences: false)
  }

  private static func indented(_ code: String) -> String {
    lines(code).map { ($0.isEmpty ? "" : "  \($0)") + "\n" }.joined()
  }

  private static func commented(_ code: String, indentation: String = "") -> String {
    lines(code).map { "\(indentation)// \($0)\n" }.joined()
  }

  private static func wrapped(_ text: String) -> String {
    var lines = [""]
    for word in text.split(whereSeparator: \.isWhitespace) {
      if lines[lines.count - 1].count + word.count > 100 { lines.append("") }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
    }
    return lines.joined(separator: "\n")
  }
}
