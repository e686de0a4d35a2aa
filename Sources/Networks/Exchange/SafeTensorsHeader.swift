/// The header of a safetensors file: what is in it, and where.
///
/// Read by the little of JSON that it may hold, `{"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}` and
/// `"__metadata__"` of strings: a general reader takes names that occur twice, and descends as deep as a file asks.
struct SafeTensorsHeader {
  struct Entry {
    var name: String
    var type: String
    var shape: [Int]
    /// Bytes, counted from the end of the header.
    var bytes: Range<Int>

    /// How many numbers the shape holds; nil where that is no number of this machine.
    var count: Int? {
      var product = 1
      for size in shape {
        let (next, overflows) = product.multipliedReportingOverflow(by: size)
        if overflows { return nil }
        product = next
      }
      return product
    }

    /// The bits of one number of each type that the format names (huggingface.co/docs/safetensors).
    var bits: Int? { Self.bits[type] }
    private static let bits = [
      "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "U16": 16, "I16": 16, "F16": 16, "BF16": 16,
      "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64, "C64": 64,
    ]
  }

  /// What is wrong with a header.
  enum Fault: Error {
    /// It is not one.
    case foreign(String)
    /// It contradicts itself, or the length of the file: how much of `what` there should be, and is.
    case damaged(what: String, expected: Int, found: Int)
  }

  var metadata: [String: String] = [:]
  /// In the order of their bytes.
  var entries: [Entry] = []

  /// Reads the header, and checks that its tensors fill the `bodyCount` bytes behind it one after the other, without a
  /// hole and without an overlap, as the format demands.
  init(_ bytes: [UInt8], bodyCount: Int) throws(Fault) {
    var reader = HeaderReader(bytes)
    var names = Set<String>()
    try reader.object { (reader, name) throws(Fault) in
      guard names.insert(name).inserted else { throw .foreign("its header names \(name) twice") }
      if name == "__metadata__" {
        metadata = try reader.strings()
      } else {
        entries.append(try reader.entry(name))
      }
    }
    try reader.end()
    try checkPlaces(bodyCount, start: 8 + bytes.count)
  }

  /// - Parameter start: Where the file's header ends.
  private mutating func checkPlaces(_ bodyCount: Int, start: Int) throws(Fault) {
    entries.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound, $0.name) < (
        $1.bytes.lowerBound, $1.bytes.upperBound, $1.name
      )
    }
    var end = 0
    for entry in entries {
      let length = entry.bytes.count
      // What a type of the future takes for a number is not known; where it lies still is.
      if let bits = entry.bits {
        let expected = entry.count.flatMap { count -> Int? in
          let (product, overflows) = count.multipliedReportingOverflow(by: bits / 8)
          return overflows ? nil : product
        }
        guard expected == length else {
          throw .damaged(what: "bytes of tensor \(entry.name)", expected: expected ?? .max, found: length)
        }
      }
      guard entry.bytes.lowerBound == end else {
        throw .damaged(
          what: "bytes before tensor \(entry.name)", expected: end, found: entry.bytes.lowerBound)
      }
      guard entry.bytes.upperBound <= bodyCount else {
        let end = start.addingReportingOverflow(entry.bytes.upperBound)
        throw .damaged(
          what: "bytes up to the end of tensor \(entry.name)",
          expected: end.overflow ? .max : end.partialValue,
          found: start + bodyCount)
      }
      end = entry.bytes.upperBound
    }
    guard end == bodyCount else {
      throw .damaged(what: "bytes", expected: start + end, found: start + bodyCount)
    }
  }
}

/// Reads a header byte by byte.
private struct HeaderReader {
  typealias Fault = SafeTensorsHeader.Fault

  private let bytes: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private func foreign(_ expected: String) -> Fault {
    .foreign("its header is not that of one: \(expected) expected at byte \(index)")
  }

  private mutating func skipSpace() {
    while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
  }

