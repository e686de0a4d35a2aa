/// A question with hints, a solution, and a check that the build runs on the solution; or one that a model in the page asks.
public struct Exercise: Sendable {
  /// What a cell of an exercise is for.
  public enum Part: String, Sendable, CaseIterable {
    /// What the student begins with: compiled together with the check, not run.
    case starter
    /// The answer, which the student's edition does not have.
    case solution
    /// What an answer must fulfil: run on the solution.
    case check
    /// A model that runs in the page and tells how near the reader comes to its goal. It is a cell like others, in each edition.
    case experiment
  }

  /// Its name for references, such as `exr-slope`.
  public var label: String
  var location: Problem.Location
  /// The numbers of its cells in the chapter, in their order, but for experiments.
  var cells: [Int] = []
  /// The number of the cell that is its experiment.
  var experiment: Int?

  static let className = "exercise"
  static let hintClass = "hint"
  static let solutionClass = "solution"

  /// Finds the exercises in a chapter's tree, gives their cells and inline values their parts, and says what is wrong.
  ///
  /// - Parameter places: Where each exercise begins, in the order of the text.
  static func find(in chapter: inout Chapter, places: [Problem.Location]) {
    var places = places[...]
    var isClaimed: Set<Int> = []
    var strays: [(name: String, place: Problem.Location)] = []
    for block in chapter.blocks {
      guard case .div(let attributes, let content) = block, attributes.classes.contains(className) else {
        [block].walk { node in
          if case .block(let block) = node, let name = [solutionClass, hintClass].first(where: block.isDiv) {
            strays.append((name, chapter.source.location(of: "." + name)))
          }
          return true
        }
        continue
      }
      let place = places.popFirst() ?? chapter.source.location(line: 1)
      var exercise = Exercise(label: attributes.identifier, location: place)
      let index = chapter.exercises.count
      if Labels.Kind(label: exercise.label) != .exercise {
        chapter.problems.append(
          Problem(
            "The exercise has no label.", at: place,
            advice: "Write `::: {.exercise #exr-something}`, so that text can refer to it."))
      }
      var finder = PartFinder(exercise: index, chapter: chapter)
      finder.visit(content, isSolution: false)
      chapter = finder.chapter
      exercise.cells = finder.cells
      exercise.experiment = finder.experiments.first
      isClaimed.formUnion(finder.cells + finder.experiments)
      chapter.exercises.append(exercise)
      chapter.problems += exercise.missing(in: chapter)
    }
    for (name, place) in strays {
      chapter.problems.append(
        Problem(
          "A block `.\(name)` stands outside any exercise.", at: place,
          advice: "Put it between `::: {.exercise #exr-something}` and `:::`."))
    }
    for place in places {
      chapter.problems.append(
        Problem(
          "An exercise stands inside something else.", at: place,
          advice: "Put it at the top level of the chapter, outside lists and other blocks."))
    }
    for cell in chapter.cells where cell.options.exercise != nil && !isClaimed.contains(cell.index) {
      chapter.problems.append(
        Problem(
          "The cell is marked `exercise`, but stands outside any exercise.", at: cell.location,
          advice: "Put it between `::: {.exercise #exr-something}` and `:::`, or remove the option."))
    }
  }

  func cell(_ part: Part, in chapter: ScannedChapter) -> Cell? {
    cells.lazy.map { chapter.cells[$0] }.first { $0.exercise?.part == part }
  }

  /// What the exercise lacks, and what it has too often.
  private func missing(in chapter: Chapter) -> [Problem] {
    let name = label.isEmpty ? "The exercise" : "The exercise `\(label)`"
    if experiment != nil {
      return cells.map { chapter.cells[$0] }.filter { $0.exercise?.part != .solution }.map { cell in
        Problem(
          "\(name) has an experiment, and a cell marked `\(cell.exercise?.part.rawValue ?? "")`.",
          at: cell.location,
          advice:
            "The experiment is what the reader begins with, and its goal is the check: remove this cell, or write two exercises."
        )
      }
    }
    let wanted: [(Part, String, String)] = [
      (.check, "check", "Add a cell with `//| exercise: check`, such as `try require(answer > 0, \"…\")`."),
      (.solution, "solution", "Add `::: {.solution}` with a cell that passes the check."),
      (.starter, "starter", "Add a cell with `//| exercise: starter`: what the student begins with."),
    ]
    return wanted.compactMap { part, word, advice in
      let count = cells.count { chapter.cells[$0].exercise?.part == part }
      if count == 0 { return Problem("\(name) has no \(word).", at: location, advice: advice) }
      guard count > 1, part != .solution else { return nil }
      return Problem("\(name) has \(count) cells marked `\(word)`; one was expected.", at: location)
    }
  }
}

/// Goes through the tree of one exercise.
private struct PartFinder {
  var exercise: Int
  var chapter: Chapter
  var cells: [Int] = []
  var experiments: [Int] = []

  /// The options that a cell of a solution may have; the other cells of an exercise have `exercise` alone.
  private static let solutionOptions: Set<String> = [
    "alt", "caption", "echo", "output", "time-limit", "memory-limit",
  ]

  mutating func visit(_ blocks: [Block], isSolution: Bool) {
    blocks.walk { visit($0, isSolution: isSolution) }
  }

