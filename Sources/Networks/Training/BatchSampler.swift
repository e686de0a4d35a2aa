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
