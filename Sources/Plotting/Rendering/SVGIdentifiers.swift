/// Makes the identifiers in an SVG its own, so that several can stand inline in one page.
package enum SVGIdentifiers {
  private enum Piece {
    case text(ArraySlice<UInt8>)
    case identifier(Int)
  }

  /// Numbers the identifiers in order of appearance (Cairo counts on through all surfaces of a process), puts a
  /// digest of the content before each, and drops the XML declaration, which has no place inside HTML.
  package static func unique(_ svg: [UInt8]) -> [UInt8] {
    let pieces = split(svg)
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    for piece in pieces {
      switch piece {
      case .text(let bytes): for byte in bytes { add(byte) }
      case .identifier(let number): for byte in String(number).utf8 { add(byte) }
      }
    }
    // Seven digits of base 36: 78 thousand million prefixes for some hundred figures in a page.
    let prefix = "f\(String(hash % 78_364_164_096, radix: 36))-"
    var result: [UInt8] = []
    result.reserveCapacity(svg.count + svg.count / 8)
    for piece in pieces {
      switch piece {
      case .text(let bytes): result += bytes
      case .identifier(let number): result += Array("\(prefix)\(number)".utf8)
      }
    }
    return result
  }

  private static func split(_ svg: [UInt8]) -> [Piece] {
    let openings: [(opening: [UInt8], end: UInt8)] = [
      (Array(" id=\"".utf8), UInt8(ascii: "\"")), (Array("href=\"#".utf8), UInt8(ascii: "\"")),
      (Array("url(#".utf8), UInt8(ascii: ")")),
    ]
    var numbers: [ArraySlice<UInt8>: Int] = [:]
    var pieces: [Piece] = []
    var index = 0
    if svg.starts(with: Array("<?xml".utf8)), let end = svg.firstIndex(of: UInt8(ascii: "\n")) {
      index = end + 1
    }
    var start = index
    while index < svg.count {
      let byte = svg[index]
      guard
        byte == openings[0].opening[0] || byte == openings[1].opening[0] || byte == openings[2].opening[0],
        let match = openings.first(where: { svg[index...].starts(with: $0.opening) })
      else {
        index += 1
        continue
      }
      let name = index + match.opening.count
      let end = svg[name...].firstIndex(of: match.end) ?? svg.count
      pieces.append(.text(svg[start..<name]))
      let known = numbers[svg[name..<end]] ?? numbers.count
      numbers[svg[name..<end]] = known
      pieces.append(.identifier(known))
      start = end
      index = end
    }
    pieces.append(.text(svg[start...]))
    return pieces
  }
}
