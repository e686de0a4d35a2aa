import Analyses

extension Effect {
  /// The headings of `cells`.
  public static let columns = ["Effect", "95 % interval", "Null: median, middle 95 %", "p", "n"]

  /// The effect as cells of a table, under `columns`: with its interval, its null and its number of sentences, or the
  /// words that it is not determined.
  ///
  ///     show(Table(columns: ["t"] + Effect.columns, rows: steps.map { [$0.step] + $0.uniform.cells }))
  ///
  /// - Parameter format: How a number is written: with two decimals by default.
  public func cells(_ format: (Double) -> String = { decimals($0, 2) }) -> [any TableValue] {
    guard let found = measurement else { return ["n. d.", "–", "–", "–", "–"] }
    func range(_ interval: Interval) -> String { "\(format(interval.low)) – \(format(interval.high))" }
    return [
      format(found.estimate), range(found.interval),
      "\(format(found.null.median)), \(range(found.null.range))",
      pValueText(found.null.pValue), found.sentences,
    ]
  }

  /// The effect as cells of a table, under `columns`, with two decimals.
  public var cells: [any TableValue] { cells() }

  /// In running text: "0.97 (0.93 to 0.99; null 0.12, p = 0.001, n = 96)".
  public var text: String {
    guard let found = measurement else { return reason?.description ?? "not determined" }
    return "\(decimals(found.estimate, 2)) (\(decimals(found.interval.low, 2)) to "
      + "\(decimals(found.interval.high, 2)); null \(decimals(found.null.median, 2)), p = \(pValueText(found.null.pValue)), "
      + "n = \(found.sentences))"
  }

  /// In one narrow cell: "0.97 (0.93 – 0.99; null 0.12)", with the null's median.
  public var cell: String {
    guard let found = measurement else { return "n. d." }
    return "\(decimals(found.estimate, 2)) (\(decimals(found.interval.low, 2)) – "
      + "\(decimals(found.interval.high, 2)); null \(decimals(found.null.median, 2)))"
  }

  /// The estimate, if there is one: for figures, where what is not determined leaves a gap.
  public var estimate: Double { measurement?.estimate ?? .nan }
  /// The lower end of the interval; not a number where there is no estimate.
  public var low: Double { measurement?.interval.low ?? .nan }
  /// The upper end of the interval; not a number where there is no estimate.
  public var high: Double { measurement?.interval.high ?? .nan }
}
