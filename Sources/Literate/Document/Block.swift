import Text

/// A paragraph, a list, a table …, as Pandoc has it.
indirect enum Block: Hashable, Sendable {
  /// Inlines that are no paragraph, such as in a tight list.
  case plain([Inline])
  case paragraph([Inline])
  /// Lines that stay lines.
  case lines([[Inline]])
  case code(Attributes, String)
  /// Text in the language of some format, such as `html`.
  case raw(format: String, String)
  case quote([Block])
  /// The first says how it counts.
  case orderedList(JSON, [[Block]])
  case bulletList([[Block]])
  case definitions([Definition])
  case header(level: Int, Attributes, [Inline])
  case rule
  case table(Table)
  case div(Attributes, [Block])
  /// What is never touched.
  case other(JSON)

  struct Definition: Hashable, Sendable {
    var term: [Inline]
    var meanings: [[Block]]
  }

  static func html(_ html: String) -> Block { .raw(format: "html", html) }
  static func code(_ text: String, language: String? = nil) -> Block {
    .code(Attributes(classes: language.map { [$0] } ?? []), text)
  }
  /// A paragraph of one emphasised text.
  static func emphasised(_ text: String) -> Block { .paragraph([.emphasised([.text(text)])]) }
  /// A paragraph of one strong text.
  static func strong(_ text: String) -> Block { .paragraph([.strong([.text(text)])]) }

  /// The attributes of a block that has any.
  var attributes: Attributes? {
    switch self {
    case .code(let attributes, _), .header(_, let attributes, _), .div(let attributes, _): attributes
    case .table(let table): table.attributes
    case .plain, .paragraph, .lines, .raw, .quote, .orderedList, .bulletList, .definitions, .rule, .other: nil
    }
  }

  /// The blocks of a div of this class; nil for another block.
  func content(ofDiv name: String) -> [Block]? {
    if case .div(let attributes, let content) = self, attributes.classes.contains(name) {
      content
    } else {
      nil
    }
  }

  func isDiv(_ name: String) -> Bool { content(ofDiv: name) != nil }

  var isDiv: Bool { if case .div = self { true } else { false } }

  /// The number of a cell of Swift, whose code the scanner took out.
  var cellNumber: Int? {
    if case .code(let attributes, let text) = self, attributes.classes.first == "{swift}" {
      // In a list, Pandoc may leave the spaces before it.
      Int(text.filter { $0 != " " && $0 != "\t" })
    } else {
      nil
    }
  }

  /// Whether it is no HTML and no code.
  var isText: Bool {
    switch self {
    case .raw, .code: false
    default: true
    }
  }

  var isHeader: Bool { if case .header = self { true } else { false } }

  /// The inlines of a header.
  var title: [Inline]? { if case .header(_, _, let title) = self { title } else { nil } }
}

extension Inline {
  /// The number of an inline value, whose expression the scanner took out.
  var valueNumber: Int? {
    if case .code(_, let code) = self { ValueMark.number(in: code) } else { nil }
  }
}

/// What goes through Pandoc in the place of an inline value's expression.
enum ValueMark {
  private static let prefix = "{swift} neuronbook-value-"

  static func text(_ number: Int) -> String { prefix + "\(number)" }

  static func number(in code: String) -> Int? {
    code.hasPrefix(prefix) ? Int(code.dropFirst(prefix.count)) : nil
  }

  /// A text with something in the place of each mark.
  static func replacing(in text: String, with replacement: (Int) -> String) -> String {
    guard text.contains(prefix) else { return text }
    return text.replacing(/\{swift\} neuronbook-value-([0-9]+)/) { match in
      Int(match.1).map(replacement) ?? String(match.0)
    }
  }
}
