import CellRecords
import Foundation

/// A chapter with its text, read and understood, but not run.
public struct Chapter: Sendable {
  /// What of it can be run.
  package var scanned: ScannedChapter
  /// The chapter's number in the book, from 1; 0 for one whose title is `.unnumbered`, such as a preface; nil where the
  /// book has no other.
  public var number: Int?
  /// What is wrong with the text.
  public var problems: [Problem]
  /// The text, captions taken out.
  var blocks: [Block] = []
  /// The inlines of captions and alternative texts, by the identifier that the scanner gave them.
  var optionTexts: [String: [Inline]] = [:]
  /// What takes a number or can be referred to, in the order of the text.
  var declarations: [Labels.Declaration] = []
  /// What links can lead to, in the order of the text.
  var anchors: [Anchors.Anchor] = []
  /// Whether a link leads to a file, which may be another chapter.
  var leadsToFiles = false

  public var source: Source { scanned.source }
  public var slug: String { scanned.slug }
  public var parameters: [Parameter] { scanned.parameters }
  public var values: [InlineValue] {
    get { scanned.values }
    set { scanned.values = newValue }
  }
  public var cells: [Cell] {
    get { scanned.cells }
    set { scanned.cells = newValue }
  }
  public var exercises: [Exercise] {
    get { scanned.exercises }
    set { scanned.exercises = newValue }
  }

  /// What a chapter is read from.
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
    let source = try Source(reading: url, path: path).includingFiles()
    return try await Chapter(ScannedChapter(source, profile: profile), by: pandoc)
  }

  /// Has Pandoc parse the text.
  ///
  /// - Throws: `Problem` where Pandoc can't be run.
  init(_ scanned: ScannedChapter, by pandoc: Pandoc) async throws {
    self.scanned = scanned
    problems = scanned.problems
    let read = try await pandoc.read(
      markdown: scanned.pandocText, for: Problem.Location(file: scanned.source.path))
    var sanitiser = Sanitiser()
    var texts: [Block] = []
    for block in scanned.withListings(in: read) {
      if case .div(let attributes, let content) = block, attributes.identifier.hasPrefix("neuronbook-") {
        let text = Self.inlines(of: content).rewritten(by: &sanitiser)
        optionTexts[attributes.identifier] = text
        texts.append(.plain(text))
      } else {
        blocks.append(block)
      }
    }
    blocks = blocks.rewritten(by: &sanitiser)
    // A shortcode may look like a tag.
    let shortcodes = unknownShortcodes
    let findings = sanitiser.findings.filter { finding in
      !scanned.shortcodes.contains { $0.text.contains(finding.spellings.first ?? "") }
    }
    problems += source.problems(of: findings) + shortcodes.map(\.problem) + unknownClasses
    problems += scanned.lost(in: read)
    let drawn = await Diagram.drawn(blocks, of: source)
    (blocks, problems) = (drawn.blocks, problems + drawn.problems)
    let location = Problem.Location(file: scanned.source.path)
    var words = AttributeTexts.Marking(
      words: try await AttributeTexts.read(in: blocks, for: location, by: pandoc))
    var titles = BlockTitle.Marking()
    var figures = ImageFigure.Marking()
    blocks = blocks.rewritten(by: &words).rewritten(by: &titles).rewritten(by: &figures)
    addHead()
    Exercise.find(in: &self, places: scanned.exercisePlaces)
    self.scanned.canRun = true
    declarations = Labels.declarations(in: self)
    anchors = Anchors.all(in: blocks)
    leadsToFiles = blocks.contains { $0.leadsToFile }
    problems += Anchors.repeated(in: self)
    problems += UninitialisedNames.problems(in: self.scanned) + CachedBlocks.problems(in: self.scanned)
    for (formula, reason) in try await pandoc.unreadableFormulas(in: blocks + texts) {
      let firstLine = String(formula.prefix { $0 != "\n" })
      problems.append(
        Problem(
          "The formula `\(formula)` can't be set: \(reason)", at: source.location(of: firstLine),
          advice:
            "Write it in the LaTeX that MathML has: \\left( for \\bigl(, for example, or \\underset{x}{\\max} for \\mathop{…}_x."
        ))
    }
  }

  /// Whether it counts among the chapters.
  var isNumbered: Bool {
    !(blocks.first(where: \.isHeader)?.attributes?.classes.contains("unnumbered") ?? false)
  }

  /// The inlines of an option's text. It is a line of text: HTML in it is text too, but no comment is.
  static func inlines(of blocks: [Block]) -> [Inline] {
    struct RawAsText: Rewriter {
      func replacement(for inline: Inline) -> [Inline]? {
        if case .raw(_, let text) = inline { [.text(HTMLToken.withoutComments(text))] } else { nil }
      }
    }
    let inlines = blocks.enumerated().flatMap { index, block -> [Inline] in
      let inner =
        switch block {
        case .paragraph(let inlines), .plain(let inlines): inlines
        case .raw(_, let text): [Inline.text(HTMLToken.withoutComments(text))]
        default: [Inline.text([block].plainText)]
        }
      return index == 0 ? inner : [.space] + inner
    }
    var rewriter = RawAsText()
    return inlines.rewritten(by: &rewriter)
  }

  func caption(of cell: Cell) -> [Inline]? {
    optionTexts[ChapterScanner.identifier("caption", cell: cell.index)]
  }

  /// The caption of a part of a cell's figure.
  func subcaption(_ part: Int, of cell: Cell) -> [Inline] {
    optionTexts[ChapterScanner.identifier("subcaptions", part, cell: cell.index)] ?? []
  }

  /// The alternative text of a cell's figure, by the figure's place among those that the cell shows; nil where it has
  /// none.
  func alternativeText(of cell: Cell, figure: Int) -> [Inline]? {
    let part = cell.options.alt.count == 1 && cell.options.subcaptions.isEmpty ? 0 : figure
    return optionTexts[ChapterScanner.identifier("alt", part, cell: cell.index)]
  }
}
