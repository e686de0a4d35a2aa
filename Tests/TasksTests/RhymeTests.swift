import Foundation
import Tasks
import Testing

private let isInstalled = FileManager.default.fileExists(
  atPath: "/usr/share/festival/dicts/cmu/cmudict-0.4.out")

struct RhymeTests {
  @Test(.enabled(if: isInstalled, "needs festlex-cmu")) func theDictionaryKnowsLastVowels() throws {
    let dictionary = try PronouncingDictionary()
    #expect(dictionary.count > 100_000)
    for (word, vowel) in [
      ("heaven", Vowel.ah), ("thou", .aw), ("Beauty", .iy), ("bird", .er), ("abandoning", .ih),
    ] {
      #expect(dictionary.vowel(of: word) == vowel)
    }
    #expect(dictionary.vowel(of: "zzyzzx") == nil)
  }

  @Test func theDictionaryReadsFestivalsFormat() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "cmu-\(UUID().uuidString).out")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(
      "MNCL\n(\"read\" nil (((r eh d) 1)))\n(\"read\" v (((r iy d) 1)))\n(\"mm\" nil (((m m) 1)))\n".utf8
    )
    .write(to: file)
    let dictionary = try PronouncingDictionary(contentsOf: file)
    #expect(dictionary.count == 1 && dictionary.vowel(of: "read") == .eh)
    try Data("nothing\n".utf8).write(to: file)
    #expect(
      throws: TaskError.missingPackage(
        package: "festlex-cmu", path: file.path, found: "is not a dictionary of Festival")
    ) { try PronouncingDictionary(contentsOf: file) }
    let nowhere = TaskError.missingPackage(package: "festlex-cmu", path: "/nowhere", found: "is not there")
    #expect(throws: nowhere) { try PronouncingDictionary(contentsOf: URL(filePath: "/nowhere")) }
    #expect(nowhere.description.contains("apt-get install festlex-cmu"))
  }

  @Test(.enabled(if: isInstalled, "needs festlex-cmu")) func rowsAskForAVowelAndGetItsFirstWord() throws {
    let task = try RhymePositioning(lengths: 2...3)
    #expect(task.vowels == Vowel.allCases && task.askedWords.count == 15)
    let row = try task.row("cat sea", word: "sky", position: 2)
    #expect(task.vocabulary.render(row.input) == "cat sea EOS ~ay @2")
    #expect(task.vocabulary.render(row.target) == "· sky EOS")
    let night = try task.vocabulary.requiredToken(named: "night")
    #expect(task.rhymes(night, in: row) && !task.rhymes(row.input[0], in: row) && !task.rhymes(2, in: row))
    var draws = Draws(seed: 1)
    let data = try task.balanced(
      rowsPerCell: RowsPerCell(training: 8, select: 2, tune: 2, verify: 2), using: &draws)
    #expect(data.verify.count == 2 * 15 * (2 + 3) && data.verify.distinctInputs == data.verify.count)
  }

  @Test(.enabled(if: isInstalled, "needs festlex-cmu")) func publishedTargetsHaveTheVowel() throws {
    var draws = Draws(seed: 1)
    let corpus = try TextCorpus(text: "zzyzzx sea\nthe sky zzyzzx\nzzyzzx zzyzzx\nthe day")
    let task = try RhymePositioning(text: corpus, lengths: 1...3, context: .drawn)
    let rows = task.rows(using: &draws)
    #expect(rows.count == 2)
    for row in rows {
      let control = try #require(task.vowel(of: row.word))
      #expect(task.vocabulary.name(of: row.input[row.input.count - 2]) == "~\(control)")
      #expect(row.target[row.position - 1] == row.word)
    }
    #expect(throws: TaskError.noPronunciation(word: "zzyzzx")) {
      try RhymePositioning(words: ["sea", "zzyzzx"])
    }
    #expect(throws: TaskError.noPronunciation(word: "zzyzzx")) {
      try RhymePositioning(text: TextCorpus(text: "zzyzzx"))
    }
  }
}
