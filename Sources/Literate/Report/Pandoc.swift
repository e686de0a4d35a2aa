import Foundation
import Subprocess

/// The Markdown engine, a program of its own.
enum Pandoc {
  /// Runs Pandoc on some input and returns what it wrote.
  ///
  /// - Throws: `Problem` where Pandoc is missing or fails.
  static func run(_ arguments: [String], input: Data, for location: Problem.Location?) async throws -> Data {
    let result = try await Tool.run(
      "pandoc", arguments, input: input, advice: "Install it: apt-get install pandoc")
    guard result.status.isSuccess else {
      let said = result.error.trimmingCharacters(in: .whitespacesAndNewlines)
      throw Problem("Pandoc failed: \(said)", at: location, advice: "Correct the text that it names.")
    }
    return result.output
  }

  /// The document tree of a Markdown text.
  static func read(markdown: String, for location: Problem.Location?) async throws -> JSON {
    let data = try await run(["--from=markdown", "--to=json"], input: Data(markdown.utf8), for: location)
    return try JSON(data)
  }

  /// The keys of a bibliography.
  static func keys(ofBibliography url: URL, path: String) async throws -> [String] {
    let input = try Source(reading: url, path: path)
    let data = try await run(
      ["--from=biblatex", "--to=csljson"], input: Data(input.text.utf8), for: Problem.Location(file: path))
    return try JSON(data).array?.compactMap { $0["id"].string } ?? []
  }
}

/// Other programs that the command calls.
enum Tool {
  struct Result {
    var status: TerminationStatus
    var output: Data
    var error: String
  }

  /// Runs a program found on the path to its end.
  ///
  /// - Throws: `Problem` where there is no such program; `CancellationError` where the build was interrupted.
  static func run(_ name: String, _ arguments: [String], input: Data = Data(), advice: String) async throws
    -> Result
  {
    do {
      let result = try await Subprocess.run(
        .name(name), arguments: Arguments(arguments), input: .array([UInt8](input)),
        output: .bytes(limit: 1 << 30), error: .bytes(limit: 1 << 26))
      try Task.checkCancellation()
      return Result(
        status: result.terminationStatus, output: Data(result.standardOutput),
        error: String(decoding: result.standardError, as: UTF8.self))
    } catch let error as SubprocessError where error.code == .executableNotFound {
      throw Problem("The program `\(name)` was not found.", advice: advice)
    } catch let error as SubprocessError where !Task.isCancelled {
      throw Problem("The program `\(name)` could not be run: \(error)", advice: advice)
    }
  }
}
