import CellRecords

/// A chapter as one Swift program: its cells from top to bottom in one scope, each where its Markdown has it.
struct Program {
  /// The text of `main.swift`.
  var text: String
  /// What the program computes, without places: two programs with one identity do the same.
  var identity: String

  /// - Parameter leftOut: Cells that were meant to fail and don't compile.
  init(_ chapter: Chapter, leavingOut leftOut: Set<Int> = []) {
    var text = "import Lab\nChapterProgram.begin()\n"
    var identity = ""
    var nextValue = chapter.values[...]

    func addValues(before cellCount: Int) {
      while let value = nextValue.first, value.cellsBefore <= cellCount {
        text += "try ChapterProgram.value(\(value.index)) {\n"
        text += Self.place(value.location.line, of: chapter)
        text += String(repeating: " ", count: max(0, value.location.column - 1)) + value.expression + "\n"
        text += "#sourceLocation()\n}\n"
        identity += "value \(value.index)\n\(value.expression)\n"
        nextValue = nextValue.dropFirst()
      }
    }

    for cell in chapter.cells {
      addValues(before: cell.index)
      identity += "cell \(cell.index) \(cell.options.error) \(leftOut.contains(cell.index))\n\(cell.code)\n"
      guard !leftOut.contains(cell.index) else { continue }
      text += "ChapterProgram.startCell(\(cell.index))\n"
      if cell.options.error { text += "ChapterProgram.expectFailure {\n" }
      text += Self.place(cell.codeLine, of: chapter)
      let indent = String(repeating: " ", count: cell.indentation)
      for line in cell.code.split(separator: "\n", omittingEmptySubsequences: false) {
        text += indent + line + "\n"
      }
      text += "#sourceLocation()\n"
      if cell.options.error { text += "}\n" }
      text += "ChapterProgram.endCell()\n"
    }
    addValues(before: chapter.cells.count)
    text += "ChapterProgram.finish()\n"
    self.text = text
    self.identity = identity
  }

  private static func place(_ line: Int, of chapter: Chapter) -> String {
    let path = chapter.source.path.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(
      of: "\"", with: "\\\"")
    return "#sourceLocation(file: \"\(path)\", line: \(line))\n"
  }
}
