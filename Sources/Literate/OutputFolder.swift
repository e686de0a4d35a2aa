import CellRecords
import Foundation

/// Where an edition of a book is written.
struct OutputFolder {
  let book: Book
  let edition: Edition

  /// Where the edition goes: what all readers may have beside the cache, the teacher's in a folder of its own.
  var folder: URL {
    edition == .student
      ? book.output : book.output.appending(path: edition.rawValue, directoryHint: .isDirectory)
  }

  /// A folder for files that are needed for a while.
  func makeWorkFolder() throws -> OwnedFolder {
    // Says in our own words why it can't be written.
    if let reason = Folder.make(book.output.path) { throw unwritable(reason) }
    do {
      return try OwnedFolder(".work-", in: book.output)
    } catch {
      throw unwritable(reason(of: error))
    }
  }

  private func unwritable(_ reason: String) -> Problem {
    Problem(
      "The output folder can't be written: \(reason).",
      at: Problem.Location(file: book.output.displayPath),
      advice: "Check its permissions, or name another one: --output DIR")
  }

  /// Copies the PNG, PDF and data of labelled figures to the folder of figures.
  func export(_ chapter: Chapter, _ run: ChapterRun) throws {
    guard let folder = run.folder else { return }
    for cell in chapter.cells {
      guard let label = cell.options.label, let result = run.cells[cell.index] else { continue }
      let figures = result.shown.compactMap(\.figure)
      let parts = cell.options.subcaptions.count
      let names = parts == 0 ? [label] : (0..<parts).map { Labels.part($0, of: label) }
      for (figure, label) in zip(figures, names) {
        try make(book.figures)
        for (name, ending) in [(figure.png, "png"), (figure.pdf, "pdf"), (figure.csv, "csv")] {
          try copy(folder.file(name), to: book.figures.appending(path: "\(label).\(ending)"))
        }
      }
    }
  }

  private func make(_ folder: URL) throws {
    if let reason = Folder.make(folder.path) {
      throw Problem(
        "The folder can't be made: \(reason).", at: Problem.Location(file: folder.displayPath),
        advice: "Check the permissions and the space on the disk.")
    }
  }

  /// Collects the claims of all chapters, in the order of the text, into `scorecard.json`; a book without claims
  /// has none.
  func writeScorecard(_ runs: [ChapterRun]) throws {
    let shown = runs.flatMap { run in run.cells.sorted { $0.key < $1.key }.flatMap(\.value.shown) }
    let claims = shown.compactMap(\.claim)
    guard !claims.isEmpty else {
      // One of an earlier build would speak of claims that are gone.
      try? FileManager.default.removeItem(at: folder.appending(path: "scorecard.json"))
      return
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try replace(folder.appending(path: "scorecard.json"), with: encoder.encode(claims))
  }

  /// Copies a file with its time, unless that was done before.
  private func copy(_ file: URL, to place: URL) throws {
    // A chapter that stopped may not have come to it.
    guard let state = FileState(file.path), FileState(place.path)?.isCopy(of: state) != true,
      let content = try? RegularFile.read(file.path)
    else { return }
    try replace(place, with: content)
    state.giveTime(to: place.path)
  }

  /// Writes beside and renames, so that no file is ever half there.
  func replace(_ url: URL, with data: Data) throws {
    if let current = try? RegularFile.read(url.path), current == data { return }
    do {
      try data.write(to: url, options: .atomic)
    } catch {
      throw Problem(
        "The file can't be written: \(reason(of: error)).",
        at: Problem.Location(file: url.displayPath),
        advice: "Check the permissions and the space on the disk.")
    }
  }
}
