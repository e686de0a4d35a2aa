/// The most memory that a program held, in bytes.
struct PeakMemory: Codable {
  var most: Int?
  /// While each cell ran.
  var cells: [Int: Int] = [:]

  mutating func note(_ held: Int, in cell: Int) {
    most = max(most ?? 0, held)
    cells[cell] = max(cells[cell] ?? 0, held)
  }

  /// Which of a chapter's limits a kept run exceeds: they may be lower now. Nil where none.
  func exceededLimit(of chapter: ScannedChapter, _ run: ChapterRun) -> String? {
    for cell in chapter.cells {
      let seconds = run.cells[cell.index]?.seconds ?? 0
      if let limit = cell.options.timeLimit, limit > 0, seconds > limit {
        return "the time limit of cell \(cell.index + 1) is lower now"
      }
      if let limit = cell.options.memoryLimit, limit > 0, cells[cell.index] ?? 0 > limit {
        return "the memory limit of cell \(cell.index + 1) is lower now"
      }
    }
    return nil
  }
}
