import Foundation

/// Another framework at the same work, in a process of its own that runs steps when it is told to.
final class Peer {
  let name: String
  private let process = Process()
  private let requests = Pipe()
  private let answers = Pipe()

  /// Starts `peers/<script>_step.py`, or gives nil if the framework is not installed.
  init?(_ script: String, python: String, folder: URL, _ size: StepSize) {
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      [python, folder.appending(path: "\(script)_step.py").path]
      + [size.units, size.words, size.batch, StepSize.steps, StepSize.steps].map(String.init)
    process.standardInput = requests
    process.standardOutput = answers
    process.standardError = FileHandle.nullDevice
    struct Hello: Decodable { let version: String }
    guard (try? process.run()) != nil, let line = Self.line(answers),
      let hello = try? JSONDecoder().decode(Hello.self, from: line)
    else { return nil }
    name = "\(script) \(hello.version)"
  }

  /// The times of `count` steps, in milliseconds.
  func run(_ count: Int) -> [Double] {
    requests.fileHandleForWriting.write(Data("\(count)\n".utf8))
    return Self.line(answers).flatMap { try? JSONDecoder().decode([Double].self, from: $0) } ?? []
  }

  func stop() {
    try? requests.fileHandleForWriting.close()
    process.waitUntilExit()
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
