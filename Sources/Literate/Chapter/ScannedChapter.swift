import CellRecords
import Foundation

/// What a Markdown file has to run: its cells, values and parameters, found line by line. The text comes with `Chapter`.
public struct ScannedChapter: Sendable {
  public var source: Source
  /// The file's name without its ending; names the run folder and unlabelled identifiers.
  public var slug: String
  /// Where it lies.
  var folder: URL { source.url.deletingLastPathComponent() }
  /// The variables of the environment that its program gets.
  let environment: [String]
  /// Its own and the book's, with the values of the command line.
  public var parameters: [Parameter]
  /// Those of its front matter.
  let ownParameters: [Parameter]
  public var cells: [Cell]
  public var values: [InlineValue]
  /// Told by the text.
  public var exercises: [Exercise] = []
  /// What the scan found wrong.
  package let problems: [Problem]
  /// The text as Pandoc gets it, and where each exercise begins in it.
  let pandocText: String
  let exercisePlaces: [Problem.Location]
  /// What looks like a shortcode in it; some may stand in code.
  let shortcodes: [Shortcode]
  /// Names everything that it was read from.
  let digest: String
  /// Whether it can be run: what the cells of exercises are for is told by the text alone.
  var canRun: Bool

  /// - Throws: `Problem` for a front matter that is not as it must be.
  init(_ source: Source, profile: Profile) throws {
    let frontMatter = try FrontMatter(source, profile: profile)
    let scanner = ChapterScanner(source, firstLine: frontMatter.lineCount)
    self.source = source
    digest = source.digest
    slug = source.url.deletingPathExtension().lastPathComponent
    ownParameters = frontMatter.parameters
    environment = frontMatter.environment
    parameters = ownParameters
    (values, problems) = (scanner.values, scanner.problems)
    cells = scanner.cells.map { cell in
      var cell = cell
      if !cell.options.given.contains("echo") { cell.options.echo = frontMatter.echo }
      return cell
    }
    (pandocText, exercisePlaces, shortcodes) = (
      scanner.pandocText + ChapterHead.pandocText(frontMatter.head), scanner.exercisePlaces,
      scanner.shortcodes
    )
    canRun = exercisePlaces.isEmpty && cells.allSatisfy { $0.options.exercise == nil }
  }

  /// The cells and values that Pandoc does not see where they stand: they would be computed and not shown.
  func lost(in blocks: [Block]) -> [Problem] {
    var (seenCells, seenValues): (Set<Int>, Set<Int>) = ([], [])
    blocks.walk { node in
      switch node {
      case .block(.code(_, let text)):
        if case .block(let block) = node, let cell = block.cellNumber { seenCells.insert(cell) }
        _ = ValueMark.replacing(in: text) { value in
          seenValues.insert(value)
          return ""
        }
      case .inline(let inline): inline.valueNumber.map { _ = seenValues.insert($0) }
      case .block: break
      }
      return true
    }
    let lostCells = cells.filter { !seenCells.contains($0.index) }.map { cell in
      Problem(
        "The cell stands where Markdown has no block of code; the page would not show it.", at: cell.location,
        advice: "Indent it as the text around it, with an empty line before it, outside of HTML.")
    }
    let lostValues = values.filter { !seenValues.contains($0.index) }.map { value in
      Problem(
        "The inline value stands where Markdown has no code; the page would not show it.", at: value.location,
        advice: "Move it out of HTML, formulas and targets of links.")
    }
    return lostCells + lostValues
  }

  /// Blocks with listings as they are written: what looks like an inline value in indented code is none.
  func withListings(in blocks: [Block]) -> [Block] {
    struct Restoring: Rewriter {
      let values: [InlineValue]

      func replacement(for block: Block) -> [Block]? {
        guard case .code(let attributes, let text) = block, block.cellNumber == nil else { return nil }
        return [
          .code(
            attributes,
            ValueMark.replacing(in: text) { index in
              "{swift} " + (values.indices.contains(index) ? values[index].expression : "")
            })
        ]
      }
    }
    var restoring = Restoring(values: values)
    return blocks.rewritten(by: &restoring)
  }
}
