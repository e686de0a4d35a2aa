import LinearAlgebra
import Networks
import Tasks

/// R9: sets of several bootstrap samples of one condition (w, T, t) have more in common than sets of different conditions.
///
/// The sets are those that move the word where the word alone differs, of the conditions at which there is such a set.
struct R9SetsDiffer: ClaimTest {
  let name = "R9"
  let statement = "Each condition has sets of its own"
  private let overlap = "own overlap − overlap with others"
  /// Samples of each condition.
  private let samples = 4

  func quantities(_ criteria: Criteria) -> [ClaimQuantity] { [.init(overlap, criteria.differ)] }

  func measure(on bench: ClaimBench) throws -> [Measured] {
    // Any two conditions have sets; what is asked is whether sets differ that do something.
    let found = try places(bench).compactMap { position, step in
      try bench.search.storing(position: position, step: step).set.units.map { (position, step, $0.count) }
    }
    let sizes = found.map(\.2).sorted()
    guard !sizes.isEmpty else {
      return [Measured("all", overlap, .notDetermined(.noSet("moves the word")))]
    }
    // All sets of one size, or overlaps would differ by it.
    let size = max(1, min(sizes[sizes.count / 2], bench.model.configuration.units - 1))
    var generator = SeededGenerator(seed: bench.options.seed, label: "bootstrap of conditions")
    var sets: [[[Int]]] = []
    for (position, step, _) in found {
      let runs = try bench.select.rows(at: position)
      for word in bench.words.prefix(3) {
        sets.append(
          try (0..<samples).map { _ in
            let exchange = try Exchange(
              of: .word, in: runs.resampled(using: &generator, asking: word), at: step,
              seed: generator.next(), where: { asked, _ in asked == word })
            return try SufficientSet.greedyRanking(.word, exchange, limit: size).sorted()
          })
      }
    }
    guard sets.count >= 3 else {
      return [Measured("all", overlap, .notDetermined(.noRows(condition: "three conditions")))]
    }
    let difference = try SetDifference(
      sets, of: bench.model.configuration.units, sentences: bench.select.rows.distinctSentences,
      seed: bench.options.seed)
    return [Measured("\(sets.count) conditions, sets of \(size)", overlap, difference.effect)]
  }

  /// The first and the last of the steps of storing sets, at the middle and the last T.
  private func places(_ bench: ClaimBench) -> [(position: Int, step: Int)] {
    let positions = bench.options.positions
    let middle = positions[positions.count / 2]
    return Set([middle, positions.last ?? middle]).sorted().flatMap { position in
      let steps = bench.storing.map(\.step).filter { bench.positions(after: $0).contains(position) }
      return Set([steps.first, steps.last].compactMap { $0 }).sorted().map { (position, $0) }
    }
  }

  var notJudgedAsPublished: String? { "no set is selected twice for one condition" }
}

extension Counterfactuals {
  /// Rows drawn with replacement: as many that ask for `word` as there are, and all others once.
  fileprivate func resampled(using generator: inout SeededGenerator, asking word: Int32) throws
    -> Counterfactuals
  {
    let own = rows.indices { asked, _, _ in asked == word }
    let others = rows.indices { asked, _, _ in asked != word }
    let drawn = own.map { _ in own[generator.integer(below: own.count)] }
    return try Counterfactuals(model, rows: rows.rows(drawn + others), steps: steps)
  }
}
