import CellRecords
import Foundation
import Text

/// The HTML page of a book: Pandoc's writer with our template and style.
struct Page {
  var book: Book
  var chapters: [Woven]
  var record: RunRecord

  func text(by session: PageSession) async throws -> PageText {
    var texts: [[Inline]] = []
    var references: [Block] = []
    if let bibliography = book.bibliography {
      (texts, references) = try await Citations.set(
        chapters.flatMap(\.citations), bibliography: bibliography, by: session.pandoc)
    }
    var left = texts[...]
    let cited = Self.withWaysOn(chapters).map { woven in
      defer { left = left.dropFirst(woven.citations.count) }
      return (woven: woven, citations: Array(left.prefix(woven.citations.count)))
    }
    let set = try await ChapterText.set(
      cited + [(woven: Woven(references, name: "references"), citations: [])], by: session)

    var pieces: [String: String] = [:]
    for text in set { pieces.merge(text.pieces) { first, _ in first } }
    let recordName = Insertions.name(for: "record")
    pieces[recordName] = record.html
    let modelsName = Insertions.name(for: "models")
    pieces[modelsName] = PageModels(chapters).html + ReferenceLinks.html(beside: book.output)
    // What never changes, and the images of the blocks that Pandoc sees.
    var fixed = Insertions()
    for chapter in chapters { fixed.add(chapter.images) }
    // The policy lets this script run and no other, and nothing be loaded.
    let script = [
      PageFiles.pageJs, PageFiles.drawingJs, PageFiles.kernelJs,
      PageFiles.neuronModelViewsJs, PageFiles.neuronExperimentJs,
      PageFiles.neuronControlsJs, PageFiles.neuronModelJs, PageFiles.linksJs,
      PageFiles.questionJs, PageFiles.referenceJs,
      PageFiles.printJs,
    ]
    .joined()
    let style = PageFiles.viewsCss + PageFiles.pageCss
    let answer = try await session.pandoc.ask(
      [
        "--from=json", "--to=html5", "--standalone", "--wrap=none", "--mathml", "--section-divs", "--toc",
        "--toc-depth=2", "--variable=record:" + recordName, "--variable=models:" + modelsName,
        "--variable=script:" + fixed.name(script, key: "script"),
        "--variable=script-digest:" + Digest.base64SHA256(Data(script.utf8)),
        "--variable=style:" + fixed.name(style, key: "style"),
      ] + (book.description.isEmpty ? [] : ["--variable=about:" + escapedHTML(book.description)]),
      input: Pandoc.document(set.flatMap(\.skeleton), metadata: metadata),
      files: [.init(option: "--template", name: "page.html", content: Data(PageFiles.pageHtml.utf8))])
    let skeleton = Direction.marked(Self.withoutOldRoles(String(decoding: answer.output, as: UTF8.self)))
    return PageText(skeleton: fixed.inserted(into: skeleton), pieces: pieces)
  }

  /// Each chapter ends with the way to the one before and the one after it.
  private static func withWaysOn(_ chapters: [Woven]) -> [Woven] {
    let heads = chapters.map { chapter in
      chapter.blocks.lazy.compactMap { block -> (identifier: String, title: String)? in
        guard case .header(1, let attributes, let title) = block else { return nil }
        return (attributes.identifier, title.plainText)
      }.first
    }
    return chapters.enumerated().map { index, chapter in
      func link(_ other: Int, _ relation: String, _ before: String, _ after: String) -> String {
        guard heads.indices.contains(other), let head = heads[other] else { return "" }
        return
          "<a rel=\"\(relation)\" href=\"#\(escapedHTML(head.identifier))\">\(before)\(escapedHTML(head.title))\(after)</a>"
      }
      let links = [link(index - 1, "prev", "← ", ""), link(index + 1, "next", "", " →")].filter {
        !$0.isEmpty
      }
      var chapter = chapter
      if !links.isEmpty {
        chapter.blocks.append(.html("<p class=\"between\">\(links.joined(separator: " "))</p>"))
      }
      return chapter
    }
  }

  /// Pandoc gives notes and references roles that no longer exist.
  static func withoutOldRoles(_ html: String) -> String {
    guard html.containsUTF8("role=\"doc-") else { return html }
    return html.replacingOccurrences(of: " role=\"doc-endnote\"", with: "")
      .replacingOccurrences(of: " role=\"doc-biblioentry\"", with: "")
  }

  /// A title that is the first header's stands there alone.
  private var metadata: [String: JSON] {
    var metadata = book.metadata(title: title)
    if !book.title.isEmpty { metadata["named"] = Coding.text("true") }
    return metadata
  }

  /// The book's title, or else its first header.
  private var title: String {
    if !book.title.isEmpty { return book.title }
    return chapters.lazy.flatMap(\.blocks).compactMap(\.title).first?.plainText ?? "Report"
  }
}

/// The text of a page: its skeleton, with names in the places of pieces.
public struct PageText: Sendable {
  var skeleton: String
  var pieces: [String: String]

  /// The page itself.
  var html: Data {
    var insertions = Insertions()
    insertions.add(pieces)
    return Data(insertions.bytes(insertedInto: skeleton))
  }
}
