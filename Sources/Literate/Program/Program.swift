import CellRecords

/// A chapter as one Swift program: its cells from top to bottom in one scope, each where its Markdown has it.
struct Program {
  /// The text of `main.swift`.
  var text: String
  /// The text of a second file, with the cells in file scope; empty where there are none.
  var declarations = ""

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
      if cell.options.fileScope {
        declarations += (declarations.isEmpty ? "import Lab\n" : "") + Self.placed(cell)
        text += "ChapterProgram.endCell()\n"
        continue
      }
      if cell.options.error { text += "ChapterProgram.expectFailure {\n" }
      text += Self.placed(cell)
      if cell.options.error { text += "}\n" }
      text += "ChapterProgram.endCell()\n"
    }
    addValues(before: chapter.cells.count)
    text += "ChapterProgram.finish()\n"
    self.text = text
  }

  /// How the names of the key's parts begin that are cells and inline values.
  static let cellPart = "cell "
  static let valuePart = "inline value "

  /// A cell's code, each line where its Markdown has it.
  private static func placed(_ cell: Cell) -> String {
    var text = place(cell.codeLocation)
    let indent = String(repeating: " ", count: cell.indentation)
    for line in cell.code.split(separator: "\n", omittingEmptySubsequences: false) {
      text += indent + line + "\n"
    }
    return text + "#sourceLocation()\n"
  }

  /// What the chapter contributes to the key of its run: what its program computes, without places.
  static func addParts(of chapter: Chapter, to key: inout ContentKey) {
    for cell in chapter.cells {
      let name = cell.options.label.map { " (\($0))" } ?? ""
      let kind = (cell.options.error ? "must fail\n" : "") + (cell.options.fileScope ? "file scope\n" : "")
      key.add("\(cellPart)\(cell.index + 1)\(name)", kind + cell.code)
    }
    for value in chapter.values {
      key.add("\(valuePart)\(value.index + 1), below cell \(value.cellsBefore)", value.expression)
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
