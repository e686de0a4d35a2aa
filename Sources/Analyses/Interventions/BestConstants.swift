import LinearAlgebra
import Networks
import Tasks

extension EditValue {
  /// For each set, the constants for its units that leave the token at T as likely as can be: optimal ablation (Li & Janson
  /// 2024, arXiv 2409.09951). What a set then still destroys is what it told apart, not what a bad constant does.
  ///
  /// log P(w at T), averaged over the reference rows, is maximised by Adam from the mean at the step, with values kept
  /// within ±1, where the states of GRUs are; the best constants met on the way are returned. The tokens fed are those
  /// of the run without edits. If all reference rows ask for one word, constants can carry it: take rows of all words.
  ///
  /// - Parameters:
  ///   - reference: Rows that serve for nothing else. Rows whose T lies before the step can't be changed, and do not count.
  ///   - step: The decoder step t that is edited, in the top layer.
  ///   - iterations: Of Adam, at a learning rate of 0.1.
  /// - Returns: A value for each set, to be used for its units.
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.stepOutOfRange`, `.tooFewRows`, and `NetworkError`.
  public static func bestConstants(
    _ reference: Counterfactuals, sets: [[Int]], at step: Int, iterations: Int = 30
  ) throws -> [EditValue] {
    try constants(
      reference, sets: sets, at: step, rows: Array(0..<reference.rows.count), iterations: iterations
    ).map(EditValue.constants)
  }

  /// The constants for each set, `[sets][units]`, found on some of the reference rows.
  static func constants(
    _ reference: Counterfactuals, sets: [[Int]], at step: Int, rows: [Int], iterations: Int
  ) throws -> [[Float]] {
    let states = reference.baseline.decoder.states
    guard states.steps.contains(step) else {
      throw AnalysisError.stepOutOfRange(step: step, recorded: states.steps)
    }
    for set in sets { _ = try unitSet(set, of: states.units) }
    let positions = reference.rows.positions
    let byPosition = grouped(rows.filter { positions[$0] >= max(step, 1) }) { positions[$0] }
    guard !byPosition.isEmpty else {
      throw AnalysisError.tooFewRows(condition: "a token at or after step \(step)", found: 0, needed: 1)
    }
    // So many sets at a time that the memory stays small.
    let count = byPosition.reduce(0) { $0 + $1.rows.count }
    let size = max(1, 2048 / count)
    let blocks = (sets.count + size - 1) / size
    return try parallelMap(blocks) { block in
      try ConstantSearch(
        reference, sets: Array(sets[block * size..<min(sets.count, (block + 1) * size)]), step, byPosition
      ).run(iterations)
    }.flatMap { $0 }
  }
}

/// The search for the constants of some sets at once.
private struct ConstantSearch {
  let reference: Counterfactuals
  let sets: [[Int]]
  let step: Int
  let byPosition: [(number: Int, rows: [Int])]
  /// `[sets, units]`.
  var constants: Matrix

  init(_ reference: Counterfactuals, sets: [[Int]], _ step: Int, _ byPosition: [(number: Int, rows: [Int])]) {
    (self.reference, self.sets, self.step, self.byPosition) = (reference, sets, step, byPosition)
    let rows = byPosition.flatMap(\.rows).sorted()
    let means = reference.baseline.decoder.states.step(step).rows(rows).columnMeans
    constants = Matrix(sets.map { _ in means })
  }

  consuming func run(_ iterations: Int) throws -> [[Float]] {
    let units = constants.columns
    var best = constants
    var bestValues = [Double](repeating: -.infinity, count: sets.count)
    var (first, second) = (constants, constants)
    for index in first.storage.indices { (first.storage[index], second.storage[index]) = (0, 0) }
    for iteration in 1...max(1, iterations) {
      let (values, gradients) = try objective()
      for set in sets.indices {
        if values[set] > bestValues[set] {
          bestValues[set] = values[set]
          for unit in 0..<units { best[set, unit] = constants[set, unit] }
        }
        for unit in sets[set] {
          let gradient = gradients[set, unit]
          first[set, unit] = 0.9 * first[set, unit] + 0.1 * gradient
          second[set, unit] = 0.999 * second[set, unit] + 0.001 * gradient * gradient
          let mean = first[set, unit] / (1 - power(0.9, iteration))
          let square = second[set, unit] / (1 - power(0.999, iteration))
          let moved = constants[set, unit] + 0.1 * mean / (square.squareRoot() + 1e-8)
          constants[set, unit] = min(max(moved, -1), 1)
        }
      }
    }
    return sets.indices.map { best.row($0) }
  }

  /// The mean of log P(w at T) for each set, and its gradients `[sets, units]`.
  private func objective() throws -> (values: [Double], gradients: Matrix) {
    let baseline = reference.baseline
    let units = constants.columns
    var values = [Double](repeating: 0, count: sets.count)
    var gradients = Matrix(rows: sets.count, columns: units)
    var count = 0.0
    for (position, rows) in byPosition {
      let all = baseline.states(at: step).rows(rows)
      // The top layer's state comes after those of the layers below; the cell state of an LSTM after its state.
      let cellState = baseline.decoder.cellState == nil ? 0 : units
      let top = all.columns - units - cellState
      var states = Matrix(rows: sets.count * rows.count, columns: all.columns)
      for set in sets.indices {
        for row in rows.indices {
          let first = (set * rows.count + row) * all.columns
          states.storage.replaceSubrange(
            first..<first + all.columns, with: all.storage[row * all.columns..<(row + 1) * all.columns])
          for unit in sets[set] { states.storage[first + top + unit] = constants[set, unit] }
        }
      }
      let repeated = sets.flatMap { _ in rows }
      let tokens = TokenGrid(
        rows: repeated.count, steps: baseline.tokens.steps,
        storage: repeated.flatMap { baseline.tokens.row($0) })
      let (logs, slopes) = try reference.model.stateGradients(
        states, at: step, feeding: tokens, target: .logProbability,
        words: repeated.map { reference.rows.words[$0] }, at: position)
      for set in sets.indices {
        for row in rows.indices {
          values[set] += Double(logs[set * rows.count + row])
          for unit in sets[set] { gradients[set, unit] += slopes[set * rows.count + row, top + unit] }
        }
      }
      count += Double(rows.count)
    }
    for index in gradients.storage.indices { gradients.storage[index] /= Float(count) }
    return (values.map { $0 / count }, gradients)
  }
}

private func power(_ base: Float, _ exponent: Int) -> Float {
  (0..<exponent).reduce(1) { product, _ in product * base }
}
