import Foundation

/// A Markdown file for each chapter, as code forges show it, with its figures beside it.
struct MarkdownExporter: Exporter {
  func write(_ publication: Publication) async throws -> URL {
    let folder = try publication.emptyFolder("markdown")
    for (index, chapter) in publication.chapters.enumerated() {
      let blocks = try await publication.cited(publication.document(of: index, .markdown, ending: "md"))
      let (text, images) = Self.withOwnImages(blocks, of: chapter)
      if !images.isEmpty {
        try FileManager.default.createDirectory(
          at: folder.appending(path: "figures"), withIntermediateDirectories: true)
      }
      for (name, url) in images {
        // A chapter that stopped may not have come to it.
        guard let image = try? Data(contentsOf: url) else { continue }
        try image.write(to: folder.appending(path: name))
      }
      let answer = try await publication.pandoc.run(
        ["--from=json", "--to=gfm+tex_math_dollars-bracketed_spans", "--wrap=none"],
        input: Pandoc.document(text.anchored))
      try answer.output.write(to: folder.appending(path: chapter.slug + ".md"))
    }
    return folder
  }

  /// The blocks with each image named as it stands beside the file, and where to copy it from.
  private static func withOwnImages(
    _ blocks: [JSON], of chapter: Chapter
  ) -> (blocks: [JSON], images: [(name: String, url: URL)]) {
    var images: [(String, URL)] = []
    let named = JSON.array(blocks).rewritten { element in
      guard element.tag == "Image", let path = element.content[2][0].string, path.hasPrefix("/") else {
        return nil
      }
      let url = URL(filePath: path)
      let name = "figures/\(chapter.slug)-\(images.count + 1).\(url.pathExtension)"
      images.append((name, url))
      var image = element
      image.content[2][0] = .string(name)
      return [image]
    }
    return (named.array ?? [], images)
  }
}

extension Exporter where Self == MarkdownExporter {
  static func markdown() -> Self { MarkdownExporter() }
}

extension [JSON] {
  /// The blocks without divs, which Markdown has none of: an anchor stands before what had a name. Cells of a notebook
  /// stay as they are.
  var anchored: [JSON] {
    flatMap { block -> [JSON] in
      if block.isDiv("cell") { return [block] }
      let identifier = block.tag == "Header" ? block.content[1][0].string ?? "" : block.identifier
      let anchor =
        Labels.Kind(label: identifier) == nil && !identifier.hasPrefix("ref-")
        ? [] : [JSON.rawHTML("<a id=\"\(escapedHTML(identifier))\"></a>")]
      switch block.tag {
      case "Header": return anchor + [block]
      case "Div": return anchor + (block.content[1].array ?? []).anchored
      default: return [block]
      }
    }
  }
}
