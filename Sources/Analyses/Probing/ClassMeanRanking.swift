import LinearAlgebra

/// Units ranked by how far the means of the classes lie apart, without any machine: the probeless ranking.
///
/// The score of a unit is Σ over pairs of classes |mean difference| (Antverg & Belinkov 2022), here divided
/// by the unit's standard deviation within classes, pooled, so that a unit does not rank high only because it varies
/// much. Selections by machines that agree with it no more than by chance owe their units to the machine.
public struct ClassMeanRanking: Codable, Sendable, Equatable {
  /// `[units]`.
  public let scores: [Double]
  /// All units, best first; of equal scores the lower number.
  public let ranking: [Int]
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Ranks units; one that does not vary has score 0.
  ///
  /// - Throws: `AnalysisError.oneClassOnly`; `.tooFewRows` if no class has two rows.
  public init(_ examples: LabelledStates) throws {
    let members = groupedPlaces(of: examples.labels)
    guard members.count > 1 else {
      throw AnalysisError.oneClassOnly(label: examples.labels[0], rows: examples.count)
    }
    guard examples.count > members.count else {
      throw AnalysisError.tooFewRows(condition: "one label", found: 1, needed: 2)
    }
    scores = (0..<examples.units).map { unit in
      let column = examples.states.column(unit).map(Double.init)
      let means = members.map { rows in rows.reduce(0) { $0 + column[$1] } / Double(rows.count) }
      var squares = 0.0
      for (rows, mean) in zip(members, means) {
        for row in rows { squares += (column[row] - mean) * (column[row] - mean) }
      }
      var apart = 0.0
      for first in means.indices { for second in 0..<first { apart += abs(means[first] - means[second]) } }
      let deviation = (squares / Double(examples.count - members.count)).squareRoot()
      // Below the resolution of Float the classes are points, however near; the floor keeps the score finite.
      return apart < 1e-6 ? 0 : apart / max(deviation, 1e-6)
    }
    ranking = Analyses.ranking(of: scores)
    distinctInputs = examples.distinctInputs
  }

  /// How many of a selection's units are among as many of the first here, beside chance.
  ///
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.setLargerThanModel`.
  public func overlap(with selected: [Int]) throws -> SetOverlap {
    guard selected.count <= ranking.count else {
      throw AnalysisError.setLargerThanModel(size: selected.count, units: ranking.count)
    }
    return try SetOverlap(selected, Array(ranking.prefix(selected.count)), of: ranking.count)
  }
}
