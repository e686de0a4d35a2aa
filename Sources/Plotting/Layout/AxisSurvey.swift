/// One pass over the values that marks put on an axis: their range, and how many of them can't be shown.
package struct AxisSurvey: Sendable {
  /// The smallest and the largest value that the scale can show, annotations and margins included.
  package private(set) var range: ClosedRange<Double>?
  package private(set) var hasData = false
  private var total = 0
  private var missing = 0
  private var refused = 0
  private var outside = 0
  /// Ends of intervals and edges of shapes beyond what the scale can show.
  private var cut = 0

  package init(
    _ demands: [AxisDemand], on type: any ContinuousScale.Type, domain: ClosedRange<Double>?
  ) {
    let tolerance = domain.map { ($0.upperBound - $0.lowerBound) * 1e-9 } ?? 0
    let lowest = domain.map { $0.lowerBound - tolerance } ?? -.infinity
    let highest = domain.map { $0.upperBound + tolerance } ?? .infinity
    let (least, most) = (type.accepted.lowerBound, type.accepted.upperBound)
    var (low, high) = (Double.infinity, -Double.infinity)
    for demand in demands {
      for (index, values) in (demand.values + demand.ends).enumerated() {
        let isEnd = index >= demand.values.count
        total += values.count
        for value in values {
          // Also false for NaN.
          if value >= least && value <= most {
            low = min(low, value)
            high = max(high, value)
            if value < lowest || value > highest, !demand.isAnnotation { outside += 1 }
            if !demand.isAnnotation { hasData = true }
          } else if isEnd, !value.isNaN {
            cut += 1
          } else if LinearScale.accepts(value) {
            refused += 1
          } else {
            missing += 1
          }
        }
      }
      cut += demand.edges.count { !type.accepts($0) && !$0.isNaN }
      let reach = demand.reach + demand.edges + (type.accepts(0) ? [] : demand.reachWithoutZero)
      for value in reach where type.accepts(value) {
        low = min(low, value)
        high = max(high, value)
        hasData = true
      }
    }
    range = low <= high ? low...high : nil
  }

  /// Sentences for the reader about values that the axis does not show.
  package func notes(axis: String) -> [String] {
    func sentence(_ count: Int, _ rest: String) -> [String] {
      count == 0 ? [] : ["\(count) of \(total) \(axis) values \(count == 1 ? "is" : "are") \(rest)."]
    }
    return sentence(missing, "missing or not finite")
      + sentence(refused, "not above zero, which a log axis cannot show")
      + sentence(outside, "outside the axis’s range and not shown")
      + (cut == 0
        ? []
        : [
          "\(cut) \(cut == 1 ? "end of an interval or shape is" : "ends of intervals or shapes are") beyond what the "
            + "\(axis) axis can show, and cut at its edge."
        ])
  }
}
