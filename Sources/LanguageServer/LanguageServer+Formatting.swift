import Foundation
import Literate
import Subprocess
import SystemPackage
import Text

/// Formats cells as `swift format` formats files.
extension LanguageServer {
  /// - Parameter range: The lines to format; nil for all.
  func format(_ parameters: JSON, in range: TextRange?) async throws -> JSON {
    let path = Self.path(of: parameters["textDocument"]["uri"].string ?? "")
    guard let home = homes[path], let chapter = chapters[home], let program = chapter.program,
      let lines = program.lines[path], let work
    else { return .null }
    let cells = program.chapter.cells.filter { cell in
      guard cell.location.file == path, cell.location.line != program.openCell else { return false }
      let own = cell.codeLines
      return range.map { own.overlaps($0.start.line + 1...max($0.start.line, $0.end.line) + 1) } ?? true
    }
    guard !cells.isEmpty else { return .array([]) }
    guard let formatter = Installation.tool("swift-format") else {
      throw ResponseError.failed("The Swift toolchain has no `swift-format`.")
    }
    let formatted = try await Self.formatted(
      cells.map(\.code), by: formatter, like: chapter.entry.url, in: work)
    return .array(
      zip(cells, formatted).compactMap { cell, code in
        let first = cell.codeLocation.line - 1
        let last = cell.codeLines.upperBound - 1
        guard code != cell.code, last < lines.count else { return nil }
        let margin = Self.margin(of: cell, in: lines[first...last])
        let new = Self.lines(of: code).map { $0.isEmpty ? margin.blank : margin.text + $0 }
        return .object([
          "range": TextRange(
            Position(line: first, character: 0), Position(line: last, character: lines[last].utf16.count)
          ).json,
          "newText": .string(new.joined(separator: "\n")),
        ])
      })
  }

  private static func lines(of code: String) -> [Substring] {
    code.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// What stands before each line of a cell, such as marks of a quotation, and before one without code.
  private static func margin(of cell: Cell, in lines: ArraySlice<Substring>) -> (text: String, blank: String)
  {
    for (line, code) in zip(lines, Self.lines(of: cell.code)) where code.contains(where: { !$0.isWhitespace })
    {
      let text = String(line.dropLast(code.count))
      let blanks = text.reversed().prefix { $0 == " " || $0 == "\t" }.count
      return (text, String(text.dropLast(blanks)))
    }
    return ("", "")
  }

  /// Each code as the formatter has it; as it is where that can't read it.
  private static func formatted(
    _ codes: [String], by formatter: String, like chapter: URL, in work: WorkFolder
  ) async throws -> [String] {
    let folder = try work.makeFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = codes.indices.map { folder.appending(path: "cell-\($0).swift") }
    for (file, code) in zip(files, codes) { try Data((code + "\n").utf8).write(to: file) }
    let rules = configuration(of: chapter).map { ["--configuration", $0] } ?? []
    _ = try await Subprocess.run(
      .path(FilePath(formatter)),
      arguments: Arguments(
        ["format", "--in-place", "--parallel", "--ignore-unparsable-files"] + rules + files.map(\.path)),
      input: .none, output: .discarded, error: .discarded)
    return zip(files, codes).map { file, code in
      guard let text = try? String(contentsOf: file, encoding: .utf8) else { return code }
      let end = text.reversed().prefix { $0 == "\n" }.count
      // Empty lines at the end are the author's.
      let kept = code.reversed().prefix { $0 == "\n" }.count
      return text.dropLast(end) + String(repeating: "\n", count: kept)
    }
  }

  /// The `.swift-format` that holds where a chapter lies.
  private static func configuration(of chapter: URL) -> String? {
    var folder = chapter.standardizedFileURL.deletingLastPathComponent()
    while true {
      let place = folder.appending(path: ".swift-format").path
      if FileManager.default.fileExists(atPath: place) { return place }
      guard folder.path != "/" else { return nil }
      folder.deleteLastPathComponent()
    }
  }
}
