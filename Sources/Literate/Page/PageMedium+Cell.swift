import CellRecords
import Foundation

/// A cell on the page: its listing, what it printed, tables, claims and failures; `PageMedium+Figures` has its figures.
extension PageMedium {
  mutating func cell(_ cell: CellPresentation) -> [Block] {
    var blocks = cell.code.map { listing($0, named: cell.identifier) } ?? []
    var questions: [Block] = []
    var claims: [Block] = []
    for item in cell.items {
      switch item {
      case .notice(let notice):
        blocks.append(
          .html("<p class=\"\(notice.name)\">\(escapedHTML(notice.words))</p>"))
      case .text(let text, let stream): blocks.append(Self.preformatted(text, stream))
      case .figure(let figure): blocks += self.figure(figure, of: cell)
      case .parts(let parts): blocks += self.parts(parts, of: cell)
      case .table(let table, let caption, let identifier):
        blocks += self.table(table, caption: caption, identifier: identifier, of: cell)
      case .claim(let claim) where cell.cell.options.closed: claims.append(Self.claim(claim))
      case .claim(let claim): blocks.append(Self.claim(claim))
      case .question(let question): questions.append(Self.question(question))
      case .expectedFailure(let message):
        blocks.append(
          .html(
            "<div class=\"expected-failure\"><p>This cell fails, as it should:</p><pre>\(escapedHTML(message))</pre></div>"
          ))
      case .failure(let said):
        blocks.append(
          .html(
            "<div class=\"failure\" role=\"alert\"><p><strong>The chapter stopped in this cell.</strong></p><pre>\(escapedHTML(said))</pre></div>"
          ))
      }
    }
    if !claims.isEmpty {
      blocks += details(claims.count == 1 ? "The claim" : "The \(claims.count) claims", "closed", claims)
    }
    // Before the check, which is folded.
    return questions + blocks
  }

  /// Around code that is folded away.
  static let (codeStart, foldEnd) = ("<details class=\"code\"><summary>Code</summary>", "</details>")

  /// The cell's code, folded and with marked lines where it is so.
  private func listing(_ code: CellPresentation.Code, named identifier: String) -> [Block] {
    var blocks: [Block] = []
    if !code.marked.isEmpty {
      // Pandoc gives each line of a block an identifier of its own.
      let lines = code.marked.map { "#\(identifier)-\($0)" }.joined(separator: ",")
      blocks.append(
        .html("<style>:is(\(lines)){background:var(--mark);display:inline-block;min-width:100%}</style>"))
    }
    blocks.append(.code(Attributes(identifier: identifier, classes: ["swift"]), code.text))
    switch code.fold ?? (foldsCode ? .code : .open) {
    case .open: return blocks
    case .code: return [.html(Self.codeStart)] + blocks + [.html(Self.foldEnd)]
    case .check: return details("The check that an answer must pass", "check", blocks)
    }
  }

  private static func preformatted(_ text: String, _ stream: CellPresentation.Stream) -> Block {
    let kind =
      switch stream {
      case .warning: " warning"
      case .standardError: " stderr"
      case .standardOutput, .shown: ""
      }
    return .html("<pre class=\"output\(kind)\" tabindex=\"0\">\(escapedHTML(text))</pre>")
  }

  private static func question(_ question: ShownQuestion) -> Block {
    .html(
      """
      <numeric-question data-text="\(escapedHTML(question.text))" data-decimals="\(question.decimals)" \
      data-digests="\(question.digests.joined(separator: " "))"><p><label>\(escapedHTML(question.text)), \
      \(question.askedFor): <span class="blank">____</span></label></p></numeric-question>
      """)
  }

  private static func claim(_ claim: ShownClaim) -> Block {
    let symbol =
      switch claim.verdict {
      case .everywhere, .onAverage: "✓"
      case .inPart: "◐"
      case .no: "✗"
      case .cannotBeTold: "?"
      }
    let evidence = claim.evidence.map { "<dt>\(escapedHTML($0.name))</dt><dd>\(escapedHTML($0.value))</dd>" }
      .joined()
    let isMet = claim.verdict == .everywhere || claim.verdict == .onAverage
    return .html(
      """
      <section class="claim \(isMet ? "met" : "open")" aria-label="Claim \(escapedHTML(claim.name))">\
      <p><strong>\(escapedHTML(claim.name))</strong> \(escapedHTML(claim.statement))</p>\
      <dl><dt>criterion</dt><dd>\(escapedHTML(claim.criterion))</dd>\(evidence)\
      <dt>verdict</dt><dd class="verdict">\(symbol) \(claim.verdict.words)</dd></dl></section>
      """)
  }

  private mutating func table(
    _ table: ShownTable, caption: Caption?, identifier: String?, of cell: CellPresentation
  ) -> [Block] {
    let html = Self.html(table)
    count(html, in: cell.place)
    return tableFigure(
      [.html(html)], caption: caption, identifier: identifier ?? "", isLong: table.rows.count > 40,
      fold: cell.cell.options.closed ? "\(table.rows.count) rows" : nil)
  }

  private static func html(_ table: ShownTable) -> String {
    // Many columns are set closer, so that they fit the column of the text.
    let dense = table.columns.count > 8 ? " class=\"dense\"" : ""
    // On a narrow screen text has a least width, by the longest in its column.
    let widths = table.columns.indices.map { index in
      let longest = table.rows.map { $0[index].count }.max() ?? 0
      return longest <= 12 ? " class=\"short\"" : longest > 60 ? " class=\"wordy\"" : ""
    }
    func row(_ tag: String, _ texts: [String]) -> String {
      zip(texts, zip(table.columns, widths)).map { text, about in
        let (column, width) = about
        let scope = tag == "th" ? " scope=\"col\"" : ""
        let alignment =
          switch column.alignment {
          case .left: tag == "td" ? width : ""
          case .centre: " class=\"centre\""
          case .right: " class=\"number\""
          }
        return "<\(tag)\(scope)\(alignment)>\(escapedHTML(text))</\(tag)>"
      }.joined()
    }
    // What a row is of, for the page's script (links.js).
    func links(_ texts: [String]) -> String {
      let named = zip(table.columns, texts).compactMap { column, text in column.link.map { ($0, text) } }
      guard let model = named.first?.0.model else { return "" }
      return named.map { " data-\($0.thing)=\"\(escapedHTML($1))\"" }.joined()
        + " data-model=\"\(escapedHTML(model))\""
    }
    let body = table.rows.map { "<tr\(links($0))>\(row("td", $0))</tr>" }.joined(separator: "\n")
    let head = row("th", table.columns.map(\.title))
    return "<table\(dense)><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table>"
  }
}
