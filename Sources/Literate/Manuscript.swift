import CellRecords
import Foundation

/// The chapters of a book, read and understood together, but not run.
struct Manuscript {
  /// Those that could be read.
  var chapters: [Chapter]
  var labels: Labels
  /// The keys of the bibliography; nil where the book has none that can be read.
  var citations: Set<String>?
  /// The chapters without results.
  var drafts: [Woven]
  /// What is wrong with the text.
  var problems: [Problem]

  /// Reads all chapters and resolves their references.
  ///
  /// - Throws: `Problem` where Pandoc can't be run, or a setting names no parameter.
  static func read(
    _ book: Book, settings: [ParameterSetting], memory: Memory
  ) async throws -> Manuscript {
    async let keys = citationKeys(of: book, by: memory.pandoc)
    let results = try await inParallel(book.chapters) { entry -> Result<Chapter, Problem> in
      do {
        let source = try Source(reading: entry.url, path: entry.path).includingFiles()
        let chapter = try await memory.chapters.value(for: .init(source: source, profile: book.profile)) {
          try await Chapter(source, profile: book.profile, by: memory.pandoc)
        }
        return .success(chapter)
      } catch let problem as Problem where problem.location != nil {
        return .failure(problem)
      }
    }
    let slugs = book.slugs
    var chapters: [Chapter] = []
    var problems: [Problem] = []
    var numbered = 0
    for (index, result) in results.enumerated() {
      switch result {
      case .success(var chapter):
        chapter.slug = slugs[index]
        if chapter.isNumbered { numbered += 1 }
        if book.chapters.count > 1 { chapter.number = chapter.isNumbered ? numbered : 0 }
        let own = Set(chapter.parameters.map(\.name))
        chapter.parameters = book.parameters.filter { !own.contains($0.name) } + chapter.parameters
        chapters.append(chapter)
        problems += chapter.problems
      case .failure(let problem):
        problems.append(problem)
      }
    }
    try apply(settings, to: &chapters)
    let citations: Set<String>?
    switch try await keys {
    case .success(let keys): citations = keys
    case .failure(let problem):
      citations = nil
      problems.append(problem)
    }
    let labels = Labels(chapters)
    problems += labels.problems
    let drafts = chapters.map {
      Woven($0, nil, edition: .teacher, labels: labels, citations: citations, memory: memory)
    }
    problems += drafts.flatMap(\.problems)
    return Manuscript(
      chapters: chapters, labels: labels, citations: citations, drafts: drafts, problems: problems)
  }

  private static func citationKeys(
    of book: Book, by pandoc: Pandoc
  ) async throws -> Result<Set<String>?, Problem> {
    guard let bibliography = book.bibliography else { return .success(nil) }
    do {
      return .success(Set(try await pandoc.keys(ofBibliography: bibliography.url, path: bibliography.path)))
    } catch let problem as Problem where problem.location != nil {
      return .failure(problem)
    }
  }

  /// Gives the parameters their values of the command line.
  ///
  /// - Throws: `Problem` for a parameter that no chapter has, or a value of another type.
  private static func apply(_ settings: [ParameterSetting], to chapters: inout [Chapter]) throws {
    for setting in settings {
      var isKnown = false
      for chapter in chapters.indices {
        for index in chapters[chapter].parameters.indices
        where chapters[chapter].parameters[index].name == setting.name {
          let declared = chapters[chapter].parameters[index]
          guard let value = declared.value.reading(setting.text) else {
            throw Problem(
              "`--set \(setting.name)=\(setting.text)`: \(declared.value.typeName) was expected.",
              at: declared.location,
              advice: "It is declared here as \(declared.value.text).")
          }
          chapters[chapter].parameters[index].value = value
          isKnown = true
        }
      }
      guard isKnown else {
        let names = Set(chapters.flatMap { $0.parameters.map(\.name) }).sorted()
        let near = nearest(to: setting.name, among: names).map { "Did you mean `\($0)`? " } ?? ""
        throw Problem(
          "No chapter has a parameter `\(setting.name)`.",
          advice: near + (names.isEmpty ? "None is declared." : "There are \(names.listed)."))
      }
    }
  }
}
