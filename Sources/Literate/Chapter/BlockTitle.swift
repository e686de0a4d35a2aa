/// The heading that a callout, a statement or a tab begins with: it is the title of that block, no section, and has no number.
enum BlockTitle {
  /// The class of the block that holds such a title.
  private static let className = Attributes.madeClass + "title"

  /// Makes these headings titles, and the sections of a set of tabs its tabs.
  struct Marking: Rewriter {
    func replacement(for block: Block) -> [Block]? {
      guard case .div(let attributes, let content) = block else { return nil }
      if attributes.classes.contains(Tab.setClass) { return [.div(attributes, Tab.blocks(of: content))] }
      guard Callout.isCallout(attributes) || Statement.isStatement(attributes),
        case .header(_, _, let title)? = content.first
      else { return nil }
      return [.div(attributes, [BlockTitle.block(title)] + content.dropFirst())]
    }
  }

  static func block(_ title: [Inline]) -> Block { .div(Attributes(classes: [className]), [.plain(title)]) }

  /// The title that a block was given, and the rest.
  static func parts(of content: [Block]) -> (title: [Inline]?, content: [Block]) {
    guard let first = content.first, case .plain(let title)? = first.content(ofDiv: className)?.first else {
      return (nil, content)
    }
    return (title, Array(content.dropFirst()))
  }
}

/// One of several blocks of which a reader sees one at a time: `::: {.panel-tabset}`, each header within begins one.
struct Tab {
  static let setClass = "panel-tabset"
  private static let className = Attributes.madeClass + "tab"

  var identifier: String
  var title: [Inline]
  var content: [Block]

  /// The sections of a block as tabs, after what stands before the first.
  fileprivate static func blocks(of content: [Block]) -> [Block] {
    let levels = content.compactMap { block in if case .header(let level, _, _) = block { level } else { nil }
    }
    guard let level = levels.min() else { return content }
    var blocks: [Block] = []
    for block in content {
      if case .header(level, let attributes, let title) = block {
        blocks.append(
          .div(
            Attributes(identifier: attributes.identifier, classes: [className]), [BlockTitle.block(title)]))
      } else if case .div(let attributes, let inner)? = blocks.last, attributes.classes.contains(className) {
        blocks[blocks.count - 1] = .div(attributes, inner + [unnumbered(block)])
      } else {
        blocks.append(block)
      }
    }
    return blocks
  }

  /// A header below that of a tab counts among no sections.
  private static func unnumbered(_ block: Block) -> Block {
    guard case .header(let level, var attributes, let title) = block else { return block }
    if !attributes.classes.contains("unnumbered") { attributes.classes.append("unnumbered") }
    return .header(level: level, attributes, title)
  }

  /// The tabs among the blocks of a set, and what stands before them.
  static func parts(of content: [Block]) -> (before: [Block], tabs: [Tab]) {
    let before = content.prefix { !$0.isDiv(className) }
    let tabs = content.dropFirst(before.count).compactMap { block -> Tab? in
      guard case .div(let attributes, let inner) = block else { return nil }
      let (title, rest) = BlockTitle.parts(of: inner)
      return Tab(identifier: attributes.identifier, title: title ?? [], content: rest)
    }
    return (Array(before), tabs)
  }
}
