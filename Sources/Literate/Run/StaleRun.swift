import CellRecords

/// What an earlier run of a chapter still tells about the chapter as it is now, for a build that runs nothing.
extension KeptRuns {
  /// The chapter's kept run under a key, or else its last one with what changed since marked as stale.
  ///
  /// A cell's result is taken where some cell of that run has the same code. It is stale where anything that came
  /// before it changed.
  func recall(_ key: ContentKey) -> ChapterRun {
    let reason: String
    switch take(key) {
    case .hit(let run): return run
    case .damaged(let what): reason = "the kept run is damaged (\(what))"
    case .miss(let why): reason = why
    }
    for folder in latest() {
      guard folder.damage() == nil, let kept = folder.keptKey, let old = folder.keptRun else { continue }
      var run = fitted(old, from: kept, to: key)
      run.isKept = true
      run.staleBecause = reason
      return run
    }
    var run = ChapterRun()
    run.staleBecause = "it was never run to its end"
    return run
  }

  private func fitted(_ old: ChapterRun, from kept: ContentKey, to key: ContentKey) -> ChapterRun {
    let (oldCells, newCells) = (kept.contents(Program.cellPart), key.contents(Program.cellPart))
    let (oldValues, newValues) = (kept.contents(Program.valuePart), key.contents(Program.valuePart))
    let isOnlyText = kept.withoutText == key.withoutText
    let sameCells = isOnlyText ? zip(oldCells, newCells).prefix { $0 == $1 }.count : 0
    var run = ChapterRun(folder: old.folder)
    run.inputs = old.inputs
    run.notes = old.notes
    var left = Dictionary(grouping: oldCells.indices) { oldCells[$0] }
    for (index, content) in newCells.enumerated() {
      guard let from = left[content]?.first, var result = old.cells[from] else { continue }
      left[content]?.removeFirst()
      result.isStale = index >= sameCells
      run.cells[index] = result
    }
    var leftValues = Dictionary(grouping: oldValues.indices) { oldValues[$0] }
    for (index, expression) in newValues.enumerated() {
      guard let from = leftValues[expression]?.first else { continue }
      leftValues[expression]?.removeFirst()
      run.values[index] = old.values[from]
      if chapter.values[index].cellsBefore > sameCells || !isOnlyText { run.staleValues.insert(index) }
    }
    return run
  }
}

extension ContentKey {
  /// The contents of the parts whose names begin so, in their order.
  fileprivate func contents(_ prefix: String) -> [String] {
    parts.filter { $0.name.hasPrefix(prefix) }.map(\.content)
  }

  /// What the key says of anything but the chapter's text.
  fileprivate var withoutText: [Part] {
    parts.filter { !$0.name.hasPrefix(Program.cellPart) && !$0.name.hasPrefix(Program.valuePart) }
  }
}
