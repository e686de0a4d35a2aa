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
  /// Its own and the book's, with the values of the command line.
  public var parameters: [Parameter]
  /// Those of its front matter.
  let ownParameters: [Parameter]
  public var cells: [Cell]
  public var values: [InlineValue]
  public var exercises: [Exercise] = []
  /// What is wrong with the text.
  public var problems: [Problem]
  /// The text as Pandoc gets it, and where each exercise begins in it.
  private var scanned: (text: String, exercises: [Problem.Location])?
  /// The blocks of Pandoc's tree, captions taken out.
  var blocks = JSON.array([])
  /// The inlines of captions and alternative texts, by the identifier that the scanner gave them.
  var optionTexts: [String: [JSON]] = [:]
  /// What takes a number or can be referred to, in the order of the text.
  var declarations: [Labels.Declaration] = []
  /// Names everything that it was read from.
  private(set) var digest: String

  struct Origin: Hashable {
    var source: Source
    var profile: Profile
  }

  /// Reads a chapter and has Pandoc parse it.
  ///
  /// - Throws: `Problem` where the file can't be read or Pandoc can't be run.
  public static func read(
    _ url: URL, path: String, profile: Profile = .standard, by pandoc: Pandoc = Pandoc()
  ) async throws -> Chapter {
    try await Chapter(scanning: Source(reading: url, path: path).includingFiles(), profile: profile)
      .parsed(by: pandoc)
  }

  /// The cells and values of a chapter, which are enough to run one without exercises; `parsed` adds the text.
  ///
  /// - Throws: `Problem` for a front matter that is not as it must be.
  init(scanning source: Source, profile: Profile) throws {
    let frontMatter = try FrontMatter(source, profile: profile)
    let scanner = ChapterScanner(source, firstLine: frontMatter.lineCount)
    self.source = source
    digest = source.digest
    slug = source.url.deletingPathExtension().lastPathComponent
    ownParameters = frontMatter.parameters
    parameters = ownParameters
    cells = scanner.cells
    values = scanner.values
    problems = scanner.problems
    scanned = (scanner.pandocText, scanner.exercisePlaces)
  }

  /// Whether it can be run as it is: what the cells of exercises are for is told by Pandoc's tree.
  var canRun: Bool {
    scanned.map { $0.exercises.isEmpty && cells.allSatisfy { $0.options.exercise == nil } } ?? true
  }

  /// The chapter with its text.
  ///
  /// - Throws: `Problem` where Pandoc can't be run.
  func parsed(by pandoc: Pandoc) async throws -> Chapter {
    guard let scanned else { return self }
    var chapter = self
    try await chapter.parse(scanned.text, scanned.exercises, by: pandoc)
    return chapter
  }

  private mutating func parse(_ text: String, _ places: [Problem.Location], by pandoc: Pandoc) async throws {
    let tree = try await pandoc.read(markdown: text, for: Problem.Location(file: source.path))
    let all = tree["blocks"].array ?? []
    func isOption(_ block: JSON) -> Bool { block.tag == "Div" && block.identifier.hasPrefix("neuronbook-") }
    for block in all where isOption(block) {
      optionTexts[block.identifier] = Self.inlines(of: block.content[1].array ?? [])
    }
    blocks = .array(all.filter { !isOption($0) })
    scanned = nil
    Exercise.find(in: &self, places: places)
    declarations = Labels.declarations(in: self)
    problems += UninitialisedNames.problems(in: self) + CachedBlocks.problems(in: self)
    for (formula, reason) in try await pandoc.unreadableFormulas(in: tree["blocks"]) {
      let firstLine = String(formula.prefix { $0 != "\n" })
      problems.append(
        Problem(
          "The formula `\(formula)` can't be set: \(reason)", at: source.location(of: firstLine),
          advice: "Write it in the LaTeX that MathML has: \\left( for \\bigl(, for example."))
    }
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
