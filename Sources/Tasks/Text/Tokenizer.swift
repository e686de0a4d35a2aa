/// Splits bytes of UTF-8 into lowercased words.
///
/// A word is a run of letters, digits and combining marks, with single apostrophes inside (`wife's`). Everything
/// else separates words; `, ; : . ? ! ( )` and the dashes – and — also end a clause.
struct Tokenizer {
  /// The words of one line and, for each clause, the index after its last word.
  struct Line {
    var words: [String] = []
    var clauseEnds: [Int] = []
  }

  private static let apostrophe = UInt8(ascii: "'")

  /// The words of `line`; nil if it is not UTF-8.
  static func words(of line: Span<UInt8>) -> Line? {
    var (result, word) = (Line(), [UInt8]())
    func endWord() {
      if word.last == apostrophe { word.removeLast() }
      if !word.isEmpty { result.words.append(String(decoding: word, as: UTF8.self)) }
      word.removeAll(keepingCapacity: true)
    }
    func endClause() {
      endWord()
      if result.words.count > result.clauseEnds.last ?? 0 { result.clauseEnds.append(result.words.count) }
    }
    var index = 0
    while index < line.count {
      let byte = line[index]
      if byte < 0x80 {
        index += 1
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): word.append(byte)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte | 0x20)
        case apostrophe where !word.isEmpty && word.last != apostrophe: word.append(byte)
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "?"),
          UInt8(ascii: "!"), UInt8(ascii: "("), UInt8(ascii: ")"):
          endClause()
        default: endWord()
        }
        continue
      }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
      guard index + length <= line.count else { return nil }
      let bytes = (index..<index + length).map { line[$0] }
      guard let scalar = String(validating: bytes, as: UTF8.self)?.unicodeScalars.first else { return nil }
      index += length
      switch scalar {
      case "’" where !word.isEmpty && word.last != apostrophe: word.append(apostrophe)
      case "–", "—": endClause()
      case "\u{FEFF}": break  // a byte order mark
      default:
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .decimalNumber:
          word.append(contentsOf: bytes)
        default:
          if properties.isAlphabetic {
            word.append(contentsOf: properties.lowercaseMapping.utf8)
          } else {
            endWord()
          }
        }
      }
    }
    endClause()
    return result
  }
}
