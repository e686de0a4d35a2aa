import CellRecords
import Foundation

/// Everything computed that a build shows: inline values, tables, claims and the data of figures, each with its place.
///
/// A build writes it as `values.json` beside its report. The same results give the same bytes.
public struct BuildValues: Sendable, Equatable {
  var origin: Origin
  /// In the order of the book.
  var chapters: [ChapterState]
  /// In the order of the book and of its text.
  var entries: [Entry]

  /// On what the values were computed.
  struct Origin: Codable, Sendable, Equatable {
    /// The commit of the book's folder, with `+` where files were changed since; nil outside git.
    var commit: String?
    var compiler: String
    var processor: String
    var profile: String
    var edition: String
    /// What OpenBLAS calls the kernels that chapters multiplied with; none where none did.
    var kernels: [String]
  }

  struct ChapterState: Codable, Sendable, Equatable {
    /// As the book names it.
    var file: String
    var parameters: [String: String]
    var state: State

    enum State: String, Codable, Sendable {
      /// It came to its end.
      case whole
      case stopped
      /// Its results are of an earlier state of the chapter.
      case stale
    }
  }

  /// One thing that is shown, and where.
  struct Entry: Sendable, Equatable {
    /// The chapter's file, as the book names it.
    var chapter: String
    /// The label of the cell that gave it, or such as `cell 3`; nil for a value that uses no variable of a cell.
    var cell: String?
    /// The file that the chapter includes and that it stands in; nil for the chapter's own.
    var part: String?
    /// The line in that file, from 1.
    var line: Int
    var content: Content
  }

  enum Content: Sendable, Equatable {
    case value(Value)
    case table(Table)
    case claim(ShownClaim)
    case figure(Figure)
  }

  struct Value: Codable, Sendable, Equatable {
    var expression: String
    var text: String
  }

  /// Rows of as many texts as there are columns.
  struct Table: Codable, Sendable, Equatable {
    var columns: [String]
    var rows: [[String]]
  }

  struct Figure: Codable, Sendable, Equatable {
    /// The SHA-256 of its data as CSV.
    var sha256: String
    /// The lines of its data; nil where they are more than `most` bytes.
    var data: [String]?

    /// Data of more bytes are named by their digest alone.
    static let most = 200_000
  }
}

extension BuildValues: Decodable {
  /// What the file says that it is, and how its content is arranged.
  static let (format, version) = ("neuronbook values", 1)

  private enum Key: String, CodingKey {
    case format, version, origin, chapters, entries
  }

  /// - Throws: `Fault` where it is something else, `DecodingError` where it is damaged.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    guard try container.decodeIfPresent(String.self, forKey: .format) == Self.format else {
      throw Fault.isForeign
    }
    let version = try container.decode(Int.self, forKey: .version)
    guard version == Self.version else { throw Fault.isOfVersion(version) }
    origin = try container.decode(Origin.self, forKey: .origin)
    chapters = try container.decode([ChapterState].self, forKey: .chapters)
    entries = try container.decode([Entry].self, forKey: .entries)
  }

  /// The file.
  var json: Data { get throws { try Self.file(origin, chapters, [Self.lines(entries)]) } }

  /// The file of what is written already: each entry has a line, so that versions of a file can be told apart by lines.
  ///
  /// - Parameter lines: The entries, by `lines`.
  static func file(_ origin: Origin, _ chapters: [ChapterState], _ lines: [Data]) throws -> Data {
    var file = Data("{\"format\":\"\(format)\",\"version\":\(version),\n\"origin\":".utf8)
    file += try encoder.encode(origin) + Data(",\n\"chapters\":[\n".utf8)
    file += try Self.lines(chapters) + Data("],\n\"entries\":[\n".utf8)
    for (index, part) in lines.filter({ !$0.isEmpty }).enumerated() {
      if index > 0 { file += Data(",\n".utf8) }
      file += part
    }
    return file + Data("]}\n".utf8)
  }

  /// Each on a line, with commas between.
  static func lines(_ items: [some Encodable]) throws -> Data {
    let encoder = encoder
    var lines = Data()
    for item in items {
      if !lines.isEmpty { lines += Data(",\n".utf8) }
      lines += try encoder.encode(item)
    }
    return lines
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}

extension BuildValues.Entry: Codable {
  private enum Key: String, CodingKey {
    case chapter, cell, part, line, value, table, claim, figure
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    chapter = try container.decode(String.self, forKey: .chapter)
    cell = try container.decodeIfPresent(String.self, forKey: .cell)
    part = try container.decodeIfPresent(String.self, forKey: .part)
    line = try container.decode(Int.self, forKey: .line)
    let contents: [BuildValues.Content] = [
      try container.decodeIfPresent(BuildValues.Value.self, forKey: .value).map { .value($0) },
      try container.decodeIfPresent(BuildValues.Table.self, forKey: .table).map { .table($0) },
      try container.decodeIfPresent(ShownClaim.self, forKey: .claim).map { .claim($0) },
      try container.decodeIfPresent(BuildValues.Figure.self, forKey: .figure).map { .figure($0) },
    ].compactMap { $0 }
    guard contents.count == 1, let only = contents.first else {
      throw BuildValues.Fault.isDamaged("an entry has \(contents.count) contents; one was expected")
    }
    content = only
    if case .table(let table) = content,
      let row = table.rows.firstIndex(where: { $0.count != table.columns.count })
    {
      throw BuildValues.Fault.isDamaged(
        "a table's row \(row + 1) has \(table.rows[row].count) of \(table.columns.count) cells")
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(chapter, forKey: .chapter)
    try container.encodeIfPresent(cell, forKey: .cell)
    try container.encodeIfPresent(part, forKey: .part)
    try container.encode(line, forKey: .line)
    switch content {
    case .value(let value): try container.encode(value, forKey: .value)
    case .table(let table): try container.encode(table, forKey: .table)
    case .claim(let claim): try container.encode(claim, forKey: .claim)
    case .figure(let figure): try container.encode(figure, forKey: .figure)
    }
  }
}
