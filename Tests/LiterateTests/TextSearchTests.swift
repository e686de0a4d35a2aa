import Foundation
import Testing
import Text

@testable import Literate

@Suite struct TextSearchTests {
  /// Short texts of few letters, so that parts of what is looked for stand before it, at ends and across one another.
  private static let letters = ["a", "b", "é", "e\u{301}", "👩‍🔬", "\n", "\0"]

  @Test func whatStandsFirstIsFoundAsByTheStandardLibrary() {
    var random = SystemRandomNumberGenerator()
    func text(_ counts: ClosedRange<Int>) -> String {
      (0..<Int.random(in: counts, using: &random)).map { _ in Self.letters.randomElement(using: &random)! }
        .joined()
    }
    var found = 0
    for _ in 0..<20_000 {
      let (whole, needle) = (text(0...12), text(1...3))
      let start = whole.indices.randomElement(using: &random) ?? whole.startIndex
      let part = whole[start...]
      let expected = part.utf8.firstRange(of: needle.utf8)
      #expect(
        part.firstUTF8Range(of: needle) == expected, "\(needle.debugDescription) in \(part.debugDescription)")
      found += expected == nil ? 0 : 1
    }
    #expect((2_000...18_000).contains(found))
    #expect(("abc"[...]).firstUTF8Range(of: "") == nil)
    let long = String(repeating: "a", count: 300)
    #expect(
      "aa\(long)b"[...].firstUTF8Range(of: long + "b") == "aa\(long)b".utf8.firstRange(of: "\(long)b".utf8))
    #expect(!"".containsUTF8("a"))
  }

  @Test(arguments: ["", "\n", "a", "a\n", "\na\n\nb", "é\u{301}\n\u{301}a\n"])
  func linesAreThoseBetweenLineFeeds(_ text: String) {
    #expect(text.linesBetweenLineFeeds == text.split(separator: "\n", omittingEmptySubsequences: false))
  }

  /// A slice counts from where it begins.
  @Test(arguments: ["", "\n", "a", "ab\n", "\nab\n\nb"]) func theFirstLineFeedOfBytesIsFound(_ text: String) {
    for part in [Data(text.utf8)[...], Data("\nx\n\(text)\n".utf8)[3..<(3 + text.utf8.count)]] {
      #expect(part.firstLineFeed == part.firstIndex(of: UInt8(ascii: "\n")))
    }
  }
}
