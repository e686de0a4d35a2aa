import Base
import CellRecords
import Foundation

/// The labelled figures of a book as files of their own, for papers and slides.
struct FiguresFolder {
  let book: Book
  /// Where files are written before they are renamed.
  let drafts: URL

  /// Copies the PNG, PDF and data of each labelled figure, and removes those that an earlier build put there for labels that are
  /// gone.
  ///
  /// - Parameter isWhole: Whether the book has no problem: else a label may be missing that is not gone.
  func export(_ chapters: [Chapter], _ runs: [ChapterRun], isWhole: Bool) throws {
    let earlier = earlier
    var exported = earlier
    for (chapter, run) in zip(chapters, runs) {
      guard let folder = run.folder else { continue }
      for cell in chapter.cells {
        let shown = run.cells[cell.index]?.shown.compactMap(\.figure) ?? []
        for (figure, label) in zip(shown, cell.figureLabels) {
          try make()
          for (name, ending) in zip([figure.png, figure.pdf, figure.csv], Self.endings) {
            let exportedName = "\(label).\(ending)"
            if let digest = try copy(folder.file(name), to: exportedName, known: exported[exportedName]) {
              exported[exportedName] = digest
            }
          }
        }
      }
    }
    if isWhole {
      let labels = Set(chapters.flatMap(\.cells).flatMap(\.figureLabels))
      for (name, digest) in exported where !labels.contains((name as NSString).deletingPathExtension) {
        remove(name, digest)
        exported[name] = nil
      }
    }
    guard exported != earlier else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Without the list a figure may stay that should go: no reason to fail.
    guard Folder.make(list.deletingLastPathComponent().path) == nil,
      let data = try? encoder.encode(exported)
    else { return }
    if (try? data.writeWhole(to: list, through: drafts)) == nil {
      try? FileManager.default.removeItem(at: list)
    }
  }

  private static let endings = ["png", "pdf", "csv"]

  /// What earlier builds put there: the digest of each file.
  private var earlier: [String: String] {
    (try? Data(ofFile: list.path)).flatMap { try? JSONDecoder().decode([String: String].self, from: $0) }
      ?? [:]
  }

  private var list: URL { book.output.appending(path: "cache/figures.json") }

  private func make() throws {
    if let reason = Folder.make(book.figures.path) { throw unwritable(reason) }
  }

  private func unwritable(_ reason: String) -> Problem {
    Problem(
      "The folder can't be made: \(reason).", at: Problem.Location(file: book.figures.displayPath),
      advice: "Check the permissions and the space on the disk.")
  }

  /// Copies a file with its time, unless that was done before; its digest where it was copied.
  private func copy(_ file: URL, to name: String, known digest: String?) throws -> String? {
    let place = book.figures.appending(path: name)
    // A chapter that stopped may not have come to it.
    guard let state = FileState(file.path),
      digest == nil || FileState(place.path)?.isCopy(of: state) != true,
      let content = try? Data(ofFile: file.path)
    else { return nil }
    try OutputFolder.replace(place, with: content, through: drafts)
    state.giveTime(to: place.path)
    return Digest.sha256(content)
  }

  /// Removes a file that is as we put it there.
  private func remove(_ name: String, _ digest: String) {
    let place = book.figures.appending(path: name)
    // The list lies where programs can write.
    guard !name.contains("/"), Self.endings.contains(place.pathExtension),
      (try? Data(ofFile: place.path)).map(Digest.sha256) == digest
    else { return }
    unlink(place.path)
  }
}
