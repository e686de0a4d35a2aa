import Base
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
  draw(figure, file: file, line: line, column: column) { shown, _ in .figure(shown) }
}

/// Draws a figure into the folder of the run and records what it is part of.
///
/// - Parameter forNarrowScreens: Whether it is drawn for these too; not where something else takes its place.
func draw(
  _ figure: Figure, forNarrowScreens: Bool = true, file: StaticString, line: UInt, column: UInt,
  record: (ShownFigure, RunFolder) throws -> Shown
) {
  for side in [figure.width, figure.height] where !(1...ShownFigure.largest ~= side) {
    ChapterProgram.fail(
      "The figure can't be drawn: a side of \(side) is not one of 1 to \(Int(ShownFigure.largest)).",
      file: file, line: line, column: column)
  }
  guard let (folder, name) = ChapterProgram.nextShownFile() else {
    do {
      try ChapterPackage.show(figure)
    } catch {
      ChapterProgram.fail("The figure can't be drawn: \(error)", file: file, line: line, column: column)
    }
    return
  }
  let shown = ShownFigure(
    width: figure.width, height: figure.height, lightSVG: name + "-light.svg", darkSVG: name + "-dark.svg",
    png: name + ".png", pdf: name + ".pdf", csv: name + ".csv")
  @Sendable func attempt(_ write: () throws -> Void) {
    do {
      try ChapterProgram.withoutRecording(write)
    } catch let error as CocoaError {
      ChapterProgram.fail(
        "The figure can't be written: \(systemReason(of: error))", file: file, line: line, column: column)
    } catch {
      ChapterProgram.fail("The figure can't be drawn: \(error)", file: file, line: line, column: column)
    }
  }
  @Sendable func write(
    _ name: String, _ format: ImageFormat, _ appearance: Appearance, of figure: Figure = figure
  ) throws {
    let image = try Data(figure.render(format, appearance: appearance))
    try image.write(to: folder.file(name), options: .atomic)
  }
  // What is linked is found by where it was drawn.
  let narrow = figure.hasLinks || !forNarrowScreens ? nil : figure.narrow
  // What the page needs first, and what tells whether the figure can be drawn; the rest is drawn while the cells go on.
  attempt {
    try write(shown.lightSVG, .svg, .light)
    let letters = try figure.lettersWithoutFont()
    if !letters.isEmpty {
      FileHandle.standardError.write(
        Data(
          """
          \(file):\(line): warning: no font of this machine has \(letters.joined(separator: ", ")), and boxes stand for \
          them in this figure; install a font that has them

          """.utf8))
    }
    var linked = shown
    if let links = try figure.links() {
      linked.links = name + "-links.json"
      try links.write(to: folder.file(name + "-links.json"), options: .atomic)
    }
    if let narrow {
      linked.narrow = .init(
        width: narrow.width, height: narrow.height, lightSVG: name + "-narrow-light.svg",
        darkSVG: name + "-narrow-dark.svg")
    }
    ChapterProgram.append(.shown(try record(linked, folder)))
  }
  ChapterProgram.later {
    attempt {
      try write(shown.darkSVG, .svg, .dark)
      if let narrow {
        try write(name + "-narrow-light.svg", .svg, .light, of: narrow)
        try write(name + "-narrow-dark.svg", .svg, .dark, of: narrow)
      }
      try write(shown.png, .png(scale: 2), .light)
      try write(shown.pdf, .pdf, .light)
      try Data(figure.csv().utf8).write(to: folder.file(shown.csv), options: .atomic)
    }
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
  if let missing = table.missingColumn {
    ChapterProgram.fail(
      "The table has no column “\(missing)”; it has \(table.columns.joined(separator: ", ")).", file: file,
      line: line,
      column: column)
  }
  ChapterProgram.append(.shown(.table(table.shown)))
}

/// Puts text on the page as it is, in the fixed-width face; of a very long one, its beginning.
public func show(_ text: String) {
  let limit = 100_000
  let left = text.utf8.count - limit
  let beginning = String(decoding: text.utf8.prefix(limit), as: UTF8.self)
  ChapterProgram.append(.shown(.text(left > 0 ? beginning + "\n… and \(left) bytes more" : text)))
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
    .progress(
      CellProgress(task: task, fraction: fraction, detail: detail, secondsLeft: secondsLeft).showable))
}
