import Foundation

/// The vowel that decides what a word rhymes with: one of the 15 of the CMU dictionary.
public enum Vowel: String, Codable, Sendable, Hashable, CaseIterable, Comparable {
  /// In the dictionary's spelling, ARPAbet, without stress.
  case aa, ae, ah, ao, aw, ay, eh, er, ey, ih, iy, ow, oy, uh, uw

  public static func < (first: Vowel, second: Vowel) -> Bool { first.rawValue < second.rawValue }
}

/// The CMU pronouncing dictionary, of which only the last vowel of each word is kept.
///
/// That the rhyme class is the word's *last* vowel is inferred: the authors' classes are 15, as many as the
/// dictionary has vowels. The file is Festival's edition, which Debian's festlex-cmu installs; it writes the
/// unstressed AH as `ax`, and that counts as `ah` here. Of several pronunciations the first counts.
public struct PronouncingDictionary: Sendable {
  private let vowels: [String: Vowel]

  /// How many words have a pronunciation.
  public var count: Int { vowels.count }

  /// The dictionary as Debian installs it.
  ///
  /// Throws `TaskError.missingPackage` where it is not installed.
  public init() throws {
    try self.init(contentsOf: URL(filePath: "/usr/share/festival/dicts/cmu/cmudict-0.4.out"))
  }

  /// A dictionary in Festival's format: `("heaven" nil (((hh eh) 1) ((v ax n) 0)))`, one word a line.
  ///
  /// Throws `TaskError.missingPackage` if it is not there or has no entry.
  public init(contentsOf url: URL) throws {
    func missing(_ found: String) -> TaskError {
      TaskError.missingPackage(package: "festlex-cmu", path: url.path, found: found)
    }
    guard FileManager.default.fileExists(atPath: url.path) else { throw missing("is not there") }
    guard let bytes = try? TaskError.bytes(of: url) else { throw missing("can't be read") }
    var vowels = [String: Vowel](minimumCapacity: 110_000)
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      if let entry = Self.entry(bytes[start..<end]), vowels[entry.word] == nil {
        vowels[entry.word] = entry.vowel
      }
      start = end + 1
    }
    if vowels.isEmpty { throw missing("is not a dictionary of Festival") }
    self.vowels = vowels
  }

  /// The last vowel of `word`, in any case; nil if the dictionary does not have it.
  public func vowel(of word: String) -> Vowel? { vowels[word.lowercased()] }

  private static func entry(_ line: ArraySlice<UInt8>) -> (word: String, vowel: Vowel)? {
    let quote = UInt8(ascii: "\"")
    guard line.starts(with: [UInt8(ascii: "("), quote]) else { return nil }
    let rest = line.dropFirst(2)
    guard let end = rest.firstIndex(of: quote), end > rest.startIndex else { return nil }
    // A vowel is two letters between a space or parenthesis on either side.
    func isLetter(_ index: Int) -> Bool {
      bytes(index) >= UInt8(ascii: "a") && bytes(index) <= UInt8(ascii: "z")
    }
    func bytes(_ index: Int) -> UInt8 { line.indices.contains(index) ? line[index] : 0 }
    for index in stride(from: line.endIndex - 2, to: end, by: -1)
    where isLetter(index) && isLetter(index + 1) && !isLetter(index - 1) && !isLetter(index + 2) {
      let name = String(decoding: line[index...index + 1], as: UTF8.self)
      guard let vowel = name == "ax" ? .ah : Vowel(rawValue: name) else { continue }
      return (String(decoding: rest[..<end], as: UTF8.self).lowercased(), vowel)
    }
    return nil
  }
}
