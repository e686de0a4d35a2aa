import Base
import CellRecords
import Foundation

/// Figures on the page: the picture, its caption, and below it its PDF, its data and the cell that made it.
extension PageMedium {
  mutating func figure(_ figure: CellPresentation.Figure, of cell: CellPresentation) -> [Block] {
    var html = picture(figure, of: cell)
    if let model = figure.liveModel, let weights = take(model.weights, of: cell) {
      html =
        "<neuron-model weights=\"\(weights)\">\(html)\(json(model.about, class: "about", of: cell))</neuron-model>"
    }
    return framed(
      [.html(html)], caption: figure.caption?.onPage(at: figure.identifier), identifier: figure.identifier,
      isBroad: figure.files.width > 800, tools: tools(figure, of: cell))
  }

  /// A file of JSON for a script of the page; nothing where it can't be read.
  private mutating func json(_ name: String, class: String, of cell: CellPresentation) -> String {
    guard let file = cell.folder?.file(name), let data = try? Data(ofFile: file.path) else { return "" }
    // In a script element only `<` could end it.
    let text = String(decoding: data, as: UTF8.self).replacingOccurrences(of: "<", with: "\\u003c")
    return
      "<script type=\"application/json\" class=\"\(`class`)\">\(insert(text, key: file.path, in: cell.place))</script>"
  }

  /// Takes the numbers of a model, which the page carries once, and gives their name; nil where no model can run in it.
  private mutating func take(_ weights: String, of cell: CellPresentation) -> String? {
    guard PageKernel.base64 != nil else {
      hasStillModels = true
      return nil
    }
    guard let file = cell.folder?.file(weights), let data = try? Data(ofFile: file.path) else { return nil }
    let name = Digest.sha256(data)
    let text = data.base64EncodedString()
    if models.updateValue(text, forKey: name) == nil { count(text, in: cell.place) }
    return name
  }

  /// A figure of several parts, each with a letter and a caption of its own.
  mutating func parts(_ parts: CellPresentation.Parts, of cell: CellPresentation) -> [Block] {
    var blocks = [Block.html("<div class=\"parts\" style=\"--columns:\(parts.columns)\">")]
    for (letter, figure) in parts.figures {
      let caption = [Inline.span(["label"], [.text(letter)]), .space] + (figure.caption?.text ?? [])
      blocks += framed(
        [.html(picture(figure, of: cell))], caption: caption, identifier: figure.identifier, isBroad: false,
        tools: tools(figure, of: cell))
    }
    blocks.append(.html("</div>"))
    let width = parts.figures.prefix(parts.columns).reduce(0) { $0 + $1.figure.files.width }
    return framed(
      blocks, caption: parts.caption?.onPage(at: parts.identifier), identifier: parts.identifier,
      isBroad: width > 800, tools: "")
  }

  func framed(
    _ content: [Block], caption: [Inline]?, identifier: String, isBroad: Bool, tools: String
  ) -> [Block] {
    let name = escapedHTML(identifier)
    let id = name.isEmpty ? "" : " id=\"\(name)\""
    let named = name.isEmpty || caption == nil ? "" : " aria-labelledby=\"\(name)-caption\""
    let broad = isBroad ? " class=\"broad\"" : ""
    var blocks = [Block.html("<figure\(id)\(named)\(broad)>")] + content
    blocks.append(.html("<figcaption>"))
    if let caption {
      let id = name.isEmpty ? "" : " id=\"\(name)-caption\""
      blocks += [.html("<div\(id)>"), .plain(caption), .html("</div>")]
    }
    return blocks + [.html(tools + "</figcaption></figure>")]
  }

  private mutating func picture(_ figure: CellPresentation.Figure, of cell: CellPresentation) -> String {
    guard let folder = cell.folder else { return "" }
    let files = figure.files
    let light = embed(folder.file(files.lightSVG), "image/svg+xml", in: cell.place) ?? ""
    // A chapter that stopped may not have come to the other forms of its last figure.
    let dark = embed(folder.file(files.darkSVG), "image/svg+xml", in: cell.place) ?? light
    let narrow = files.narrow.map { narrow in
      [(narrow.darkSVG, "dark narrow", " and (prefers-color-scheme: dark)"), (narrow.lightSVG, "narrow", "")]
        .map {
          file, classes, condition in
          let data = embed(folder.file(file), "image/svg+xml", in: cell.place) ?? light
          return """
            <source class="\(classes)" media="screen\(condition) and (max-width: 40rem)" srcset="\(data)" \
            width="\(Int(narrow.width))" height="\(Int(narrow.height))">
            """
        }.joined()
    }
    let size = "width=\"\(Int(files.width))\" height=\"\(Int(files.height))\""
    let picture = """
      <div class="picture"><picture>\(narrow ?? "")\
      <source class="dark" media="screen and (prefers-color-scheme: dark)" srcset="\(dark)">\
      <img src="\(light)" \(size) style="--width:\(narrow == nil ? Int(files.width) : 0)px" alt="\(escapedHTML(figure.alternative))"></picture></div>
      """
    guard let links = files.links else { return picture }
    return "<linked-figure>\(picture)\(json(links, class: "links", of: cell))</linked-figure>"
  }

  /// Files of more bytes than this are not part of the page.
  private static let largestDownload = 500_000

  /// What stands below a figure's caption. A file that would weigh too much is named instead, where it is written beside
  /// the page.
  private mutating func tools(_ figure: CellPresentation.Figure, of cell: CellPresentation) -> String {
    guard let folder = cell.folder else { return "" }
    let name = escapedHTML(figure.identifier)
    let ofWhat =
      "<span class=\"spoken\"> of \(figure.target.map { "\($0.name) \($0.number)" } ?? name)</span>"
    var items: [String] = []
    for (file, type, ending, word) in [
      (figure.files.pdf, "application/pdf", "pdf", "PDF"), (figure.files.csv, "text/csv", "csv", "Data"),
    ] {
      let file = folder.file(file)
      guard let size = try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int else {
        continue
      }
      if size > Self.largestDownload {
        if figure.isLabelled { items.append("<span>\(word): figures/\(name).\(ending)</span>") }
      } else if let data = embed(file, type, in: cell.place) {
        items.append("<a download=\"\(name).\(ending)\" href=\"\(data)\">\(word)\(ofWhat)</a>")
      }
    }
    let options = cell.cell.options
    items.append(
      options.echo && options.include
        ? "<a href=\"#\(escapedHTML(cell.identifier))\">Cell\(ofWhat)</a>"
        : "<span>\(escapedHTML(file)):\(cell.cell.location.line)</span>")
    if let data = try? Data(ofFile: folder.file(figure.files.csv).path),
      let csv = String(validating: data, as: UTF8.self)
    {
      let inserted = insert(
        DataTable(csv: csv).html, key: folder.file(figure.files.csv).path + " table", in: cell.place)
      items.append(
        "<details class=\"data\"><summary>Table\(ofWhat)</summary><div class=\"scroll long\" tabindex=\"0\">\(inserted)</div></details>"
      )
    }
    return "<div class=\"tools\">\(items.joined())</div>"
  }
}
