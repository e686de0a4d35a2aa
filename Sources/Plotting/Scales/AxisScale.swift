/// Maps data to a place along an axis, 0 at its start and 1 at its end.
public protocol PositionScale: Sendable {
  /// The ends in data units, the smaller first.
  var domain: ClosedRange<Double> { get }
  /// The place of a value; NaN for a value that the scale cannot show.
  func position(_ value: Double) -> Double
  /// About as many ticks as the target, only whole numbers if asked.
  func ticks(target: Int, whole: Bool) -> [Tick]
}

/// A scale of numbers that can be made for any data.
public protocol ContinuousScale: PositionScale {
  /// As the figure's description calls it, such as "log".
  static var name: String { get }
  /// The smallest and the largest value that the scale can show.
  static var accepted: ClosedRange<Double> { get }
  /// A domain around the data, with a margin as a fraction of the length at either end.
  static func domain(covering range: ClosedRange<Double>, margins: (lower: Double, upper: Double))
    -> ClosedRange<Double>
  /// The scale from one end of the axis to the other, which stand at 0 and 1.
  init(domain: ClosedRange<Double>)
}

extension ContinuousScale {
  /// Whether the scale can show a value; false for NaN.
  public static func accepts(_ value: Double) -> Bool {
    value >= accepted.lowerBound && value <= accepted.upperBound
  }
}

/// A kind of axis, such as `.linear` or `.log`; a new kind is a `ContinuousScale` in a file of its own.
public struct AxisScale: Sendable {
  package let type: any ContinuousScale.Type

  /// An axis of one's own kind of scale.
  public init(_ type: any ContinuousScale.Type) { self.type = type }
}

/// A mark on an axis; a minor one has no label.
public struct Tick: Hashable, Sendable {
  /// Where it stands, in the data's unit.
  public var value: Double
  /// What stands beside it; nil for a minor one.
  public var label: String?

  /// A tick with a label, or a minor one without.
  public init(_ value: Double, label: String?) {
    self.value = value
    self.label = label
  }
}

/// Which ticks an axis has.
public enum AxisTicks: Sendable {
  /// At round numbers, as many as have room.
  case automatic
  /// Exactly these values, labelled as numbers.
  case at([Double])
  /// These values with words of the author's.
  case labelled([Double], [String])
  /// None, and no labels.
  case hidden
}

/// What an author says of one axis.
package struct AxisSpec: Sendable {
  package var label: String?
  package var scale: AxisScale = .linear
  package var domain: ClosedRange<Double>?
  package var ticks: AxisTicks = .automatic

  /// Whether the author has said nothing.
  package var isDefault: Bool {
    guard case .automatic = ticks, label == nil, domain == nil else { return false }
    return scale.type.name == LinearScale.name
  }
}
