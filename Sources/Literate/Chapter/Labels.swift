/// The things in a book that text can refer to, with their numbers.
package struct Labels {
  package enum Kind: String, CaseIterable, Sendable {
    case figure = "fig"
    case table = "tbl"
    case equation = "eq"
    case section = "sec"
    case exercise = "exr"
    case listing = "lst"
    case theorem = "thm"
    case lemma = "lem"
    case corollary = "cor"
    case proposition = "prp"
    case conjecture = "cnj"
    case definition = "def"
    case example = "exm"
    case remark = "rem"
    case solution = "sol"
    case algorithm = "alg"
    case note = "nte"
    case tip
    case important = "imp"
    case warning = "wrn"
    case caution = "cau"

    /// The word before the number.
    var name: String {
      switch self {
      case .figure: "Figure"
      case .table: "Table"
      case .equation: "Equation"
      case .section: "Section"
      case .exercise: "Exercise"
      case .listing: "Listing"
      case .theorem: "Theorem"
      case .lemma: "Lemma"
      case .corollary: "Corollary"
      case .proposition: "Proposition"
      case .conjecture: "Conjecture"
      case .definition: "Definition"
      case .example: "Example"
      case .remark: "Remark"
      case .solution: "Solution"
      case .algorithm: "Algorithm"
      case .note: "Note"
      case .tip: "Tip"
      case .important: "Important"
      case .warning: "Warning"
      case .caution: "Caution"
      }
    }

    /// Whether it is a block of the text that says something: a theorem, a definition.
    var isStatement: Bool {
      switch self {
      case .figure, .table, .equation, .section, .exercise, .listing: false
      case .note, .tip, .important, .warning, .caution: false
      case .theorem, .lemma, .corollary, .proposition, .conjecture, .definition, .example: true
      case .remark, .solution, .algorithm: true
      }
    }

    /// The kind that a label such as `fig-storing` names.
    package init?(label: String) {
      guard let dash = label.firstIndex(of: "-") else { return nil }
      self.init(rawValue: String(label[..<dash]))
    }
  }

  package struct Target: Sendable {
    package var kind: Kind
    /// Empty for a section without a number.
    package var number: String
    /// The words of a section's title; empty for the other kinds.
    package var title = ""
    package var location: Problem.Location
    /// Whether the page has it; a chapter that is built by itself may name what is in another.
    var isShown = true

    /// What people write for a name, besides the kind of its labels.
    private static let short: [Kind: [String]] = [
      .table: ["tab"], .equation: ["eqn"], .section: ["sect", "chapter", "chap", "ch", "§"],
      .proposition: ["prop"],
      .exercise: ["ex"], .example: ["ex"],
    ]

    /// Whether the last of some words is its name, or short for it: "Fig.", "Figures", "Sec.", "Chapter".
    func isNamed(by words: [Inline]) -> Bool {
      guard let last = words.plainText.split(separator: " ").last?.lowercased() else { return false }
      let word = last.hasSuffix(".") ? String(last.dropLast()) : last
      let names = [kind.rawValue, kind.name.lowercased(), name.lowercased()] + Self.short[kind, default: []]
      return names.contains { word == $0 || word == $0 + "s" }
    }

    /// Whether it is the title of a chapter.
    var isChapter = false

    /// "Figure", "Section", "Chapter".
    package var name: String { isChapter ? "Chapter" : kind.name }
  }

  package private(set) var targets: [String: Target] = [:]
  /// What else links can lead to.
  let anchors: Anchors
  private(set) var problems: [Problem] = []
  /// Whether the bibliography is wrong: then nobody can tell what it has.
  var lacksBibliography = false

  /// What references show of each label.
  var names: [String: String] { targets.mapValues { "\($0.name) \($0.number) \($0.title) \($0.isShown)" } }

  /// Numbers the labels of all chapters in the order of the text.
  ///
  /// - Parameter lone: The path of the chapter that is shown by itself; nil where all are.
  init(_ chapters: [Chapter], lone: String?) {
    anchors = Anchors(chapters, lone: lone)
    for chapter in chapters {
      let earlier = Set(targets.keys)
      add(chapter)
      guard let lone, chapter.source.path != lone else { continue }
      for label in targets.keys where !earlier.contains(label) { targets[label]?.isShown = false }
    }
  }

  /// The problem of a reference to a label that does not exist.
  func unresolved(_ label: String, at location: Problem.Location) -> Problem {
    let near = nearest(to: label, among: targets.keys)
    let prefixed = targets.keys.filter { $0.hasPrefix(label.prefix(4)) }.sorted()
    let advice =
      near.map { "Did you mean `@\($0)`?" }
      ?? (prefixed.isEmpty ? "No such label exists yet." : "There are \(prefixed.map { "`@\($0)`" }.listed).")
    return Problem("Nothing has the label `\(label)`.", at: location, advice: advice)
  }

  /// Something that takes a number or can be referred to.
  struct Declaration: Sendable {
    /// Nil for a header without one.
    var label: String?
    /// Nil for a label of a kind that has no numbers.
    var kind: Kind?
    /// The labels of the parts of a figure or a table.
    var parts: [String] = []
    /// The level of a header; nil for one without a number, and for the other kinds.
    var level: Int?
    /// The words of a header.
    var title = ""
    var location: Problem.Location
  }

  /// What a chapter declares, in the order of its text.
  static func declarations(in chapter: Chapter) -> [Declaration] {
    var found: [Declaration] = []
    var places = SourcePlaces()
    let source = chapter.source
    chapter.blocks.walk { node in
      switch node {
      case .block(.header(let level, let attributes, let title)):
        let isReferable = Kind(label: attributes.identifier) == .section
        found.append(
          Declaration(
            label: isReferable ? attributes.identifier : nil, kind: .section,
            level: attributes.classes.contains("unnumbered") ? nil : level,
            title: isReferable ? title.plainText : "",
            location: isReferable
              ? source.location(of: "#" + attributes.identifier) : source.location(line: 1)))
      case .block(let block):
        if let index = block.cellNumber, chapter.cells.indices.contains(index) {
          let cell = chapter.cells[index]
          guard let label = cell.options.label else { break }
          let kind = Kind(label: label)
          found.append(
            Declaration(
              label: label, kind: kind,
              parts: kind == .figure
                ? cell.options.subcaptions.indices.map { Self.part($0, of: label) } : [],
              location: source.location(of: label, fromLine: cell.fenceLine)))
        } else if let label = block.attributes?.identifier, let kind = Kind(label: label),
          kind == .listing || kind == .figure || kind.isStatement || Callout.isCallout(block, kind)
            || [.exercise, .table].contains(kind) && block.isDiv
        {
          let parts = [.figure, .table].contains(kind) ? ImageFigure.parts(of: block) : []
          // Of two with one label, the second stands behind the first.
          let location = places.next(of: "#" + label, in: source) ?? source.location(of: label)
          found.append(Declaration(label: label, kind: kind, parts: parts, location: location))
          // Its parts are counted with it.
          return kind != .figure && parts.isEmpty
        }
      case .inline(.text(let text)):
        guard let label = Self.tableLabel(text) ?? Self.bracedLabel(text), let kind = Kind(label: label),
          kind == .equation || kind == .table
        else { break }
        // A block of the label may hold it.
        let location = places.next(of: "#" + label, in: source) ?? source.location(of: label)
        found.append(Declaration(label: label, kind: kind, location: location))
      case .inline: break
      }
      return true
    }
    return found
  }

  private mutating func add(_ chapter: Chapter) {
    var counts: [Kind: Int] = [:]
    var sections = [chapter.number ?? 0]
    func number(_ kind: Kind) -> String {
      counts[kind, default: 0] += 1
      let count = counts[kind, default: 0]
      return chapter.number.map { "\($0).\(count)" } ?? "\(count)"
    }
    for declaration in chapter.declarations {
      if let level = declaration.level { Self.count(level: level, in: &sections) }
      guard let label = declaration.label else { continue }
      switch declaration.kind {
      case nil: register(label, nil, "", declaration.location)
      case .section?:
        let number = declaration.level == nil ? "" : Self.sectionNumber(sections, chapter: chapter)
        register(
          label, .section, number, title: declaration.title, isChapter: declaration.level == 1,
          declaration.location)
      case let kind?:
        let number = number(kind)
        register(label, kind, number, declaration.location)
        for (index, part) in declaration.parts.enumerated() {
          register(part, kind, number + Self.letter(index), declaration.location)
        }
      }
    }
  }

  /// The label of a part of a figure, such as `fig-states-2`; parts are counted from 0.
  static func part(_ part: Int, of label: String) -> String { "\(label)-\(part + 1)" }

  /// The letter that numbers a part of a figure: a, b, c.
  static func letter(_ part: Int) -> String {
    String(UnicodeScalar(UInt8(ascii: "a") + UInt8(clamping: part)))
  }

  /// The label in `{#eq-loss}`.
  static func bracedLabel(_ text: String) -> String? {
    guard text.hasPrefix("{#"), text.hasSuffix("}"), text.count > 3 else { return nil }
    return String(text.dropFirst(2).dropLast())
  }

  /// The label of a table in the word of its caption that says it: `{#tbl-loss}`, or the first of `{#tbl-loss .striped}`.
  static func tableLabel(_ text: String) -> String? {
    let label = bracedLabel(text) ?? (text.hasPrefix("{#") ? String(text.dropFirst(2)) : "")
    return Kind(label: label) == .table ? label : nil
  }

  /// Counts a header; `sections` holds the chapter's number, then the count at each deeper level.
  static func count(level: Int, in sections: inout [Int]) {
    guard level > 1 else { return }
    while sections.count < level { sections.append(0) }
    sections.removeLast(sections.count - level)
    sections[level - 1] += 1
  }

  /// "2.1" for a section; a lone chapter's sections are counted from 1.
  static func sectionNumber(_ sections: [Int], chapter: Chapter) -> String {
    (chapter.number == nil ? sections.dropFirst() : sections[...]).map(String.init).joined(separator: ".")
  }

  private mutating func register(
    _ label: String, _ kind: Kind?, _ number: String, title: String = "", isChapter: Bool = false,
    _ location: Problem.Location
  ) {
    if let first = labelPlaces[label] {
      problems.append(
        Problem(
          "The label `\(label)` is already taken at \(first).", at: location,
          advice: "Give one of the two another name."))
      return
    }
    labelPlaces[label] = location
    guard let kind else { return }
    targets[label] = Target(
      kind: kind, number: number, title: title, location: location, isChapter: isChapter)
  }

  private var labelPlaces: [String: Problem.Location] = [:]
}

extension Table {
  /// The words of its caption, with the attributes at their end.
  var captionWords: [Inline] {
    caption.flatMap { block -> [Inline] in
      switch block {
      case .plain(let inlines), .paragraph(let inlines): inlines
      default: []
      }
    }
  }

  /// The label that its caption says, `{#tbl-loss}`.
  var label: String? {
    captionWords.lazy.compactMap { inline in
      if case .text(let text) = inline { Labels.tableLabel(text) } else { nil }
    }.last
  }
}
