import CellRecords
import Foundation

/// What running a chapter gave: each cell's outputs, the inline values, and why it stopped if it did.
public struct ChapterRun: Sendable {
  /// Where the files of the run lie; nil where the chapter was not run.
  var folder: RunFolder?
  var cells: [Int: CellResult] = [:]
  var values: [Int: String] = [:]
  public internal(set) var problems: [Problem] = []
  /// Whether the results were kept from an earlier build.
  public internal(set) var isKept = false
  var isFinished = false

  struct CellResult: Sendable {
    var shown: [Shown] = []
    var outputStart = 0
    var outputEnd: Int?
    var seconds: Double?
    /// What the failure of a cell with `error: true` said.
    var expectedFailure: String?
    var isEnded: Bool { seconds != nil }
  }

  mutating func add(_ record: Record) {
    switch record.event {
    case .started(let offset): cells[record.cell, default: CellResult()].outputStart = offset
    case .shown(let shown): cells[record.cell, default: CellResult()].shown.append(shown)
    case .value(let index, let text): values[index] = text
    case .progress, .failed: break
    case .expectedFailure(let message):
      cells[record.cell, default: CellResult()].expectedFailure = message
    case .ended(let seconds, let offset):
      cells[record.cell, default: CellResult()].seconds = seconds
      cells[record.cell, default: CellResult()].outputEnd = offset
    case .finished: isFinished = true
    }
  }

  /// What a cell printed.
  ///
  /// - Throws: `Problem` where that is not UTF-8.
  func printed(by cell: Cell) throws -> String {
    guard let folder, let result = cells[cell.index], let data = try? Data(contentsOf: folder.standardOutput)
    else {
      return ""
    }
    let start = min(result.outputStart, data.count)
    let end = max(start, min(result.outputEnd ?? data.count, data.count))
    guard let text = String(validating: data[start..<end], as: UTF8.self) else {
      throw Problem(
        "The cell printed bytes that are not UTF-8 text.", at: cell.location,
        advice: "Print text; for bytes, print their hexadecimal form.")
    }
    return text
  }
}
