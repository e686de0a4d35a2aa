import CellRecords
import Foundation

/// A Markdown file with Swift cells, read and understood, but not run.
public struct Chapter: Sendable {
  public var source: Source
  /// The file's name without its ending; names the run folder and unlabelled identifiers.
  public var slug: String
  /// The chapter's number in the book, from 1; 0 for one whose title is `.unnumbered`, such as a preface; nil where the
  /// book has no other.
  public var number: Int?
  public var parameters: [Parameter]
  public var cells: [Cell]
  public var values: [InlineValue]
  public var exercises: [Exercise] = []
  /// What is wrong with the text.
  public var problems: [Problem]
  /// The blocks of Pandoc's tree, captions taken out.
  var blocks: JSON
  /// The inlines of captions and alternative texts, by the identifier that the scanner gave them.
  var optionTexts: [String: [JSON]]

  /// Reads a chapter and has Pandoc parse it.
  ///
  /// - Throws: `Problem` where the file can't be read or Pandoc can't be run.
  public static func read(
    _ url: URL, path: String, profile: Profile = .standard, by pandoc: Pandoc = Pandoc()
  ) async throws -> Chapter {
    let source = try Source(reading: url, path: path).includingFiles()
    let frontMatter = try FrontMatter(source, profile: profile)
    let scanner = ChapterScanner(source, firstLine: frontMatter.lineCount)
    let tree = try await pandoc.read(markdown: scanner.pandocText, for: Problem.Location(file: path))
    var optionTexts: [String: [JSON]] = [:]
    let blocks = (tree["blocks"].array ?? []).filter { block in
      guard block.tag == "Div", block.identifier.hasPrefix("neuronbook-") else { return true }
      optionTexts[block.identifier] = inlines(of: block.content[1].array ?? [])
      return false
    }
    var chapter = Chapter(
      source: source, slug: url.deletingPathExtension().lastPathComponent,
      parameters: frontMatter.parameters, cells: scanner.cells,
      values: scanner.values, problems: scanner.problems, blocks: .array(blocks), optionTexts: optionTexts)
    Exercise.find(in: &chapter, places: scanner.exercisePlaces)
    chapter.problems += UninitialisedNames.problems(in: chapter) + CachedBlocks.problems(in: chapter)
    for (formula, reason) in try await pandoc.unreadableFormulas(in: tree["blocks"]) {
      let firstLine = String(formula.prefix { $0 != "\n" })
      chapter.problems.append(
        Problem(
          "The formula `\(formula)` can't be set: \(reason)", at: source.location(of: firstLine),
          advice: "Write it in the LaTeX that MathML has: \\left( for \\bigl(, for example."))
    }
    return chapter
  }

  /// Whether it counts among the chapters.
  var isNumbered: Bool {
    guard let title = blocks.array?.first(where: { $0.tag == "Header" }) else { return true }
    return !(title.content[1][1].array ?? []).contains { $0.string == "unnumbered" }
  }

  /// The inlines of an option's text. It is a line of text: HTML in it is text too.
  private static func inlines(of blocks: [JSON]) -> [JSON] {
    let inlines = blocks.enumerated().flatMap { index, block -> [JSON] in
      let inner =
        switch block.tag {
        case "Para", "Plain": block.content.array ?? []
        case "RawBlock": [JSON.text(block.content[1].string ?? "")]
        default: [JSON.text(block.plainText)]
        }
      return index == 0 ? inner : [.space] + inner
    }
    let text = JSON.array(inlines).rewritten { element in
      element.tag == "RawInline" ? [.text(element.content[1].string ?? "")] : nil
    }
    return text.array ?? []
  }

  func caption(of cell: Cell) -> [JSON]? {
    optionTexts[ChapterScanner.identifier("caption", cell: cell.index)]
  }

  /// The caption of a part of a cell's figure.
  func subcaption(_ part: Int, of cell: Cell) -> [JSON] {
    optionTexts[ChapterScanner.identifier("subcaptions", part, cell: cell.index)] ?? []
  }

  /// The alternative text of a cell's figure, by the figure's place among those that the cell shows; nil where it has
  /// none.
  func alternativeText(of cell: Cell, figure: Int) -> [JSON]? {
    let part = cell.options.alt.count == 1 && cell.options.subcaptions.isEmpty ? 0 : figure
    return optionTexts[ChapterScanner.identifier("alt", part, cell: cell.index)]
  }
}
