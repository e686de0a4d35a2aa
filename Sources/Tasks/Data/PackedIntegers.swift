import Foundation

/// Whole numbers from 0 on, coded as one string: each in groups of 7 bits, lowest first (LEB128), then base 64.
///
/// A dataset is the key of a kept model, and a JSON array of a million numbers takes seconds to write.
struct PackedIntegers: Codable {
  private(set) var values: [Int]

  init(_ values: some Sequence<some BinaryInteger>) { self.values = values.map { Int($0) } }

  func encode(to encoder: any Encoder) throws {
    var bytes = [UInt8]()
    bytes.reserveCapacity(values.count)
    for value in values {
      // Two's complement, so that a negative number, which no dataset should have, comes back as it was.
      var rest = UInt64(bitPattern: Int64(value))
      while rest >= 0x80 {
        bytes.append(UInt8(rest & 0x7F) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }
    var container = encoder.singleValueContainer()
    try container.encode(Data(bytes).base64EncodedString())
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    func damaged(_ reason: String) -> DecodingError {
      DecodingError.dataCorruptedError(in: container, debugDescription: "packed numbers \(reason)")
    }
    guard let bytes = Data(base64Encoded: try container.decode(String.self)) else {
      throw damaged("are not base 64")
    }
    values = []
    values.reserveCapacity(bytes.count)
    var (value, shift) = (UInt64(0), UInt64(0))
    for byte in bytes {
      guard shift < 64 else { throw damaged("have a number of more than 64 bits") }
      value |= UInt64(byte & 0x7F) << shift
      shift += 7
      if byte < 0x80 {
        values.append(Int(Int64(bitPattern: value)))
        (value, shift) = (0, 0)
      }
    }
    if shift != 0 { throw damaged("end within a number") }
  }
}

extension TokenGrid {
  private enum CodingKeys: CodingKey { case rows, steps, storage }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rows, forKey: .rows)
    try container.encode(steps, forKey: .steps)
    try container.encode(PackedIntegers(storage), forKey: .storage)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let rows = try container.decode(Int.self, forKey: .rows)
    let steps = try container.decode(Int.self, forKey: .steps)
    let storage = try container.decode(PackedIntegers.self, forKey: .storage).values.map {
      Int32(truncatingIfNeeded: $0)
    }
    let (count, overflows) = rows.multipliedReportingOverflow(by: steps)
    guard rows >= 0, steps >= 0, !overflows, storage.count == count else {
      throw DecodingError.dataCorruptedError(
        forKey: .storage, in: container,
        debugDescription: "\(storage.count) tokens for \(rows) rows of \(steps) steps")
    }
    self.init(rows: rows, steps: steps, storage: storage)
  }
}

extension Rows {
  private enum CodingKeys: CodingKey { case inputs, targets, words, positions, lengths }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(inputs, forKey: .inputs)
    try container.encode(targets, forKey: .targets)
    try container.encode(PackedIntegers(words), forKey: .words)
    try container.encode(PackedIntegers(positions), forKey: .positions)
    try container.encode(PackedIntegers(lengths), forKey: .lengths)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func integers(_ key: CodingKeys) throws -> [Int] {
      try container.decode(PackedIntegers.self, forKey: key).values
    }
    let inputs = try container.decode(TokenGrid.self, forKey: .inputs)
    let targets = try container.decode(TokenGrid.self, forKey: .targets)
    let (words, positions, lengths) = (
      try integers(.words).map { Int32(truncatingIfNeeded: $0) }, try integers(.positions),
      try integers(.lengths)
    )
    let counts = [targets.rows, words.count, positions.count, lengths.count]
    guard counts.allSatisfy({ $0 == inputs.rows }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .inputs, in: container,
        debugDescription: "\(inputs.rows) inputs with columns of \(counts) rows")
    }
    self.init(inputs: inputs, targets: targets, words: words, positions: positions, lengths: lengths)
  }
}
