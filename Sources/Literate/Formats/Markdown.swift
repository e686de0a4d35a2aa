import Base
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
      for (name, image) in images { try image?.write(to: folder.appending(path: name)) }
      let answer = try await publication.pandoc.run(
        ["--from=json", "--to=gfm+tex_math_dollars-bracketed_spans", "--wrap=none"],
        input: Pandoc.document(text.anchored))
      try answer.output.write(to: folder.appending(path: chapter.slug + ".md"))
    }
    return folder
  }

  /// The blocks with each image named as it stands beside the file; nil for one to which a chapter that stopped did not come.
  private static func withOwnImages(
    _ blocks: [Block], of chapter: Chapter
  ) -> (blocks: [Block], images: [(name: String, image: Data?)]) {
    struct Naming: Rewriter {
      let slug: String
      var images: [(name: String, image: Data?)] = []

      mutating func replacement(for inline: Inline) -> [Inline]? {
        guard case .image(let attributes, let alternative, var target) = inline else { return nil }
        let url = target.url
        let (ending, image): (String, Data?)
        if url.hasPrefix("/") {
          (ending, image) = (URL(filePath: url).pathExtension, try? Data(ofFile: url))
        } else if url.hasPrefix(Diagram.address) {
          (ending, image) = ("svg", Data(base64Encoded: String(url.dropFirst(Diagram.address.count))))
        } else {
          return nil
        }
        target.url = "figures/\(slug)-\(images.count + 1).\(ending)"
        images.append((target.url, image))
        return [.image(attributes, alternative, target)]
      }
    }
    var naming = Naming(slug: chapter.slug)
    let named = blocks.rewritten(by: &naming)
    return (named, naming.images)
  }
}

extension Exporter where Self == MarkdownExporter {
  static func markdown() -> Self { MarkdownExporter() }
}

extension [Block] {
  /// The blocks without divs, which Markdown has none of: an anchor stands before what had a name that is a label or that a link
  /// leads to. Cells of a notebook stay as they are.
  var anchored: [Block] {
    var linked: Set<String> = []
    walk { node in
      if case .inline(.link(_, _, let target)) = node, let mark = target.url.firstIndex(of: "#") {
        linked.insert(String(target.url[mark...].dropFirst()))
      }
      return true
    }
    return anchored(linked)
  }

  private func anchored(_ linked: Set<String>) -> [Block] {
    flatMap { block -> [Block] in
      if block.isDiv("cell") { return [block] }
      let identifier = block.attributes?.identifier ?? ""
      let anchor =
        Labels.Kind(label: identifier) == nil && !identifier.hasPrefix("ref-") && !linked.contains(identifier)
        ? [] : [Block.html("<a id=\"\(escapedHTML(identifier))\"></a>")]
      switch block {
      case .header: return anchor + [block]
      case .div(_, let content): return anchor + content.anchored(linked)
      default: return [block]
      }
    }
  }
}
