import Foundation
import Lab
import Testing

/// What a page's script reads.
@Suite struct ExplorerTests {
  struct Read: Decodable {
    var steps: [Int]
    var order: [Int]
    var quantities: [Quantity]
    var groups: [Group]

    struct Quantity: Decodable {
      var symbol: String
    }
    struct Group: Decodable {
      var token: String
      var position: Int
      var rows: Int
      var written: [Int?]
      var traces: [[Int?]]
    }
  }

  @Test func holdsMeansOverTheRowsOfOneTokenAtOnePosition() throws {
    let data = LastTokenAutoencoder().heldOut(seed: 1)
    let model = Seq2Seq(Configuration(units: 4, vocabulary: data.vocabulary), seed: 1)
    let rows = data.test.distinct
    let recording = try model.record(rows)
    let json = try JSONEncoder().encode(Explorer(of: recording, vocabulary: data.vocabulary))
    let read = try JSONDecoder().decode(Read.self, from: json)
    #expect(read.steps == Array(recording.decoder.states.steps))
    #expect(read.order.sorted() == [0, 1, 2, 3])
    #expect(read.quantities.map(\.symbol) == ["h", "z", "r", "c"])
    #expect(read.groups.reduce(0) { $0 + $1.rows } == rows.count)

    let group = try #require(read.groups.last)
    let members = (0..<rows.count).filter {
      data.vocabulary.name(of: rows.words[$0]) == group.token && rows.positions[$0] == group.position
    }
    #expect(members.count == group.rows)
    let (unit, step) = (2, 3)
    func mean(_ value: (Int) -> Float) -> Double {
      members.reduce(0.0) { $0 + Double(value($1)) } / Double(members.count) * 1000
    }
    let place = unit * read.steps.count + step
    let state = try #require(group.traces[0][place])
    #expect(abs(Double(state) - mean { recording.decoder.states[$0, step, unit] }) <= 0.5)
    let gate = try #require(group.traces[1][place])
    let update = try #require(recording.decoder[.update])
    #expect(abs(Double(gate) - mean { update[$0, step, unit] }) <= 0.5)
    // Step 0 has a state, but no gates, and writes nothing.
    #expect(group.traces[0][unit * read.steps.count] != nil)
    #expect(group.traces[1][unit * read.steps.count] == nil)
    #expect(group.written[0] == nil)
    #expect(group.written[step] != nil)
  }
}
