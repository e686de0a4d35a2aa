/// One column of a mark's data: numbers, or names that become categories.
public enum PlotColumn: Hashable, Sendable {
  /// Numbers; `whole` says that they came as integers, so that ticks between them would make no sense.
  case numbers([Double], whole: Bool)
  /// Names, each of which is one category however often it occurs.
  case categories([String])

  /// How many data there are.
  public var count: Int {
    switch self {
    case .numbers(let values, _): values.count
    case .categories(let names): names.count
    }
  }
}

/// What a mark takes for a position: arrays of `Double`, `Float`, `Int` or `String`, and ranges of `Int`.
///
/// Marks take it as `any PlotData`, not `some`: with three closures among its arguments a generic initialiser
/// cost the type checker 8 s, this one 35 ms.
public protocol PlotData: Sendable {
  /// The data as numbers or names.
  var plotColumn: PlotColumn { get }
}

/// What a mark takes for an amount: arrays of `Double`, `Float` or `Int`, and ranges of `Int`.
public protocol PlotNumbers: PlotData {
  /// The data as numbers; not finite ones leave gaps.
  var plotNumbers: [Double] { get }
}

/// An element whose arrays are `PlotData`; a single one is a place for rules, words and arrows.
public protocol PlotElement: Sendable {
  /// Single values brought into one column.
  static func plotColumn(of values: [Self]) -> PlotColumn
}

/// An element whose arrays are `PlotNumbers`.
public protocol PlotNumber: PlotElement {
  /// Single values as numbers.
  static func plotNumbers(of values: [Self]) -> [Double]
}

extension PlotElement {
  /// A single value as a column of one row, for marks that stand at one place.
  public var plotColumn: PlotColumn { Self.plotColumn(of: [self]) }
}

extension Double: PlotNumber {
  /// Numbers that may lie anywhere.
  public static func plotColumn(of values: [Double]) -> PlotColumn { .numbers(values, whole: false) }
  /// The values as they are.
  public static func plotNumbers(of values: [Double]) -> [Double] { values }
}

extension Float: PlotNumber {
  /// Numbers that may lie anywhere.
  public static func plotColumn(of values: [Float]) -> PlotColumn {
    .numbers(plotNumbers(of: values), whole: false)
  }
  /// The values, widened.
  public static func plotNumbers(of values: [Float]) -> [Double] { values.map { Double($0) } }
}

extension Int: PlotNumber {
  /// Whole numbers, with ticks at whole numbers alone.
  public static func plotColumn(of values: [Int]) -> PlotColumn {
    .numbers(plotNumbers(of: values), whole: true)
  }
  /// The values, widened.
  public static func plotNumbers(of values: [Int]) -> [Double] { values.map { Double($0) } }
}

extension String: PlotElement {
  /// Names of categories, in their order.
  public static func plotColumn(of values: [String]) -> PlotColumn { .categories(values) }
}

extension Array: PlotData where Element: PlotElement {
  /// The elements, in their order.
  public var plotColumn: PlotColumn { Element.plotColumn(of: self) }
}

extension Array: PlotNumbers where Element: PlotNumber {
  /// The elements as numbers.
  public var plotNumbers: [Double] { Element.plotNumbers(of: self) }
}

extension ArraySlice: PlotData where Element: PlotElement {
  /// The elements, in their order.
  public var plotColumn: PlotColumn { Element.plotColumn(of: Array(self)) }
}

extension ArraySlice: PlotNumbers where Element: PlotNumber {
  /// The elements as numbers.
  public var plotNumbers: [Double] { Element.plotNumbers(of: Array(self)) }
}

extension Range: PlotData where Bound == Int {
  /// The whole numbers of the range, without its upper end.
  public var plotColumn: PlotColumn { Int.plotColumn(of: Array(self)) }
}

extension Range: PlotNumbers where Bound == Int {
  /// The whole numbers of the range, without its upper end.
  public var plotNumbers: [Double] { Int.plotNumbers(of: Array(self)) }
}

extension ClosedRange: PlotData where Bound == Int {
  /// The whole numbers of the range, with both ends.
  public var plotColumn: PlotColumn { Int.plotColumn(of: Array(self)) }
}

extension ClosedRange: PlotNumbers where Bound == Int {
  /// The whole numbers of the range, with both ends.
  public var plotNumbers: [Double] { Int.plotNumbers(of: Array(self)) }
}