  private mutating func takes(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func need(_ character: Unicode.Scalar) throws(Fault) {
    guard takes(character) else { throw foreign("“\(character)”") }
  }

  mutating func end() throws(Fault) {
    skipSpace()
    guard index == bytes.count else { throw foreign("its end") }
  }

  /// Calls `member` with each name of an object, behind its colon.
  mutating func object(
    _ member: (inout HeaderReader, String) throws(Fault) -> Void
  ) throws(Fault) {
    try need("{")
    if takes("}") { return }
    repeat {
      let name = try string()
      try need(":")
      try member(&self, name)
    } while takes(",")
    try need("}")
  }

  mutating func strings() throws(Fault) -> [String: String] {
    var strings: [String: String] = [:]
    try object { (reader, name) throws(Fault) in
      guard strings.updateValue(try reader.string(), forKey: name) == nil else {
        throw .foreign("its metadata names \(name) twice")
      }
    }
    return strings
  }

  mutating func entry(_ name: String) throws(Fault) -> SafeTensorsHeader.Entry {
    var (type, shape, offsets): (String?, [Int]?, [Int]?)
    try object { (reader, key) throws(Fault) in
      switch key {
      case "dtype" where type == nil: type = try reader.string()
      case "shape" where shape == nil: shape = try reader.numbers()
      case "data_offsets" where offsets == nil: offsets = try reader.numbers()
      default: throw .foreign("tensor \(name) is described by \(key), unknown or given twice")
      }
    }
    guard let type, let shape, let offsets, offsets.count == 2, offsets[0] <= offsets[1] else {
      throw .foreign("tensor \(name) is not described")
    }
    return SafeTensorsHeader.Entry(name: name, type: type, shape: shape, bytes: offsets[0]..<offsets[1])
  }

  /// A list of whole numbers that are not negative.
  private mutating func numbers() throws(Fault) -> [Int] {
    try need("[")
    var numbers: [Int] = []
    if takes("]") { return numbers }
    repeat {
      skipSpace()
      let start = index
      var number = 0
      while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) {
        let (tens, overflows) = number.multipliedReportingOverflow(by: 10)
        let (sum, overflowsToo) = tens.addingReportingOverflow(Int(bytes[index] - UInt8(ascii: "0")))
        guard !overflows, !overflowsToo else { throw foreign("a number below 2^63") }
        number = sum
        index += 1
      }
      guard index > start else { throw foreign("a whole number that is not negative") }
      numbers.append(number)
    } while takes(",")
    try need("]")
    return numbers
  }

  private mutating func string() throws(Fault) -> String {
    try need("\"")
    var text: [UInt8] = []
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw foreign("UTF-8") }
        return string
      case UInt8(ascii: "\\"): text.append(contentsOf: Array(String(try escaped()).utf8))
      case 0..<0x20: throw foreign("no control character in a name")
      default: text.append(byte)
      }
    }
    throw foreign("the end of a name")
  }

  /// The character of an escape whose backslash has been read.
  private mutating func escaped() throws(Fault) -> Unicode.Scalar {
    guard index < bytes.count else { throw foreign("an escaped character") }
    let byte = bytes[index]
    index += 1
    let simple: [UInt8: Unicode.Scalar] = [
      UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
      UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]
    if let scalar = simple[byte] { return scalar }
    guard byte == UInt8(ascii: "u") else { throw foreign("an escape of JSON") }
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    // A character beyond the first 65,536 is written as two halves.
    guard (0xD800..<0xDC00).contains(first), bytes[index...].starts(with: Array("\\u".utf8)) else {
      throw foreign("the second half of a character")
    }
    index += 2
    let second = try codeUnit()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
    else { throw foreign("the second half of a character") }
    return scalar
  }

  private mutating func codeUnit() throws(Fault) -> UInt16 {
    guard index + 4 <= bytes.count else { throw foreign("four hexadecimal digits") }
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
        throw foreign("four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
      index += 1
    }
    return unit
  }
}
