import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Rotations, alignment search and magnitude codes on mechanisms that are known.
@Suite struct AlignmentTests {
  func measured(_ effect: Effect) throws -> Effect.Measurement {
    try #require(effect.measurement, "\(effect)")
  }

  /// The word along one direction of three units, beside a bystander.
  @Test func alignmentSearchFindsThePlantedDirection() throws {
    let subspace = try PlantedSubspace()
    let tune = try Counterfactuals(subspace.model, rows: subspace.planted.others(5...8).prefix(60))
    let verify = try Counterfactuals(subspace.model, rows: subspace.planted.rows(5...8))
    #expect(try tune.decode([[]]).score(.whole, of: 0) == 1)
    let found = try AlignmentSearch(
      .word, learning: Exchange(of: .word, in: tune, at: 3, seed: 1),
      measuring: Exchange(of: .word, in: verify, at: 3, seed: 2), .init(tolerance: 1e-5, randomSubspaces: 200)
    )
    #expect(found.search.isConverged && found.search.residual < 0.02 && found.shuffledSearch.isConverged)
    // States are ±½ (v, b) for reader v and bystander b. An exchange along cos θ v + sin θ b moves what is read by
    // (cos θ + sin θ) cos θ, which is largest at tan 2θ = 1: more than the whole exchange, which gives 1.
    let angle = Double.pi / 8
    let learned = found.search.subspace.directions.row(0).map(Double.init)
    let expected = (0..<32).map {
      cos(angle) * Double(subspace.direction[$0]) + ($0 == PlantedSubspace.bystander ? sin(angle) : 0)
    }
    let cosine = abs(zip(learned, expected).reduce(0) { $0 + $1.0 * $1.1 })
    #expect(cosine > 0.995, "\(cosine)")
    let amount = (cos(angle) + sin(angle)) * cos(angle)
    // Logits ±1 become ±(1 − 2 amount), and P(w′) = 1 / (1 + e^(2 (1 − 2 amount))).
    #expect(abs(found.search.value + log(1 + exp(2 * (1 - 2 * amount)))) < 0.005, "\(found.search.value)")
    let moved = try measured(found.learned.wordMoves)
    #expect(moved.estimate == 1 && moved.null.pValue < 0.01 && moved.null.mean < 0.1)
    #expect(try measured(found.learned.positionStays).estimate == 1)
    // Two words: a shuffled source has w′ or w, each as often, so that nothing is to be gained by it.
    #expect(
      try measured(found.shuffled.wordMoves).estimate <= 1
        && found.shuffledSearch.value < found.search.value - 0.2)
    // Of several starts the best is taken, and its directions are orthonormal.
    func quick(starts: Int) throws -> AlignmentSearch.Search {
      try AlignmentSearch(
        .word, learning: Exchange(of: .word, in: tune, at: 3, seed: 1),
        measuring: Exchange(of: .word, in: verify, at: 3, seed: 2),
        .init(dimensions: 2, starts: starts, iterations: 4, randomSubspaces: 0)
      ).search
    }
    let (one, three) = (try quick(starts: 1), try quick(starts: 3))
    #expect(three.value >= one.value && (three.start == 0) == (three.value == one.value))
    #expect(throws: Never.self) { try Basis(three.subspace.directions) }
    // Cut short, it says so.
    let short = try AlignmentSearch(
      .word, learning: Exchange(of: .word, in: tune, at: 3, seed: 1),
      measuring: Exchange(of: .word, in: verify, at: 3, seed: 2),
      .init(starts: 1, iterations: 3, randomSubspaces: 5))
    #expect(!short.search.isConverged && short.search.iterations == 3 && short.search.residual > 0.01)
    #expect(short.search.value >= short.search.valueAtStart)
  }

  /// The position, along the mean of the counting pair.
  @Test func alignmentSearchFindsTheCount() throws {
    let planted = try PlantedPositioning()
    let tune = try Counterfactuals(planted.model, rows: planted.others(5...8).prefix(60))
    let verify = try Counterfactuals(planted.model, rows: planted.rows(5...8))
    let found = try AlignmentSearch(
      .position, learning: Exchange(of: .position, in: tune, at: 3, seed: 1),
      measuring: Exchange(of: .position, in: verify, at: 3, seed: 2), .init(randomSubspaces: 200))
    let learned = found.search.subspace.directions.row(0)
    #expect(abs(learned[7] + learned[20]) / Float(2).squareRoot() > 0.98, "\(learned)")
    let moved = try measured(found.learned.positionMoves)
    #expect(moved.estimate == 1 && moved.null.pValue < 0.01)
    #expect(try measured(found.learned.wordStays).estimate == 1)
    // Shuffled sources bring positions that are not asked for.
    #expect(found.shuffledSearch.value < found.search.value)
  }

  /// Log P of w where the source's time left puts it, and of what the source wrote at T if that comes before, fed what
  /// should be written: beside a run by hand, on a model without a mechanism.
  @Test func theObjectiveForThePositionIsThatOfARunByHand() throws {
    let model = try CounterfactualsTests.model()
    let all = CounterfactualsTests.data.training.distinct.filter { _, position, _ in position >= 3 }
    let some = all.rows(stride(from: 0, to: all.count, by: 3).prefix(40).map { $0 })
    let exchange = try Exchange(
      of: .position, in: Counterfactuals(model, rows: some, steps: 8), at: 2, from: 1, seed: 1)
    let found = try AlignmentSearch(
      .position, learning: exchange, measuring: exchange,
      .init(dimensions: 2, starts: 1, iterations: 1, randomSubspaces: 0))
    let (targets, sources) = (exchange.targets, exchange.sources)
    var fed = targets.baseline.tokens
    for (row, partner) in exchange.partners.enumerated() {
      // From step 1 to step 2, so that all comes one position later.
      for position in 3...8 { fed[row, at: position] = sources.tokens[partner, at: position - 1] }
    }
    let basis = found.search.subspace
    let decoding = try model.decode(
      targets.rows, steps: 8, feeding: .tokens(fed),
      interventions: Interventions(state: { step, states in
        guard step == 2 else { return }
        var differences = states
        for (row, partner) in exchange.partners.enumerated() {
          for (unit, value) in sources.decoder.states.units(row: partner, step: 1).enumerated() {
            differences[row, unit] = value - states[row, unit]
          }
        }
        let moved = basis.projection(of: differences)
        for index in states.storage.indices { states.storage[index] += moved.storage[index] }
      }))
    var logs: [Double] = []
    for (row, landing) in exchange.positionsByTimeLeft.enumerated() {
      let own = targets.rows.positions[row]
      if landing <= 8 {
        logs.append(log(Double(decoding.probability(of: targets.rows.words[row], row: row, at: landing))))
      }
      if own < landing {
        logs.append(log(Double(decoding.probability(of: fed[row, at: own], row: row, at: own))))
      }
    }
    let mean = logs.reduce(0, +) / Double(logs.count)
    #expect(abs(found.search.valueAtStart - mean) < 1e-4, "\(found.search.valueAtStart), by hand \(mean)")
    // The search on shuffled sources is measured with true ones.
    let alone = try Interchange(exchange, subspace: found.shuffledSearch.subspace, randomSubspaces: 0)
    #expect(found.shuffled.counts == alone.counts)
  }

  @Test func searchesThatCannotBeMadeAreErrors() throws {
    let planted = try PlantedPositioning()
    let runs = try Counterfactuals(planted.model, rows: planted.rows(5...8))
    let (word, position) = (
      try Exchange(of: .word, in: runs, at: 3, seed: 1), try Exchange(of: .position, in: runs, at: 3, seed: 1)
    )
    #expect(throws: AnalysisError.self) { try AlignmentSearch(.word, learning: position, measuring: word) }
    #expect(throws: AnalysisError.self) {
      try AlignmentSearch(.word, learning: word, measuring: word, .init(dimensions: 0))
    }
    #expect(throws: AnalysisError.setLargerThanModel(size: 33, units: 32)) {
      try AlignmentSearch(.word, learning: word, measuring: word, .init(dimensions: 33))
    }
    #expect(throws: AnalysisError.self) {
      try AlignmentSearch(.word, learning: word.rotated(to: .random(units: 32, seed: 1)), measuring: word)
    }
    #expect(throws: AnalysisError.self) { try MagnitudeCode(word, subspace: .random(units: 8, seed: 1)) }
  }

  /// Two neurons hold the word: no rotation needs as few. Along a direction of three, neurons are worse than it.
  @Test func rotationsNeedMoreThanPlantedNeurons() throws {
    let planted = try PlantedPositioning()
    let rows = planted.others(5...8)
    let tune = try Counterfactuals(
      planted.model, rows: rows.rows(stride(from: 0, to: rows.count, by: 7).map { $0 }).prefix(24))
    let verify = try Counterfactuals(planted.model, rows: planted.rows(5...8))
    let choosing = try Exchange(of: .word, in: tune, at: 3, seed: 1)
    let found = try RotationComparison(
      .word, choosing: choosing, measuring: Exchange(of: .word, in: verify, at: 3, seed: 2), rotations: 4,
      randomSets: 200)
    #expect(found.neurons.units?.sorted() == planted.storing && found.neuronSize == 2)
    #expect(
      found.rotatedSizes.count == 4 && found.rotatedSizes.allSatisfy { $0 ?? 99 > 3 }, "\(found.rotatedSizes)"
    )
    #expect(found.pValue == 0.2)
    let bare = try RotationComparison(
      .word, choosing: choosing, measuring: choosing, rotations: 0, randomSets: 1)
    #expect(bare.pValue == nil && bare.neuronSize == 2)
    // Where anything is enough, a rotation needs as few.
    let any = try RotationComparison(
      .word, choosing: choosing, measuring: choosing, rotations: 1, threshold: 0, randomSets: 1)
    #expect(any.neuronSize == 1 && any.rotatedSizes == [1] && any.pValue == 1)
    // A share above 1 is never reached: not determined.
    let none = try RotationComparison(
      .word, choosing: choosing, measuring: choosing, rotations: 1, threshold: 1.1, randomSets: 1)
    #expect(none.neuronSize == nil && none.pValue == nil && none.rotatedSizes == [nil])
  }

  /// The counting pair moves along one ray, at a length that says when; the storing pair changes its sign alone.
  @Test func timeIsAMagnitudeAndTheWordADirection() throws {
    let planted = try PlantedPositioning()
    let verify = try Counterfactuals(planted.model, rows: planted.rows(5...8))
    func pair(_ units: [Int]) throws -> Basis {
      var directions = Matrix(rows: 2, columns: 32)
      for (row, unit) in units.enumerated() { directions[row, unit] = 1 }
      return try Basis(directions)
    }
    let time = try MagnitudeCode(
      Exchange(of: .position, in: verify, at: 4, seed: 1), subspace: pair(planted.counting),
      randomSubspaces: 100)
    for interchange in [time.whole, time.magnitude] {
      let moved = try measured(interchange.positionMoves)
      #expect(moved.estimate == 1 && moved.null.pValue < 0.02, "\(moved)")
      #expect(try measured(interchange.wordStays).estimate == 1)
    }
    #expect(
      try measured(time.direction.positionMoves).estimate == 0
        && measured(time.direction.positionStays).estimate == 1)
    let word = try MagnitudeCode(
      Exchange(of: .word, in: verify, at: 3, seed: 1), subspace: pair(planted.storing), randomSubspaces: 100)
    for interchange in [word.whole, word.direction] {
      #expect(
        try measured(interchange.wordMoves).estimate == 1
          && measured(interchange.wordMoves).null.pValue < 0.02)
    }
    #expect(try measured(word.magnitude.wordMoves).estimate == 0 && word.rowsWithoutDirection == 0)
    // Units that are 0 have no direction.
    let empty = try MagnitudeCode(
      Exchange(of: .word, in: verify, at: 3, seed: 1), subspace: pair([0, 1]), randomSubspaces: 1)
    #expect(empty.rowsWithoutDirection == empty.whole.counts.rows)
    #expect(try measured(empty.whole.wordMoves).estimate == 0)
  }
}
