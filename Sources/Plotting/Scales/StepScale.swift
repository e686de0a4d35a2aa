/// Time steps: equal distances, ticks only at whole steps, half a step of room at either end.
public struct StepScale: ContinuousScale {
  /// "step".
  public static let name = "step"
  public static let accepted = LinearScale.accepted
  public let domain: ClosedRange<Double>
  private let linear: LinearScale

  /// From one step to a later one, the room at either end included.
  public init(domain: ClosedRange<Double>) {
    self.domain = domain
    linear = LinearScale(domain: domain)
  }

  public static func domain(
    covering range: ClosedRange<Double>, margins: (lower: Double, upper: Double)
  ) -> ClosedRange<Double> {
    (range.lowerBound - 0.5)...(range.upperBound + 0.5)
  }

  public func position(_ value: Double) -> Double { linear.position(value) }

  public func ticks(target: Int, whole: Bool) -> [Tick] {
    let (first, last) = (domain.lowerBound.rounded(.up), domain.upperBound.rounded(.down))
    // Every step where there is room for it.
    if last >= first, last - first + 1 <= Double(target) * 2 {
      let steps = Array(stride(from: first, through: last, by: 1))
      return steps.map {
        Tick($0, label: NumberFormat.tick($0, step: 1, largest: max(abs(first), abs(last), 1)))
      }
    }
    return linear.ticks(target: target, whole: true)
  }
}

extension AxisScale {
  /// Time steps: a tick at each where there is room, never between two.
  public static let step = AxisScale(StepScale.self)
}
