import LinearAlgebra
import Networks

/// Whether the units of an elimination's first round tell the classes apart better than units chosen for labels that mean
/// nothing.
///
/// The null repeats the whole elimination, selection included, with labels exchanged at random: a machine that is tested on
/// other rows but chosen on labels at will would else look good (Ambroise & McLachlan 2002). Labels are exchanged between
/// inputs, each with all its rows, or within each input where its rows differ in label, as for counting.
public struct SelectionSignificance: Codable, Sendable, Equatable {
  /// The selection that is judged: the first round.
  public let round: RecursiveFeatureElimination.Round
  /// The held-out accuracy of its machine, with an interval over the sentences of held-out inputs.
  public let effect: Effect

  /// Selects units and repeats the selection with exchanged labels.
  ///
  /// - Parameters:
  ///   - split: By input, if the effect is to be one on unseen inputs.
  ///   - permutations: How many; p is at least 1 / (permutations + 1).
  ///   - progress: Called with the share of the work done.
  /// - Throws: As `RecursiveFeatureElimination`.
  public init(
    _ examples: LabelledStates, split: Split, _ options: RecursiveFeatureElimination.Options = .init(),
    permutations: Int = 999, seed: UInt64, progress: (Double) -> Void = { _ in }
  ) throws {
    try options.check(units: examples.units)
    var single = options
    single.share = min(1, Double(options.roundSize) / Double(examples.units))
    single.leastAccuracy = 0
    func select(_ examples: LabelledStates) throws -> RecursiveFeatureElimination.Round {
      let (training, heldOut) = examples.sides(split)
      return try RecursiveFeatureElimination(training: training, heldOut: heldOut, single).rounds[0]
    }
    round = try select(examples)
    var generator = SeededGenerator(seed: seed, label: "exchanged labels")
    var null: [Double] = []
    for draw in 0..<max(0, permutations) {
      var exchanged = examples
      for _ in 0..<100 {
        exchanged = examples.exchangingLabels(using: &generator)
        if Set(split.training.map { exchanged.labels[$0] }).count > 1 { break }
      }
      null.append(try select(exchanged).heldOut.share)
      progress(Double(draw + 1) / Double(permutations))
    }
    let sentences = Set(split.heldOut.map { examples.sentences[$0] }).count
    // Rows of one sentence are no further trials: the interval is that of as many trials as there are sentences.
    effect = Effect(
      estimate: round.heldOut.share,
      interval: .wilson(share: round.heldOut.share, trials: Double(max(sentences, 1))), null: null,
      ofDraws: "eliminations with exchanged labels", sentences: sentences)
  }
}

extension LabelledStates {
  /// The same states with labels that mean nothing.
  func exchangingLabels(using generator: inout SeededGenerator) -> LabelledStates {
    let rowsOfInput = Dictionary(grouping: inputs.indices) { inputs[$0] }
    let numbers = rowsOfInput.keys.sorted()
    var exchanged = labels
    let isOneLabelEach = rowsOfInput.values.allSatisfy { rows in
      rows.allSatisfy { labels[$0] == labels[rows[0]] }
    }
    if isOneLabelEach {
      let order = generator.shuffled(numbers)
      for (number, source) in zip(numbers, order) {
        guard let rows = rowsOfInput[number], let label = rowsOfInput[source].map({ labels[$0[0]] }) else {
          continue
        }
        for row in rows { exchanged[row] = label }
      }
    } else {
      for number in numbers {
        let rows = rowsOfInput[number] ?? []
        for (row, source) in zip(rows, generator.shuffled(rows)) { exchanged[row] = labels[source] }
      }
    }
    return relabelled(exchanged)
  }
}
