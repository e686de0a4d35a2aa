import Analyses
import LinearAlgebra

/// Few different rows in many copies, as the published data have them: what a support-vector machine finds hardest to round.
struct CopiedRows {
  var examples: LabelledStates
  /// The same without copies, and how many there are of each.
  var distinct: LabelledStates
  var copies: [Double]
  /// How many units the elimination leaves.
  var roundSize: Int

  private init(_ states: Matrix, labels: [Int], copies: [Int], roundSize: Int) throws {
    let rows = copies.enumerated().flatMap { [Int](repeating: $0, count: $1) }
    examples = try LabelledStates(states: states.rows(rows), labels: rows.map { labels[$0] }, inputs: rows)
    distinct = try LabelledStates(states: states, labels: labels, inputs: Array(labels.indices))
    self.copies = copies.map(Double.init)
    self.roundSize = roundSize
  }

  /// Units that are −1 or 1 throughout, as those of a saturated model.
  static func saturated(seed: UInt64) throws -> CopiedRows {
    var generator = SeededGenerator(seed: seed * 7 + 4)
    let (rows, units) = (2 + generator.integer(below: 14), 2 + generator.integer(below: 12))
    let most = [1, 30, 3_000][generator.integer(below: 3)]
    let states = Matrix(
      rows: rows, columns: units,
      storage: (0..<rows * units).map { _ in Float(generator.integer(below: 2)) * 2 - 1 })
    var (labels, copies) = ([Int](), [Int]())
    for row in 0..<rows {
      labels.append(row < 2 ? row : generator.integer(below: 2))
      copies.append(1 + generator.integer(below: most))
    }
    let roundSize = 1 + generator.integer(below: min(3, units))
    return try CopiedRows(states, labels: labels, copies: copies, roundSize: roundSize)
  }

  /// Rows that lie close around two centres, at any scale and any distance of the centres.
  static func crowded(seed: UInt64) throws -> CopiedRows {
    var generator = SeededGenerator(seed: seed * 11 + 3)
    let (rows, units) = (2 + generator.integer(below: 20), 2 + generator.integer(below: 40))
    let most = [1, 30, 800][generator.integer(below: 3)]
    let spread = [Float(1e-4), 1e-3, 1e-2, 0.1, 1][generator.integer(below: 5)]
    let scale = [Float(1e-3), 1e-2, 0.1, 1][generator.integer(below: 4)]
    let distance = [Float(0), 1, 3][generator.integer(below: 3)]
    let centre = Matrix.normal(rows: 2, columns: units, using: &generator)
    let noise = Matrix.normal(rows: rows, columns: units, using: &generator)
    var states = noise
    var (labels, copies) = ([Int](), [Int]())
    for row in 0..<rows {
      let label = row < 2 ? row : generator.integer(below: 2)
      for unit in 0..<units {
        states[row, unit] = scale * (distance * centre[label, unit] + spread * noise[row, unit])
      }
      labels.append(label)
      copies.append(generator.integer(below: 2) == 0 ? most : 1 + generator.integer(below: most))
    }
    let roundSize = 1 + generator.integer(below: min(3, units))
    return try CopiedRows(states, labels: labels, copies: copies, roundSize: roundSize)
  }
}
