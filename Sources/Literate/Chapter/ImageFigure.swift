/// A figure whose pictures are files: an image with a label that stands alone, or several in a block with one,
/// `::: {#fig-both layout-ncol=2}`, whose last paragraph is its caption.
enum ImageFigure {
  private static let captionClass = Attributes.madeClass + "caption"

  /// The class of one that has no label, and so no number: an image whose `fig-alt` says what it shows, and its words are a caption.
  private static let unnumberedClass = Attributes.madeClass + "figure"

  static func isFigure(_ attributes: Attributes) -> Bool {
    Labels.Kind(label: attributes.identifier) == .figure || attributes.classes.contains(unnumberedClass)
  }

  /// Whether a block holds something under a caption: a figure, or a table or a listing with words below it.
  static func isFloat(_ attributes: Attributes) -> Bool {
    isFigure(attributes) || [.table, .listing].contains(Labels.Kind(label: attributes.identifier))
  }

  /// Brings both forms into one: a block with the label, of the pictures and a caption.
  struct Marking: Rewriter {
    private static func rows(_ attributes: Attributes) -> Int? {
      attributes["layout-nrow"].flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil }
    }

    func replacement(for block: Block) -> [Block]? {
      switch block {
      case .paragraph(let inlines), .plain(let inlines):
        let images = inlines.filter { !$0.isSpace && $0 != .lineBreak }.map(\.withLinkInside)
        let isAlone = images.count == 1
        guard images.contains(where: { $0.isNamedFigure(isAlone: isAlone) }), images.allSatisfy(\.isImage)
        else {
          return nil
        }
        return images.map { $0.asFigure(isAlone: isAlone) }
      case .div(let attributes, let content) where Self.rows(attributes) != nil:
        // So many rows are so many columns; of what is there, the words below are none.
        var bare = attributes
        let rows = bare.take("layout-nrow").flatMap(Int.init) ?? 1
        let blocks = replacement(for: .div(bare, content)) ?? [.div(bare, content)]
        guard case .div(var marked, let inner) = blocks[0] else { return blocks }
        let items = ImageFigure.parts(of: inner).pictures.count
        marked.others.append(
          .init(name: "layout-ncol", value: "\(max(1, min(6, (items + rows - 1) / rows)))"))
        return [.div(marked, inner)]
      case .div(let attributes, let content) where isFloat(attributes):
        // What an image alone became has its caption, and what was given one as an attribute.
        guard content.last?.isDiv(captionClass) != true else { return nil }
        guard case .paragraph(let words)? = content.last, !words.contains(where: \.isImage) else {
          return nil
        }
        if Labels.Kind(label: attributes.identifier) == .table,
          let table = table(attributes.identifier, content, words)
        {
          return [table]
        }
        return [.div(attributes, content.dropLast() + [caption(words)])]
      default: return nil
      }
    }
  }

  /// A table alone in a block that has a label and words is a table with this caption.
  private static func table(_ label: String, _ content: [Block], _ words: [Inline]) -> Block? {
    guard content.count == 2, case .table(var table) = content[0], table.caption.isEmpty else { return nil }
    table.caption = [.plain(words + [.space, .text("{#\(label)}")])]
    return .table(table)
  }

  static func caption(_ words: [Inline]) -> Block {
    .div(Attributes(classes: [captionClass]), [.plain(words)])
  }

  /// The pictures of a figure, and its caption.
  static func parts(of content: [Block]) -> (pictures: [Block], caption: [Inline]) {
    guard let last = content.last, case .plain(let words)? = last.content(ofDiv: captionClass)?.first else {
      return (content, [])
    }
    return (content.dropLast(), words)
  }

  /// The labels of the figures within a figure, of the tables within a table.
  static func parts(of block: Block) -> [String] {
    guard case .div(let attributes, let content) = block, let kind = Labels.Kind(label: attributes.identifier)
    else { return [] }
    let labels = content.compactMap { inner in
      if case .table(let table) = inner { table.label } else { inner.attributes?.identifier }
    }
    return labels.filter { Labels.Kind(label: $0) == kind }
  }

  fileprivate static func attributes(label: String) -> Attributes {
    Attributes(identifier: label, classes: label.isEmpty ? [unnumberedClass] : [])
  }
}

extension Inline {
  fileprivate var isImage: Bool { if case .image = self { true } else { false } }

  /// Where an image leads, once it is a figure.
  private static let linkName = Attributes.madeClass + "link"

  /// An image that is a link, as an image that knows where it leads; anything else as it is.
  fileprivate var withLinkInside: Inline {
    switch self {
    case .link(let link, let inner, let to):
      guard inner.count == 1, case .image(var attributes, let words, let target) = inner[0] else {
        return self
      }
      if attributes.identifier.isEmpty { attributes.identifier = link.identifier }
      attributes.others.append(.init(name: Self.linkName, value: to.url))
      return .image(attributes, words, target)
    case .image(var attributes, let words, let target):
      guard let address = attributes.take("fig-link") else { return self }
      attributes.others.append(.init(name: Self.linkName, value: address))
      return .image(attributes, words, target)
    default: return self
    }
  }

  /// Whether it is an image with a label, with a caption beside what it shows, or alone with words.
  fileprivate func isNamedFigure(isAlone: Bool) -> Bool {
    guard case .image(let attributes, let words, let target) = self else { return false }
    return ImageFigure.isFigure(attributes)
      || !words.isEmpty
        && (attributes["fig-alt"] != nil
          || isAlone && (target.title.hasPrefix("fig:") || attributes[Self.linkName] != nil))
  }

  /// An image as a figure of its own; another stays a picture.
  fileprivate func asFigure(isAlone: Bool) -> Block {
    guard case .image(var attributes, let words, var target) = self else { return .plain([self]) }
    let isFigure = isNamedFigure(isAlone: isAlone)
    let link = attributes.take(Self.linkName)
    func picture(_ target: Target) -> Inline {
      let image = Inline.image(attributes, words, target)
      return link.map { Inline.link(Attributes(), [image], .init(url: $0)) } ?? image
    }
    guard isFigure else { return .plain([picture(target)]) }
    // A figure in the margin has its caption there.
    let places = attributes.classes.filter { $0 == "aside" || $0.hasPrefix("column-") }
    attributes.classes.removeAll(where: places.contains)
    let label = ImageFigure.isFigure(attributes) ? attributes.identifier : ""
    attributes.identifier = label.isEmpty ? attributes.identifier : ""
    // Pandoc's mark of an image that it would make a figure of.
    target.title = target.title.hasPrefix("fig:") ? String(target.title.dropFirst(4)) : target.title
    let figure = Block.div(
      ImageFigure.attributes(label: label),
      [.plain([picture(target)])] + (words.isEmpty ? [] : [ImageFigure.caption(words)]))
    return places.isEmpty ? figure : .div(Attributes(classes: places), [figure])
  }
}
