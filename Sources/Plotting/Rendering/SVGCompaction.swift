/// Writes Cairo's SVG shorter without changing the picture: coordinates to a hundredth of a point and relative to
/// the one before, colours as hexadecimal, no declarations that say what holds anyway, a letter as the path that it is. A page
/// embeds each figure up to four times, so the bytes count.
package enum SVGCompaction {
  package static func compacted(_ svg: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(svg.count / 2)
    var index = 0
    while index < svg.count {
      let byte = svg[index]
      if byte == UInt8(ascii: " "), let (name, start) = attribute(svg, index) {
        let end = svg[start...].firstIndex(of: UInt8(ascii: "\"")) ?? svg.count
        let value = svg[start..<end]
        index = end
        switch name {
        case .path: result += Array(" d=\"".utf8) + path(value)
        case .x: result += Array(" x=\"".utf8) + hundredths(number(value))
        case .y: result += Array(" y=\"".utf8) + hundredths(number(value))
        case .style:
          let style = style(value)
          if style.isEmpty {
            index = end + 1
          } else {
            result += Array(" style=\"".utf8) + style
          }
        }
      } else if byte == UInt8(ascii: "<"), let (letter, end) = letter(svg, index) {
        result += letter
        index = end
      } else if byte == UInt8(ascii: "\n") {
        // Lines are not indented.
        result.append(byte)
        let next = svg[(index + 1)...].firstIndex { $0 != UInt8(ascii: " ") } ?? svg.count
        index = next < svg.count && svg[next] == UInt8(ascii: "<") ? next : index + 1
      } else {
        result.append(byte)
        index += 1
      }
    }
    return result
  }

  // MARK: Letters

  private static let symbol = Array("<symbol overflow=\"visible\" id=\"".utf8)
  private static let symbolEnd = Array("\n</symbol>".utf8)

  /// A symbol that holds one path is that path, under the symbol's name; nil for anything else.
  private static func letter(_ svg: [UInt8], _ index: Int) -> ([UInt8], end: Int)? {
    guard svg[index...].starts(with: symbol) else { return nil }
    let name = index + symbol.count
    let opening = Array("\">\n<path".utf8)
    guard let quote = svg[name...].firstIndex(of: UInt8(ascii: "\"")), svg[quote...].starts(with: opening),
      let next = svg[(quote + opening.count)...].firstIndex(of: UInt8(ascii: "<")),
      svg[(next - 1)...].starts(with: symbolEnd)
    else { return nil }
    let attributes = compacted(Array(svg[(quote + opening.count)..<(next - 1)]))
    return (
      Array("<path id=\"".utf8) + svg[name..<quote] + [UInt8(ascii: "\"")] + attributes,
      next - 1 + symbolEnd.count
    )
  }

  private enum Name { case path, x, y, style }

  private static let names: [(opening: [UInt8], name: Name)] = [
    (Array(" d=\"".utf8), .path), (Array(" x=\"".utf8), .x), (Array(" y=\"".utf8), .y),
    (Array(" style=\"".utf8), .style),
  ]

  private static func attribute(_ svg: [UInt8], _ index: Int) -> (Name, Int)? {
    for (opening, name) in names where svg[index...].starts(with: opening) {
      return (name, index + opening.count)
    }
    return nil
  }

  // MARK: Numbers

  private static func number(_ text: some Sequence<UInt8>) -> Double {
    Double(String(decoding: Array(text), as: UTF8.self)) ?? 0
  }

  /// A number to two decimals, without zeros that say nothing.
  private static func hundredths(_ value: Double) -> [UInt8] { written(Int((value * 100).rounded())) }

  private static func written(_ hundredths: Int) -> [UInt8] {
    var bytes: [UInt8] = hundredths < 0 ? [UInt8(ascii: "-")] : []
    let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
    if whole > 0 || rest == 0 { bytes += Array(String(whole).utf8) }
    guard rest > 0 else { return bytes }
    bytes.append(UInt8(ascii: "."))
    bytes.append(UInt8(48 + rest / 10))
    if rest % 10 > 0 { bytes.append(UInt8(48 + rest % 10)) }
    return bytes
  }

  // MARK: Paths

  /// Relative coordinates between rounded places, so that errors do not add up.
  private static func path(_ data: ArraySlice<UInt8>) -> [UInt8] {
    var output = PathWriter()
    var command = UInt8(ascii: "M")
    var numbers: [Int] = []
    for token in data.split(separator: UInt8(ascii: " ")) {
      guard let first = token.first else { continue }
      if first >= UInt8(ascii: "A") {
        command = first
        if first == UInt8(ascii: "Z") { output.close() }
      } else {
        numbers.append(Int((number(token) * 100).rounded()))
        if numbers.count == (command == UInt8(ascii: "C") ? 6 : 2) {
          output.add(command, numbers)
          numbers = []
        }
      }
    }
    return output.bytes
  }

  private struct PathWriter {
    var bytes: [UInt8] = []
    private var x = 0
    private var y = 0
    private var startX = 0
    private var startY = 0
    private var last: UInt8 = 0
    /// Where the pen was put down without having drawn: a path may end so.
    private var start: [Int]?

    mutating func close() {
      begin()
      bytes.append(UInt8(ascii: "z"))
      (x, y) = (startX, startY)
      last = UInt8(ascii: "z")
    }

    mutating func add(_ command: UInt8, _ numbers: [Int]) {
      if command == UInt8(ascii: "M") {
        start = numbers
        return
      }
      begin()
      switch command {
      case UInt8(ascii: "L") where numbers[1] == y: write(UInt8(ascii: "h"), [numbers[0] - x])
      case UInt8(ascii: "L") where numbers[0] == x: write(UInt8(ascii: "v"), [numbers[1] - y])
      case UInt8(ascii: "L"): write(UInt8(ascii: "l"), relative(numbers))
      default: write(UInt8(ascii: "c"), relative(numbers))
      }
      (x, y) = (numbers[numbers.count - 2], numbers[numbers.count - 1])
    }

    private mutating func begin() {
      guard let start else { return }
      write(bytes.isEmpty ? UInt8(ascii: "M") : UInt8(ascii: "m"), relative(start))
      (x, y) = (start[0], start[1])
      (startX, startY) = (x, y)
      self.start = nil
    }

    /// All coordinates of one command are relative to where it begins.
    private func relative(_ numbers: [Int]) -> [Int] {
      numbers.enumerated().map { $0.offset % 2 == 0 ? $0.element - x : $0.element - y }
    }

    private mutating func write(_ command: UInt8, _ numbers: [Int]) {
      var needsSpace = command == last
      if !needsSpace { bytes.append(command) }
      // Further pairs after a move would be lines.
      last = command | 0x20 == UInt8(ascii: "m") ? 0 : command
      for number in numbers {
        let text = SVGCompaction.written(number)
        if needsSpace, text[0] != UInt8(ascii: "-") { bytes.append(UInt8(ascii: " ")) }
        bytes += text
        needsSpace = true
      }
    }
  }

  // MARK: Styles

  private static let defaults: Set<String> = [
    "stroke:none", "fill-rule:nonzero", "fill-opacity:1", "stroke-opacity:1", "stroke-miterlimit:10",
    "stroke-linecap:butt",
  ]

  private static func style(_ value: ArraySlice<UInt8>) -> [UInt8] {
    var kept: [String] = []
    for part in String(decoding: value, as: UTF8.self).split(separator: ";")
    where !defaults.contains(String(part)) {
      kept.append(colour(part))
    }
    return Array(kept.joined(separator: ";").utf8)
  }

  /// `stroke:rgb(10%,20%,30%)` as `stroke:#1a334d`.
  private static func colour(_ declaration: Substring) -> String {
    guard let open = declaration.firstIndex(of: "("), declaration.hasSuffix("%)"),
      declaration[..<open].hasSuffix(":rgb")
    else { return String(declaration) }
    let parts = declaration[declaration.index(after: open)...].dropLast().split(separator: ",")
    let values = parts.compactMap { Double($0.dropLast()) }
    guard values.count == 3 else { return String(declaration) }
    let code = values.reduce(0) { $0 << 8 | Int(($1 * 2.55).rounded()) }
    let digits = String(code, radix: 16)
    return declaration[..<open].dropLast(3) + "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
