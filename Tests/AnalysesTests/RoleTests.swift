import Analyses
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Each procedure finds the planted units of its role.
@Suite struct RoleTests {
  private func search(_ planted: PlantedRoles) throws -> RoleSearch {
    let rows = planted.others(7...8)
    let third = (0..<rows.count).filter { $0 % 3 == 0 }
    var search = RoleSearch(
      choosing: try Counterfactuals(planted.model, rows: rows.rows(Array(third.prefix(40)))),
      measuring: try Counterfactuals(planted.model, rows: planted.rows(7...8)))
    search.randomSets = 100
    return search
  }

  @Test func everyRoleIsFound() throws {
    let planted = try PlantedRoles()
    let search = try search(planted)
    for position in 7...8 {
      for step in [0, 3, position - 1] {
        let (set, found) = try search.storing(position: position, step: step)
        print("storing", position, step, set.units as Any)
        #expect(set.role == .storing && set.position == position && set.step == step)
        #expect(set.units?.sorted() == planted.storing && found.measured?.wordMoves.measurement?.estimate == 1)
      }
      for step in [0, 3, position - 2] {
        let set = try search.triggering(position: position, step: step)
        print("triggering", position, step, set.units as Any, set.ranking)
        #expect(set.role == .triggering && set.position == position && set.step == step)
        #expect(set.units?.sorted() == planted.triggering)
      }
      for word in LastTokenAutoencoder.words {
        let set = try search.outputting(word: word, position: position)
        print("outputting", position, word, set.units as Any, set.ranking)
        #expect(set.role == .outputting && set.position == position && set.step == position)
        #expect(Array(set.ranking.prefix(2)) == planted.outputting && set.units == [planted.outputting[0]])
      }
    }
    for step in 1...6 {
      let (set, found) = try search.counting(step: step)
      print("counting", step, set.units as Any, found.curve.prefix(3))
      #expect(set.role == .counting && set.position == nil && set.step == step)
    }
  }

  @Test func aMixedCodeIsSeen() throws {
    let planted = try PlantedRoles(.mixed)
    let search = try search(planted)
    let word = try #require(try search.storing(position: 8, step: 3).set.units)
    let time = try #require(try search.counting(step: 3).set.units)
    print("mixed", word, time)
    print("mixed triggering", try search.triggering(position: 8, step: 3).units as Any)
  }

  @Test func outputChange() throws {
    let planted = try PlantedRoles()
    let recording = try planted.model.record(planted.rows(7...7), steps: 8)
    for units in [planted.outputting, [4], planted.storing, planted.counting, [planted.ending], [1, 2, 5]] {
      let change = try OutputChange(planted.model, recording, units: units, position: 7)
      print(units, change.contributions, change.share.measurement?.estimate as Any, change.share.measurement?.null.pValue as Any, change.share.reason as Any)
    }
  }
}
