import Foundation

/// The names of the files in a run folder, known to the chapter program that writes them and the engine that
/// reads them.
public struct RunFolder: Sendable, Equatable {
  public var url: URL

  public init(_ url: URL) {
    self.url = url
  }

  /// The stream of records, a JSON object a line.
  public var records: URL { url.appending(path: "records.jsonl") }
  public var standardOutput: URL { url.appending(path: "stdout.txt") }
  public var standardError: URL { url.appending(path: "stderr.txt") }
  /// The return addresses of the last `throw`, as 64-bit offsets into the program, innermost first.
  public var lastThrow: URL { url.appending(path: "last-throw.bin") }
  /// The key of the run, a `ContentKey`.
  public var key: URL { url.appending(path: "key.json") }
  public var program: URL { url.appending(path: "chapter") }
  /// What the chapter's program takes for the folder of temporary files.
  public var temporary: URL { url.appending(path: "temporary", directoryHint: .isDirectory) }
  public var source: URL { url.appending(path: "main.swift") }
  /// The code in file scope.
  public var declarations: URL { url.appending(path: "declarations.swift") }
  /// What the program may do, a `ProgramRules`.
  public var rules: URL { url.appending(path: "rules.json") }
  /// What the program reads, as it reads it.
  public var reads: URL { url.appending(path: "reads.bin") }
  /// What the program read, an array of `Input`.
  public var inputs: URL { url.appending(path: "inputs.json") }
  /// What computes the kept values, an array of `KeptBlock`.
  public var blocks: URL { url.appending(path: "blocks.json") }
  /// The points that a task computes, as lines: the key, a space, the place in the grid.
  public var asked: URL { url.appending(path: "points.txt") }
  /// What the compiler warned of.
  public var warnings: URL { url.appending(path: "warnings.json") }

  public func file(_ name: String) -> URL { url.appending(path: name) }
}
