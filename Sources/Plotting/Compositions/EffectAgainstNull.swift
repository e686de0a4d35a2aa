/// The effect of a chosen set, with its interval and the effects of random sets of the same size.
public struct DrawnEffect: Sendable {
  /// What stands at the axis, such as the name of the set.
  public let name: String
  /// The set's effect, in the unit of the axis.
  public let value: Double
  /// The lower end of its interval.
  public let low: Double
  /// The upper end of its interval.
  public let high: Double
  /// One effect a random set.
  public let random: [Double]

  /// An effect with its interval, and those of random sets.
  public init(
    _ name: String, value: any PlotElement, low: any PlotElement, high: any PlotElement,
    random: any PlotNumbers
  ) {
    func number(_ element: any PlotElement) -> Double {
      if case .numbers(let values, _) = element.plotColumn { values.first ?? .nan } else { .nan }
    }
    self.name = name
    (self.value, self.low, self.high) = (number(value), number(low), number(high))
    self.random = random.plotNumbers
  }
}

extension Figure {
  /// Effects against chance: for each set a point with its interval over the cloud of random sets.
  ///
  ///     show(Figure.effectAgainstNull(effects, axis: "Drop in accuracy", chosen: "storing units"))
  ///
  /// - Parameters:
  ///   - axis: What the effect is, with its unit.
  ///   - reference: A line at “no effect”; nil for none.
  public static func effectAgainstNull(
    _ effects: [DrawnEffect], axis: String, chosen: String = "chosen set", random: String = "random sets",
    reference: Double? = 0, width: Double = 640, height: Double? = nil
  ) -> Figure {
    Figure(width: width, height: height ?? Double(effects.count) * 54 + 110) {
      if let reference { RuleMark(x: reference) }
      StripMark(
        y: effects.flatMap { effect in effect.random.map { _ in effect.name } },
        x: effects.flatMap(\.random), series: random, emphasis: .null, sideBySide: false)
      PointRangeMark(
        y: effects.map(\.name), x: effects.map(\.value), low: effects.map(\.low), high: effects.map(\.high),
        series: chosen, emphasis: .accent, sideBySide: false)
    }
    .xAxis(axis)
  }
}
