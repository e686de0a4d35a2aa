import CellRecords
import Foundation

/// A cell in a document.
extension DocumentMedium {
  func cell(_ cell: CellPresentation) -> [Block] {
    // A notebook's cell holds its code and what it put out; what has a caption stands below it.
    var outputs: [Block] = []
    var below: [Block] = []
    for item in cell.items {
      switch item {
      case .notice(let notice): below.append(.emphasised(notice.words))
      case .text(let text, let stream): outputs.append(Self.stream(text, stream))
      case .figure(let figure):
        add(figure, caption(figure.caption, named: figure.label), of: cell, to: &outputs, &below)
      case .parts(let parts):
        for (index, part) in parts.figures.enumerated() {
          let words = [Inline.strong([.text(part.letter)]), .space] + (part.figure.caption?.text ?? [])
          var captions = [Self.caption(words, named: part.figure.label)]
          if index == parts.figures.count - 1 {
            captions += caption(parts.caption, named: parts.isLabelled ? parts.identifier : nil)
          }
          add(part.figure, captions, of: cell, to: &outputs, &below)
        }
      case .table(let table, let caption, let identifier):
        below.append(
          .div(
            Attributes(identifier: identifier ?? "", classes: ["table"]),
            (caption.map { [.paragraph($0.inDocument)] } ?? []) + [.table(Self.table(table))]))
      case .claim(let claim): below.append(Self.claim(claim))
      case .question(let question):
        below.append(.paragraph([.text("\(question.text), \(question.askedFor):"), .space, .text("____")]))
      case .expectedFailure(let message):
        below += [.emphasised("This cell fails, as it should:"), .code(message)]
      case .failure: below.append(.emphasised("The chapter stopped in this cell."))
      }
    }
    guard let code = cell.code else { return outputs + below }
    let heading = code.fold == .check ? [Block.emphasised("The check that an answer must pass:")] : []
    let listing = Block.code(code.text, language: "swift")
    guard form == .notebook else { return heading + [listing] + outputs + below }
    let attributes = Attributes(
      identifier: "cell-\(cell.cell.index + 1)", classes: ["cell", "code"])
    return heading + [.div(attributes, [listing] + outputs)] + below
  }

  private static func stream(_ text: String, _ stream: CellPresentation.Stream) -> Block {
    let name =
      switch stream {
      case .standardOutput, .shown: "stdout"
      case .standardError, .warning: "stderr"
      }
    return .div(Attributes(classes: ["output", "stream", name]), [.code(text)])
  }

  private func add(
    _ figure: CellPresentation.Figure, _ captions: [Block], of cell: CellPresentation,
    to outputs: inout [Block], _ below: inout [Block]
  ) {
    let path = cell.folder?.file(figure.files.png).path ?? ""
    let image = Block.paragraph([.image(Attributes(), [.text(figure.alternative)], .init(url: path))])
    if form == .notebook {
      outputs.append(.div(Attributes(classes: ["output", "display_data"]), [image]))
      below += captions
    } else {
      outputs.append(.div(Attributes(classes: ["figure"]), [image] + captions))
    }
  }

  private func caption(_ caption: Caption?, named label: String?) -> [Block] {
    caption.map { [Self.caption($0.inDocument, named: label)] } ?? []
  }

  private static func caption(_ words: [Inline], named label: String?) -> Block {
    .div(Attributes(identifier: label ?? "", classes: ["caption"]), [.paragraph(words)])
  }

  private static func table(_ table: ShownTable) -> Table {
    func row(_ texts: [String]) -> Table.Row {
      Table.Row(cells: texts.map { Table.Cell(content: [.plain([.text($0)])]) })
    }
    return Table(
      columns: table.columns.map { column in
        let alignment: Table.Alignment =
          switch column.alignment {
          case .left: .left
          case .centre: .centre
          case .right: .right
          }
        return Table.Column(alignment: alignment)
      },
      head: .init(rows: [row(table.columns.map(\.title))]), bodies: [.init(rows: table.rows.map(row))])
  }

  private static func claim(_ claim: ShownClaim) -> Block {
    let evidence = [("criterion", claim.criterion)] + claim.evidence.map { ($0.name, $0.value) }
    let lines = (evidence + [("verdict", claim.verdict.words)]).map { name, value -> [Block] in
      [.plain([.emphasised([.text("\(name):")]), .space, .text(value)])]
    }
    let statement: [Inline] = [.strong([.text(claim.name)]), .space, .text(claim.statement)]
    return .div(Attributes(classes: ["claim"]), [.paragraph(statement), .bulletList(lines)])
  }
}

extension CellPresentation.Figure {
  /// Its label, where it has one.
  fileprivate var label: String? { isLabelled ? identifier : nil }
}
