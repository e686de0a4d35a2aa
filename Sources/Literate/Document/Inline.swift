import Text

/// A piece of running text, as Pandoc has it.
indirect enum Inline: Hashable, Sendable {
  /// A word.
  case text(String)
  case space
  case softBreak
  case lineBreak
  case styled(Style, [Inline])
  case code(Attributes, String)
  case math(isDisplay: Bool, String)
  /// Text in the language of some format, such as `html`.
  case raw(format: String, String)
  case link(Attributes, [Inline], Target)
  /// The inlines are the alternative text.
  case image(Attributes, [Inline], Target)
  case span(Attributes, [Inline])
  /// References, and how they stand in the source.
  case citation([Citation], [Inline])
  case note([Block])
  /// What is never touched.
  case other(JSON)

  enum Style: String, Hashable, Sendable, CaseIterable {
    case emphasis = "Emph"
    case strong = "Strong"
    case underline = "Underline"
    case strikeout = "Strikeout"
    case superscript = "Superscript"
    case `subscript` = "Subscript"
    case smallCapitals = "SmallCaps"
    case singleQuoted = "SingleQuote"
    case doubleQuoted = "DoubleQuote"
  }

  /// Where a link leads, or where an image lies.
  struct Target: Hashable, Sendable {
    var url: String
    var title = ""
  }

  /// One reference of a citation.
  struct Citation: Hashable, Sendable {
    enum Mode: String, Hashable, Sendable {
      case normal = "NormalCitation"
      case authorInText = "AuthorInText"
      case withoutAuthor = "SuppressAuthor"
    }

    var key: String
    var prefix: [Inline]
    var suffix: [Inline]
    var mode: Mode
    var noteNumber: Int
    var hash: Int
  }

  static func strong(_ inlines: [Inline]) -> Inline { styled(.strong, around: inlines) }
  static func emphasised(_ inlines: [Inline]) -> Inline { styled(.emphasis, around: inlines) }
  /// What has the style already has it once: `**a **b** c**` would end where it begins.
  private static func styled(_ style: Style, around inlines: [Inline]) -> Inline {
    .styled(
      style,
      inlines.flatMap { inline in
        if case .styled(style, let inner) = inline { inner } else { [inline] }
      })
  }
  static func html(_ html: String) -> Inline { .raw(format: "html", html) }
  static func span(_ classes: [String], _ inlines: [Inline]) -> Inline {
    .span(Attributes(classes: classes), inlines)
  }
  static func link(_ inlines: [Inline], to target: String, classes: [String] = []) -> Inline {
    .link(Attributes(classes: classes), inlines, Target(url: target))
  }

  /// Whether it is white space within a paragraph.
  var isSpace: Bool { self == .space || self == .softBreak }
}

extension Inline {
  /// The text of the inline itself, without that of inlines within.
  var ownText: String {
    switch self {
    case .text(let word): word
    case .space, .softBreak, .lineBreak: " "
    case .code(_, let words), .math(_, let words): words
    case .styled, .raw, .link, .image, .span, .citation, .note, .other: ""
    }
  }
}
