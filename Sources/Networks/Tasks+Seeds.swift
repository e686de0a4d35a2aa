import LinearAlgebra
import Tasks

extension TaskGenerator {
  /// The task as the authors trained and tested on it; `seed` fixes the rows.
  public func published(seed: UInt64) -> Dataset {
    var generator = SeededGenerator(seed: seed, label: "dataset \(name)")
    return published(using: &generator)
  }

  /// The task with validation and test inputs that never occur in training; `seed` fixes rows and splits.
  public func heldOut(seed: UInt64, minimum: Int = 16) -> Dataset {
    var generator = SeededGenerator(seed: seed, label: "dataset \(name)")
    return heldOut(minimum: minimum, using: &generator)
  }
}

extension BalancedTask {
  /// The task in balanced form: factorial in w × T × prefix, splits disjoint by input; `seed` fixes the rows.
  ///
  /// Throws `TaskError` where a length has too few distinct sentences, and for sizes that make no sense.
  public func balanced(
    seed: UInt64, rowsPerCell: RowsPerCell = RowsPerCell(), unseen: [WordAtPosition] = []
  ) throws -> Dataset {
    var generator = SeededGenerator(seed: seed, label: "dataset \(name)")
    return try balanced(rowsPerCell: rowsPerCell, unseen: unseen, using: &generator)
  }

  /// `count` pairs (w, T) to hold out of training, spread over words and positions; `seed` fixes them.
  ///
  /// Throws `TaskError.invalidOption` unless every word and position also remains in training.
  public func pairsToHoldOut(_ count: Int, seed: UInt64) throws -> [WordAtPosition] {
    var generator = SeededGenerator(seed: seed, label: "held-out pairs \(name)")
    return try pairsToHoldOut(count, using: &generator)
  }
}
