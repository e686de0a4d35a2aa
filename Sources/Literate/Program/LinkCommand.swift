import Foundation

/// How swiftc links a program: its driver is asked once, and what it would run is run without it, in half the time.
struct LinkCommand {
  private let extractor: String
  /// The linker with what it is given, where what changes from program to program has stand-ins.
  private let words: [String]

  private static let (object, program) = ("object.o", "program")

  /// The arguments of swiftc that make it say what it would run.
  static func question(linking: [String]) -> [String] {
    ["-driver-print-jobs"] + linking + ["-o", program, object]
  }

  /// - Parameter jobs: What swiftc says then: a line that lists the libraries which an object asks for, and one that links.
  /// - Returns: nil where it is anything else.
  init?(jobs: String) {
    let jobs = jobs.split(separator: "\n").map(Self.words)
    guard jobs.count == 2, jobs[0].count == 4, jobs[0][1...2] == [Self.object, "-o"],
      let extractor = jobs[0].first, extractor.hasPrefix("/"), let linker = jobs[1].first,
      linker.hasPrefix("/")
    else { return nil }
    let list = "@" + jobs[0][3]
    words = jobs[1].map { $0 == list ? "@" : $0 }
    self.extractor = extractor
    guard ["@", Self.object, Self.program].allSatisfy({ word in words.count { $0 == word } == 1 }) else {
      return nil
    }
  }

  /// What makes a program of objects, one command after the other.
  ///
  /// - Parameter list: A file to write between them.
  func commands(objects: [URL], list: URL, program: URL) -> [(tool: String, arguments: [String])] {
    let objects = objects.map(\.path)
    let linking = words.dropFirst().flatMap { word in
      switch word {
      case "@": ["@" + list.path]
      case Self.object: objects
      case Self.program: [program.lastPathComponent]
      default: [word]
      }
    }
    return [(extractor, objects + ["-o", list.path]), (words[0], linking)]
  }

  /// The words of a command for a shell: with quotes around those that it would read otherwise.
  private static func words(_ line: Substring) -> [String] {
    var words: [String] = []
    var word: String?
    var (isQuoted, isEscaped) = (false, false)
    for character in line {
      if isEscaped || isQuoted && character != "'" {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "'" {
        isQuoted.toggle()
        word = word ?? ""
      } else if character == "\\" {
        isEscaped = true
      } else if character == " " {
        word.map { words.append($0) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }
}
