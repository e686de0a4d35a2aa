import Base
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
      throw unwritable(systemReason(of: error))
    }
  }

  private func unwritable(_ reason: String) -> Problem {
    Problem(
      "The output folder can't be written: \(reason).",
      at: Problem.Location(file: book.output.displayPath),
      advice: "Check its permissions, or name another one: --output DIR")
  }

  /// Collects the claims of all chapters, in the order of the text, into `scorecard.json`; a book without claims
  /// has none.
  func writeScorecard(_ runs: [ChapterRun], through drafts: URL) throws {
    let shown = runs.flatMap { run in run.cells.sorted { $0.key < $1.key }.flatMap(\.value.shown) }
    let claims = shown.compactMap(\.claim)
    guard !claims.isEmpty else {
      // One of an earlier build would speak of claims that are gone.
      try? FileManager.default.removeItem(at: folder.appending(path: "scorecard.json"))
      return
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try Self.replace(
      folder.appending(path: "scorecard.json"), with: encoder.encode(claims), through: drafts)
  }

  /// Writes a file as a whole where it is not so already.
  static func replace(_ url: URL, with data: Data, through drafts: URL) throws {
    if let current = try? Data(ofFile: url.path), current == data { return }
    do {
      try data.writeWhole(to: url, through: drafts)
    } catch {
      throw Problem(
        "The file can't be written: \(systemReason(of: error)).",
        at: Problem.Location(file: url.displayPath),
        advice: "Check the permissions and the space on the disk.")
    }
  }
}
