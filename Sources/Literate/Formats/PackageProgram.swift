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
  init(_ chapter: Chapter, labels: Labels, document: [Block]) {
    self.chapter = chapter
    self.labels = labels
    let exercises = document.compactMap { block -> (label: String, prompt: String)? in
      guard let content = block.content(ofDiv: Exercise.className) else { return nil }
      let prompt = content.prefix(while: \.isPrompt).map { [$0].plainText }.joined(separator: " ")
      return (block.attributes?.identifier ?? "", prompt)
    }
    prompts = Dictionary(exercises.map { ($0.label, $0.prompt) }, uniquingKeysWith: { first, _ in first })
    main = "import Lab\n\nbeginPackage()\n"
    for parameter in chapter.parameters {
      main += "let \(parameter.name): \(parameter.value.swiftType) = \(parameter.value.swiftLiteral)\n"
    }
    var sections = [chapter.number ?? 0]
    chapter.blocks.walk { add($0, &sections) }
    if Program.hidesReader(chapter.cells) {
      declarations += (declarations.isEmpty ? "import Lab\n" : "") + "\n" + Program.reader
    }
  }

  /// Whether to go on to what lies within: a cell may stand in a list or a callout.
  private mutating func add(_ node: TextNode, _ sections: inout [Int]) -> Bool {
    guard case .block(let block) = node else { return false }
    if case .header(let level, let attributes, let title) = block {
      var number = ""
      if !attributes.classes.contains("unnumbered") {
        Labels.count(level: level, in: &sections)
        number = Labels.sectionNumber(sections, chapter: chapter)
      }
      main += "\n// MARK: - \(number.isEmpty ? "" : number + " ")\(title.plainText)\n"
      return false
    }
    if let index = block.cellNumber {
      add(chapter.cells[index])
    } else if block.isDiv(Exercise.className) {
      addExercise(block.attributes?.identifier ?? "")
      return false
    }
    return true
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

  private mutating func addExercise(_ label: String) {
    guard let exercise = chapter.exercises.first(where: { $0.label == label }) else { return }
    let name = "Exercise " + (labels.targets[exercise.label]?.number ?? exercise.label)
    main += "\n// MARK: \(name)\n"
    main += Self.commented(Self.wrapped(prompts[exercise.label] ?? ""))
    if exercise.experiment != nil {
      main += "// It is done in the page, where the model runs.\n"
      return
    }
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

extension Block {
  /// Whether it belongs to what an exercise asks: not its cells, nor its hints.
  var isPrompt: Bool {
    switch self {
    case .code, .div: false
    default: true
    }
  }
}
