import CellRecords
import Foundation

/// A book as it stands in an editor: what is not saved yet stands for what its files hold.
///
/// What was worked out is remembered, so that after a change only what it touched is read again.
package struct EditedBook: Sendable {
  package let book: Book
  /// Why the `book.yml` that lists the chapter can't be read; the chapter then stands alone.
  package let problem: Problem?
  private let session = Session()

  /// The book whose chapters a file is one of or is included by; a book of its own for a file that none names.
  ///
  /// Books are looked for in the file's folder and all above it. The file itself need not be there yet.
  package init(holding file: URL) {
    var folder = file.standardizedFileURL.deletingLastPathComponent()
    var found: Problem?
    while true {
      let place = folder.appending(path: "book.yml")
      if FileManager.default.fileExists(atPath: place.path) {
        do {
          let book = try Book.open(place.path, output: nil)
          if Self.entry(of: file, in: book, unsaved: [:]) != nil {
            (self.book, problem) = (book, nil)
            return
          }
        } catch {
          found = found ?? Problem(of: error)
        }
      }
      guard folder.path != "/" else { break }
      folder.deleteLastPathComponent()
    }
    problem = found
    book = Book.single(file.standardizedFileURL.path)
  }

  /// The chapter that a file is, or the first that includes it.
  package func chapter(of file: URL, unsaved: [String: String]) -> Book.Entry? {
    Self.entry(of: file, in: book, unsaved: unsaved)
  }

  private static func entry(of file: URL, in book: Book, unsaved: [String: String]) -> Book.Entry? {
    let path = file.standardizedFileURL.path
    return book.chapters.first { $0.url.standardizedFileURL.path == path }
      ?? book.chapters.first { chapter in
        let source = try? Source(chapter.url, path: chapter.path, unsaved: unsaved)
          .includingFiles(unsaved: unsaved)
        return source?.files.contains { URL(filePath: $0).standardizedFileURL.path == path } ?? false
      }
  }

  /// The program of a chapter as it stands.
  ///
  /// - Parameter earlier: The program before the last change: what the cells of exercises are for is taken from there where it
  ///   still fits, which saves reading the text.
  /// - Throws: `Problem` for a front matter that is not as it must be, or an included file that is missing.
  package func program(
    of entry: Book.Entry, unsaved: [String: String], after earlier: EditedProgram?
  ) async throws -> EditedProgram {
    let own = try Source(entry.url, path: entry.path, unsaved: unsaved)
    let (closed, openCell) = own.closingLastCell()
    var scanned = try ScannedChapter(closed.includingFiles(unsaved: unsaved), profile: book.profile)
    let names = Set(scanned.ownParameters.map(\.name))
    scanned.parameters = book.parameters.filter { !names.contains($0.name) } + scanned.ownParameters
    if let index = book.chapters.firstIndex(where: { $0.path == entry.path }) {
      scanned.slug = book.slugs[index]
    }
    if !scanned.canRun, !(earlier.map { scanned.takeExercises(from: $0.chapter) } ?? false) {
      // Without Pandoc they are cells like others.
      if let chapter = try? await Chapter(scanned, by: session.pandoc) { scanned = chapter.scanned }
    }
    return EditedProgram(scanned, unsaved: unsaved, openCell: openCell)
  }

  /// Reads all chapters, as `check` does, but compiles nothing.
  ///
  /// - Throws: `Problem` where Pandoc can't be run.
  package func read(unsaved: [String: String]) async throws -> Manuscript {
    session.pandoc.takeUp(from: book.output.appending(path: "cache/pandoc.plist"))
    let scan = try Manuscript.scan(book, settings: [], session: session, unsaved: unsaved)
    let manuscript = try await Manuscript.read(scan, of: book, session: session)
    session.forgetUnasked()
    return manuscript
  }

  /// What is kept of a chapter's runs.
  package func results(of chapter: ScannedChapter, by installation: Installation) -> KeptResults {
    let key = ContentKey(of: chapter, profile: book.profile, installation: installation)
    let run = KeptRuns(of: chapter, in: book.cache, known: session.runs).recall(key)
    return KeptResults(chapter, run)
  }

  /// Builds one chapter of the book, as its file holds it.
  ///
  /// - Throws: `Problem` where nothing can be made.
  package func build(
    _ entry: Book.Entry, report: @escaping @Sendable (ProgressEvent) -> Void
  ) async throws -> Builder.Outcome {
    let builder = Builder(try Book.open(entry.url.standardizedFileURL.path, output: nil), report: report)
    let outcome = try await builder.build()
    builder.tidy()
    return outcome
  }
}

extension ScannedChapter {
  /// Takes what cells and values are for in exercises from an earlier state of the chapter that has as many of them.
  ///
  /// - Returns: Whether that fits.
  fileprivate mutating func takeExercises(from earlier: ScannedChapter) -> Bool {
    guard earlier.canRun, cells.map(\.options.exercise) == earlier.cells.map(\.options.exercise),
      values.map(\.cellsBefore) == earlier.values.map(\.cellsBefore),
      exercisePlaces.count == earlier.exercisePlaces.count
    else { return false }
    for index in cells.indices { cells[index].exercise = earlier.cells[index].exercise }
    for index in values.indices { values[index].exercise = earlier.values[index].exercise }
    exercises = earlier.exercises
    canRun = true
    return true
  }
}

extension Source {
  /// The text with a last cell closed that is not, so that it has a program while it is written.
  ///
  /// - Returns: The line of the cell's fence, counted from 1; nil where all are closed.
  fileprivate func closingLastCell() -> (source: Source, line: Int?) {
    var open: (fence: Fence, line: Int)?
    for (index, line) in lines.enumerated() {
      if let fence = open?.fence {
        if fence.isClosed(by: line) || fence.isLeft(by: line) { open = nil }
      } else if let fence = Fence(opening: line) {
        open = (fence, index + 1)
      }
    }
    guard let open, open.fence.isCell else { return (self, nil) }
    let end = "\n" + open.fence.continuation + open.fence.marker + "\n"
    return (Source(text: text + end, path: path, url: url), open.line)
  }
}
