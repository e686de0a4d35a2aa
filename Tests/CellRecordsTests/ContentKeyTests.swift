import CellRecords
import Foundation
import Testing

@Suite struct ContentKeyTests {
  private struct Key: Encodable {
    var name: String
    var nested: [String: [Int]]
    var number: Double
    var none: Int?
    var list: [[String: String]]
  }

  /// The contents are those that Foundation reads, whatever stands in the texts.
  @Test(arguments: ["", "a", "\"", "\\", "\\\"}", "{[,:", "é\u{1F600}\n\u{0}", "\\\\\\", "},\"name\":1"])
  func eachFieldIsOnePart(_ text: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let json = try encoder.encode(
      Key(name: text, nested: ["a\(text)": [1, 2], "b": []], number: -1.5e-7, list: [[text: text], [:]]))
    var key = ContentKey()
    // Data need not begin at 0.
    key.addFields(ofJSON: (Data("x".utf8) + json).dropFirst(), otherwise: "key")
    let read = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(key.parts.map(\.name) == read.keys.sorted())
    func sorted(_ value: Any) throws -> Data {
      try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
    }
    for part in key.parts where part.content.count < 64 {
      let value = try JSONSerialization.jsonObject(with: Data(part.content.utf8), options: .fragmentsAllowed)
      let expected = try sorted(try #require(read[part.name]))
      #expect(try sorted(value) == expected, "\(part)")
    }
    #expect(key.parts.contains { $0.content.count < 64 })
  }

  @Test(arguments: ["[1,2]", "\"a\"", "3", "{}", "{\"a\":1", "{\"a", "{\"a\":\"b}", "{", ""])
  func whatHasNoFieldsIsOnePart(_ json: String) {
    var key = ContentKey()
    key.addFields(ofJSON: Data(json.utf8), otherwise: "key")
    #expect(key.parts.map(\.name) == ["key"])
  }

  @Test func fieldsOfAnyLengthAreToldApart() throws {
    let long = String(repeating: "abc\\\"", count: 100_000)
    func key(_ fields: [String: String]) throws -> ContentKey {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      var key = ContentKey()
      key.addFields(ofJSON: try encoder.encode(fields), otherwise: "key")
      return key
    }
    let one = try key(["data": long, "seed": "1"])
    #expect(one.differences(from: try key(["data": long + "d", "seed": "1"])) == ["data changed"])
    #expect(one.differences(from: try key(["data": long, "seed": "2"])) == ["seed changed"])
    #expect(one.differences(from: try key(["data": long])) == ["seed is new"])
  }
}
