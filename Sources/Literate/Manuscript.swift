import CellRecords
import Foundation

/// The chapters of a book, read and understood together, but not run.
package struct Manuscript {
  /// Those that could be read.
  package var chapters: [Chapter]
  package var labels: Labels
  /// The keys of the bibliography; nil where the book has none that can be read.
  package var citations: Set<String>?
  /// The chapters without results.
  var drafts: [Woven]
  /// What is wrong with the text.
  package var problems: [Problem]

  /// The chapters as far as they are needed to be run, and what is wrong with those that can't be read.
  struct Scan {
    var chapters: [ScannedChapter] = []
    var problems: [Problem] = []
  }

  /// Finds the cells and values of all chapters.
  ///
  /// - Parameter unsaved: Texts that stand for what files hold, by the files' paths.
  /// - Throws: `Problem` where a setting names no parameter.
  static func scan(
    _ book: Book, settings: [ParameterSetting], session: Session, unsaved: [String: String] = [:]
  ) throws -> Scan {
    var scan = Scan()
    for (entry, slug) in zip(book.chapters, book.slugs) {
      do {
        let source = try Source(entry.url, path: entry.path, unsaved: unsaved)
          .includingFiles(unsaved: unsaved)
        var chapter =
          try session.chapters[.init(source: source, profile: book.profile)]?.scanned
          ?? ScannedChapter(source, profile: book.profile)
        chapter.slug = slug
        let own = Set(chapter.ownParameters.map(\.name))
        chapter.parameters = book.parameters.filter { !own.contains($0.name) } + chapter.ownParameters
        scan.chapters.append(chapter)
      } catch let problem as Problem where problem.location != nil {
        scan.problems.append(problem)
      }
    }
    try apply(settings, to: &scan.chapters)
    return scan
  }

  /// Reads the text of all chapters and resolves their references.
  ///
  /// - Throws: `Problem` where Pandoc can't be run.
  static func read(_ scan: Scan, of book: Book, session: Session) async throws -> Manuscript {
    async let keys = citationKeys(of: book, by: session.pandoc)
    let readings = try await inParallel(scan.chapters) { scanned -> Result<Chapter, Problem> in
      // What was set on the command line may have changed, but not the text.
      if var known = session.chapters[.init(source: scanned.source, profile: book.profile)] {
        known.scanned = scanned
        return .success(known)
      }
      do {
        return .success(try await Chapter(scanned, by: session.pandoc))
      } catch let problem as Problem where problem.location != nil {
        // The others can be read.
        return .failure(problem)
      }
    }
    var chapters = readings.compactMap { try? $0.get() }
    var problems = scan.problems
    for case .failure(let problem) in readings { problems.append(problem) }
    var numbered = 0
    for index in chapters.indices {
      let chapter = chapters[index]
      session.chapters[.init(source: chapter.source, profile: book.profile)] = chapter
      if chapter.isNumbered { numbered += 1 }
      if book.chapters.count > 1 { chapters[index].number = chapter.isNumbered ? numbered : 0 }
      problems += chapter.problems
    }
    var labels = Labels(chapters, lone: book.lone)
    let citations: Set<String>?
    switch try await keys {
    case .success(let keys):
      citations = keys
      if let bibliography = book.bibliography, keys != nil {
        problems += try await Citations.problems(
          in: Source(reading: bibliography.url, path: bibliography.path), by: session.pandoc)
      }
    case .failure(let problem):
      citations = nil
      labels.lacksBibliography = true
      problems.append(problem)
    }
    problems += labels.problems
    if let lone = book.lone {
      // The others are read for their labels alone.
      let own = chapters.first { $0.source.path == lone }?.source.files ?? [lone]
      let others = Set(chapters.flatMap(\.source.files) + book.chapters.map(\.path)).subtracting(own)
      problems.removeAll { $0.location.map { others.contains($0.file) } ?? false }
      chapters.removeAll { $0.source.path != lone }
    }
    let drafts = chapters.map {
      Woven(
        $0, nil, edition: .teacher, labels: labels, citations: citations, foldsCode: book.foldsCode,
        session: session.page)
    }
    problems += drafts.flatMap(\.problems)
    return Manuscript(
      chapters: chapters, labels: labels, citations: citations, drafts: drafts, problems: problems)
  }

  /// The paths of the files that the chapters show and that their runs read.
  func usedFiles(_ runs: [ChapterRun]) -> Set<String> {
    var used: Set<String> = []
    for (chapter, run) in zip(chapters, runs) {
      let folder = chapter.source.url.deletingLastPathComponent()
      func add(_ path: String) {
        let file = path.hasPrefix("/") ? URL(filePath: path) : folder.appending(path: path)
        used.insert(file.standardizedFileURL.path)
      }
      for path in run.files.keys { add(path) }
      chapter.blocks.walk { node in
        if case .inline(.image(_, _, let target)) = node, !target.url.hasPrefix("data:"),
          !target.url.contains("://")
        {
          add(target.url.removingPercentEncoding ?? target.url)
        }
        return true
      }
    }
    return used
  }

  private static func citationKeys(
    of book: Book, by pandoc: Pandoc
  ) async throws -> Result<Set<String>?, Problem> {
    guard let bibliography = book.bibliography else { return .success(nil) }
    do {
      let source = try Source(reading: bibliography.url, path: bibliography.path)
      try Bibliography.check(source)
      let place = Problem.Location(file: bibliography.path)
      return .success(Set(try await pandoc.keys(ofBibliography: source.text, for: place)))
    } catch let problem as Problem where problem.location != nil {
      return .failure(problem)
    }
  }

  /// Gives the parameters their values of the command line.
  ///
  /// - Throws: `Problem` for a parameter that no chapter has, or a value of another type.
  private static func apply(_ settings: [ParameterSetting], to chapters: inout [ScannedChapter]) throws {
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
