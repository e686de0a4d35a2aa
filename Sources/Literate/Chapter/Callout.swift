/// A block of the class `callout-…`.
enum Callout {
  /// What a callout of each kind is called that has no title of its own.
  static let titles = [
    "note": "Note", "tip": "Tip", "important": "Important", "warning": "Warning", "caution": "Caution",
  ]

  /// The class of the block that holds a callout's own title.
  static let titleClass = "title-of-callout"

  /// Makes the heading that a callout begins with its title, which is no section and has no number.
  struct Titles: Rewriter {
    func replacement(for block: Block) -> [Block]? {
      guard case .div(let attributes, let content) = block,
        attributes.classes.contains(where: { $0.hasPrefix("callout-") }),
        case .header(_, _, let title)? = content.first
      else { return nil }
      return [
        .div(
          attributes, [.div(Attributes(classes: [Callout.titleClass]), [.plain(title)])] + content.dropFirst()
        )
      ]
    }
  }

  /// The title that `Titles` made, and the rest.
  static func parts(of content: [Block]) -> (title: [Inline]?, content: [Block]) {
    guard let first = content.first, first.isDiv(titleClass), case .div(_, let inner) = first,
      case .plain(let title)? = inner.first
    else { return (nil, content) }
    return (title, Array(content.dropFirst()))
  }
}
