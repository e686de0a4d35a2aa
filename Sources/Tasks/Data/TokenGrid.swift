import Base

/// The tokens of many rows of one length, `[rows, steps]`, flat and row-major.
///
/// Positions are counted from 1, as in the paper, where state h_t emits the token at position t.
public struct TokenGrid: Codable, Sendable, Hashable {
  /// How many rows there are.
  public let rows: Int
  /// How many positions each row has, PAD included.
  public let steps: Int
  /// The token at position t of row r is at `r * steps + t - 1`.
  public var storage: [Int32]

  /// A grid over existing tokens; `storage.count` must be `rows * steps`.
  public init(rows: Int, steps: Int, storage: [Int32]) {
    ensure(
      rows >= 0 && steps >= 0 && storage.count == rows * steps,
      "\(rows) rows of \(steps) steps can't be made of \(storage.count) tokens"
    )
    self.rows = rows
    self.steps = steps
    self.storage = storage
  }

  /// A grid of PAD.
  public init(rows: Int, steps: Int) {
    ensure(rows >= 0 && steps >= 0, "a grid can't have \(rows) rows of \(steps) steps")
    self.init(
      rows: rows, steps: steps, storage: [Int32](repeating: Vocabulary.pad, count: rows * steps))
  }

  /// The token of `row` at `position`, counted from 1.
  public subscript(row: Int, at position: Int) -> Int32 {
    get {
      ensure(
        row >= 0 && row < rows && position >= 1 && position <= steps,
        "row \(row), position \(position) is outside \(rows) rows of \(steps) steps (positions start at 1)")
      return storage[row * steps + position - 1]
    }
    set {
      ensure(
        row >= 0 && row < rows && position >= 1 && position <= steps,
        "row \(row), position \(position) is outside \(rows) rows of \(steps) steps (positions start at 1)")
      storage[row * steps + position - 1] = newValue
    }
  }

  /// The tokens of one row, `[steps]`, PAD included.
  public func row(_ row: Int) -> ArraySlice<Int32> {
    ensure(row >= 0 && row < rows, "row \(row) of \(rows) was asked for (rows count from 0)")
    return storage[row * steps..<(row + 1) * steps]
  }
}
