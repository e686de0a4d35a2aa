import Base
import Foundation

extension Dataset {
  /// Writes the dataset as tab-separated text that people and other programs can read; it is written beside and
  /// renamed, so that a file of this name is always whole.
  ///
  /// Three lines about the dataset come first: `# neuronbook dataset 1`, then task, form, scoring and the numbers
  /// of steps, then the names of the vocabulary. A header follows, then one line for each row: split, w, T, length,
  /// input, target, tokens by name with spaces between.
  ///
  /// Throws `TaskError`: `.fileFailed`; `.tokenOutsideVocabulary` for a token without a name, `.invalidOption` for a
  /// name that could not be read back.
  public func save(to url: URL) throws {
    if let name = vocabulary.names.first(where: { $0.isEmpty || $0.contains(where: \.isWhitespace) }) {
      throw TaskError.invalidOption(
        name: "a name of the vocabulary", value: "“\(name)”", expected: "no space in it")
    }
    for (_, rows) in splits {
      try vocabulary.check(rows.words)
      try vocabulary.check(rows.inputs.storage)
      try vocabulary.check(rows.targets.storage)
    }
    var text = [
      "# neuronbook dataset 1",
      [
        "# task", task, form.rawValue, scoring.rawValue, "\(training.inputs.steps)",
        "\(training.targets.steps)",
      ]
      .joined(separator: "\t"),
      "# vocabulary\t" + vocabulary.names.joined(separator: " "),
      Self.header,
    ].joined(separator: "\n")
    text += "\n"
    for (split, rows) in splits {
      for index in 0..<rows.count {
        let row = rows[index]
        if (row.input + row.target).contains(Vocabulary.pad) {
          throw TaskError.invalidOption(
            name: "row \(index) of \(split)", value: render(row), expected: "no PAD within its tokens")
        }
        text += """
          \(split)\t\(vocabulary.name(of: row.word))\t\(row.position)\t\(row.length)\t\
          \(vocabulary.render(row.input))\t\(vocabulary.render(row.target))\n
          """
      }
    }
    do { try Data(text.utf8).write(to: url, options: .atomic) } catch {
      throw TaskError.fileFailed(path: url.path, reason: systemReason(of: error))
    }
  }

  /// The dataset in a file that `save` wrote.
  ///
  /// Throws `TaskError`: `.fileFailed`, `.notUTF8`, `.damagedFile` with the line.
  public init(contentsOf url: URL) throws {
    let data = try TaskError.bytes(of: url)
    var reader = DatasetReader(path: url.path)
    for (index, bytes) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .enumerated()
    {
      guard let line = String(validating: bytes, as: UTF8.self) else {
        throw TaskError.notUTF8(source: url.path, line: index + 1)
      }
      try reader.read(line, number: index + 1)
    }
    self = try reader.dataset(of: data.count, endsWhole: data.last == UInt8(ascii: "\n"))
  }

  static let header = "split\tw\tT\tlength\tinput\ttarget"
  fileprivate static let splitNames = ["training", "select", "tune", "verify", "unseen"]

  /// Each split by its name.
  public var splits: [(name: String, rows: Rows)] {
    Array(zip(Self.splitNames, [training, select, tune, verify, unseen])).map { (name: $0, rows: $1) }
  }
}

/// Reads a dataset line by line.
private struct DatasetReader {
  let path: String
  private var description: [String] = []
  private var vocabulary = Vocabulary(words: [])
  private var numbers: [Substring: Int32] = [:]
  private var rows: [String: [Row]] = [:]
  private var lastLine = 0

  init(path: String) { self.path = path }

  private func damaged(_ line: Int, _ found: String, _ expected: String) -> TaskError {
    TaskError.damagedFile(path: path, line: line, found: "“\(found.prefix(60))”", expected: expected)
  }

