import CellRecords
import Foundation

/// What the last kept run of a chapter gave, as far as it fits the chapter as it stands.
package struct KeptResults: Sendable {
  /// The inline values that are known, by their numbers.
  package var values: [Int: Value] = [:]
  /// Why the chapter would be run, or that it would not; the lines of `--explain`.
  package let explanation: [String]
  private let run: ChapterRun

  package struct Value: Sendable {
    package var text: String
    /// Whether the chapter may give another one now.
    package var isStale: Bool
  }

  init(_ chapter: ScannedChapter, _ run: ChapterRun) {
    self.run = run
    for (index, text) in run.values {
      values[index] = Value(text: text, isStale: run.staleValues.contains(index))
    }
    explanation = run.explanation(of: chapter)
  }

  /// Whether a cell may show other things now than those that are kept.
  package func isStale(cell: Int) -> Bool { run.cells[cell]?.isStale ?? false }

  /// How long a cell took, in seconds; nil where nothing of it is kept.
  package func seconds(cell: Int) -> Double? { run.cells[cell]?.seconds }

  /// What a cell showed.
  package func shown(cell: Int) -> [Shown] { run.cells[cell]?.shown ?? [] }

  /// A file of the run, such as a figure's picture.
  package func file(_ name: String) -> URL? { run.folder?.file(name) }
}
