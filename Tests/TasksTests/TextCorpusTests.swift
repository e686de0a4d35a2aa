import Foundation
import Tasks
import Testing

struct TextCorpusTests {
  @Test func wordsAreNumberedByFrequencyThenAlphabetically() throws {
    let corpus = try TextCorpus(text: "b d c\nc b\n\na c\n", vocabularyLimit: 3)
    #expect(corpus.words == ["c", "b", "a"] && corpus.counts == [3, 2, 1] && corpus.unknownCount == 1)
    #expect(corpus.vocabulary.names == ["PAD", "SOS", "EOS", "c", "b", "a", "OOV"])
    #expect(corpus.count == 3 && Array(corpus.line(0)) == [4, corpus.unknown, 3])
    #expect(Array(corpus.line(2)) == [5, 3] && corpus.render(0) == "b OOV c")
    #expect(corpus.unknownShare == 1 / 7.0)
  }

  @Test func wordsAreLowercasedRunsOfLettersAndDigits() throws {
    let text = "\u{FEFF}Said: “DON’T stop”, 'tis 2 wives' café-Ätna\r\n\tstraße e\u{301}t"
    let corpus = try TextCorpus(text: text)
    #expect(corpus.render(0) == "said don't stop tis 2 wives café ätna")
    #expect(corpus.render(1) == "straße e\u{301}t")
  }

  @Test func longLinesAreTreatedAsAsked() throws {
    let text = "a b c. d, e f g h i j\nk l"
    func lines(_ longLines: TextCorpus.LongLines) throws -> ([String], Int) {
      let corpus = try TextCorpus(text: text, longestLine: 4, longLines: longLines)
      return ((0..<corpus.count).map(corpus.render), corpus.skippedLines)
    }
    #expect(try lines(.skipped) == (["k l"], 1))
    #expect(try lines(.cut) == (["a b c d", "k l"], 0))
    #expect(try lines(.clauses) == (["a b c", "d", "k l"], 1))
    #expect(throws: TaskError.lineTooLong(source: "the text", line: 1, words: 10, limit: 4)) {
      try lines(.refused)
    }
  }

  @Test func badTextsAreNamed() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "corpus-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    #expect {
      try TextCorpus(contentsOf: file)
    } throws: { error in
      guard case .fileFailed(let path, _)? = error as? TaskError else { return false }
      return path == file.path
    }
    let truncated: [UInt8] = [0xC3]
    for bytes in [[0xFF], truncated, [0xC0, 0x80], [0xED, 0xA0, 0x80]] as [[UInt8]] {
      try Data(Array("good\nb".utf8) + bytes + Array("d\n".utf8)).write(to: file)
      #expect(throws: TaskError.notUTF8(source: file.path, line: 2)) { try TextCorpus(contentsOf: file) }
    }
    try Data("one two\n".utf8).write(to: file)
    #expect(try TextCorpus(contentsOf: file).count == 1)
    #expect(throws: TaskError.emptyCorpus(source: "the text", skippedLines: 0)) {
      try TextCorpus(text: " \n…\n")
    }
    #expect(throws: TaskError.emptyCorpus(source: "the text", skippedLines: 1)) {
      try TextCorpus(text: "a b c", longestLine: 2, longLines: .skipped)
    }
    #expect(throws: TaskError.invalidOption(name: "vocabularyLimit", value: "0", expected: "at least 1")) {
      try TextCorpus(text: "a", vocabularyLimit: 0)
    }
    #expect(throws: TaskError.invalidOption(name: "longestLine", value: "0", expected: "at least 1")) {
      try TextCorpus(text: "a", longestLine: 0)
    }
    let corpus = try TextCorpus(text: "a b")
    #expect(throws: TaskError.vocabularyTooSmall(source: "the text", words: 2, needed: 8)) {
      try TokenPositioning(text: corpus)
    }
    #expect(throws: TaskError.vocabularyTooSmall(source: "the text", words: 2, needed: 8)) {
      try WholeAutoencoder(text: corpus)
    }
    #expect(throws: TaskError.vocabularyTooSmall(source: "the text", words: 2, needed: 8)) {
      try LastTokenAutoencoder(text: corpus)
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/bible"), "needs bible-kjv"))
  func theBibleHasItsVerses() throws {
    // 12,762 is what grep and sort count.
    let verses = try TextCorpus.kingJamesBible(longestLine: 1000)
    #expect(verses.words.prefix(3) == ["the", "and", "of"] && verses.words.count == 12_762)
    let whole = try TextCorpus.kingJamesBible(longestLine: 1000, longLines: .refused)
    #expect(whole.count == 31_102)
    #expect(whole.render(0) == "in the beginning god created the heaven and the earth")
    #expect(whole.render(31_101) == "the grace of our lord jesus christ be with you all amen")
    let clauses = try TextCorpus.kingJamesBible()
    #expect(clauses.count > 100_000 && (0..<clauses.count).allSatisfy { clauses.line($0).count <= 13 })
    #expect(clauses.render(1) == "and the earth was without form")
  }

  @Test func aMissingBibleSaysWhatToInstall() throws {
    let nowhere = URL(filePath: "/nowhere/bible")
    let error = TaskError.missingPackage(package: "bible-kjv", path: nowhere.path, found: "is not installed")
    #expect(throws: error) { try TextCorpus.kingJamesBible(command: nowhere) }
    #expect(error.description.contains("apt-get install bible-kjv"))
    #expect(
      throws: TaskError.missingPackage(
        package: "bible-kjv", path: "/bin/echo",
        found: "printed 1 verses and ended with status 0, not 31102 and 0")
    ) { try TextCorpus.kingJamesBible(command: URL(filePath: "/bin/echo")) }
  }
}
