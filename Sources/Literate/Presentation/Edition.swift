import CellRecords

/// For whom a report is: its readers' copy, without the solutions of exercises, or the teacher's, with them.
public enum Edition: String, Sendable, CaseIterable {
  case student, teacher
}

extension Chapter {
  /// The chapter as an edition has it. What the student's does not have is taken out of the tree, so that nothing that
  /// is made of the tree can hold it.
  func text(for edition: Edition) -> Chapter {
    guard edition == .student else { return self }
    var chapter = self
    var student = StudentsText()
    chapter.blocks = blocks.rewritten(by: &student)
    for cell in cells where cell.exercise?.part == .solution {
      chapter.cells[cell.index].code = ""
      chapter.cells[cell.index].options = CellOptions()
    }
    return chapter
  }
}

extension ChapterRun {
  /// The results as an edition has them: the student's without those of the solutions.
  func results(of chapter: Chapter, for edition: Edition) -> ChapterRun {
    guard edition == .student else { return self }
    let left = Set(chapter.cells.filter { $0.exercise?.part == .solution }.map(\.index))
    guard !left.isEmpty else { return self }
    var run = self
    (run.notes, run.keptValues) = ([], [])
    run.inputs.removeAll { left.contains($0.cell) }
    for index in left { run.cells[index] = nil }
    for value in chapter.values where value.exercise != nil { run.values[value.index] = nil }
    run.records = []
    for record in records where !left.contains(record.cell) {
      switch record.event {
      case .noted, .cached: run.add(record)
      default: break
      }
    }
    return run
  }
}

/// The text without solutions.
private struct StudentsText: Rewriter {
  func replacement(for block: Block) -> [Block]? { block.isDiv(Exercise.solutionClass) ? [] : nil }
}