  /// Whether to go on to what lies within.
  private mutating func visit(_ node: TextNode, isSolution: Bool) -> Bool {
    switch node {
    case .block(.header(_, _, let inlines)):
      let title = inlines.plainText
      chapter.problems.append(
        Problem(
          "An exercise holds the heading “\(title)”; it must hold none.",
          at: chapter.source.location(of: title),
          advice: "Write it in bold: `**\(title)**`."))
      return false
    case .block(let block):
      checkClasses(of: block)
      if let index = block.cellNumber, chapter.cells.indices.contains(index) {
        add(chapter.cells[index], isSolution: isSolution)
      } else if !isSolution, let content = block.content(ofDiv: Exercise.solutionClass) {
        visit(content, isSolution: true)
        return false
      } else if isSolution, let label = block.attributes?.identifier, Labels.Kind(label: label) != nil {
        addLabelled(label, chapter.source.location(of: "#" + label))
      }
    case .inline(let inline):
      if case .span(let attributes, _) = inline { checkClasses(attributes, isDiv: false) }
      guard isSolution else { return true }
      if let index = inline.valueNumber, chapter.values.indices.contains(index) {
        chapter.values[index].exercise = exercise
      }
      if case .text(let text) = inline, let label = Labels.tableLabel(text) ?? Labels.bracedLabel(text) {
        addLabelled(label, chapter.source.location(of: "{#" + label))
      }
    }
    return true
  }

  /// The classes of blocks that mean something within an exercise; those of callouts are checked where they are set.
  private static let blockClasses = Chapter.classes.subtracting([Exercise.className])

  private mutating func checkClasses(of block: Block) {
    switch block {
    case .div(let attributes, _): checkClasses(attributes, isDiv: true)
    case .code(let attributes, _): checkClasses(attributes, isDiv: false)
    default: break
    }
  }

  /// A misspelt class would show to students what they must not see.
  private mutating func checkClasses(_ attributes: Attributes, isDiv: Bool) {
    let known = Self.blockClasses
    for name in attributes.classes
    where !name.hasPrefix("callout-") && !name.hasPrefix(Attributes.madeClass) && name != Exercise.className {
      let looksKnown = [Exercise.hintClass, Exercise.solutionClass].contains {
        name.lowercased().hasPrefix($0)
      }
      guard isDiv ? !known.contains(name) : looksKnown else { continue }
      let near = nearest(to: name.lowercased(), among: known)
      let lines = chapter.source.lines
      let written = ["." + name, " " + name, name].first { word in lines.contains { $0.contains(word) } }
      let place = chapter.source.location(of: written ?? name)
      chapter.problems.append(
        known.contains(name)
          ? Problem(
            "The class `\(name)` stands at something that is no block of its own.", at: place,
            advice: "Write `::: {.\(name)}` before it and `:::` after it.")
          : Problem(
            "An exercise has no blocks of the class `\(name)`.", at: place,
            advice: (near.map { "Did you mean `.\($0)`? " } ?? "")
              + "There are `.hint` and `.solution`, and callouts."))
    }
  }

  private mutating func add(_ cell: Cell, isSolution: Bool) {
    let named = cell.options.exercise
    if named == .experiment, !isSolution {
      if !experiments.isEmpty {
        problem(cell, "The exercise has two experiments; one was expected.", "Write two exercises.")
      }
      experiments.append(cell.index)
      return
    }
    cells.append(cell.index)
    let part: Exercise.Part
    switch (isSolution, named) {
    case (true, nil): part = .solution
    case (true, let named?):
      problem(
        cell, "A cell of a solution can't be marked `exercise: \(named.rawValue)`.",
        "Remove the option, or move the cell out of the solution.")
      return
    case (false, let named?) where named != .solution: part = named
    case (false, _):
      problem(
        cell,
        "The cell in this exercise is neither its starter nor its check, nor an experiment, nor in its solution.",
        "Write `//| exercise: starter`, `check` or `experiment` at its head, or put it into `::: {.solution}`."
      )
      return
    }
    chapter.cells[cell.index].exercise = (exercise, part)
    if part == .solution {
      // The values in its caption and alternative text see its names too.
      for text in chapter.optionTexts.filter({ ChapterScanner.cell(ofIdentifier: $0.key) == cell.index })
        .values
      {
        text.walk { visit($0, isSolution: true) }
      }
    }
    if let label = cell.options.label { addLabelled(label, cell.location) }
    let allowed = part == .solution ? Self.solutionOptions : []
    let wrong = cell.options.given.subtracting(allowed).subtracting(["exercise", "label"])
    if let name = wrong.sorted().first {
      problem(
        cell, "A cell of an exercise can't have the option `\(name)`.",
        "Move what needs it into a cell above the exercise.")
    }
  }

  /// What only some editions have can't be counted, nor referred to.
  private mutating func addLabelled(_ label: String, _ place: Problem.Location) {
    chapter.problems.append(
      Problem(
        "The label `\(label)` stands in an exercise; what it names would not be in every edition.", at: place,
        advice: "Remove the label."))
  }

  private mutating func problem(_ cell: Cell, _ message: String, _ advice: String) {
    chapter.problems.append(Problem(message, at: cell.location, advice: advice))
  }
}
