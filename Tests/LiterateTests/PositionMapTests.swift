import CellRecords
import Foundation
import LanguageServer
import Testing

@testable import Literate

/// Places in a chapter's program and in its Markdown.
@Suite struct PositionMapTests {
  private static let path = "/book/01.md"

  private func program(_ text: String) throws -> (EditedProgram, PositionMap) {
    let source = Source(text: text, path: Self.path, url: URL(filePath: Self.path))
    let scanned = try ScannedChapter(source, profile: .standard)
    let program = EditedProgram(scanned, unsaved: [Self.path: text], openCell: nil)
    return (program, PositionMap(program.main, of: program))
  }

  /// The place behind some text.
  private func place(behind mark: String, in text: String) throws -> Position {
    let json = try #require(EditorClient.position(behind: mark, in: text))
    return Position(
      line: try #require(json["line"].integer), character: try #require(json["character"].integer))
  }

  /// There and back, for cells in quotations, lists and behind tabs, for values behind characters of two units, and parameters.
  @Test(arguments: [
    ("let first", "```{swift}\n//| echo: false\nlet first = 1\n```\n"),
    ("let quoted", "> Text\n>\n> ```{swift}\n> let quoted = 1\n>   + 2\n> ```\n"),
    (">   + 2", "> Text\n>\n> ```{swift}\n> let quoted = 1\n>   + 2\n> ```\n"),
    ("let listed", "- Item\n\n  ```{swift}\n  let listed = 1\n  ```\n"),
    ("let tabbed", "- Item\n\n\t```{swift}\n\tlet tabbed = 1\n\t```\n"),
    ("🙂 `{swift} ti", "Text 🙂 `{swift} times + 1` and `{swift} other`.\n"),
    ("`{swift} oth", "Text 🙂 `{swift} times + 1` and `{swift} other`.\n"),
    ("  uni", "---\nparameters:\n  units: 4\n---\nText\n"),
    ("A 🙂 `{swift} cap", "```{swift}\n//| caption: \"A 🙂 `{swift} captioned`\"\nlet a = 1\n```\n"),
  ]) func thereAndBack(_ mark: String, _ text: String) throws {
    let (_, map) = try program(text)
    let place = try place(behind: mark, in: text)
    let inProgram = try #require(map.program(place, in: Self.path))
    let back = try #require(map.markdown(inProgram))
    #expect(back.path == Self.path && back.position == place, "\(mark)")
    // What stands before the place is the same, as far as it is code.
    let line = map.text.split(separator: "\n", omittingEmptySubsequences: false)[inProgram.line]
    let before = String(decoding: Array(line.utf16.prefix(inProgram.character)), as: UTF16.self)
    let word = before.reversed().prefix { $0.isLetter || $0 == "2" }.count
    #expect(word > 0 && mark.hasSuffix(before.suffix(word)), "\(before)")
  }

  /// Text, options and the program's own lines have no places on the other side.
  @Test func whatIsNoCodeHasNone() throws {
    let text = "# One\n\n```{swift}\n//| echo: false\nlet first = 1\n```\n"
    let (_, map) = try program(text)
    for mark in ["# O", "//| ec"] {
      #expect(map.program(try place(behind: mark, in: text), in: Self.path) == nil)
    }
    #expect(map.program(Position(line: 4, character: 0), in: "/book/other.md") == nil)
    #expect(map.markdown(Position(line: 0, character: 0)) == nil)
    #expect(map.markdown(Position(line: 9999, character: 0)) == nil)
    let end = try #require(map.lastMarkdown(before: Position(line: 9999, character: 0)))
    #expect(end.position == Position(line: 4, character: 13))
    #expect(!map.text.contains("#sourceLocation"))
  }
}

/// The stream of messages, whole and broken.
@Suite struct MessageReaderTests {
  private func message(_ body: String) -> Data {
    Data("Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
  }

  @Test func messagesComeInPiecesOfAnySize() {
    let stream = message("{\"a\":1}") + message("{\"b\":\"é🙂\"}")
    let expected: [MessageReader.Item] = [
      .message(.object(["a": .integer(1)])), .message(.object(["b": .string("é🙂")])),
    ]
    for size in [1, 2, 7, 1000] {
      var reader = MessageReader()
      var items: [MessageReader.Item] = []
      for start in stride(from: 0, to: stream.count, by: size) {
        items += reader.take(stream[start..<min(stream.count, start + size)])
      }
      #expect(items == expected, "\(size)")
    }
  }

  /// Whatever comes between, the next whole message is read.
  @Test(arguments: [
    Data("Content-Length: abc\r\n\r\n".utf8), Data("Content-Length: -5\r\n\r\n".utf8),
    Data("X: 1\r\n\r\n".utf8), Data("Content-Length: 3\r\n\r\n{a}".utf8),
    Data("Content-Length: 2\r\n\r\n[]".utf8), Data("Content-Length: 0\r\n\r\n".utf8),
    Data(repeating: UInt8(ascii: "x"), count: 100_000),
    Data("Content-Length: 99999999999\r\n\r\n".utf8),
    Data("Content-Length: 99999999999999999999999999\r\n\r\n".utf8),
    Data("Content-Length: 4\r\n\r\n".utf8) + Data([0xFF, 0xFE, 0, 1]),
  ]) func whatIsNoMessageIsPassedOver(_ noise: Data) {
    var reader = MessageReader()
    let items = reader.take(noise) + reader.take(message("{\"a\":1}"))
    guard case .malformed? = items.first else {
      Issue.record("\(items)")
      return
    }
    #expect(items.count == 2 && items.last == .message(.object(["a": .integer(1)])), "\(items)")
  }
}
