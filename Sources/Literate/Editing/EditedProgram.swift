import CellRecords
import Foundation

/// The program that a chapter in an editor will be, with the texts that its lines come from.
package struct EditedProgram: Sendable {
  package let chapter: ScannedChapter
  /// The text of `main.swift`, with the lines that name places.
  package let main: String
  /// The text of the cells in file scope; empty where there are none.
  package let declarations: String
  /// The lines of the files that it is made of, by their paths.
  package let lines: [String: [Substring]]
  /// The line of the fence of a cell that is not closed, counted from 1.
  package let openCell: Int?
  private let places: ProgramPlaces

  init(_ chapter: ScannedChapter, unsaved: [String: String], openCell: Int?) {
    let program = Program(chapter)
    self.chapter = chapter
    self.openCell = openCell
    (main, declarations) = (program.text, program.declarations)
    places = ProgramPlaces(of: chapter)
    var lines: [String: [Substring]] = [:]
    for path in chapter.source.files.union(chapter.parameters.map(\.location.file)) {
      lines[path] = (try? Source(URL(filePath: path), path: path, unsaved: unsaved))?.lines
    }
    self.lines = lines
  }

  /// The name that the program has for a file, by its path.
  package func name(of path: String) -> String { places.name(ofFile: path) }

  /// Where a line of the program stands, by the names that the program has.
  package func place(_ name: String, line: Int) -> Problem.Location? {
    places.location(file: name, line: line)
  }
}
