import CellRecords

/// A chapter as one Swift program: its cells from top to bottom in one scope, each where its Markdown has it.
struct Program {
  /// The text of `main.swift`.
  var text: String

  /// - Parameter leftOut: Cells that were meant to fail and don't compile.
  init(_ chapter: Chapter, leavingOut leftOut: Set<Int> = []) {
    var text = "import Lab\nChapterProgram.begin()\n"
    for parameter in chapter.parameters {
      text += Self.place(parameter.location)
      text +=
        "let \(parameter.name): \(parameter.value.swiftType) = \(parameter.value.swiftLiteral)\n#sourceLocation()\n"
    }
    var nextValue = chapter.values[...]

    func addValues(before cellCount: Int) {
      while let value = nextValue.first, value.cellsBefore <= cellCount {
        text += "try ChapterProgram.value(\(value.index)) {\n"
        text += Self.place(value.location)
        text += String(repeating: " ", count: max(0, value.location.column - 1)) + value.expression + "\n"
        text += "#sourceLocation()\n}\n"
        nextValue = nextValue.dropFirst()
      }
    }

    for cell in chapter.cells {
      addValues(before: cell.index)
      guard !leftOut.contains(cell.index) else { continue }
      text += "ChapterProgram.startCell(\(cell.index))\n"
      if cell.options.error { text += "ChapterProgram.expectFailure {\n" }
      text += Self.place(cell.codeLocation)
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
  }

  /// What the chapter contributes to the key of its run: what its program computes, without places.
  static func addParts(of chapter: Chapter, to key: inout ContentKey) {
    for cell in chapter.cells {
      let name = cell.options.label.map { " (\($0))" } ?? ""
      key.add("cell \(cell.index + 1)\(name)", "\(cell.options.error)\n\(cell.code)")
    }
    for value in chapter.values {
      key.add("inline value \(value.index + 1)", "after \(value.cellsBefore)\n\(value.expression)")
    }
    for parameter in chapter.parameters {
      key.add("parameter \(parameter.name)", parameter.value.swiftLiteral)
    }
  }

  private static func place(_ location: Problem.Location) -> String {
    let path = location.file.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(
      of: "\"", with: "\\\"")
    return "#sourceLocation(file: \"\(path)\", line: \(location.line))\n"
  }
}
