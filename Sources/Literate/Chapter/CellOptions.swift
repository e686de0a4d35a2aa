import Yams

/// What the `//|` lines at the head of a cell say.
public struct CellOptions: Sendable, Equatable {
  /// The name under which text can refer to the cell's figure (`fig-…`) or table (`tbl-…`).
  public var label: String?
  /// The caption, in Markdown; may hold inline values.
  public var caption: String?
  /// What each figure shows, for those who can't see it; may hold inline values. One text serves all figures.
  public var alt: [String] = []
  /// The captions of the parts of a figure that is made of several; may hold inline values.
  public var subcaptions: [String] = []
  /// How many parts of such a figure stand side by side.
  public var columns: Int?
  /// Whether the page shows the cell's code.
  public var echo = true
  /// Whether the code is folded away until the reader asks for it; nil for as the book has it.
  public var fold: Bool?
  /// Whether tables and claims are closed until the reader asks for them.
  public var closed = false
  /// Whether the page shows what the cell prints.
  public var output = true
  /// Whether the page shows what the cell writes to standard error.
  public var stderr = false
  /// Whether the page shows what the compiler warns of in the cell.
  public var warning = false
  /// Whether the code stands outside the program's top level, in a file of declarations.
  public var fileScope = false
  /// Whether the page shows anything of the cell, its code or what it made.
  public var include = true
  /// The lines of the code that the page marks, counted from 1 below the options.
  public var highlight: [ClosedRange<Int>] = []
  /// Whether the cell must fail: the page shows how, and a cell that does not is a failure.
  public var error = false
  /// The seconds that the cell may take; 0 for no limit.
  public var timeLimit: Double?
  /// The bytes of memory that the chapter's program may hold while the cell runs; 0 for no limit.
  public var memoryLimit: Int?
  /// What the cell is for in an exercise; nil for a cell of a solution, which its place tells.
  public var exercise: Exercise.Part?
  /// The seconds of a year.
  static let longestTimeLimit = 31_536_000.0
  /// The lines of the longest cell.
  static let longestCell = 100_000
  /// The names of the options that are given.
  var given: Set<String> = []
  /// Those of them that stand there under another name.
  var writtenNames: [String: String] = [:]

  public init() {}

  /// Reads the option lines of a cell, a mapping in YAML.
  ///
  /// - Parameters:
  ///   - lines: The text after `//|` of each line.
  ///   - position: The place in the chapter of a place in these lines, both counted from 0.
  ///   - misread: Takes what is wrong with a text that is an option all the same.
  static func parse(
    _ lines: [String], position: (_ line: Int, _ column: Int) -> Problem.Location,
    misread: (Problem) throws -> Void = { throw $0 }
  ) throws -> CellOptions {
    var options = CellOptions()
    let node = try YAML.compose(
      lines.joined(separator: "\n"), "These cell options are",
      advice: "Write each option as `//| name: value`, with quotes around a value that holds a colon.",
      position: position, misread: misread)
    guard let node else { return options }
    guard case .mapping(let mapping) = node else {
      throw Problem(
        "A cell option must be `name: value`.", at: position(0, 0),
        advice: "Write `//| label: fig-something`, for example.")
    }
    var seen: Set<String> = []
    for (keyNode, valueNode) in mapping {
      let written = keyNode.string ?? ""
      let name = CellOption(named: written)?.rawValue ?? written
      let place = position((keyNode.mark?.line ?? 1) - 1, (keyNode.mark?.column ?? 1) - 1)
      guard seen.insert(name).inserted else {
        throw Problem("The option `\(name)` is given twice.", at: place, advice: "Remove one of the two.")
      }
      guard let option = CellOption(rawValue: name) else {
        let names = CellOption.allCases.map(\.rawValue)
        let near = nearest(to: name, among: names).map { "Did you mean `\($0)`? " } ?? ""
        throw Problem(
          "There is no cell option `\(name)`.", at: place,
          advice: CellOption.elsewhere[name] ?? near + "A cell has \(names.listed).")
      }
      if written != name { options.writtenNames[name] = written }
      try options.set(option, OptionValue(node: valueNode, option: option, place: place))
    }
    options.given = seen
    if let label = options.label { try check(label, at: position(0, 0)) }
    return options
  }

