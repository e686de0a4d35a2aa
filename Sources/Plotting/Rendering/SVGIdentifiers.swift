/// Makes the identifiers in an SVG its own, so that several can stand inline in one page.
package enum SVGIdentifiers {
  /// Puts a digest of the content before every identifier and every reference to one, and drops the XML
  /// declaration, which has no place inside HTML.
  package static func unique(_ svg: [UInt8]) -> [UInt8] {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in svg { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    let prefix = Array("f\(String(hash, radix: 36))-".utf8)
    let openings = ["id=\"", "href=\"#", "url(#"].map { Array($0.utf8) }
    var result: [UInt8] = []
    result.reserveCapacity(svg.count + svg.count / 8)
    var index = 0
    if svg.starts(with: Array("<?xml".utf8)), let end = svg.firstIndex(of: UInt8(ascii: "\n")) {
      index = end + 1
    }
    while index < svg.count {
      let match = openings.first { svg[index...].starts(with: $0) }
      guard let match, match[0] != UInt8(ascii: "i") || (index > 0 && svg[index - 1] == 32) else {
        result.append(svg[index])
        index += 1
        continue
      }
      result += match
      result += prefix
      index += match.count
    }
    return result
  }
}
