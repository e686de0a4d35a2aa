import CellRecords
import Foundation
import Plotting

/// Puts a figure on the page, at the place of its cell.
///
/// The cell's `label`, `caption` and `alt` options name and describe it. A figure that can't be drawn ends the
/// chapter with an error at this line.
public func show(
  _ figure: Figure, file: StaticString = #filePath, line: UInt = #line, column: UInt = #column
) {
  guard let (folder, name) = ChapterProgram.nextShownFile() else { return }
  do {
    func write(_ format: ImageFormat, _ appearance: Appearance, _ suffix: String) throws -> String {
      try Data(figure.render(format, appearance: appearance)).write(to: folder.file(name + suffix))
      return name + suffix
    }
    let csv = name + ".csv"
    try Data(figure.csv().utf8).write(to: folder.file(csv))
    let shown = ShownFigure(
      width: figure.width, height: figure.height,
      lightSVG: try write(.svg, .light, "-light.svg"), darkSVG: try write(.svg, .dark, "-dark.svg"),
      png: try write(.png(scale: 2), .light, ".png"), pdf: try write(.pdf, .light, ".pdf"), csv: csv)
    ChapterProgram.append(.shown(.figure(shown)))
  } catch {
    ChapterProgram.fail("The figure can't be drawn: \(error)", file: file, line: line, column: column)
  }
}

/// Puts a table on the page, at the place of its cell.
public func show(
  _ table: Table, file: StaticString = #filePath, line: UInt = #line, column: UInt = #column
) {
  if let wrong = table.rows.firstIndex(where: { $0.count != table.columns.count }) {
    ChapterProgram.fail(
      "Row \(wrong) of the table has \(table.rows[wrong].count) cells; its header has \(table.columns.count) columns.",
      file: file, line: line, column: column)
  }
  ChapterProgram.append(.shown(.table(table.shown)))
}

/// Puts text on the page as it is, in the fixed-width face.
public func show(_ text: String) {
  ChapterProgram.append(.shown(.text(text)))
}

/// Says how far a long piece of work has come; the command shows it while the chapter runs.
///
/// - Parameters:
///   - task: What is being done, such as "training".
///   - fraction: The share done, 0 to 1, where known.
///   - detail: Anything that helps to judge it, such as "epoch 4, loss 1.02".
///   - secondsLeft: The time left in seconds, where known.
public func progress(_ task: String, fraction: Double? = nil, detail: String = "", secondsLeft: Double? = nil)
{
  guard ChapterProgram.mayReportProgress() else { return }
  ChapterProgram.append(
    .progress(CellProgress(task: task, fraction: fraction, detail: detail, secondsLeft: secondsLeft)))
}
