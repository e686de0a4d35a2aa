import Text

/// Pandoc's JSON, in which every element is `{"t": tag, "c": content}`: read into types and written from them, so that nothing
/// else in the house knows the places of things in it.
enum Coding {
  static func blocks(_ json: JSON) -> [Block] { (json.array ?? []).map(Block.init) }
  static func inlines(_ json: JSON) -> [Inline] { (json.array ?? []).map(Inline.init) }
  static func json(_ blocks: [Block]) -> JSON { .array(blocks.map(\.json)) }
  static func json(_ inlines: [Inline]) -> JSON { .array(inlines.map(\.json)) }

  fileprivate static func element(_ tag: String, _ content: JSON? = nil) -> JSON {
    guard let content else { return .object(["t": .string(tag)]) }
    return .object(["t": .string(tag), "c": content])
  }

  /// The texts of a bibliography that Pandoc read as a document, field by field.
  static func fields(ofReferencesIn document: JSON) -> [[Block]] {
    (document["meta"]["references"].content.array ?? []).flatMap { entry -> [[Block]] in
      guard case .object(let fields) = entry.content else { return [] }
      return fields.keys.sorted().compactMap { name in
        switch fields[name]?.tag {
        case "MetaInlines": return [.plain(inlines(fields[name]?.content ?? .null))]
        case "MetaBlocks": return blocks(fields[name]?.content ?? .null)
        // An address is a text, which becomes a link.
        case "MetaString" where name.lowercased() == "url":
          return (fields[name]?.content.string).map { [.plain([.link([], to: $0)])] }
        default: return nil
        }
      }
    }
  }

  /// Metadata of a document, by Pandoc's names of kinds.
  static func text(_ text: String) -> JSON { element("MetaString", .string(text)) }
  static func list(_ items: [JSON]) -> JSON { element("MetaList", .array(items)) }
  static func map(_ members: [String: JSON]) -> JSON { element("MetaMap", .object(members)) }
  static func flag(_ flag: Bool) -> JSON { element("MetaBool", .bool(flag)) }
}

extension JSON {
  fileprivate var tag: String? { self["t"].string }
  fileprivate var content: JSON { self["c"] }
}

extension Attributes {
  init(_ json: JSON) {
    identifier = json[0].string ?? ""
    classes = (json[1].array ?? []).compactMap(\.string)
    others = (json[2].array ?? []).map { Pair(name: $0[0].string ?? "", value: $0[1].string ?? "") }
  }

  var json: JSON {
    .array([
      .string(identifier), .array(classes.map(JSON.string)),
      .array(others.map { .array([.string($0.name), .string($0.value)]) }),
    ])
  }
}

extension Block {
  init(_ json: JSON) {
    let content = json.content
    self =
      switch json.tag {
      case "Plain": .plain(Coding.inlines(content))
      case "Para": .paragraph(Coding.inlines(content))
      case "LineBlock": .lines((content.array ?? []).map(Coding.inlines))
      case "CodeBlock": .code(Attributes(content[0]), content[1].string ?? "")
      case "RawBlock": .raw(format: content[0].string ?? "", content[1].string ?? "")
      case "BlockQuote": .quote(Coding.blocks(content))
      case "OrderedList": .orderedList(content[0], (content[1].array ?? []).map(Coding.blocks))
      case "BulletList": .bulletList((content.array ?? []).map(Coding.blocks))
      case "DefinitionList":
        .definitions(
          (content.array ?? []).map {
            Definition(term: Coding.inlines($0[0]), meanings: ($0[1].array ?? []).map(Coding.blocks))
          })
      case "Header":
        .header(level: content[0].integer ?? 1, Attributes(content[1]), Coding.inlines(content[2]))
      case "HorizontalRule": .rule
      case "Table": .table(Table(content))
      case "Div": .div(Attributes(content[0]), Coding.blocks(content[1]))
      default: .other(json)
      }
  }

