import Base
import CellRecords
import Foundation

/// Slides for each chapter, one file that loads nothing: a slide for each section with its first sentence and its
/// formulas, and one for each figure, table, claim and exercise; more where one does not hold them.
struct SlidesExporter: Exporter {
  func write(_ publication: Publication) async throws -> URL {
    let folder = try publication.emptyFolder("slides")
    let template = publication.work.appending(path: "slides.html")
    try Data(PageFiles.slidesHtml.utf8).write(to: template)
    for (index, chapter) in publication.chapters.enumerated() {
      let blocks = try await publication.cited(publication.document(of: index, .plain, ending: "html"))
      var metadata = publication.metadata
      metadata["title"] = Coding.text(publication.title(of: index))
      metadata["book"] = Coding.text(publication.book.title)
      var embedding = Embedding()
      let slides = SlideDeck(blocks).slides.rewritten(by: &embedding)
      // The policy lets this script run and no other, and nothing be loaded.
      let script = PageFiles.slidesJs
      let answer = try await publication.pandoc.run(
        [
          "--from=json", "--to=dzslides", "--standalone", "--slide-level=2", "--mathml", "--wrap=none",
          "--template=\(template.path)",
          "--variable=script:" + embedding.insertions.name(script, key: "script"),
          "--variable=script-digest:" + Digest.base64SHA256(Data(script.utf8)),
        ], input: Pandoc.document(slides, metadata: metadata))
      let text = embedding.insertions.inserted(
        into: Direction.marked(String(decoding: answer.output, as: UTF8.self)))
      try Data(text.utf8).write(to: folder.appending(path: chapter.slug + ".html"))
    }
    return folder
  }

  /// Takes images into the file.
  private struct Embedding: Rewriter {
    var insertions = Insertions()

    mutating func replacement(for inline: Inline) -> [Inline]? {
      guard case .image(let attributes, let alternative, var target) = inline, target.url.hasPrefix("/")
      else {
        return nil
      }
      let file = URL(filePath: target.url)
      // A chapter that stopped may not have come to it.
      guard let type = TextImage.types[file.pathExtension.lowercased()],
        let content = try? Data(ofFile: file.path)
      else { return [.emphasised(alternative)] }
      target.url = insertions.name("data:\(type);base64," + content.base64EncodedString(), key: file.path)
      return [.image(attributes, alternative, target)]
    }
  }
}

extension Exporter where Self == SlidesExporter {
  static func slides() -> Self { SlidesExporter() }
}
