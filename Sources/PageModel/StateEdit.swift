/// One change of the decoder's states.
///
/// In the page's memory it is Int32 numbers: what the units are given, the first and the last step at which they are, the bits of
/// a number, how many units there are, and these. Step 0 is the encoder's last state; units count through the states of all
/// layers, `ModelShape.width` of them.
public struct StateEdit {
  public enum Value: Int32, CaseIterable {
    /// `number`.
    case constant
    /// The unit's mean at that step.
    case mean
    /// What it was one step before, in the run without edits.
    case stepBefore
    /// What it is in the other request, at the same step.
    case other
  }

  public var value: Value
  public var first: Int32
  public var last: Int32
  public var number: Float
  public var units: [Int32]

  public init(_ value: Value, number: Float = 0, units: [Int32], steps: ClosedRange<Int>) {
    (self.value, self.number, self.units) = (value, number, units)
    (first, last) = (Int32(steps.lowerBound), Int32(steps.upperBound))
  }

  /// As it lies in the page's memory.
  public var numbers: [Int32] {
    [value.rawValue, first, last, Int32(bitPattern: number.bitPattern), Int32(units.count)] + units
  }
}

/// An edit where it lies in memory.
struct StateEditView {
  let value: StateEdit.Value
  let first: Int32
  let last: Int32
  let number: Float
  let units: UnsafeBufferPointer<Int32>
  /// How many numbers it takes.
  var count: Int { Self.headCount + units.count }

  private static let headCount = 5

  /// The edit at the head of these numbers; nil where it is none, or has units that `width` states do not have.
  init?(_ numbers: UnsafeBufferPointer<Int32>, width: Int) {
    guard numbers.count >= Self.headCount, let value = StateEdit.Value(rawValue: numbers[0]),
      numbers[4] >= 0, Int(numbers[4]) <= numbers.count - Self.headCount
    else { return nil }
    self.value = value
    (first, last) = (numbers[1], numbers[2])
    number = Float(bitPattern: UInt32(bitPattern: numbers[3]))
    units = UnsafeBufferPointer(rebasing: numbers[Self.headCount..<Self.headCount + Int(numbers[4])])
    for unit in units where unit < 0 || Int(unit) >= width { return nil }
  }
}