  var json: JSON {
    switch self {
    case .plain(let inlines): Coding.element("Plain", Coding.json(inlines))
    case .paragraph(let inlines): Coding.element("Para", Coding.json(inlines))
    case .lines(let lines): Coding.element("LineBlock", .array(lines.map(Coding.json)))
    case .code(let attributes, let text):
      Coding.element("CodeBlock", .array([attributes.json, .string(text)]))
    case .raw(let format, let text): Coding.element("RawBlock", .array([.string(format), .string(text)]))
    case .quote(let blocks): Coding.element("BlockQuote", Coding.json(blocks))
    case .orderedList(let style, let items):
      Coding.element("OrderedList", .array([style, .array(items.map(Coding.json))]))
    case .bulletList(let items): Coding.element("BulletList", .array(items.map(Coding.json)))
    case .definitions(let definitions):
      Coding.element(
        "DefinitionList",
        .array(
          definitions.map { .array([Coding.json($0.term), .array($0.meanings.map(Coding.json))]) }))
    case .header(let level, let attributes, let inlines):
      Coding.element("Header", .array([.integer(level), attributes.json, Coding.json(inlines)]))
    case .rule: Coding.element("HorizontalRule")
    case .table(let table): Coding.element("Table", table.json)
    case .div(let attributes, let blocks):
      Coding.element("Div", .array([attributes.json, Coding.json(blocks)]))
    case .other(let json): json
    }
  }
}

extension Inline {
  init(_ json: JSON) {
    let content = json.content
    switch json.tag {
    case "Str": self = .text(content.string ?? "")
    case "Space": self = .space
    case "SoftBreak": self = .softBreak
    case "LineBreak": self = .lineBreak
    case "Quoted":
      guard let style = content[0].tag.flatMap(Style.init) else {
        self = .other(json)
        return
      }
      self = .styled(style, Coding.inlines(content[1]))
    case "Code": self = .code(Attributes(content[0]), content[1].string ?? "")
    case "Math": self = .math(isDisplay: content[0].tag == "DisplayMath", content[1].string ?? "")
    case "RawInline": self = .raw(format: content[0].string ?? "", content[1].string ?? "")
    case "Link": self = .link(Attributes(content[0]), Coding.inlines(content[1]), Target(content[2]))
    case "Image": self = .image(Attributes(content[0]), Coding.inlines(content[1]), Target(content[2]))
    case "Span": self = .span(Attributes(content[0]), Coding.inlines(content[1]))
    case "Cite":
      self = .citation((content[0].array ?? []).map(Citation.init), Coding.inlines(content[1]))
    case "Note": self = .note(Coding.blocks(content))
    case let tag?:
      guard let style = Style(rawValue: tag), !style.isQuoted else {
        self = .other(json)
        return
      }
      self = .styled(style, Coding.inlines(content))
    case nil: self = .other(json)
    }
  }

  var json: JSON {
    switch self {
    case .text(let text): Coding.element("Str", .string(text))
    case .space: Coding.element("Space")
    case .softBreak: Coding.element("SoftBreak")
    case .lineBreak: Coding.element("LineBreak")
    case .styled(let style, let inlines):
      style.isQuoted
        ? Coding.element("Quoted", .array([Coding.element(style.rawValue), Coding.json(inlines)]))
        : Coding.element(style.rawValue, Coding.json(inlines))
    case .code(let attributes, let text): Coding.element("Code", .array([attributes.json, .string(text)]))
    case .math(let isDisplay, let text):
      Coding.element(
        "Math", .array([Coding.element(isDisplay ? "DisplayMath" : "InlineMath"), .string(text)]))
    case .raw(let format, let text): Coding.element("RawInline", .array([.string(format), .string(text)]))
    case .link(let attributes, let inlines, let target):
      Coding.element("Link", .array([attributes.json, Coding.json(inlines), target.json]))
    case .image(let attributes, let inlines, let target):
      Coding.element("Image", .array([attributes.json, Coding.json(inlines), target.json]))
    case .span(let attributes, let inlines):
      Coding.element("Span", .array([attributes.json, Coding.json(inlines)]))
    case .citation(let citations, let inlines):
      Coding.element("Cite", .array([.array(citations.map(\.json)), Coding.json(inlines)]))
    case .note(let blocks): Coding.element("Note", Coding.json(blocks))
    case .other(let json): json
    }
  }
}

