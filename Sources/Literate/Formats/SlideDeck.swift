/// The slides of a chapter: a header of level 2 each, and what is below it.
struct SlideDeck {
  private(set) var slides: [Block] = []
  private var title: [Inline] = []
  /// The name of the section, until a slide has it.
  private var name = ""
  /// How many slides the section has.
  private var count = 0
  /// What stands on a slide of the section, until something has a slide of its own.
  private var opening: [Block] = []
  private var isOfReferences = false
  private var hasSentence = false

  init(_ blocks: [Block]) {
    for block in blocks { add(block, isNested: false) }
    close()
  }

  /// - Parameter isNested: Whether it stands in a list or another block, whose words are not for slides.
  private mutating func add(_ block: Block, isNested: Bool) {
    if isOfReferences, !block.isHeader { return }
    switch block {
    case .header(let level, let attributes, let title) where !isNested:
      close()
      (self.title, name, count, hasSentence) = (title, attributes.identifier, 0, false)
      isOfReferences = level == 1 && title.plainText.hasPrefix("References")
    case .paragraph(let inlines), .plain(let inlines): addText(inlines, isNested: isNested)
    case .div(let attributes, let content):
      if attributes.classes.contains("equation") {
        opening.append(block)
      } else if attributes.classes.contains("table") {
        addTable(attributes, content)
      } else if !Set(attributes.classes).isDisjoint(with: ["figure", "claim"]) {
        var shortening = Shortening()
        if attributes.classes.contains("claim") {
          addSlide([block])
        } else {
          addFigure([block].rewritten(by: &shortening))
        }
      } else if attributes.classes.contains(Exercise.className) {
        // The prompt alone: the room has neither starter nor hints before it has thought.
        addSlide([
          .div(
            Attributes(identifier: attributes.identifier, classes: ["exercise"]),
            Array(content.prefix(while: \.isPrompt)))
        ])
      } else if attributes.identifier != "refs" {
        for block in content { add(block, isNested: true) }
      }
    case .table: addTable(Attributes(classes: ["table"]), [block])
    case .quote(let blocks): for block in blocks { add(block, isNested: true) }
    case .orderedList(_, let items), .bulletList(let items):
      for block in items.joined() { add(block, isNested: true) }
    case .definitions(let definitions):
      for block in definitions.flatMap({ $0.meanings.joined() }) { add(block, isNested: true) }
    case .header, .lines, .code, .raw, .rule, .other: break
    }
  }

  /// Of a section's text, the first sentence is enough, with all formulas that stand by themselves and all images. The title slide has
  /// the title of the chapter.
  private mutating func addText(_ inlines: [Inline], isNested: Bool) {
    let formulas = inlines.filter { if case .math(isDisplay: true, _) = $0 { true } else { false } }
    let images = inlines.filter { if case .image = $0 { true } else { false } }
    let words = inlines.filter { !formulas.contains($0) && !images.contains($0) }
    let isText = words.contains { !$0.isSpace }
    if isText, !isNested, !hasSentence {
      hasSentence = true
      opening.append(.paragraph(Self.firstSentence(of: words)))
    }
    opening += formulas.map { .div(Attributes(classes: ["equation"]), [.paragraph([$0])]) }
    for image in images { addFigure([.div(Attributes(classes: ["figure"]), [.paragraph([image])])]) }
  }

  /// A figure, below the first sentence of its section where that is short and stands alone.
  private mutating func addFigure(_ blocks: [Block]) {
    var sentence: [Block] = []
    if case .paragraph? = opening.first, opening.count == 1, SlideSize.lines(of: opening[0]) <= 2 {
      (sentence, opening) = (opening, [])
    }
    addSlide(sentence + blocks)
  }

  private mutating func addSlide(_ blocks: [Block]) {
    close()
    hasSentence = true
    slides.append(header())
    slides += blocks
  }

  private mutating func close() {
    for part in Self.parts(of: opening, each: { SlideSize.lines(of: $0) }, within: SlideSize.lines) {
      slides.append(header())
      slides += part
    }
    opening = []
  }

  /// The title of a slide; those after the first of a section are counted.
  private mutating func header() -> Block {
    count += 1
    defer { name = "" }
    return .header(
      level: 2, Attributes(identifier: name), title + (count > 1 ? [.space, .text("(\(count))")] : []))
  }

  // MARK: Tables

  private static let tableRows = 10

