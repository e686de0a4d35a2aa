import Foundation
import Subprocess
import SystemPackage

/// The Markdown engine, a program of its own.
enum Pandoc {
  /// Runs Pandoc on some input and returns what it wrote.
  ///
  /// - Throws: `Problem` where Pandoc is missing or fails.
  static func run(_ arguments: [String], input: Data, for location: Problem.Location?) async throws -> Data {
    try await runWithWarnings(arguments, input: input, for: location).output
  }

  /// The same, with what Pandoc warned of.
  static func runWithWarnings(
    _ arguments: [String], input: Data, for location: Problem.Location?
  ) async throws -> (output: Data, warnings: String) {
    let result = try await Tool.run(
      "pandoc", arguments, input: input, advice: "Install it: apt-get install pandoc")
    guard result.status.isSuccess else {
      let said = result.error.trimmingCharacters(in: .whitespacesAndNewlines)
      throw Problem("Pandoc failed: \(said)", at: location, advice: "Correct the text that it names.")
    }
    return (result.output, result.error)
  }

  /// A document of some blocks, as Pandoc reads it.
  static func document(_ blocks: [JSON], metadata: [String: JSON] = [:]) throws -> Data {
    let document = JSON.object([
      "pandoc-api-version": .array([1, 22, 1].map(JSON.integer)), "meta": .object(metadata),
      "blocks": .array(blocks),
    ])
    return try document.data
  }

  /// The formulas in a tree that can't be turned into MathML, with the reason.
  static func unreadableFormulas(in tree: JSON) async throws -> [(formula: String, reason: String)] {
    var formulas: [JSON] = []
    tree.forEachElement { if $0.tag == "Math" { formulas.append(.plain([$0])) } }
    guard !formulas.isEmpty else { return [] }
    let input = try document(formulas)
    let said = try await runWithWarnings(["--from=json", "--to=html5", "--mathml"], input: input, for: nil)
      .warnings
    return said.matches(
      of:
        /Could not convert TeX math(?<formula>(?s).*?),? rendering as TeX:(?<reason>(?s).*?)(?:\[WARNING\]|$)/
    ).map { match in
      let reason = match.reason.split(separator: "\n").map { $0.drop { $0 == " " } }
      return (
        match.formula.trimmingCharacters(in: .whitespacesAndNewlines),
        String(reason.first { $0.hasPrefix("unexpected") } ?? "it is not understood")
      )
    }
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
      // Through a file, since a program that ends before it has read a pipe would end us with it.
      let source = try Self.opened(input)
      let result = try await Subprocess.run(
        .name(name), arguments: Arguments(arguments),
        input: .fileDescriptor(source, closeAfterSpawningProcess: true),
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

  /// A file that holds some bytes and has no name any more.
  private static func opened(_ bytes: Data) throws -> FileDescriptor {
    let url = FileManager.default.temporaryDirectory.appending(path: "neuronbook-input-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    try bytes.write(to: url)
    return try FileDescriptor.open(FilePath(url.path), .readOnly, options: .closeOnExec)
  }
}
