import Foundation

/// Another implementation of the same work, in a process of its own that runs steps when it is told to.
final class Peer {
  /// How each is told to a reader, by the name of its script or program.
  static let all = [
    "torch_step.py": "torch", "torch_compiled_step.py": "torch.compile", "jax_step.py": "jax",
    "plain_step.c": "plain C",
  ]

  let name: String
  private let process = Process()
  /// What was compiled for this run.
  private var program: String?
  private let requests = Pipe()
  private let answers = Pipe()

  /// Starts one of `all`, from the folder `peers`, or gives nil if what it needs is not installed.
  init?(_ file: String, python: String, folder: URL, _ size: StepSize) {
    let source = folder.appending(path: file).path
    var command = [python, source]
    if file.hasSuffix(".c") {
      let program = FileManager.default.temporaryDirectory.appending(path: "plain-step-\(getpid())").path
      let compiler = ["-O3", "-march=native", "-ffast-math", "-fopenmp", source, "-o", program, "-lm"]
      guard (try? output(of: ["cc"] + compiler, program: "/usr/bin/env")) != nil,
        FileManager.default.isExecutableFile(atPath: program)
      else { return nil }
      (self.program, command) = (program, [program])
    }
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      command + [size.units, size.words, size.batch, StepSize.steps, StepSize.steps].map(String.init)
    process.standardInput = requests
    process.standardOutput = answers
    process.standardError = FileHandle.nullDevice
    struct Hello: Decodable { let version: String }
    guard (try? process.run()) != nil, let line = Self.line(answers),
      let hello = try? JSONDecoder().decode(Hello.self, from: line)
    else { return nil }
    name = "\(Self.all[file] ?? file) \(hello.version)"
  }

  /// The times of `count` steps, in milliseconds.
  func run(_ count: Int) -> [Double] {
    requests.fileHandleForWriting.write(Data("\(count)\n".utf8))
    return Self.line(answers).flatMap { try? JSONDecoder().decode([Double].self, from: $0) } ?? []
  }

  func stop() {
    try? requests.fileHandleForWriting.close()
    process.waitUntilExit()
    if let program { try? FileManager.default.removeItem(atPath: program) }
  }

  private static func line(_ pipe: Pipe) -> Data? {
    var line = Data()
    while true {
      let byte = pipe.fileHandleForReading.readData(ofLength: 1)
      if byte.isEmpty { return nil }
      if byte[byte.startIndex] == UInt8(ascii: "\n") { return line }
      line.append(byte)
    }
  }
}
