import Base
import CellRecords
import Foundation

/// A certificate of how a book was made: a Process Run Crate (RO-Crate 1.1) of the report, its sources, values and figures, with a
/// `codecheck.yml` and a `CITATION.cff`.
struct CrateExporter: Exporter {
  func write(_ publication: Publication) async throws -> URL {
    let folder = try publication.emptyFolder("crate")
    var files = CrateFiles(folder)
    for (name, words) in [
      ("report.html", "The report"), ("run.json", "The record of the build"),
      (BuildValues.fileName, "Everything computed that the report shows"),
      ("scorecard.json", "The claims with their verdicts"),
    ] {
      try files.copy(publication.folder.appending(path: name), to: name, words)
    }
    let sources = try addSources(of: publication, to: &files)
    let figures = try addFigures(of: publication, to: &files)
    let license = try addLicense(of: publication.book, to: &files)
    try files.write(
      Data(CrateTexts.codecheck(publication, files.files).utf8), to: "codecheck.yml", "For a CODECHECK")
    try files.write(
      Data(CrateTexts.citation(publication).utf8), to: "CITATION.cff", "How to cite the book")
    let graph = CrateGraph(
      publication, files: files.files, sources: sources, figures: figures, license: license,
      software: await CrateSoftware.found(publication.record))
    try files.write(graph.metadata(), to: "ro-crate-metadata.json", "")
    return folder
  }

  /// The files of each chapter: first its text, then what it includes and reads. In the student's edition the text of a chapter
  /// with exercises would tell their solutions: there its program stands for it.
  private func addSources(of publication: Publication, to files: inout CrateFiles) throws -> [[String]] {
    let book = publication.book
    let names = book.names
    for (entry, words) in [
      (book.file.map { ($0, $0.lastPathComponent) }, "The book"),
      (book.bibliography.map { ($0.url, $0.name) }, "The sources that the book cites"),
    ] {
      if let entry { try files.copy(entry.0, to: CrateFiles.place(entry.1, in: "chapters"), words) }
    }
    return try publication.chapters.enumerated().map { index, chapter in
      let name = names[chapter.source.path] ?? chapter.source.url.lastPathComponent
      var added: [String] = []
      func add(_ url: URL, _ name: String, _ words: String) throws {
        let place = CrateFiles.place(name, in: "chapters")
        if try files.copy(url, to: place, words) { added.append(place) }
      }
      let title = publication.title(of: index)
      if publication.edition == .student, !chapter.exercises.isEmpty {
        let program = PackageProgram(
          chapter, labels: publication.labels, document: publication.document(of: index, .plain))
        let place = "chapters/\(chapter.slug).swift"
        try files.write(
          Data((program.main + program.declarations).utf8), to: place, "The program of the chapter “\(title)”"
        )
        added.append(place)
      } else {
        try add(chapter.source.url, name, "The chapter “\(title)”")
        for part in chapter.source.files.subtracting([chapter.source.path]).sorted() {
          try add(
            URL(filePath: part), chapter.path(part, calledFromWhere: name), "A part that chapters include")
        }
      }
      let chapterFolder = chapter.source.url.deletingLastPathComponent()
      let within = (name as NSString).deletingLastPathComponent
      for path in publication.runs[index].files.keys.sorted()
      where !path.hasPrefix("/") && !path.split(separator: "/").contains("..") {
        try add(
          chapterFolder.appending(path: path), (within as NSString).appendingPathComponent(path),
          "Data that a chapter reads")
      }
      return added
    }
  }

  /// The files of each chapter's labelled figures, by the number of the cell.
  private func addFigures(of publication: Publication, to files: inout CrateFiles) throws -> [[Int: [String]]]
  {
    try zip(publication.chapters, publication.runs).map { chapter, run in
      var places: [Int: [String]] = [:]
      guard let folder = run.folder else { return places }
      for cell in chapter.cells {
        let shown = run.cells[cell.index]?.shown.compactMap(\.figure) ?? []
        for (figure, label) in zip(shown, cell.figureLabels) {
          let number = publication.labels.targets[label].map { "\($0.name) \($0.number)" } ?? label
          for (name, ending, words) in [
            (figure.png, "png", number), (figure.pdf, "pdf", number),
            (figure.csv, "csv", "The data of \(number)"),
          ] {
            let place = "figures/\(label).\(ending)"
            if try files.copy(folder.file(name), to: place, words) {
              places[cell.index, default: []].append(place)
            }
          }
        }
      }
      return places
    }
  }

  /// The licence of the book's repository; nil where it has none.
  private func addLicense(of book: Book, to files: inout CrateFiles) throws -> String? {
    guard let folder = book.chapters.first?.url.deletingLastPathComponent() else { return nil }
    let repository = Repository(of: folder)
    guard repository.isVersioned else { return nil }
    for name in ["LICENSE", "LICENSE.txt", "LICENSE.md", "COPYING"]
    where try files.copy(repository.root.appending(path: name), to: name, "The licence") {
      return name
    }
    return nil
  }
}

extension Exporter where Self == CrateExporter {
  static func crate() -> Self { CrateExporter() }
}

/// The files of a crate as they are put there.
struct CrateFiles {
  struct File {
    /// From the crate's folder.
    var path: String
    var words: String
    var sha256: String
    var bytes: Int
  }

  private(set) var files: [File] = []
  private let folder: URL

  init(_ folder: URL) { self.folder = folder }

  /// Copies a file, unless it is there already.
  ///
  /// - Returns: Whether it is there now: a run that stopped may not have come to it.
  @discardableResult
  mutating func copy(_ url: URL, to path: String, _ words: String) throws -> Bool {
    if files.contains(where: { $0.path == path }) { return true }
    guard let data = try? Data(ofFile: url.path) else { return false }
    try write(data, to: path, words)
    return true
  }

  mutating func write(_ data: Data, to path: String, _ words: String) throws {
    let url = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
    files.append(File(path: path, words: words, sha256: Digest.sha256(data), bytes: data.count))
  }

  /// Where a file of a book goes: by its name there, which must not lead out of the crate.
  static func place(_ name: String, in folder: String) -> String {
    let parts = name.split(separator: "/").filter { $0 != "." }
    let isWithin = !name.hasPrefix("/") && !parts.contains("..")
    return folder + "/" + (isWithin ? parts.joined(separator: "/") : parts.suffix(1).joined())
  }
}
