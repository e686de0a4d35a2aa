import LinearAlgebra

/// Draws the first row of each batch; in shuffled batching, from an order that is drawn anew for each epoch.
struct BatchSampler: Codable {
  let rows: Int
  let batchSize: Int
  let batching: TrainingOptions.Batching
  private(set) var order: [Int]?
  private var generator: SeededGenerator
  private var nextRow: Int

  init(rows: Int, options: TrainingOptions) {
    self.rows = rows
    batchSize = options.batchSize
    batching = options.batching
    generator = SeededGenerator(seed: options.seed, label: "batches")
    nextRow = rows
  }

  /// Whether it can draw batches of so many rows: one that is read from a file may have been made by anybody.
  func fits(rows: Int, _ options: TrainingOptions) -> Bool {
    guard self.rows == rows, batchSize == options.batchSize, batching == options.batching,
      (0...rows).contains(nextRow)
    else { return false }
    guard let order else { return nextRow == rows }
    return order.count == rows && Set(order) == Set(0..<rows)
  }

  mutating func next() -> Int {
    switch batching {
    case .contiguousBlocks:
      return generator.integer(below: rows / batchSize) * batchSize
    case .shuffled:
      if nextRow + batchSize > rows {
        order = generator.shuffled(0..<rows)
        nextRow = 0
      }
      defer { nextRow += batchSize }
      return nextRow
    }
  }
}
