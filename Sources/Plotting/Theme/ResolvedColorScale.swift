/// A colour scale with its range and ramp settled.
package struct ResolvedColorScale: Sendable {
  package let domain: ClosedRange<Double>
  package let ramp: ColorRamp
  package let label: String?
  /// Whether there are values above and below all numbers, which have signs of their own.
  package let infinities: (above: Bool, below: Bool)

  /// Diverging ranges are symmetric around zero, so that the middle colour means zero.
  package init(_ scale: ColorScale, appearance: Appearance) {
    var (low, high) = (Double.infinity, -Double.infinity)
    for value in scale.values where LinearScale.accepts(value) {
      low = min(low, value)
      high = max(high, value)
    }
    let given = scale.domain.flatMap { $0.lowerBound < $0.upperBound ? $0 : nil }
    if let given { (low, high) = (given.lowerBound, given.upperBound) }
    if low > high { (low, high) = (0, 1) }
    // A little noise below zero does not make amounts into deviations.
    let hasBothSigns = low < 0 && high > 0 && min(-low, high) > 0.1 * max(-low, high)
    let diverges = scale.map.kind == .diverging || (scale.map.kind == .automatic && hasBothSigns)
    if diverges, given == nil {
      let reach = max(abs(low), abs(high))
      (low, high) = (-reach, reach)
    }
    if high - low < max(abs(low), abs(high), 1e-280) * 1e-12 {
      let half = max(abs(low) * 0.1, 1e-3)
      (low, high) = (low - half, high + half)
    }
    domain = low...high
    ramp = diverges ? .diverging(appearance) : .sequential(appearance)
    label = scale.label
    infinities = (scale.values.contains(.infinity), scale.values.contains(-.infinity))
  }

  /// The colour of a value; nil where there is none, and for an infinite one. Values outside the range take the colour of its end.
  package func color(_ value: Double) -> Color? {
    guard value.isFinite else { return nil }
    return ramp[(value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)]
  }
}

extension Symbol {
  /// The sign of an infinite value where values are colours; nil for a finite one.
  package static func ofInfinity(_ value: Double) -> Symbol? {
    value == .infinity ? .triangle : value == -.infinity ? .invertedTriangle : nil
  }
}
