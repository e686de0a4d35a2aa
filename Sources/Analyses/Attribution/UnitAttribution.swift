import LinearAlgebra

/// A finding that gives each unit of each row a signed number.
public protocol UnitAttribution {
  /// `[rows, units]`, signed.
  var attributions: Matrix { get }
}

extension UnitAttribution {
  /// The signed mean of each unit over the rows, `[units]`.
  public var meanAttributions: [Double] {
    var sums = [Double](repeating: 0, count: attributions.columns)
    for row in 0..<attributions.rows {
      for unit in sums.indices { sums[unit] += Double(attributions[row, unit]) }
    }
    return sums.map { $0 / Double(max(attributions.rows, 1)) }
  }

  /// All units by the size of their mean attribution, the largest first; ties go to the lower number.
  public var rankedUnits: [Int] {
    ranking(of: meanAttributions.map { abs($0) })
  }

  /// The published selection: the half of the units whose signed mean over the rows has the largest absolute value,
  /// the largest first.
  ///
  /// As published, faults included: attributions of both signs cancel in the mean, and half of the units are taken
  /// whatever their attributions are.
  public var publishedUnits: [Int] { Array(rankedUnits.prefix(attributions.columns / 2)) }
}
