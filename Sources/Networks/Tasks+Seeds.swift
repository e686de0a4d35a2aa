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
