import Foundation
import Testing

/// A folder of its own for one test, in which the real command runs on real chapters.
struct Workshop {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "neuronbook-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func close() {
    // Some tests take permissions away.
    _ = try? Self.run("/bin/chmod", ["-R", "u+rwX", folder.path], in: folder)
    try? FileManager.default.removeItem(at: folder)
  }

  func url(_ path: String) -> URL { folder.appending(path: path) }

  func write(_ text: String, to path: String) throws {
    try write(Data(text.utf8), to: path)
  }

  func write(_ data: Data, to path: String) throws {
    try FileManager.default.createDirectory(
      at: url(path).deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url(path))
  }

  /// The text of a file; of a page without the marks that trace values to their cells.
  func text(_ path: String) throws -> String {
    Self.withoutTraces(try String(contentsOf: url(path), encoding: .utf8))
  }

  static func withoutTraces(_ page: String) -> String {
    page.replacing(/<span class="value" title="[^"]*">([^<]*)<\/span>/) { $0.1 }
  }

  func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: url(path).path) }

  /// A book of these chapters, with its output beside them.
  func writeBook(_ chapters: [String: String], more: String = "") throws {
    let list = chapters.keys.sorted().map { "  - \($0)" }.joined(separator: "\n")
    try write(
      "title: Test\noutput: ../output\nfigures: ../figures\n\(more)chapters:\n\(list)\n",
      to: "chapters/book.yml")
    for (name, text) in chapters { try write(text, to: "chapters/\(name)") }
  }

  struct Result {
    var status: Int32
    var output: String
    var error: String
  }

  /// The folder that holds the tests, the command and the library.
  static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

  static let command = products.appending(path: "neuronbook")

  @discardableResult
  func neuronbook(_ arguments: [String], environment: [String: String] = [:]) throws -> Result {
    try Self.run(Self.command.path, arguments, in: folder, environment: environment)
  }

  /// Runs a program to its end. Its output goes through files, so that a large one can't block it.
  static func run(
    _ program: String, _ arguments: [String], in folder: URL, environment: [String: String] = [:]
  ) throws -> Result {
    let running = try start(program, arguments, in: folder, environment: environment)
    running.process.waitUntilExit()
    return running.result
  }

  struct Running {
    var process: Process
    var output: URL
    var error: URL

    var result: Result {
      defer {
        try? FileManager.default.removeItem(at: output)
        try? FileManager.default.removeItem(at: error)
      }
      func text(_ url: URL) -> String { (try? String(contentsOf: url, encoding: .utf8)) ?? "" }
      return Result(status: process.terminationStatus, output: text(output), error: text(error))
    }
  }

  static func start(
    _ program: String, _ arguments: [String], in folder: URL, environment: [String: String] = [:]
  ) throws -> Running {
    let base = FileManager.default.temporaryDirectory.appending(
      path: "neuronbook-output-\(UUID().uuidString)"
    ).path
    let running = Running(
      process: Process(), output: URL(filePath: base + ".out"), error: URL(filePath: base + ".err"))
    for url in [running.output, running.error] { try Data().write(to: url) }
    running.process.executableURL = URL(filePath: program)
    running.process.arguments = arguments
    running.process.currentDirectoryURL = folder
    running.process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    running.process.standardInput = FileHandle.nullDevice
    running.process.standardOutput = try FileHandle(forWritingTo: running.output)
    running.process.standardError = try FileHandle(forWritingTo: running.error)
    try running.process.run()
    return running
  }
}

/// Runs a test in a workshop of its own and clears it away.
func withWorkshop<Result>(_ body: (Workshop) throws -> Result) throws -> Result {
  let workshop = try Workshop()
  defer { workshop.close() }
  return try body(workshop)
}
