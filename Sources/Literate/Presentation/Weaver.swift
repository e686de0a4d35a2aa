import CellRecords
import Foundation

/// Puts what a chapter's run produced into the chapter's text, for a medium.
struct Weaver<Target: Medium> {
  let chapter: Chapter
  /// The results of the run; nil to check the text alone.
  let run: ChapterRun?
  let labels: Labels
  /// The keys of the bibliography; nil where the book has none.
  let citations: Set<String>?
  var medium: Target
  var problems: [Problem] = []
  /// Where images and citations stood that came so far.
  var places = SourcePlaces()
  /// How many sections there are so far, by their depth; the first is the chapter's number.
  var sections: [Int]

  init(_ chapter: Chapter, run: ChapterRun?, labels: Labels, citations: Set<String>?, for medium: Target) {
    (self.chapter, self.run, self.labels, self.citations) = (chapter, run, labels, citations)
    self.medium = medium
    sections = [chapter.number ?? 0]
  }

  /// The chapter's blocks, as the medium shows them.
  mutating func weave() -> [Block] {
    let blocks = chapter.blocks.rewritten(by: &self)
    problems += medium.problems
    medium.problems = []
    return (notice.map(medium.notice) ?? []) + blocks
  }

  /// A chapter that stopped, or that was not run as it is, says so at its head, since its reader may not reach the cell.
  private var notice: ChapterNotice? {
    guard let run else { return nil }
    if let missing = run.missingPoints, run.problems.isEmpty { return .partial(missing: missing) }
    if let reason = run.staleBecause, run.missingPoints == nil { return .stale(because: reason) }
    guard !run.problems.isEmpty else { return nil }
    let problems = run.problems.map {
      Problem(onPage($0.message), at: $0.location?.onPage, advice: $0.advice)
    }
    return .stopped(problems, path: Problem.Location(file: chapter.source.path).onPage.file)
  }

  /// A message without the folders of this machine.
  func onPage(_ message: String) -> String {
    let folder = chapter.source.url.deletingLastPathComponent().standardizedFileURL.path
    return folder.count > 1 ? message.replacing(folder + "/", with: "") : message
  }

  /// Inlines of an option with values and references resolved.
  mutating func resolved(_ inlines: [Inline]) -> [Inline] { inlines.rewritten(by: &self) }
}

extension Weaver: Rewriter {
  mutating func replacement(for block: Block) -> [Block]? {
    switch block {
    case .code(let attributes, let text):
      if let index = block.cellNumber, chapter.cells.indices.contains(index) {
        return presentation(of: chapter.cells[index]).map { medium.cell($0) } ?? []
      }
      return attributes.classes.first == "{swift}" ? nil : listing(attributes, text)
    case .header(let level, let attributes, let title):
      return [medium.heading(heading(level, attributes, title))]
    case .paragraph(let inlines): return equation(inlines)
    case .table(let table): return self.table(table)
    case .div(let attributes, let content): return div(attributes, content)
    case .plain, .lines, .raw, .quote, .orderedList, .bulletList, .definitions, .rule, .other: return nil
    }
  }

  mutating func replacement(for inline: Inline) -> [Inline]? {
    switch inline {
    case .code: return inline.valueNumber.flatMap { value($0) }
    case .citation(let citations, _): return references(citations)
    case .span(let attributes, let content): return [.span(medium.aside(named(attributes)), content)]
    case .image(let attributes, let alternative, let target):
      return [medium.image(image(attributes, alternative, target))]
    case .link(let attributes, let content, let target): return link(named(attributes), content, target)
    case .text, .space, .softBreak, .lineBreak, .styled, .math, .raw, .note, .other: return nil
    }
  }
}
