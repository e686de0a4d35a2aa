/// A figure whose pictures are files: an image with a label that stands alone, or several in a block with one,
/// `::: {#fig-both layout-ncol=2}`, whose last paragraph is its caption.
enum ImageFigure {
  private static let captionClass = Attributes.madeClass + "caption"

  /// The class of one that has no label, and so no number: an image whose `fig-alt` says what it shows, and its words are a caption.
  private static let unnumberedClass = Attributes.madeClass + "figure"

  static func isFigure(_ attributes: Attributes) -> Bool {
    Labels.Kind(label: attributes.identifier) == .figure || attributes.classes.contains(unnumberedClass)
  }

  /// Brings both forms into one: a block with the label, of the pictures and a caption.
  struct Marking: Rewriter {
    func replacement(for block: Block) -> [Block]? {
      switch block {
      case .paragraph(let inlines), .plain(let inlines):
        let images = inlines.filter { !$0.isSpace && $0 != .lineBreak }
        guard images.contains(where: \.isNamedFigure), images.allSatisfy(\.isImage) else { return nil }
        return images.map(\.asFigure)
      case .div(let attributes, let content) where isFigure(attributes):
        // What an image alone became has its caption.
        guard content.last?.isDiv(captionClass) != true, case .paragraph(let words)? = content.last,
          !words.contains(where: \.isImage)
        else { return nil }
        return [.div(attributes, content.dropLast() + [caption(words)])]
      default: return nil
      }
    }
  }

  fileprivate static func caption(_ words: [Inline]) -> Block {
    .div(Attributes(classes: [captionClass]), [.plain(words)])
  }

  /// The pictures of a figure, and its caption.
  static func parts(of content: [Block]) -> (pictures: [Block], caption: [Inline]) {
    guard let last = content.last, case .plain(let words)? = last.content(ofDiv: captionClass)?.first else {
      return (content, [])
    }
    return (content.dropLast(), words)
  }

  /// The labels of the figures within a figure.
  static func parts(of block: Block) -> [String] {
    guard case .div(_, let content) = block else { return [] }
    return content.compactMap(\.attributes?.identifier).filter { Labels.Kind(label: $0) == .figure }
  }

  fileprivate static func attributes(label: String) -> Attributes {
    Attributes(identifier: label, classes: label.isEmpty ? [unnumberedClass] : [])
  }
}

extension Inline {
  fileprivate var isImage: Bool { if case .image = self { true } else { false } }

  /// Whether it is an image with a label, or with a caption beside what it shows.
  fileprivate var isNamedFigure: Bool {
    guard case .image(let attributes, let words, _) = self else { return false }
    return ImageFigure.isFigure(attributes) || attributes["fig-alt"] != nil && !words.isEmpty
  }

  /// An image as a figure of its own; another stays a picture.
  fileprivate var asFigure: Block {
    guard isNamedFigure, case .image(var attributes, let words, var target) = self else {
      return .plain([self])
    }
    let label = ImageFigure.isFigure(attributes) ? attributes.identifier : ""
    attributes.identifier = label.isEmpty ? attributes.identifier : ""
    // Pandoc's mark of an image that it would make a figure of.
    target.title = target.title.hasPrefix("fig:") ? String(target.title.dropFirst(4)) : target.title
    let picture = Inline.image(attributes, words, target)
    return .div(
      ImageFigure.attributes(label: label),
      [.plain([picture])] + (words.isEmpty ? [] : [ImageFigure.caption(words)]))
  }
}