  private mutating func set(_ option: CellOption, _ value: OptionValue) throws {
    switch option {
    case .label: label = try value.text()
    case .caption: caption = try value.text()
    case .alt: alt = try value.texts()
    case .subcaptions: subcaptions = try value.texts()
    case .columns: columns = try value.count()
    case .echo: echo = try value.flag()
    case .fold: fold = try value.flag()
    case .closed: closed = try value.flag()
    case .highlight: highlight = try value.lineRanges()
    case .output: output = try value.flag()
    case .include: include = try value.flag()
    case .stderr: stderr = try value.flag()
    case .warning: warning = try value.flag()
    case .timeLimit: timeLimit = try value.seconds()
    case .memoryLimit: memoryLimit = try value.bytes()
    case .fileScope: fileScope = try value.flag()
    case .error: error = try value.flag()
    case .exercise: exercise = try value.part()
    }
  }

  private static func check(_ label: String, at place: Problem.Location) throws {
    let allowed = label.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "-"
        || $0 == "_"
    }
    if !allowed {
      throw Problem(
        "The label `\(label)` holds something other than letters, digits, `-` and `_`.", at: place,
        advice: "A label is also the name of a file: write `fig-storing`, for example.")
    }
  }
}

/// The value that an option is given, read as what the option takes.
private struct OptionValue {
  let node: Node
  let option: CellOption
  let place: Problem.Location

  private var problem: Problem {
    let isText =
      if case .text = option.form { true } else if case .texts = option.form { true } else { false }
    let found = isText ? "" : "; found `\(node.string ?? "a list")`"
    return Problem(
      "The option `\(option.rawValue)` must be \(option.expected)\(found).", at: place, advice: option.advice)
  }

  private func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw problem }
    return value
  }

  func text() throws -> String { try required(node.string.flatMap { $0.isEmpty ? nil : $0 }) }

  func texts() throws -> [String] {
    guard let items = node.sequence else { return [try text()] }
    guard 1...26 ~= items.count else {
      throw Problem(
        "The option `\(option.rawValue)` lists \(items.count) texts; 1 to 26 were expected.", at: place)
    }
    return try items.map { try OptionValue(node: $0, option: option, place: place).text() }
  }

  func flag() throws -> Bool { try required(node.bool) }

  /// A number as it is written: YAML would read `1:30` as 90.
  private var number: PlainValue? { node.scalar.flatMap { try? PlainValue($0.string) } }

  func count() throws -> Int {
    guard case .count(let range) = option.form, case .integer(let count)? = number, range.contains(count)
    else { throw problem }
    return count
  }

  func seconds() throws -> Double {
    let seconds: Double? =
      switch number {
      case .integer(let seconds): Double(seconds)
      case .number(let seconds): seconds
      default: nil
      }
    return try required(seconds.flatMap { 0...CellOptions.longestTimeLimit ~= $0 ? $0 : nil })
  }

  func bytes() throws -> Int {
    if number == .integer(0) { return 0 }
    let text = try required(node.scalar?.string)
    do {
      return try ByteCount.reading(text)
    } catch let size as Problem {
      throw text.contains(where: \.isNumber)
        ? Problem("The option `\(option.rawValue)`: \(size.message)", at: place, advice: option.advice)
        : problem
    }
  }

  func part() throws -> Exercise.Part {
    try required([.starter, .check, .experiment].first { $0.rawValue == node.string })
  }

  /// "2-3, 5" as ranges.
  func lineRanges() throws -> [ClosedRange<Int>] {
    let ranges = try (node.string ?? "").split(separator: ",").map { part in
      let ends = part.split(separator: "-").map { Int($0.filter { $0 != " " }) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, last >= 1,
        last <= CellOptions.longestCell, 1...last ~= first
      else { throw problem }
      return first...last
    }
    guard ranges.reduce(0, { $0 + $1.count }) <= CellOptions.longestCell else { throw problem }
    return ranges
  }
}
