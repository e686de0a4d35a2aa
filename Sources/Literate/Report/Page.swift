import CellRecords
import Foundation

/// The HTML page of a book: Pandoc's writer with our template and style.
struct Page {
  var book: Book
  /// The woven blocks of all chapters.
  var blocks: JSON
  /// The images that the blocks name.
  var images: Insertions
  var record: RunRecord

  /// The page's bytes.
  ///
  /// - Parameter workFolder: A folder for the files that Pandoc reads; the caller removes it.
  func html(by pandoc: Pandoc, workFolder: URL) async throws -> Data {
    let template = workFolder.appending(path: "page.html")
    try Data(PackageResources.page_html).write(to: template)
    var blocks = blocks
    if let bibliography = book.bibliography {
      blocks = try await Citations.resolved(in: blocks, bibliography: bibliography, by: pandoc)
    }
    var text = Insertions()
    let fragments = Self.fragments(of: blocks)
    var html = try await pandoc.html(ofEach: fragments)[...]
    let skeleton = (blocks.array ?? []).map { block in
      guard Self.isFragment(block), let first = html.popFirst() else { return block }
      return JSON.rawHTML(text.name(first, key: first))
    }
    var metadata: [String: JSON] = ["lang": Self.metaString("en")]
    metadata["title"] = Self.metaString(title)
    if !book.subtitle.isEmpty { metadata["subtitle"] = Self.metaString(book.subtitle) }
    if !book.authors.isEmpty {
      metadata["author"] = .element("MetaList", .array(book.authors.map(Self.metaString)))
    }
    // The policy lets this script run and no other, and nothing be loaded.
    let script = [PackageResources.page_js, PackageResources.explorer_js]
      .map { String(decoding: $0, as: UTF8.self) }.joined()
    let arguments = [
      "--from=json", "--to=html5", "--standalone", "--wrap=none", "--template=\(template.path)", "--mathml",
      "--section-divs", "--toc", "--toc-depth=2", "--variable=record:" + record.html,
      "--variable=script:" + text.name(script, key: "script"),
      "--variable=script-digest:" + Digest.base64SHA256(Data(script.utf8)),
      "--variable=style:" + String(decoding: PackageResources.page_css, as: UTF8.self),
    ]
    let input = Pandoc.document(skeleton, metadata: metadata)
    let answer = try await pandoc.run(arguments, input: input, for: nil)
    // Pandoc gives notes and references roles that no longer exist.
    let page = text.inserted(into: String(decoding: answer.output, as: UTF8.self))
      .replacingOccurrences(of: " role=\"doc-endnote\"", with: "")
      .replacingOccurrences(of: " role=\"doc-biblioentry\"", with: "")
    return Data(images.inserted(into: page).utf8)
  }

  /// The blocks that are set each by itself, and remembered: all but headers, which make the sections and the contents,
  /// and blocks with footnotes, which are numbered through the page.
  static func fragments(of blocks: JSON) -> [JSON] {
    (blocks.array ?? []).filter(isFragment)
  }

  private static func isFragment(_ block: JSON) -> Bool {
    var hasNote = false
    block.forEachElement { if $0.tag == "Note" { hasNote = true } }
    return block.tag != "Header" && !hasNote
  }

  /// The book's title, or else its first header.
  private var title: String {
    if !book.title.isEmpty { return book.title }
    var first: String?
    blocks.forEachElement {
      if first == nil, $0.tag == "Header" { first = $0.content[2].plainText }
    }
    return first ?? "Report"
  }

  private static func metaString(_ text: String) -> JSON { .element("MetaString", .string(text)) }
}