  mutating func read(_ line: String, number: Int) throws {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
    switch number {
    case 1:
      if line != "# neuronbook dataset 1" { throw damaged(1, line, "“# neuronbook dataset 1”") }
    case 2:
      guard fields.count == 6, fields[0] == "# task" else {
        throw damaged(2, line, "“# task” and five fields")
      }
      description = fields.dropFirst().map { String($0) }
    case 3:
      guard fields.count == 2, fields[0] == "# vocabulary" else {
        throw damaged(3, line, "“# vocabulary” and names")
      }
      let names = fields[1].split(separator: " ")
      guard names.prefix(3) == ["PAD", "SOS", "EOS"], Set(names).count == names.count else {
        throw damaged(3, line, "PAD SOS EOS and other names, each once")
      }
      vocabulary = Vocabulary(words: names.dropFirst(3).map { String($0) })
      for (index, name) in names.enumerated() { numbers[name] = Int32(index) }
    case 4:
      if line != Dataset.header { throw damaged(4, line, "“\(Dataset.header)”") }
    case _ where line.isEmpty: break
    default: try readRow(fields, line, number)
    }
    lastLine = number
  }

  private mutating func readRow(_ fields: [Substring], _ line: String, _ number: Int) throws {
    func tokens(_ names: Substring) throws -> [Int32] {
      try names.split(separator: " ").map { name in
        guard let token = numbers[name] else {
          throw damaged(number, String(name), "a name of the vocabulary")
        }
        guard token != Vocabulary.pad else { throw damaged(number, String(name), "a row without PAD") }
        return token
      }
    }
    guard fields.count == 6 else { throw damaged(number, line, "six fields") }
    guard Dataset.splitNames.contains(String(fields[0])) else {
      throw damaged(number, String(fields[0]), "one of \(Dataset.splitNames.joined(separator: ", "))")
    }
    guard let position = Int(fields[2]), let length = Int(fields[3]) else {
      throw damaged(number, "\(fields[2]) \(fields[3])", "two whole numbers, T and length")
    }
    let (word, input, target) = (try tokens(fields[1]), try tokens(fields[4]), try tokens(fields[5]))
    guard (0...input.count + target.count).contains(length) else {
      throw damaged(number, "\(length)", "a length within the \(target.count) tokens of the target")
    }
    guard word.count == 1 else { throw damaged(number, String(fields[1]), "one word") }
    guard (1...max(target.count, 1)).contains(position) else {
      throw damaged(number, "\(position)", "a position within the \(target.count) tokens of the target")
    }
    rows[String(fields[0]), default: []].append(
      Row(input: input, target: target, word: word[0], position: position, length: length))
  }

  /// How many tokens a file of a few bytes may be padded to, and how many one of more bytes has for each.
  private static let padding = (least: 1 << 24, perByte: 64)

  /// The dataset of a file of `bytes` bytes.
  func dataset(of bytes: Int, endsWhole: Bool) throws -> Dataset {
    guard lastLine >= 4, endsWhole else {
      throw TaskError.damagedFile(
        path: path, line: lastLine, found: "the end of the file", expected: "a whole file")
    }
    guard let form = Dataset.Form(rawValue: description[1]),
      let scoring = Dataset.Scoring(rawValue: description[2]), let inputSteps = Int(description[3]),
      let targetSteps = Int(description[4])
    else {
      throw damaged(2, description.joined(separator: " "), "task, form, scoring and two numbers of steps")
    }
    // Rows are padded to the steps, and a line asks for them in a few digits.
    let most = max(Self.padding.least, Self.padding.perByte * bytes)
    let longest = most / max(1, rows.values.map(\.count).reduce(0, +))
    guard (0...longest).contains(inputSteps), (0...longest).contains(targetSteps) else {
      throw damaged(2, "\(inputSteps) \(targetSteps)", "at most \(longest) steps of so many rows")
    }
    func split(_ name: String) throws -> Rows {
      let rows = rows[name] ?? []
      guard rows.allSatisfy({ $0.input.count <= inputSteps && $0.target.count <= targetSteps }) else {
        throw damaged(2, "\(inputSteps) \(targetSteps)", "as many steps as the longest input and target have")
      }
      return Rows(rows, inputSteps: inputSteps, targetSteps: targetSteps)
    }
    return Dataset(
      task: description[0], form: form, vocabulary: vocabulary, training: try split("training"),
      validation: try split("tune"), test: try split("verify"), select: try split("select"),
      unseen: try split("unseen"), scoring: scoring)
  }
}
