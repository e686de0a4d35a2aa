import Base
import CellRecords
import Foundation

extension BuildValues {
  /// The file of the values of the runs of chapters.
  ///
  /// - Parameter known: The lines of chapters that were written before.
  static func file(
    _ book: Book, _ chapters: [Chapter], _ runs: [ChapterRun], _ record: RunRecord, known: Memo<String, Data>
  ) throws -> Data {
    let names = book.names
    let mark = ProgramEnvironment.matrixKernels + ": "
    let kernels = runs.flatMap(\.notes).filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
    let origin = Origin(
      commit: record.commit, compiler: record.compiler, processor: record.processor, profile: record.profile,
      edition: record.edition, kernels: Set(kernels).sorted())
    var states: [ChapterState] = []
    var lines: [Data] = []
    for (chapter, run) in zip(chapters, runs) {
      let places = Places(chapter, name: names[chapter.source.path] ?? chapter.source.path)
      states.append(
        ChapterState(
          file: places.name,
          parameters: Dictionary(
            chapter.parameters.map { ($0.name, $0.value.text) }, uniquingKeysWith: { $1 }),
          state: run.staleBecause != nil ? .stale : run.isFinished && run.problems.isEmpty ? .whole : .stopped
        ))
      let key = run.identity.map { "\(places.name) \(chapter.scanned.digest) \($0) \(record.edition)" }
      if let key, let written = known[key] {
        lines.append(written)
      } else {
        lines.append(try Self.lines(entries(chapter, run, places)))
        if let key { known[key] = lines.last }
      }
    }
    return try file(origin, states, lines)
  }

  private static func entries(_ chapter: Chapter, _ run: ChapterRun, _ places: Places) -> [Entry] {
    var entries: [Entry] = []
    for index in 0...chapter.cells.count {
      for value in chapter.values where value.cellsBefore == index {
        guard let text = run.values[value.index] else { continue }
        let cell = UninitialisedNames.origin(of: value, in: chapter.scanned)
        entries.append(
          places.entry(cell, value.location, .value(.init(expression: value.expression, text: text))))
      }
      guard index < chapter.cells.count else { break }
      let cell = chapter.cells[index]
      for shown in run.cells[cell.index]?.shown ?? [] {
        guard let content = content(of: shown, run) else { continue }
        entries.append(places.entry(cell, cell.location, content))
      }
    }
    return entries
  }

  /// What is kept of something that a cell shows; nil for what is no result.
  private static func content(of shown: Shown, _ run: ChapterRun) -> Content? {
    switch shown {
    case .table(let table): return .table(Table(columns: table.columns.map(\.title), rows: table.rows))
    case .claim(let claim): return .claim(claim)
    case .figure, .liveModel:
      // A run that stopped may not have come to write it.
      guard let figure = shown.figure, let folder = run.folder,
        let csv = try? Data(ofFile: folder.file(figure.csv).path)
      else { return nil }
      return .figure(Figure(csv: csv))
    case .text, .question: return nil
    }
  }
}

extension BuildValues.Figure {
  init(csv: Data) {
    sha256 = Digest.sha256(csv)
    guard csv.count <= Self.most else { return }
    data = String(decoding: csv, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    if data?.last == "" { data?.removeLast() }
  }
}

/// The places of a chapter's cells and values, as `values.json` names them: without the folders of this machine.
private struct Places {
  let chapter: Chapter
  /// The chapter's file as the book names it.
  let name: String

  init(_ chapter: Chapter, name: String) {
    (self.chapter, self.name) = (chapter, name)
  }

  func entry(
    _ cell: Cell?, _ location: Problem.Location, _ content: BuildValues.Content
  ) -> BuildValues.Entry {
    BuildValues.Entry(
      chapter: name, cell: cell.map { $0.options.label ?? "cell \($0.index + 1)" },
      part: location.file == chapter.source.path ? nil : part(location.file), line: location.line,
      content: content)
  }

  /// An included file, from the book's folder.
  private func part(_ path: String) -> String {
    path.hasPrefix("/")
      ? Problem.Location(file: path).onPage.file : chapter.path(path, calledFromWhere: name)
  }
}
