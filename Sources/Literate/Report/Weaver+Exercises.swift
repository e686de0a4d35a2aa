/// Exercises: a number before the prompt, hints and solutions folded away.
extension Weaver {
  /// An exercise, a hint or a solution as the page shows it; nil for another block.
  func exercise(_ block: JSON) -> [JSON]? {
    let inner = block.content[1].array ?? []
    if block.isDiv(Exercise.className) {
      var numbering = HintNumbering(count: inner.count { $0.isDiv(Exercise.hintClass) })
      let body = inner.flatMap { inner -> [JSON] in
        guard inner.isDiv(Exercise.hintClass) else { return [inner] }
        return folded(numbering.next(), Exercise.hintClass, inner.content[1].array ?? [])
      }
      return [.div(block.content[0], numbered(body, as: block.identifier))]
    }
    if block.isDiv(Exercise.solutionClass) { return folded("Solution", Exercise.solutionClass, inner) }
    return nil
  }

  /// "Exercise 4.1." before the first words.
  func numbered(_ blocks: [JSON], as label: String) -> [JSON] {
    guard let target = labels.targets[label] else { return blocks }
    let name = JSON.span(["label"], [.text("\(target.name)\u{A0}\(target.number).")])
    guard let first = blocks.first, first.tag == "Para" else {
      return [.element("Para", .array([name]))] + blocks
    }
    return [.element("Para", .array([name, .space] + (first.content.array ?? [])))] + blocks.dropFirst()
  }

  private func folded(_ title: String, _ className: String, _ blocks: [JSON]) -> [JSON] {
    [.rawHTML("<details class=\"\(className)\"><summary>\(title)</summary>")] + blocks
      + [.rawHTML("</details>")]
  }

  /// What the page shows of a cell of an exercise that is not run for its results: the starter, and the check, folded.
  func exerciseListing(_ cell: Cell) -> [JSON] {
    let listing = listing(of: cell)
    return cell.exercise?.part == .check
      ? folded("The check that an answer must pass", "check", listing) : listing
  }
}

/// "Hint" for the only one, else "Hint 1", "Hint 2".
struct HintNumbering {
  var count: Int
  private var last = 0

  init(count: Int) { self.count = count }

  mutating func next() -> String {
    last += 1
    return count > 1 ? "Hint \(last)" : "Hint"
  }
}
