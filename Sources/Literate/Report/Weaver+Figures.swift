import CellRecords
import Foundation

/// Figures and tables: the picture or the rows, their caption, and beside a figure its PDF, its data and the cell that
/// made it.
extension Weaver {
  /// - Parameter explorer: What takes the picture's place where scripts run.
  mutating func figureBlocks(
    _ figure: ShownFigure, _ cell: Cell, number: Int, explorer: ShownExplorer? = nil
  ) -> [JSON] {
    let label = label(of: cell, as: .figure)
    let identifier = label ?? "\(identifier(of: cell))-figure-\(number + 1)"
    var html = picture(figure, cell, number: number)
    if let explorer, let folder = run?.folder,
      let traces = try? Data(contentsOf: folder.file(explorer.traces))
    {
      // In a script element only `<` could end it.
      let text = String(decoding: traces, as: UTF8.self).replacingOccurrences(of: "<", with: "\\u003c")
      weights[place(of: cell), default: 0] += text.utf8.count
      html += "<script type=\"application/json\" class=\"traces\">"
      html += images.name(text, key: folder.file(explorer.traces).path) + "</script>"
    }
    return framed(
      [.rawHTML(html)], caption: caption(of: cell, as: .figure), identifier: identifier,
      isBroad: figure.width > 800,
      tools: tools(figure, cell, name: identifier))
  }

  /// A figure of several parts, each with a letter and a caption of its own.
  mutating func partedFigureBlocks(_ figures: [ShownFigure], _ cell: Cell) -> [JSON] {
    let label = cell.options.label ?? identifier(of: cell) + "-figure"
    let columns = cell.options.columns ?? min(2, figures.count)
    var blocks = [JSON.rawHTML("<div class=\"parts\" style=\"--columns:\(columns)\">")]
    for (part, figure) in figures.prefix(cell.options.subcaptions.count).enumerated() {
      let letter = JSON.span(["label"], [.text("(\(Labels.letter(part)))")])
      let identifier = Labels.part(part, of: label)
      blocks += framed(
        [.rawHTML(picture(figure, cell, number: part))],
        caption: [letter, .space] + resolved(chapter.subcaption(part, of: cell)), identifier: identifier,
        isBroad: false, tools: tools(figure, cell, name: identifier))
    }
    blocks.append(.rawHTML("</div>"))
    let width = figures.prefix(columns).reduce(0) { $0 + $1.width }
    return framed(
      blocks, caption: caption(of: cell, as: .figure), identifier: label, isBroad: width > 800, tools: "")
  }

  private func framed(
    _ content: [JSON], caption: [JSON]?, identifier: String, isBroad: Bool, tools: String
  ) -> [JSON] {
    let name = escapedHTML(identifier)
    let named = caption == nil ? "" : " aria-labelledby=\"\(name)-caption\""
    let broad = isBroad ? " class=\"broad\"" : ""
    var blocks = [JSON.rawHTML("<figure id=\"\(name)\"\(named)\(broad)>")] + content
    blocks.append(.rawHTML("<figcaption>"))
    if let caption {
      blocks += [.rawHTML("<div id=\"\(name)-caption\">"), .plain(caption), .rawHTML("</div>")]
    }
    return blocks + [.rawHTML(tools + "</figcaption></figure>")]
  }

  private mutating func picture(_ figure: ShownFigure, _ cell: Cell, number: Int) -> String {
    guard let folder = run?.folder else { return "" }
    let alternative = chapter.alternativeText(of: cell, figure: number)
    if alternative == nil, cell.options.label == nil {
      problems.append(missing("alt", of: cell))
    }
    let alt = resolved(alternative ?? []).map(\.plainText).joined()
    let part = place(of: cell)
    let light = embed(folder.file(figure.lightSVG), "image/svg+xml", in: part) ?? ""
    // A chapter that stopped may not have come to the other forms of its last figure.
    let dark = embed(folder.file(figure.darkSVG), "image/svg+xml", in: part) ?? light
    let size = "width=\"\(Int(figure.width))\" height=\"\(Int(figure.height))\""
    return """
      <div class="picture"><picture>\
      <source media="screen and (prefers-color-scheme: dark)" srcset="\(dark)">\
      <img src="\(light)" \(size) style="--width:\(Int(figure.width))px" alt="\(escapedHTML(alt))"></picture></div>
      """
  }

