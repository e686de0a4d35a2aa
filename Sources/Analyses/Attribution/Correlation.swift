import Base

/// Pearson's correlation of two equally long lists; nil if one of them has no two different values, or they have fewer
/// than two.
public func pearsonCorrelation(_ first: [Double], _ second: [Double]) -> Double? {
  ensure(first.count == second.count, "\(first.count) values can't be correlated with \(second.count)")
  guard first.count >= 2 else { return nil }
  let count = Double(first.count)
  let (meanA, meanB) = (first.reduce(0, +) / count, second.reduce(0, +) / count)
  var (product, squaresA, squaresB) = (0.0, 0.0, 0.0)
  for (x, y) in zip(first, second) {
    product += (x - meanA) * (y - meanB)
    squaresA += (x - meanA) * (x - meanA)
    squaresB += (y - meanB) * (y - meanB)
  }
  // What rounding leaves of equal values is no variation.
  func isConstant(_ squares: Double, _ values: [Double]) -> Bool {
    let largest = values.reduce(0) { max($0, abs($1)) }
    return squares <= count * (1e-14 * largest) * (1e-14 * largest)
  }
  if isConstant(squaresA, first) || isConstant(squaresB, second) { return nil }
  // Roots before the product, which may be too small for a Double.
  return min(1, max(-1, product / squaresA.squareRoot() / squaresB.squareRoot()))
}

/// Spearman's correlation: Pearson's of the ranks, where ties share their mean rank; nil as there.
public func spearmanCorrelation(_ first: [Double], _ second: [Double]) -> Double? {
  pearsonCorrelation(meanRanks(first), meanRanks(second))
}

/// The rank of each value, from 1 for the smallest; equal values share the mean of their ranks.
func meanRanks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = [Double](repeating: 0, count: values.count)
  var first = 0
  while first < order.count {
    var end = first + 1
    while end < order.count, values[order[end]] == values[order[first]] { end += 1 }
    for place in order[first..<end] { ranks[place] = Double(first + 1 + end) / 2 }
    first = end
  }
  return ranks
}
