import Foundation
import Testing

/// The folders of a module are an order: none uses what uses it.
@Suite struct StagesTests {
  @Test(arguments: ["Literate", "Analyses"]) func noFolderUsesOneThatUsesIt(_ module: String) throws {
    let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let sources = repository.appending(path: "Sources/\(module)")
    let names = try #require(FileManager.default.enumerator(atPath: sources.path)?.allObjects as? [String])
    var files: [FolderArrows.File] = []
    for name in names where name.hasSuffix(".swift") {
      let parts = name.split(separator: "/")
      files.append(
        .init(
          folder: parts.count > 1 ? String(parts[0]) : module, name: name,
          text: try String(contentsOf: sources.appending(path: name), encoding: .utf8)))
    }
    let arrows = FolderArrows(files)
    #expect(files.count > 40 && arrows.all.count > 5, "\(arrows.all)")
    #expect(arrows.circle == nil, "\(arrows.circle ?? [])")
  }

  /// A circle is found through a third folder, with the names that make it; comments, texts and nested names make none.
  @Test func aCircleIsFound() {
    func file(_ folder: String, _ text: String) -> FolderArrows.File {
      .init(folder: folder, name: "\(folder).swift", text: text)
    }
    let circle = [
      file("A", "struct First {\n  var second: Second\n}"), file("B", "enum Second { case third(Third) }"),
      file("C", "func make() { _ = First() }\npublic struct Third {}"),
    ]
    #expect(FolderArrows(circle).circle == ["A → B (Second)", "B → C (Third)", "C → A (First)"])
    let none = [
      circle[0], circle[1],
      file("C", "/// First\nlet text = \"First\"\nstruct Third {\n  enum First {}\n  var first: First\n}"),
    ]
    #expect(FolderArrows(none).circle == nil)
  }
}

/// Which folder uses names that another one declares. It reads words, not types: a name that a folder also declares within a
/// type is taken for its own.
private struct FolderArrows {
  struct File {
    var folder: String
    var name: String
    var text: String
  }

  /// By the folder that uses: the folder that is used, and a name by which.
  private(set) var all: [String: [String: String]] = [:]

  init(_ files: [File]) {
    let texts = files.map { (folder: $0.folder, text: Self.code(of: $0.text)) }
    var declared: [String: String] = [:]
    var nested: [String: Set<String>] = [:]
    let declaration =
      /(?m)^(?<before> *(?:(?:public|private|fileprivate|final|indirect|static) +)*)(?:struct|class|enum|protocol|actor|typealias|func|case|let|var) +(?<name>\w+)/
    for (folder, text) in texts {
      for match in text.matches(of: declaration) {
        if !match.before.hasPrefix(" "), !match.before.contains("private") {
          declared[String(match.name)] = folder
        } else {
          nested[folder, default: []].insert(String(match.name))
        }
      }
    }
    for (folder, text) in texts {
      for word in Self.words(in: text) {
        guard let home = declared[word], home != folder, !(nested[folder]?.contains(word) ?? false) else {
          continue
        }
        all[folder, default: [:]][home] = min(word, all[folder]?[home] ?? word)
      }
    }
  }

  /// The arrows of one circle, in its order; nil if there is none.
  var circle: [String]? {
    var done: Set<String> = []
    func search(_ path: [String]) -> [String]? {
      guard let last = path.last, !done.contains(last) else { return nil }
      for next in (all[last] ?? [:]).keys.sorted() {
        if let start = path.firstIndex(of: next) {
          let round = Array(path[start...]) + [next]
          return zip(round, round.dropFirst()).map { "\($0) → \($1) (\(all[$0]?[$1] ?? ""))" }
        }
        if let found = search(path + [next]) { return found }
      }
      done.insert(last)
      return nil
    }
    for folder in all.keys.sorted() { if let found = search([folder]) { return found } }
    return nil
  }

  /// The names in code that are no members.
  private static func words(in code: String) -> Set<String> {
    var words: Set<String> = []
    var word = ""
    var isMember = false
    var last: Character = " "
    for character in code + " " {
      if character.isLetter || character.isNumber || character == "_" {
        if word.isEmpty { isMember = last == "." }
        word.append(character)
      } else if !word.isEmpty {
        if !isMember { words.insert(word) }
        word = ""
      }
      last = character
    }
    return words
  }

  /// Code without comments and texts.
  private static func code(of text: String) -> String {
    var isInText = false
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> Substring in
      let marks = line.ranges(of: "\"\"\"").count
      if marks % 2 == 1 { isInText.toggle() }
      if isInText || marks > 0 { return "" }
      let bare = line.replacing(/"(?:\\.|[^"\\])*"/, with: "")
      return Substring(bare.prefix(upTo: bare.range(of: "//")?.lowerBound ?? bare.endIndex))
    }.joined(separator: "\n")
  }
}
