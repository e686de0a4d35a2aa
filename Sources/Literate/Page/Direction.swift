/// Tells a browser of texts that are written from right to left: each block and cell that holds such letters finds its direction by its
/// own first letter, and a list or table goes the way of the first letter in it.
enum Direction {
  private static let elements: Set<String> = [
    "caption", "dd", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "summary", "td", "th",
  ]
  /// Browsers do not look for the direction of these in parts that have one of their own.
  private static let wholes: Set<String> = ["blockquote", "dl", "ol", "table", "ul"]

  private struct Element {
    var name: String
    /// Where `dir` would go.
    var place: Int
    /// Whether its first letter goes from right to left; nil before there is one.
    var isFromRightToLeft: Bool?
  }

  /// HTML with `dir` where it holds letters from right to left; other HTML stays as it is.
  static func marked(_ html: String) -> String {
    guard html.unicodeScalars.contains(where: isFromRightToLeft) else { return html }
    var bytes = Array(html.utf8)
    var open: [Element] = []
    var marks: [Int: String] = [:]
    var index = 0
    var textStart = 0
    func read(upTo end: Int) {
      let text = String(decoding: bytes[textStart..<end], as: UTF8.self).unicodeScalars
      guard let first = text.first(where: \.properties.isAlphabetic) else { return }
      let holdsAny = text.contains(where: isFromRightToLeft)
      for index in open.indices {
        if open[index].isFromRightToLeft == nil {
          open[index].isFromRightToLeft = isFromRightToLeft(first)
          if wholes.contains(open[index].name), isFromRightToLeft(first) { marks[open[index].place] = "rtl" }
        }
        if holdsAny, elements.contains(open[index].name) { marks[open[index].place] = "auto" }
      }
    }
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "<"), let tag = Tag(bytes, at: index) else {
        index += 1
        continue
      }
      read(upTo: index)
      if tag.isClosing {
        if let place = open.lastIndex(where: { $0.name == tag.name }) { open.removeSubrange(place...) }
      } else if !tag.closesItself, !HTMLRules.void.contains(tag.name) {
        open.append(Element(name: tag.name, place: tag.nameEnd))
      }
      index = tag.end
      textStart = index
    }
    read(upTo: bytes.count)
    for (place, direction) in marks.sorted(by: { $0.key > $1.key }) {
      bytes.insert(contentsOf: " dir=\"\(direction)\"".utf8, at: place)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A tag of HTML that Pandoc or the page wrote.
  private struct Tag {
    var name: String
    var isClosing: Bool
    var closesItself: Bool
    /// Where its name ends, and where what follows it begins.
    var nameEnd: Int
    var end: Int

    init?(_ bytes: [UInt8], at start: Int) {
      isClosing = start + 1 < bytes.count && bytes[start + 1] == UInt8(ascii: "/")
      let first = start + (isClosing ? 2 : 1)
      var index = first
      while index < bytes.count, Self.isName(bytes[index]) { index += 1 }
      guard index > first else { return nil }
      name = String(decoding: bytes[first..<index], as: UTF8.self).lowercased()
      nameEnd = index
      var quote: UInt8?
      while index < bytes.count, quote != nil || bytes[index] != UInt8(ascii: ">") {
        if let open = quote {
          if bytes[index] == open { quote = nil }
        } else if bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") {
          quote = bytes[index]
        }
        index += 1
      }
      guard index < bytes.count else { return nil }
      closesItself = bytes[index - 1] == UInt8(ascii: "/")
      end = index + 1
    }

    private static func isName(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
  }

  /// Hebrew, Arabic, Syriac, Thaana, N'Ko and the other scripts of these blocks.
  static func isFromRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFE, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
    default: false
    }
  }
}
