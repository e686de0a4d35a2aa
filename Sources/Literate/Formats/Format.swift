import Foundation
import Text

/// A form in which a book is handed out besides its page.
public enum Format: String, Sendable, CaseIterable {
  case pdf, epub, markdown, notebook, slides, package, crate

  var exporter: any Exporter {
    switch self {
    case .pdf: .pdf()
    case .epub: .epub()
    case .markdown: .markdown()
    case .notebook: .notebook()
    case .slides: .slides()
    case .package: .package()
    case .crate: .crate()
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
  /// How this edition was made.
  var record: RunRecord
  /// When its build began.
  var started: Date

  /// The woven tree of a chapter.
  ///
  /// - Parameter ending: The ending of the files of chapters, where each chapter becomes one: references to another
  ///   chapter lead to its file.
  func document(of index: Int, _ form: DocumentMedium.Form, ending: String? = nil) -> [Block] {
    var weaver = Weaver(
      chapters[index], run: runs[index], labels: labels, citations: citations, for: DocumentMedium(form))
    var linking = DocumentLinks(
      chapters: chapters, chapter: chapters[index], labels: labels, ending: ending, form: form)
    return weaver.weave().rewritten(by: &linking)
  }

  /// Blocks with their citations set, and the list of references at their end.
  func cited(_ blocks: [Block]) async throws -> [Block] {
    guard let bibliography = book.bibliography, citations != nil else { return blocks }
    return try await Citations.resolved(in: blocks, bibliography: bibliography, by: pandoc)
  }

  /// The book's title, or else its first header.
  var title: String { book.title.isEmpty ? title(of: 0) : book.title }

  /// The first header of a chapter.
  func title(of index: Int) -> String {
    chapters[index].blocks.first(where: \.isHeader)?.title?.plainText ?? chapters[index].slug
  }

  var metadata: [String: JSON] { book.metadata(title: title) }

  /// An empty folder of the edition; what an earlier build left in it is removed.
  func emptyFolder(_ name: String) throws -> URL {
    let url = folder.appending(path: name, directoryHint: .isDirectory)
    try? FileManager.default.removeItem(at: url)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }
}

/// Spans, whose classes are for the page, give way to what they hold; links lead to the other chapters' files.
private struct DocumentLinks: Rewriter {
  let chapters: [Chapter]
  /// The chapter itself.
  let chapter: Chapter
  let labels: Labels
  /// The ending of the chapters' files; nil where all are in one.
  let ending: String?
  let form: DocumentMedium.Form

  func replacement(for inline: Inline) -> [Inline]? {
    switch inline {
    case .span(let attributes, let content): return anchor(attributes) + content
    case .link(let attributes, let content, var target):
      if let ending, target.url.hasPrefix("#"), let other = home(of: String(target.url.dropFirst())) {
        target.url = "\(other.slug).\(ending)\(target.url)"
      }
      return anchor(attributes) + [.link(Attributes(), content, target)]
    // Between Markdown's dollars, what looks like a tag would be one.
    case .math(let isDisplay, let text) where form.isMarkdown && text.contains("<"):
      return [.math(isDisplay: isDisplay, text.replacing(/<(?=[A-Za-z\/!?])/, with: "< "))]
    default: return nil
    }
  }

  /// The place that a link leads to.
  private func anchor(_ attributes: Attributes) -> [Inline] {
    let name = attributes.identifier
    return name.isEmpty || labels.anchors.home(of: name) == nil
      ? [] : [.html("<a id=\"\(escapedHTML(name))\"></a>")]
  }

  /// The other chapter that has something of this name.
  private func home(of name: String) -> Chapter? {
    if let place = labels.targets[name]?.location {
      return chapter.source.files.contains(place.file)
        ? nil : chapters.first { $0.source.files.contains(place.file) }
    }
    guard let path = labels.anchors.home(of: name), path != chapter.source.path else { return nil }
    return chapters.first { $0.source.path == path }
  }
}

extension Book {
  /// What Pandoc is told about the book.
  func metadata(title: String) -> [String: JSON] {
    var metadata = ["lang": Coding.text("en"), "title": Coding.text(title)]
    if !subtitle.isEmpty { metadata["subtitle"] = Coding.text(subtitle) }
    if !description.isEmpty { metadata["description"] = Coding.text(description) }
    if !authors.isEmpty { metadata["author"] = Coding.list(authors.map(Coding.text)) }
    return metadata
  }
}
