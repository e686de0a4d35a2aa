import CellRecords
import Foundation

/// What a medium makes of what is shown: the page, or a document that Pandoc writes.
///
/// What stands where, with which number and which words, is decided before (`Weaver`, `CellPresentation`); a medium says how it
/// looks.
protocol Medium {
  /// What went wrong while something was taken into the medium.
  var problems: [Problem] { get set }

  /// What a reader should know first of a chapter.
  func notice(_ notice: ChapterNotice) -> [Block]
  /// A cell's code and all that it shows.
  mutating func cell(_ cell: CellPresentation) -> [Block]
  /// A listing of the text.
  mutating func listing(_ attributes: Attributes, _ code: String) -> [Block]
  func heading(_ heading: Heading) -> Block
  func equation(_ formula: Inline, number: String, label: String) -> [Block]
  func table(_ table: Table, caption: Caption?, identifier: String) -> [Block]
  mutating func image(_ image: TextImage) -> Inline
  /// Pictures, or a listing, above their caption.
  ///
  /// - Parameter columns: How many stand side by side; nil for one.
  func figure(_ content: [Block], caption: Caption, identifier: String, columns: Int?) -> [Block]
  /// Blocks that stand side by side, so many in a row.
  func row(_ content: [Block], columns: Int) -> [Block]
  /// Blocks of which a reader sees one at a time, where the medium can do so.
  mutating func tabs(_ tabs: [Tab], group: String?) -> [Block]
  /// A block with a title of its own; `isClosed` is nil for one that can't be closed.
  func callout(_ attributes: Attributes, title: [Inline], isClosed: Bool?, _ content: [Block]) -> [Block]
  /// A number before the first words of an exercise.
  func exerciseNumber(_ target: Labels.Target) -> Inline
  /// What a reader of an exercise does after its question: starter, hints, experiment, solution.
  func work(_ content: [Block]) -> [Block]
  /// What a reader opens: a hint or a solution.
  func folded(_ title: String, _ attributes: Attributes, _ content: [Block]) -> [Block]
  /// A note beside the text, or another div or span.
  func aside(_ attributes: Attributes) -> Attributes
}

/// What a chapter's reader should know first: its results are not those of the text as it is.
enum ChapterNotice {
  /// Why the chapter was not run as it is now.
  case stale(because: String)
  /// What is missing of its sweeps.
  case partial(missing: String)
  /// Why it stopped.
  case stopped([Problem], path: String)
}

/// A header with the number that it has, if it has one.
struct Heading {
  var level: Int
  var attributes: Attributes
  var number: String?
  var title: [Inline]
}

/// The words below a figure or above a table, and its number.
struct Caption {
  /// "Figure 2.1"; nil for what can't be referred to.
  var target: Labels.Target?
  var text: [Inline]
}
