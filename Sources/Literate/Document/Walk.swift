/// A block or an inline, where either may stand.
enum TextNode {
  case block(Block)
  case inline(Inline)
}

extension [Block] {
  /// Visits every block and inline in the order of the text, the outer ones first.
  ///
  /// - Parameter visit: Says whether to go on to what lies within.
  func walk(_ visit: (TextNode) throws -> Bool) rethrows {
    for block in self {
      guard try visit(.block(block)) else { continue }
      switch block {
      case .plain(let inlines), .paragraph(let inlines), .header(_, _, let inlines): try inlines.walk(visit)
      case .lines(let lines): for line in lines { try line.walk(visit) }
      case .quote(let blocks), .div(_, let blocks): try blocks.walk(visit)
      case .orderedList(_, let items), .bulletList(let items): for item in items { try item.walk(visit) }
      case .definitions(let definitions):
        for definition in definitions {
          try definition.term.walk(visit)
          for meaning in definition.meanings { try meaning.walk(visit) }
        }
      case .table(let table): try table.walk(visit)
      case .code, .raw, .rule, .other: break
      }
    }
  }

  /// The text, without its form.
  var plainText: String {
    var text = ""
    walk { node in
      if case .inline(let inline) = node { text += inline.ownText }
      return true
    }
    return text
  }
}

extension [Inline] {
  /// As of blocks.
  func walk(_ visit: (TextNode) throws -> Bool) rethrows {
    for inline in self {
      guard try visit(.inline(inline)) else { continue }
      switch inline {
      case .styled(_, let inlines), .link(_, let inlines, _), .image(_, let inlines, _),
        .span(_, let inlines):
        try inlines.walk(visit)
      case .citation(let citations, let inlines):
        for citation in citations {
          try citation.prefix.walk(visit)
          try citation.suffix.walk(visit)
        }
        try inlines.walk(visit)
      case .note(let blocks): try blocks.walk(visit)
      case .text, .space, .softBreak, .lineBreak, .code, .math, .raw, .other: break
      }
    }
  }

  /// The text, without its form.
  var plainText: String {
    var text = ""
    walk { node in
      if case .inline(let inline) = node { text += inline.ownText }
      return true
    }
    return text
  }
}

extension Table {
  fileprivate func walk(_ visit: (TextNode) throws -> Bool) rethrows {
    try shortCaption?.walk(visit)
    try caption.walk(visit)
    for row in head.rows + bodies.flatMap({ $0.head + $0.rows }) + foot.rows {
      for cell in row.cells { try cell.content.walk(visit) }
    }
  }
}
