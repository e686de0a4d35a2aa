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
      on: data, withRoles: roles, InterchangeTrainingOptions(batchSize: 64, updates: 6000, evaluateEvery: 500)
    )
    return (model: model, data: data, history: history)
  }
  static let roles = [
    InterchangeRole(units: [3, 11, 20, 30], moves: .word),
    InterchangeRole(units: [0, 8, 17, 25], moves: .place),
  ]

  @Test func givenUnitsHaveTheGivenRoles() throws {
    let (model, data, history) = try Self.trained.get()
    #expect(history.reachedGoal)
    #expect(try model.evaluate(data.verify).token.share >= 0.99)
    let evaluation = try model.interchangeEvaluation(of: Self.roles, on: data.verify)
    #expect(evaluation.points.count == 12 && evaluation.lowest >= 0.95)
    // The analyses have their own pairs, their own decoding and their own outcome.
    for step in 1...5 {
      let exchange = try RolePairs(model, data.verify, at: step, timeLeft: 1).exchange(.both)
      let (word, place) = (Self.roles[0].units, Self.roles[1].units)
      func share(_ role: SufficientSet.Role, _ units: [Int]) throws -> Double {
        try #require(RoleOutcome(role, exchange, units: units, randomSets: 5).share.measurement).estimate
      }
      #expect(try share(.word, word) >= 0.95 && share(.position, place) >= 0.95, "\(step)")
      #expect(try share(.word, place) <= 0.05 && share(.position, word) <= 0.05, "\(step)")
    }
  }
}