  /// A table by its first rows, on as many slides as they need, each with its caption and head.
  private mutating func addTable(_ attributes: Attributes, _ content: [Block]) {
    var shortening = Shortening()
    let caption = content.filter { if case .table = $0 { false } else { true } }.rewritten(by: &shortening)
    for case .table(let table) in content {
      let all = table.bodies.flatMap { $0.head + $0.rows } + table.foot.rows
      let rows = Array(all.prefix(Self.tableRows))
      let size = SlideSize.Columns(table.head.rows + rows)
      let room = SlideSize.lines - caption.reduce(0) { $0 + SlideSize.lines(of: $1) }
      let head = table.head.rows.reduce(0) { $0 + size.lines(of: $1) }
      let parts = Self.parts(of: rows, each: size.lines(of:), within: max(2, room - head))
      for (index, part) in (parts.isEmpty ? [[]] : parts).enumerated() {
        var table = table
        table.bodies = [.init(rows: part)]
        table.foot.rows = []
        var blocks = caption + [.table(table)]
        if index == parts.count - 1, all.count > rows.count {
          blocks.append(.emphasised("… and \(all.count - rows.count) rows more in the report."))
        }
        let name = index == 0 ? attributes.identifier : ""
        addSlide([.div(Attributes(identifier: name, classes: attributes.classes), blocks)])
      }
    }
  }

  /// Things in their order, in parts of at most so many lines; one that is longer stands alone.
  private static func parts<Thing>(
    of things: [Thing], each lines: (Thing) -> Double, within limit: Double
  ) -> [[Thing]] {
    var parts: [[Thing]] = []
    var room = 0.0
    for thing in things {
      let height = lines(thing)
      if parts.isEmpty || height > room {
        parts.append([])
        room = limit
      }
      parts[parts.count - 1].append(thing)
      room -= height
    }
    return parts
  }

  /// A caption by its first sentence.
  private struct Shortening: Rewriter {
    func replacement(for block: Block) -> [Block]? {
      if case .paragraph(let inlines) = block {
        [.paragraph(SlideDeck.firstSentence(of: inlines))]
      } else {
        nil
      }
    }
  }

  /// The inlines up to the end of the first sentence that has words; a number such as "Figure 2.1." is none.
  private static func firstSentence(of inlines: [Inline]) -> [Inline] {
    for (index, inline) in inlines.enumerated() where index + 1 < inlines.count {
      guard case .text(let text) = inline, let last = text.last, ".?!".contains(last),
        inlines[index + 1].isSpace, text.count > 2 || index > 0 && inlines[index - 1].isEmphasis
      else { continue }
      return Array(inlines[...index])
    }
    return inlines
  }
}

extension Inline {
  fileprivate var isEmphasis: Bool { if case .styled(.emphasis, _) = self { true } else { false } }
}

/// About how much a slide holds, counted in lines of its text; what is longer than was thought, its script sets smaller.
private enum SlideSize {
  /// Below the title.
  static let lines = 11.0
  private static let charactersPerLine = 80.0

  static func lines(of block: Block) -> Double {
    switch block {
    case .paragraph(let inlines): return (Double(inlines.plainText.count) / charactersPerLine).rounded(.up)
    case .div(_, let content):
      // A formula has a line for each of its rows, and fractions and sums are higher.
      let text = content.plainText
      let rows = Double(1 + text.components(separatedBy: "\\\\").count - 1)
      return rows * (text.contains(/\\(?:d?frac|sum|prod|int|begin)/) ? 2.3 : 1.4) + 0.5
    default: return 1
    }
  }

  /// The columns of a table, as wide as their cells ask.
  struct Columns {
    /// How many characters each holds in a line.
    private let widths: [Double]

    init(_ rows: [Table.Row]) {
      let count = rows.map(\.cells.count).max() ?? 0
      let longest = (0..<count).map { column in
        Double(
          rows.map { $0.cells.indices.contains(column) ? $0.cells[column].content.plainText.count : 0 }.max()
            ?? 0) + 2
      }
      // The letters of a table are smaller than those of the text.
      let share = SlideSize.charactersPerLine / 0.75 / max(1, longest.reduce(0, +))
      widths = longest.map { share < 1 ? max(4, $0 * share) : $0 }
    }

    func lines(of row: Table.Row) -> Double {
      let lines =
        zip(row.cells, widths).map { (Double($0.content.plainText.count) / $1).rounded(.up) }.max() ?? 1
      return 0.7 * max(1, lines) + 0.35
    }
  }
}
