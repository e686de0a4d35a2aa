import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// The joint outcome of an exchange, and the accuracy of the whole hypothesis.
@Suite struct RoleOutcomeTests {
  func measured(_ effect: Effect) throws -> Effect.Measurement {
    try #require(effect.measurement, "\(effect)")
  }

  /// A row in which only one half holds counts for neither role.
  @Test func oneHalfIsNotEnough() throws {
    let planted = try PlantedPositioning()
    let runs = try Counterfactuals(planted.model, rows: planted.rows(5...8))
    let both = try Exchange(of: .both, in: runs, at: 3, seed: 1)
    func share(_ role: SufficientSet.Role, _ units: [Int]) throws -> Double {
      try measured(RoleOutcome(role, both, units: units, randomSets: 10).share).estimate
    }
    #expect(try share(.word, planted.storing) == 1 && share(.position, planted.storing) == 0)
    #expect(try share(.word, planted.counting) == 0 && share(.position, planted.counting) == 1)
    // Word and place both move, so that each marginal share is 1 and both joint ones are 0.
    for units in [planted.storing + planted.counting, Array(0..<32)] {
      let moved = try Interchange(both, units: units, randomSets: 10)
      #expect(try measured(moved.wordMoves).estimate == 1 && measured(moved.positionMoves).estimate == 1)
      #expect(try share(.word, units) == 0 && share(.position, units) == 0)
    }
    // Nothing moves: nothing is what either role says.
    #expect(try share(.word, [0, 1]) == 0 && share(.position, [0, 1]) == 0)
    // Where one thing differs, the other role's set changes nothing.
    let word = try Exchange(of: .word, in: runs, at: 3, seed: 1)
    #expect(
      try measured(RoleOutcome(.position, word, units: planted.counting, randomSets: 10).share).estimate == 1)
    #expect(
      try measured(RoleOutcome(.position, word, units: planted.storing, randomSets: 10).share).estimate == 0)
    #expect(try RoleOutcome(.word, both, units: planted.storing, randomSets: 10).pairs == both.partners.count)
  }

  /// Beside what is read off the texts that the model writes with the exchange made by hand, for s = t and s ≠ t.
  @Test(arguments: [(2, 2), (1, 2), (3, 2)]) func outcomesAreThoseOfTheWrittenTexts(_ step: Int, _ from: Int)
    throws
  {
    let planted = try PlantedPositioning()
    let model = planted.model
    let all = planted.others(5...8)
    let runs = try Counterfactuals(model, rows: all.rows(stride(from: 0, to: all.count, by: 3).map { $0 }))
    let exchange = try Exchange(of: .both, in: runs, at: step, from: from, seed: 5)
    let (rows, sources) = (exchange.targets.rows, exchange.sources)
    // With one of the counting units the time moves half-way, which is all the way for some pairs, or none.
    for (role, units, isWhole) in [
      (SufficientSet.Role.word, planted.storing + [planted.counting[0]], false),
      (.position, [planted.counting[0]], false), (.word, planted.storing, true),
      (.position, planted.counting, true),
    ] {
      let texts = try model.decode(
        rows, steps: exchange.targets.steps,
        interventions: Interventions(state: { t, states in
          guard t == step else { return }
          for (row, partner) in exchange.partners.enumerated() {
            for unit in units { states[row, unit] = sources.decoder.states[partner, from, unit] }
          }
        })
      ).tokens
      var outcomes: [ArraySlice<Int32>: [Double]] = [:]
      for (row, partner) in exchange.partners.enumerated() {
        let (own, other) = (rows.words[row], sources.rows.words[partner])
        let landing = step + sources.rows.positions[partner] - from
        guard landing > step, landing <= exchange.targets.steps, landing != rows.positions[row] else {
          continue
        }
        let text = Array(texts.row(row))
        let first = text.firstIndex { $0 == own || $0 == other }
        let (word, place) = role == .word ? (other, rows.positions[row]) : (own, landing)
        let holds = first.map { $0 + 1 == place && text[$0] == word } ?? false
        outcomes[rows.inputs.row(row), default: []].append(holds ? 1 : 0)
      }
      let means = outcomes.values.map { $0.reduce(0, +) / Double($0.count) }
      let found = try RoleOutcome(role, exchange, units: units, randomSets: 5)
      let share = try measured(found.share)
      #expect(abs(share.estimate - means.reduce(0, +) / Double(means.count)) < 1e-9)
      #expect(share.sentences <= means.count && found.pairs >= means.count && found.pairs > 50)
      // Some of the half-way ones hold, or the comparison would be of 0 and 1 alone.
      if isWhole { #expect(share.estimate == 1) } else { #expect(share.estimate < 1) }
      if step == from, !isWhole { #expect(share.estimate > 0) }
    }
  }

  /// The score that is climbed, beside its sum written out.
  @Test func theScoreIsThatOfTheExpectedTexts() throws {
    let planted = try PlantedPositioning()
    let model = Seq2Seq(Configuration(units: 8, vocabulary: planted.data.vocabulary), seed: 5)
    let data = Dataset(
      task: "two", form: .heldOut, vocabulary: planted.data.vocabulary, training: planted.data.training,
      validation: planted.rows(5...8), test: planted.rows(5...8), select: planted.others(5...8).prefix(60))
    for role in SufficientSet.Role.allCases {
      let found = try RoleTest(
        role, model, data, at: 2, from: 1,
        .init(timeLeft: 2, largest: 2, selectPairs: 40, randomSets: 1, seed: 9))
      let exchange = try RolePairs(
        model, data.select, at: 2, from: 1, timeLeft: 2, count: 40, seed: 9
      ).exchange(.both)
      let (rows, sources) = (exchange.targets.rows, exchange.sources)
      let point = try #require(found.path.last)
      var (sum, count) = (0.0, 0)
      for (row, partner) in exchange.partners.enumerated() {
        let (own, landing) = (rows.positions[row], sources.rows.positions[partner] + 1)
        if landing == own { continue }
        let place = role == .word ? own : landing
        var text = exchange.targets.baseline.tokens
        for position in 3...text.steps where role == .position && position - 1 <= sources.tokens.steps {
          text[row, at: position] = sources.tokens[partner, at: position - 1]
        }
        text[row, at: place] = role == .word ? sources.rows.words[partner] : rows.words[row]
        let decoding = try model.decode(
          rows, steps: exchange.targets.steps, feeding: .tokens(text),
          interventions: Interventions(state: { t, states in
            guard t == 2 else { return }
            for unit in point.units { states[row, unit] = sources.decoder.states[partner, 1, unit] }
          }))
        let logs = (2...place).map {
          log(Double(decoding.probability(of: text[row, at: $0], row: row, at: $0)))
        }
        sum -= log1p(-logs.reduce(0, +))
        count += 1
      }
      #expect(count > 20 && count == found.selectPairs)
      #expect(abs(point.score - sum / Double(count)) < 1e-4, "\(point.score), by hand \(sum / Double(count))")
    }
  }

  @Test func theWholeHypothesisIsTestedWithTwoSources() throws {
    let planted = try PlantedPositioning()
    let runs = try Counterfactuals(planted.model, rows: planted.rows(5...8))
    let both = try Exchange(of: .both, in: runs, at: 3, seed: 1)
    let found = try InterchangeAccuracy(
      both, register: planted.storing, counter: planted.counting, randomSets: 200)
    let share = try measured(found.share)
    #expect(share.estimate == 1 && share.null.pValue < 0.05 && found.step == 3)
    // Random parts mostly do nothing: right where nothing is exchanged.
    #expect(share.null.median == 0.25)
    #expect(try found.cases.allSatisfy { try measured($0.share).estimate == 1 })
    // Changed about, only what is not exchanged is right. With two words, both sources have the same one; so where both
    // are exchanged, rows are right whose sources have one T.
    let wrong = try InterchangeAccuracy(
      both, register: planted.counting, counter: planted.storing, randomSets: 10)
    let shares = try wrong.cases.map { try measured($0.share).estimate }
    #expect(
      shares[0] == 1 && shares[1] == 0 && shares[2] == 0 && shares[3] > 0 && shares[3] < 0.9, "\(shares)")
    #expect(throws: AnalysisError.repeatedUnit(unit: 13)) {
      try InterchangeAccuracy(both, register: [13, 30], counter: [7, 13], randomSets: 10)
    }
    let word = try Exchange(of: .word, in: runs, at: 3, seed: 1)
    #expect(throws: AnalysisError.self) {
      try InterchangeAccuracy(word, register: planted.storing, counter: planted.counting, randomSets: 10)
    }
  }

  /// Where both differ, the word's objective asks for w′ at T and for what the row wrote where the source's w′ would come.
  @Test func theObjectiveForTheWordHasBothHalves() throws {
    let planted = try PlantedPositioning()
    let model = planted.model
    let runs = try Counterfactuals(model, rows: planted.rows(5...8))
    let exchange = try Exchange(of: .both, in: runs, at: 3, seed: 5)
    let found = try AlignmentSearch(
      .word, learning: exchange, measuring: exchange,
      .init(dimensions: 2, starts: 1, iterations: 1, randomSubspaces: 1))
    let (targets, sources, basis) = (exchange.targets, exchange.sources, found.search.subspace)
    let decoding = try model.decode(
      targets.rows, steps: targets.steps, feeding: .tokens(targets.baseline.tokens),
      interventions: Interventions(state: { step, states in
        guard step == 3 else { return }
        var differences = states
        for (row, partner) in exchange.partners.enumerated() {
          for (unit, value) in sources.decoder.states.units(row: partner, step: 3).enumerated() {
            differences[row, unit] = value - states[row, unit]
          }
        }
        let moved = basis.projection(of: differences)
        for index in states.storage.indices { states.storage[index] += moved.storage[index] }
      }))
    var logs: [Double] = []
    for (row, partner) in exchange.partners.enumerated() {
      let (own, other) = (targets.rows.positions[row], sources.rows.positions[partner])
      logs.append(log(Double(decoding.probability(of: sources.rows.words[partner], row: row, at: own))))
      if other < own {
        let filler = targets.baseline.tokens[row, at: other]
        logs.append(log(Double(decoding.probability(of: filler, row: row, at: other))))
      }
    }
    #expect(logs.count > exchange.partners.count)
    let mean = logs.reduce(0, +) / Double(logs.count)
    let value = found.search.valueAtStart
    #expect(abs(value - mean) < 1e-3 * max(1, abs(mean)), "\(value), by hand \(mean)")
  }

  /// Directions of word and time, learnt where both differ, at right angles.
  @Test func subspacesAreLearntWhereBothDiffer() throws {
    let subspace = try PlantedSubspace()
    let tune = try Counterfactuals(subspace.model, rows: subspace.planted.others(5...8).prefix(60))
    let verify = try Counterfactuals(subspace.model, rows: subspace.planted.rows(5...8))
    let learning = try Exchange(of: .both, in: tune, at: 3, seed: 1)
    let measuring = try Exchange(of: .both, in: verify, at: 3, seed: 2)
    let options = AlignmentSearch.Options(randomSubspaces: 50)
    let word = try AlignmentSearch(.word, learning: learning, measuring: measuring, options)
    let time = try AlignmentSearch(
      .position, learning: learning, measuring: measuring, besides: word.search.subspace, options)
    for found in [word, time] {
      let share = try measured(found.outcome.share)
      #expect(share.estimate > 0.95 && share.null.pValue < 0.05, "\(found.role) \(share)")
      #expect(found.outcome.difference == .both && found.outcome.role == found.role)
      #expect(found.shuffledOutcome.pairs == found.outcome.pairs)
    }
    #expect(word.search.subspace.cosines(with: time.search.subspace)[0] < 1e-3)
    let whole = try InterchangeAccuracy(
      measuring, register: word.search.subspace, counter: time.search.subspace, randomSubspaces: 50)
    #expect(try measured(whole.share).estimate > 0.95)
    #expect(throws: AnalysisError.self) {
      try InterchangeAccuracy(
        measuring, register: word.search.subspace, counter: word.search.subspace, randomSubspaces: 5)
    }
    #expect(throws: AnalysisError.self) {
      try AlignmentSearch(
        .word, learning: learning, measuring: Exchange(of: .word, in: verify, at: 3, seed: 2), options)
    }
  }
}
