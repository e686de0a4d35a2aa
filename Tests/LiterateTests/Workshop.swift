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

  /// Stand-ins for programs that note each call in `calls.txt`, and then are what they stand for.
  ///
  /// - Returns: The environment in which they are found.
  func counting(_ tools: [String]) throws -> [String: String] {
    let path = try #require(ProcessInfo.processInfo.environment["PATH"])
    for tool in tools {
      try writeProgram(
        "#!/bin/sh\necho \(tool) $1 $2 >> '\(url("calls.txt").path)'\nPATH='\(path)' exec \(tool) \"$@\"\n",
        to: "bin/\(tool)")
    }
    return ["PATH": url("bin").path + ":" + path]
  }

  /// A program that can be run at once. Were it written by the tests themselves, a process that another test starts at that moment
  /// would hold it open for writing, and the system would not run it.
  func writeProgram(_ text: String, to path: String) throws {
    try write(text, to: path + ".text")
    try copyProgram(url(path + ".text"), to: path)
  }

  /// The same of a file that is there.
  func copyProgram(_ file: URL, to path: String) throws {
    let made = try Self.run("/usr/bin/install", ["-m", "755", file.path, path], in: folder)
    try #require(made.status == 0, "\(made.error)")
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
    try start(program, arguments, in: folder, environment: environment).wait()
  }

  /// Waits until there is what a test goes on with, for as long as a busy machine may need.
  ///
  /// - Parameter look: Gives nil where it is not there yet.
  @discardableResult
  static func wait<Value>(for what: String, _ look: () throws -> Value?) throws -> Value {
    for _ in 0..<6000 {
      if let value = try look() { return value }
      usleep(50_000)
    }
    throw WaitedInVain(what: what)
  }

  struct WaitedInVain: Error {
    let what: String
  }

  /// Waits for a file that has something in it.
  func wait(forFile path: String) throws -> String {
    try Self.wait(for: path) {
      (try? String(contentsOf: url(path), encoding: .utf8)).flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  /// A program that was started. Not Foundation's Process, which was seen to wait for ever for one that had ended.
  ///
  /// It ends with the test at the latest, and is waited for: one that ended and nobody waited for would keep Swift Testing from
  /// seeing the ends of its exit tests.
  final class Running {
    let processIdentifier: pid_t
    private let output: URL
    private let error: URL
    private var result: Result?

    fileprivate init(processIdentifier: pid_t, output: URL, error: URL) {
      (self.processIdentifier, self.output, self.error) = (processIdentifier, output, error)
    }

    deinit {
      guard result == nil else { return }
      kill(processIdentifier, SIGKILL)
      wait()
    }

    /// What it has written to its standard output up to now.
    var said: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

    /// Waits for the end; the status is the exit code, or 128 and the signal that ended the program.
    @discardableResult
    func wait() -> Result {
      if let result { return result }
      var status: Int32 = 0
      while waitpid(processIdentifier, &status, 0) == -1, errno == EINTR {}
      defer {
        try? FileManager.default.removeItem(at: output)
        try? FileManager.default.removeItem(at: error)
      }
      func text(_ url: URL) -> String { (try? String(contentsOf: url, encoding: .utf8)) ?? "" }
      let signal = status & 0x7f
      let result = Result(
        status: signal == 0 ? (status >> 8) & 0xff : 128 + signal, output: text(output), error: text(error))
      self.result = result
      return result
    }
  }

  static func start(
    _ program: String, _ arguments: [String], in folder: URL, environment: [String: String] = [:]
  ) throws -> Running {
    let base = FileManager.default.temporaryDirectory.appending(
      path: "neuronbook-output-\(UUID().uuidString)"
    ).path
    let (output, error) = (base + ".out", base + ".err")
    let processIdentifier = try start(program, arguments, in: folder, environment: environment) { actions in
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_CREAT | O_TRUNC | O_WRONLY, 0o644)
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, error, O_CREAT | O_TRUNC | O_WRONLY, 0o644)
    }
    return Running(
      processIdentifier: processIdentifier, output: URL(filePath: output), error: URL(filePath: error))
  }

  /// Starts a program with open files as its standard input and output; what it says of errors goes nowhere.
  static func start(
    _ program: String, _ arguments: [String], in folder: URL, environment: [String: String] = [:],
    input: Int32, output: Int32
  ) throws -> pid_t {
    try start(program, arguments, in: folder, environment: environment) { actions in
      posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
      posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    }
  }

  private static func start(
    _ program: String, _ arguments: [String], in folder: URL, environment: [String: String],
    files: (inout posix_spawn_file_actions_t) -> Void
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    files(&actions)
    let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    func withCStrings(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Int32) -> Int32 {
      let pointers = texts.map { strdup($0) }
      defer { for pointer in pointers { free(pointer) } }
      return body(pointers + [nil])
    }
    var processIdentifier: pid_t = 0
    // `env -C` goes to the folder and becomes the program.
    let failure = withCStrings(["env", "-C", folder.path, program] + arguments) { arguments in
      withCStrings(merged.map { "\($0.key)=\($0.value)" }) { environment in
        posix_spawn(&processIdentifier, "/usr/bin/env", &actions, nil, arguments, environment)
      }
    }
    guard failure == 0 else { throw CocoaError(.executableLoad, userInfo: [NSFilePathErrorKey: program]) }
    return processIdentifier
  }
}

/// Runs a test in a workshop of its own and clears it away.
func withWorkshop<Result>(_ body: (Workshop) throws -> Result) throws -> Result {
  let workshop = try Workshop()
  defer { workshop.close() }
  return try body(workshop)
}
