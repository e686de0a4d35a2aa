import Analyses
import Foundation
import Networks
import Tasks
import Testing

/// What the analyses find in a model whose units were trained into roles.
@Suite struct TrainedRolesTests {
  static let trained = Result {
    let data = try TokenPositioning(words: 4, lengths: 4...7).balanced(seed: 1)
    var model = Seq2Seq(Configuration(units: 32, vocabulary: data.vocabulary), seed: 1)
    let history = try model.train(
      on: data, withRoles: roles,
      InterchangeTrainingOptions(batchSize: 64, updates: 12_000, evaluateEvery: 500)
    )
    return (model: model, data: data, history: history)
  }
  static let roles = [
    InterchangeRole(units: [3, 11, 20, 30], moves: .word),
    InterchangeRole(units: [0, 8, 17, 25], moves: .place),
  ]

  @Test func givenUnitsHaveTheGivenRoles() throws {
    let (model, data, history) = try Self.trained.get()
    #expect(history.reachedGoal, "\(history.checkpoints.map(\.evaluation.lowest))")
    #expect(try model.evaluate(data.verify).token.share >= 0.99)
    let evaluation = try model.interchangeEvaluation(of: Self.roles, on: data.verify)
    #expect(evaluation.points.count == 12 && evaluation.lowest >= 0.95)
    // The analyses have their own pairs, their own decoding and their own outcome. Where no row of the same length has another
    // place left, they take one of another length, whose place may lie behind the row's end: training asks nothing of those.
    let longest = data.verify.filter { _, _, length in length == 7 }
    for step in 1...4 {
      let exchange = try RolePairs(model, longest, at: step, timeLeft: 1).exchange(.both)
      let (word, place) = (Self.roles[0].units, Self.roles[1].units)
      func share(_ role: SufficientSet.Role, _ units: [Int]) throws -> Double {
        try #require(RoleOutcome(role, exchange, units: units, randomSets: 5).share.measurement).estimate
      }
      #expect(try share(.word, word) >= 0.95 && share(.position, place) >= 0.95, "\(step)")
      #expect(try share(.word, place) <= 0.05 && share(.position, word) <= 0.05, "\(step)")
    }
  }

  /// A set is tight where the rest of it does not do what it does. The analyses say the same of each unit left out.
  @Test func unitsLeftOutAreNeededOrNot() throws {
    let (model, data, _) = try Self.trained.get()
    let longest = data.verify.filter { _, _, length in length == 7 }
    let left = try model.leavingEachOut(of: Self.roles, on: longest, steps: 2...2, pairs: 600)
    #expect(left.map(\.unit) == Self.roles.flatMap(\.units))
    let exchange = try RolePairs(model, longest, at: 2, timeLeft: 1).exchange(.both)
    for one in left {
      let role = try #require(Self.roles.first { $0.moves == one.moves })
      let found = try RoleOutcome(
        one.moves == .word ? .word : .position, exchange, units: role.units.filter { $0 != one.unit },
        randomSets: 5)
      // Two draws of pairs, which are a hundred sentences or more each: four standard errors, 4 · √(2 · ¼ / 100).
      #expect(abs(try #require(found.share.measurement).estimate - one.accuracy.share) < 0.29, "\(one)")
    }
    for role in Self.roles {
      #expect(left.contains { $0.moves == role.moves && $0.accuracy.share < 0.9 })
    }
  }
}
