/// What puts other blocks or inlines in the place of some: each is asked for, the inner ones first; nil keeps it.
protocol Rewriter {
  mutating func replacement(for block: Block) -> [Block]?
  mutating func replacement(for inline: Inline) -> [Inline]?
  /// Blocks that stand side by side, after each has been asked for.
  mutating func together(_ blocks: [Block]) -> [Block]
  mutating func together(_ inlines: [Inline]) -> [Inline]
}

extension Rewriter {
  mutating func replacement(for block: Block) -> [Block]? { nil }
  mutating func replacement(for inline: Inline) -> [Inline]? { nil }
  mutating func together(_ blocks: [Block]) -> [Block] { blocks }
  mutating func together(_ inlines: [Inline]) -> [Inline] { inlines }
}

extension [Block] {
  func rewritten(by rewriter: inout some Rewriter) -> [Block] {
    let blocks = flatMap { block -> [Block] in
      let inner = block.withContent(rewrittenBy: &rewriter)
      return rewriter.replacement(for: inner) ?? [inner]
    }
    return rewriter.together(blocks)
  }
}

extension [Inline] {
  func rewritten(by rewriter: inout some Rewriter) -> [Inline] {
    let inlines = flatMap { inline -> [Inline] in
      let inner = inline.withContent(rewrittenBy: &rewriter)
      return rewriter.replacement(for: inner) ?? [inner]
    }
    return rewriter.together(inlines)
  }
}

extension Block {
  fileprivate func withContent(rewrittenBy rewriter: inout some Rewriter) -> Block {
    switch self {
    case .plain(let inlines): .plain(inlines.rewritten(by: &rewriter))
    case .paragraph(let inlines): .paragraph(inlines.rewritten(by: &rewriter))
    case .lines(let lines): .lines(lines.map { $0.rewritten(by: &rewriter) })
    case .quote(let blocks): .quote(blocks.rewritten(by: &rewriter))
    case .orderedList(let style, let items): .orderedList(style, items.map { $0.rewritten(by: &rewriter) })
    case .bulletList(let items): .bulletList(items.map { $0.rewritten(by: &rewriter) })
    case .definitions(let definitions):
      .definitions(
        definitions.map { definition in
          let term = definition.term.rewritten(by: &rewriter)
          return Definition(term: term, meanings: definition.meanings.map { $0.rewritten(by: &rewriter) })
        })
    case .header(let level, let attributes, let inlines):
      .header(level: level, attributes, inlines.rewritten(by: &rewriter))
    case .table(let table): .table(table.withContent(rewrittenBy: &rewriter))
    case .div(let attributes, let blocks): .div(attributes, blocks.rewritten(by: &rewriter))
    case .code, .raw, .rule, .other: self
    }
  }
}

extension Inline {
  fileprivate func withContent(rewrittenBy rewriter: inout some Rewriter) -> Inline {
    switch self {
    case .styled(let style, let inlines): .styled(style, inlines.rewritten(by: &rewriter))
    case .link(let attributes, let inlines, let target):
      .link(attributes, inlines.rewritten(by: &rewriter), target)
    case .image(let attributes, let inlines, let target):
      .image(attributes, inlines.rewritten(by: &rewriter), target)
    case .span(let attributes, let inlines): .span(attributes, inlines.rewritten(by: &rewriter))
    case .citation(let citations, let inlines):
      .citation(
        citations.map { citation in
          var citation = citation
          citation.prefix = citation.prefix.rewritten(by: &rewriter)
          citation.suffix = citation.suffix.rewritten(by: &rewriter)
          return citation
        }, inlines.rewritten(by: &rewriter))
    case .note(let blocks): .note(blocks.rewritten(by: &rewriter))
    case .text, .space, .softBreak, .lineBreak, .code, .math, .raw, .other: self
    }
  }
}

extension Table {
  fileprivate func withContent(rewrittenBy rewriter: inout some Rewriter) -> Table {
    func rewritten(_ rows: [Row]) -> [Row] {
      rows.map { row in
        Row(
          attributes: row.attributes,
          cells: row.cells.map { cell in
            var cell = cell
            cell.content = cell.content.rewritten(by: &rewriter)
            return cell
          })
      }
    }
    var table = self
    table.shortCaption = shortCaption?.rewritten(by: &rewriter)
    table.caption = caption.rewritten(by: &rewriter)
    table.head.rows = rewritten(head.rows)
    for index in table.bodies.indices {
      table.bodies[index].head = rewritten(bodies[index].head)
      table.bodies[index].rows = rewritten(bodies[index].rows)
    }
    table.foot.rows = rewritten(foot.rows)
    return table
  }
}
