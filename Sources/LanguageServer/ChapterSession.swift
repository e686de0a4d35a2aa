import Foundation
import Literate
import Text

/// A chapter that is open in an editor, with the program that the language server of Swift has of it.
struct ChapterSession: Sendable {
  let book: EditedBook
  let entry: Book.Entry
  /// Where its program would lie, and the one of what changed in it.
  let folder, changedFolder: URL
  /// The program as it was last made; nil where the chapter can't be read.
  var program: EditedProgram?
  /// Why it can't.
  var problem: Problem?
  /// The files of the program, by their URIs.
  var maps: [String: PositionMap] = [:]
  /// What is known since the program was last looked at as a whole.
  var known: KnownProgram?
  /// What is kept of its runs, as long as the program and the runs are the same.
  var results: KeptResults?

  /// The URIs of its program, the script first.
  var main: String { folder.appending(path: "main.swift").absoluteString }
  var declarations: String { folder.appending(path: "declarations.swift").absoluteString }
  var changedMain: String { changedFolder.appending(path: "main.swift").absoluteString }
  var changedDeclarations: String { changedFolder.appending(path: "declarations.swift").absoluteString }

  /// The place in the program of one in the chapter; nil where it is not in code.
  func program(_ position: Position, in path: String) -> (uri: String, position: Position)? {
    for (uri, map) in maps {
      if let place = map.program(position, in: path) { return (uri, place) }
    }
    return nil
  }

  /// The cell on a line of a file, from its fence on.
  func cell(at line: Int, in path: String) -> Cell? {
    program?.chapter.cells.first { cell in
      cell.location.file == path
        && (cell.location.line - 1...max(cell.location.line, cell.codeLines.upperBound)).contains(line)
    }
  }
}

/// The folder in which each chapter's program has one of its own; it goes with this process.
final class WorkFolder: Sendable {
  private let owned: OwnedFolder
  /// Without links in its path: that is how the toolchain names files.
  private let url: URL

  init() throws {
    owned = try OwnedFolder("neuronbook-lsp-", in: FileManager.default.temporaryDirectory)
    url = owned.url.resolvingSymlinksInPath()
  }

  /// A folder with what tells the language server of Swift how a program is compiled.
  func makeFolder(for slug: String, by installation: Installation) throws -> URL {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    let folder = url.appending(path: "\(names.count)-\(slug)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let files = ["main.swift", "declarations.swift"].map { folder.appending(path: $0).path }
    let arguments = installation.editingArguments(sources: files)
    let database = JSON.array(
      files.map { file in
        .object([
          "directory": .string(folder.path), "file": .string(file),
          "arguments": .array(arguments.map(JSON.string)),
        ])
      })
    try database.exactData.write(to: folder.appending(path: "compile_commands.json"))
    // It works with the texts that it is sent, but what is compiled together must be there.
    for file in files { try Data().write(to: URL(filePath: file)) }
    return folder
  }

  /// A folder for files that are needed for a while.
  func makeFolder() throws -> URL {
    let folder = url.appending(path: UUID().uuidString, directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  func remove() { owned.remove() }
}
