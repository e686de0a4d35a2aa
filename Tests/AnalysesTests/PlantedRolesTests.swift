import Analyses
import Networks
import Tasks
import Testing

/// The planted chain does what its description says.
@Suite struct PlantedRolesTests {
  @Test(arguments: PlantedRoles.Code.allCases) func everyTokenIsPutInItsPlace(_ code: PlantedRoles.Code)
    throws
  {
    let planted = try PlantedRoles(code)
    for rows in [planted.data.training.distinct, planted.data.test.distinct] {
      #expect(try planted.model.evaluate(rows).whole.share == 1)
    }
    let recording = try planted.model.record(planted.data.training.distinct, steps: 10)
    for row in 0..<recording.rows.count {
      let last = recording.rows.positions[row]
      #expect(recording.probability(of: recording.rows.words[row], row: row, at: last) > 0.999)
      for step in 0...last {
        for unit in planted.triggering where code == .separate {
          #expect(abs(recording.decoder.states[row, step, unit] - (step >= last - 1 ? 1 : -1)) < 0.02)
        }
        for unit in planted.outputting {
          #expect((abs(recording.decoder.states[row, step, unit]) > 0.97) == (step >= last))
        }
      }
    }
  }

  /// One pair moves the word and the time in the mixed code, one pair each in the other.
  @Test(arguments: PlantedRoles.Code.allCases) func theCodeIsMixedOrNot(_ code: PlantedRoles.Code) throws {
    let planted = try PlantedRoles(code)
    let tune = try Counterfactuals(planted.model, rows: planted.others(5...8).prefix(60))
    let verify = try Counterfactuals(planted.model, rows: planted.rows(5...8))
    for (role, units) in [(SufficientSet.Role.word, planted.storing), (.position, planted.counting)] {
      let found = try SufficientSet(
        role, choosing: Exchange(of: role.difference, in: tune, at: 2, seed: 1),
        measuring: Exchange(of: role.difference, in: verify, at: 2, seed: 2), randomSets: 200)
      #expect(found.units?.sorted() == units, "\(role): \(String(describing: found.units))")
    }
    let both = try Interchange(
      Exchange(of: .both, in: verify, at: 2, seed: 1), units: planted.storing, randomSets: 50)
    #expect(both.wordMoves.measurement?.estimate == 1)
    #expect(both.positionMoves.measurement?.estimate == (code == .mixed ? 1 : 0))
  }
}
