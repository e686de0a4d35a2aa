import Foundation

/// The HTML page of a book: Pandoc's writer with our template and style.
struct Page {
  var book: Book
  /// The woven blocks of all chapters.
  var blocks: [JSON]
  var record: RunRecord

  /// The page's bytes.
  ///
  /// - Parameter workFolder: A folder for the files that Pandoc reads; the caller removes it.
  func html(workFolder: URL) async throws -> Data {
    let template = workFolder.appending(path: "page.html")
    try Data(PackageResources.page_html).write(to: template)
    var metadata: [String: JSON] = [
      "lang": Self.metaString("en"), "link-citations": .element("MetaBool", .bool(true)),
      "reference-section-title": Self.metaString("References"),
    ]
    metadata["title"] = Self.metaString(title)
    if !book.subtitle.isEmpty { metadata["subtitle"] = Self.metaString(book.subtitle) }
    if !book.authors.isEmpty {
      metadata["author"] = .element("MetaList", .array(book.authors.map(Self.metaString)))
    }
    var arguments = [
      "--from=json", "--to=html5", "--standalone", "--wrap=none", "--template=\(template.path)", "--mathml",
      "--section-divs",
      "--toc", "--toc-depth=2", "--variable=record:" + record.html,
      "--variable=style:" + String(decoding: PackageResources.page_css, as: UTF8.self),
    ]
    if let bibliography = book.bibliography {
      arguments += ["--citeproc", "--bibliography=\(bibliography.url.path)"]
    }
    return try await Pandoc.run(arguments, input: Pandoc.document(blocks, metadata: metadata), for: nil)
  }

  /// The book's title, or else its first header.
  private var title: String {
    if !book.title.isEmpty { return book.title }
    var first: String?
    JSON.array(blocks).forEachElement {
      if first == nil, $0.tag == "Header" { first = $0.content[2].plainText }
    }
    return first ?? "Report"
  }

  private static func metaString(_ text: String) -> JSON { .element("MetaString", .string(text)) }
}
