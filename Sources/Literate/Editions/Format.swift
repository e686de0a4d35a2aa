import Foundation

/// A form in which a book is handed out besides its page.
public enum Format: String, Sendable, CaseIterable {
  case pdf, epub, markdown, notebook, slides, package

  var exporter: any Exporter {
    switch self {
    case .pdf: .pdf()
    case .epub: .epub()
    case .markdown: .markdown()
    case .notebook: .notebook()
    case .slides: .slides()
    case .package: .package()
    }
  }
}

/// Makes one format.
protocol Exporter {
  /// Writes the format.
  ///
  /// - Returns: What was made: a file, or the folder of a file or folder for each chapter.
  /// - Throws: `Problem` where a tool is missing or fails.
  func write(_ publication: Publication) async throws -> URL
}

/// An edition of a book with its results, and where it goes.
struct Publication {
  var book: Book
  var edition: Edition
  /// The chapters and their results, as the edition has them.
  var chapters: [Chapter]
  var runs: [ChapterRun]
  var labels: Labels
  var citations: Set<String>?
  /// The page of this edition.
  var page: URL
  /// Where the edition's files go.
  var folder: URL
  /// A folder for files that are needed for a while.
  var work: URL
  /// The folder of Neuronbook's sources.
  var sources: URL
  var pandoc: Pandoc

  /// The woven tree of a chapter.
  ///
  /// - Parameter ending: The ending of the files of chapters, where each chapter becomes one: references to another
  ///   chapter lead to its file.
  func document(of index: Int, _ form: DocumentForm, ending: String? = nil) -> [JSON] {
    var weaver = Weaver(chapters[index], run: runs[index], labels: labels, citations: citations)
    weaver.document = form
    let files = chapters[index].source.files
    let blocks = weaver.weave().rewritten { element in
      switch element.tag {
      // Classes are for the page.
      case "Span": return element.content[1].array
      case "Link":
        var link = element
        link.content[0] = JSON.attributes()
        if let ending, let target = link.content[2][0].string, target.hasPrefix("#"),
          let place = labels.targets[String(target.dropFirst())]?.location, !files.contains(place.file),
          let other = chapters.first(where: { $0.source.files.contains(place.file) })
        {
          link.content[2][0] = .string("\(other.slug).\(ending)\(target)")
        }
        return [link]
      default: return nil
      }
    }
    return blocks.array ?? []
  }

  /// Blocks with their citations set, and the list of references at their end.
  func cited(_ blocks: [JSON]) async throws -> [JSON] {
    guard let bibliography = book.bibliography, citations != nil else { return blocks }
    return try await Citations.resolved(in: blocks, bibliography: bibliography, by: pandoc)
  }

  /// The book's title, or else its first header.
  var title: String { book.title.isEmpty ? title(of: 0) : book.title }

  /// The first header of a chapter.
  func title(of index: Int) -> String {
    let header = chapters[index].blocks.array?.first { $0.tag == "Header" }
    return header?.content[2].plainText ?? chapters[index].slug
  }

  var metadata: [String: JSON] {
    func text(_ text: String) -> JSON { .element("MetaString", .string(text)) }
    var metadata = ["lang": text("en"), "title": text(title)]
    if !book.subtitle.isEmpty { metadata["subtitle"] = text(book.subtitle) }
    if !book.authors.isEmpty { metadata["author"] = .element("MetaList", .array(book.authors.map(text))) }
    return metadata
  }

  /// An empty folder of the edition; what an earlier build left in it is removed.
  func emptyFolder(_ name: String) throws -> URL {
    let url = folder.appending(path: name, directoryHint: .isDirectory)
    try? FileManager.default.removeItem(at: url)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }
}