  /// What stands below a figure's caption. A file that would weigh too much is named instead, where it is written beside
  /// the page.
  private mutating func tools(_ figure: ShownFigure, _ cell: Cell, name: String) -> String {
    guard let folder = run?.folder else { return "" }
    let target = cell.options.label.flatMap { labels.targets[$0] }
    let ofWhat =
      "<span class=\"spoken\"> of \(target.map { "\($0.name) \($0.number)" } ?? escapedHTML(name))</span>"
    var items: [String] = []
    for (file, type, ending, word) in [
      (figure.pdf, "application/pdf", "pdf", "PDF"), (figure.csv, "text/csv", "csv", "Data"),
    ] {
      let file = folder.file(file)
      guard let size = try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int else {
        continue
      }
      if size > Self.largestDownload {
        if cell.options.label != nil {
          items.append("<span>\(word): figures/\(escapedHTML(name)).\(ending)</span>")
        }
      } else if let data = embed(file, type, in: place(of: cell)) {
        items.append("<a download=\"\(escapedHTML(name)).\(ending)\" href=\"\(data)\">\(word)\(ofWhat)</a>")
      }
    }
    let isListed = cell.options.echo && cell.options.include
    items.append(
      isListed
        ? "<a href=\"#\(escapedHTML(identifier(of: cell)))\">Cell\(ofWhat)</a>"
        : "<span>\(escapedHTML(chapter.source.url.lastPathComponent)):\(cell.location.line)</span>")
    if let csv = try? String(contentsOf: folder.file(figure.csv), encoding: .utf8) {
      let table = DataTable(csv: csv).html
      weights[place(of: cell), default: 0] += table.utf8.count
      let inserted = images.name(table, key: folder.file(figure.csv).path + " table")
      items.append(
        "<details class=\"data\"><summary>Table\(ofWhat)</summary><div class=\"scroll long\" tabindex=\"0\">\(inserted)</div></details>"
      )
    }
    return "<div class=\"tools\">\(items.joined())</div>"
  }

  /// Files of more bytes than this are not part of the page.
  private static let largestDownload = 500_000

  /// The part of the page that a cell's figures and tables are counted to.
  private func place(of cell: Cell) -> String {
    "\(cell.options.label ?? "a cell") (\(cell.location))"
  }

  // MARK: Tables

  mutating func tableBlocks(_ table: ShownTable, _ cell: Cell) -> [JSON] {
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
    let body = table.rows.map { "<tr>\(row("td", $0))</tr>" }.joined(separator: "\n")
    let html =
      "<table\(dense)><thead><tr>\(row("th", table.columns.map(\.title)))</tr></thead><tbody>\(body)</tbody></table>"
    weights[place(of: cell), default: 0] += html.utf8.count
    return tableFigure(
      [.rawHTML(html)], caption: caption(of: cell, as: .table), identifier: label(of: cell, as: .table) ?? "",
      isLong: table.rows.count > 40)
  }

  /// A table in a box that scrolls by itself, below its caption.
  func tableFigure(_ table: [JSON], caption: [JSON]?, identifier: String, isLong: Bool = false) -> [JSON] {
    let name = identifier.isEmpty ? "" : " id=\"\(escapedHTML(identifier))\""
    var blocks = [JSON.rawHTML("<figure class=\"table\"\(name)>")]
    if let caption { blocks += [.rawHTML("<figcaption>"), .plain(caption), .rawHTML("</figcaption>")] }
    blocks.append(.rawHTML("<div class=\"scroll\(isLong ? " long" : "")\" tabindex=\"0\">"))
    return blocks + table + [.rawHTML("</div></figure>")]
  }

  /// The cell's label, where it names what is shown: a cell that is labelled as a figure may show a table beside it.
  private func label(of cell: Cell, as kind: Labels.Kind) -> String? {
    cell.options.label.flatMap { Labels.Kind(label: $0) == kind ? $0 : nil }
  }

  /// "Figure 2.1: The units that …", with values and references resolved.
  private mutating func caption(of cell: Cell, as kind: Labels.Kind) -> [JSON]? {
    let named = cell.options.label.flatMap(Labels.Kind.init(label:))
    guard named == nil || named == kind, let caption = chapter.caption(of: cell) else { return nil }
    let inlines = resolved(caption)
    guard let target = cell.options.label.flatMap({ labels.targets[$0] }) else { return inlines }
    return [.span(["label"], [.text("\(target.kind.name) \(target.number).")]), .space] + inlines
  }
}
