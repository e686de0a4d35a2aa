/// p-values adjusted for their number by Holm's method (Holm 1979): an adjusted p at most α means that the effect stands
/// when the chance of any false one among them is held to α.
///
/// - Parameter pValues: In any order; the result is in the same.
public func holmAdjusted(_ pValues: [Double]) -> [Double] {
  let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
  var adjusted = pValues
  var largest = 0.0
  for (rank, index) in order.enumerated() {
    largest = max(largest, min(1, pValues[index] * Double(pValues.count - rank)))
    adjusted[index] = largest
  }
  return adjusted
}
