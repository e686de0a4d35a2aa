/// Comma-separated values (RFC 4180).
package enum CSV {
  /// The rows of a text, the header first, without the quotes of their fields.
  ///
  /// - Parameter most: How many rows are read; the others are counted.
  /// - Returns: The rows, and how many there are in all.
  package static func rows(_ text: String, most: Int = .max) -> (rows: [[String]], count: Int) {
    var rows: [[String]] = []
    var (row, field, isQuoted, count) = ([String](), [UInt8](), false, 0)
    func keepField() {
      row.append(String(decoding: field, as: UTF8.self))
      field = []
    }
    func keepRow() {
      count += 1
      guard rows.count < most else {
        field = []
        return
      }
      keepField()
      rows.append(row)
      row = []
    }
    var last: UInt8?
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""):
        // Two quotes inside a quoted field are one.
        if !isQuoted, last == byte { field.append(byte) }
        isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted && rows.count < most: keepField()
      case UInt8(ascii: "\n") where !isQuoted: keepRow()
      case _ where rows.count < most: field.append(byte)
      default: break
      }
      last = byte
    }
    if !field.isEmpty || !row.isEmpty { keepRow() }
    return (rows, count)
  }
}