extension Inline.Style {
  fileprivate var isQuoted: Bool { self == .singleQuoted || self == .doubleQuoted }
}

extension Inline.Target {
  fileprivate init(_ json: JSON) { self.init(url: json[0].string ?? "", title: json[1].string ?? "") }
  fileprivate var json: JSON { .array([.string(url), .string(title)]) }
}

extension Inline.Citation {
  fileprivate init(_ json: JSON) {
    self.init(
      key: json["citationId"].string ?? "", prefix: Coding.inlines(json["citationPrefix"]),
      suffix: Coding.inlines(json["citationSuffix"]),
      mode: json["citationMode"].tag.flatMap(Mode.init) ?? .normal,
      noteNumber: json["citationNoteNum"].integer ?? 0, hash: json["citationHash"].integer ?? 0)
  }

  fileprivate var json: JSON {
    .object([
      "citationId": .string(key), "citationPrefix": Coding.json(prefix),
      "citationSuffix": Coding.json(suffix), "citationMode": Coding.element(mode.rawValue),
      "citationNoteNum": .integer(noteNumber), "citationHash": .integer(hash),
    ])
  }
}

extension Table {
  fileprivate init(_ json: JSON) {
    func rows(_ json: JSON) -> [Row] {
      (json.array ?? []).map { row in
        Row(
          attributes: Attributes(row[0]),
          cells: (row[1].array ?? []).map { cell in
            Cell(
              attributes: Attributes(cell[0]), alignment: Alignment(cell[1]), rows: cell[2].integer ?? 1,
              columns: cell[3].integer ?? 1, content: Coding.blocks(cell[4]))
          })
      }
    }
    func section(_ json: JSON) -> Section { Section(attributes: Attributes(json[0]), rows: rows(json[1])) }
    attributes = Attributes(json[0])
    shortCaption = json[1][0].array.map { $0.map(Inline.init) }
    caption = Coding.blocks(json[1][1])
    columns = (json[2].array ?? []).map { column in
      Column(alignment: Alignment(column[0]), width: column[1].content.double)
    }
    head = section(json[3])
    bodies = (json[4].array ?? []).map { body in
      Body(
        attributes: Attributes(body[0]), headColumns: body[1].integer ?? 0, head: rows(body[2]),
        rows: rows(body[3]))
    }
    foot = section(json[5])
  }

  fileprivate var json: JSON {
    func json(_ rows: [Row]) -> JSON {
      .array(
        rows.map { row in
          .array([
            row.attributes.json,
            .array(
              row.cells.map { cell in
                .array([
                  cell.attributes.json, Coding.element(cell.alignment.rawValue), .integer(cell.rows),
                  .integer(cell.columns), Coding.json(cell.content),
                ])
              }),
          ])
        })
    }
    func json(_ section: Section) -> JSON { .array([section.attributes.json, json(section.rows)]) }
    return .array([
      attributes.json, .array([shortCaption.map(Coding.json) ?? .null, Coding.json(caption)]),
      .array(
        columns.map { column in
          .array([
            Coding.element(column.alignment.rawValue),
            column.width.map { Coding.element("ColWidth", .number($0)) } ?? Coding.element("ColWidthDefault"),
          ])
        }),
      json(head),
      .array(
        bodies.map { .array([$0.attributes.json, .integer($0.headColumns), json($0.head), json($0.rows)]) }),
      json(foot),
    ])
  }
}

extension Table.Alignment {
  fileprivate init(_ json: JSON) { self = json.tag.flatMap(Self.init) ?? .byDefault }
}
