import LinearAlgebra
import Networks
import Tasks

/// What regressions of states on time need of each distinct input, so that resampling sentences costs one matrix product.
struct CountingSums {
  /// Sums of products over the states of one input, or of several: of x = (1, T − t, t, h), the upper triangle of x xᵀ.
  struct Total {
    let units: Int
    /// `[size, size]` with size = units + 3.
    let products: [Double]

    private func sum(_ i: Int, _ j: Int) -> Double { products[min(i, j) * (units + 3) + max(i, j)] }
    /// The covariance of two columns, times the number of states.
    private func central(_ i: Int, _ j: Int) -> Double { sum(i, j) - sum(0, i) * sum(0, j) / sum(0, 0) }

    /// b of h = a + b (T − t) + c t, as a unit vector; nil if T − t and t go together or b is 0.
    var pattern: [Double]? {
      let (xx, xt, tt) = (central(1, 1), central(1, 2), central(2, 2))
      let determinant = xx * tt - xt * xt
      guard determinant > 1e-9 * max(xx * tt, 1e-30) else { return nil }
      return unit((0..<units).map { (tt * central(1, 3 + $0) - xt * central(2, 3 + $0)) / determinant })
    }

    /// The unit vector that reads T − t from h; nil if nothing varies.
    func weights(ridge: Double) -> (weights: [Double], explained: Double)? {
      var gram = [Double](repeating: 0, count: units * units)
      for i in 0..<units { for j in i..<units { gram[i * units + j] = central(3 + i, 3 + j) } }
      let mean = (0..<units).reduce(0) { $0 + gram[$1 * units + $1] } / Double(units)
      guard mean > 0 else { return nil }
      let target = (0..<units).map { central(1, 3 + $0) }
      var damped = gram
      for i in 0..<units { damped[i * units + i] += ridge * mean }
      guard let x = solvePositiveDefinite(damped, target), let direction = unit(x) else { return nil }
      // Of the residual y − x·h: yy − 2 x·(hy) + x G x.
      var quadratic = 0.0
      for i in 0..<units {
        for j in 0..<units { quadratic += x[i] * x[j] * gram[min(i, j) * units + max(i, j)] }
      }
      let along = zip(x, target).reduce(0) { $0 + $1.0 * $1.1 }
      let whole = central(1, 1)
      return (direction, whole > 0 ? 1 - (whole - 2 * along + quadratic) / whole : 0)
    }

    private func unit(_ vector: [Double]) -> [Double]? {
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return length > 1e-12 && length.isFinite ? vector.map { $0 / length } : nil
    }
  }

  let inputs: Int
  let sentences: SentenceGroups
  private let units: Int
  /// Of each input, `[inputs, size × size]`.
  private let products: [[Double]]
  /// States less their mean, divided by √(states − 1), `[states, units]`.
  private let centred: [[Double]]

  /// Takes the states of the decoder at t = `first` … T − 1, each distinct input once.
  init(_ recording: Recording, from first: Int) throws {
    let (states, rows) = (recording.decoder.states, recording.rows)
    guard states.steps.contains(first) else {
      throw AnalysisError.stepOutOfRange(step: first, recorded: states.steps)
    }
    units = states.units
    let size = units + 3
    var (seen, products, kept) = (Set<Int>(), [[Double]](), [[Double]]())
    let numbers = rows.inputNumbers
    var positions = Set<Int>()
    for row in 0..<rows.count where seen.insert(numbers[row]).inserted {
      let position = rows.positions[row]
      positions.insert(position)
      var own = [Double](repeating: 0, count: size * size)
      for step in states.steps where step >= first && step < position {
        let h = states.units(row: row, step: step)
        if let unit = h.indices.first(where: { !h[$0].isFinite }) {
          throw AnalysisError.valueNotFinite(what: "the state", row: row, unit: unit - h.startIndex)
        }
        let x = [1, Double(position - step), Double(step)] + h.map { Double($0) }
        kept.append(Array(x[3...]))
        for i in 0..<size { for j in i..<size { own[i * size + j] += x[i] * x[j] } }
      }
      products.append(own)
    }
    guard positions.count >= 2 else {
      throw AnalysisError.tooFewRows(condition: "different positions", found: positions.count, needed: 2)
    }
    inputs = products.count
    sentences = SentenceGroups(rows.distinct.sentenceNumbers)
    self.products = products
    var means = [Double](repeating: 0, count: units)
    for h in kept { for unit in 0..<units { means[unit] += h[unit] / Double(kept.count) } }
    let scale = Double(max(kept.count - 1, 1)).squareRoot()
    centred = kept.map { h in (0..<h.count).map { (h[$0] - means[$0]) / scale } }
  }

  /// The sums if input i is there `counts[i]` times.
  func total(_ counts: [Int]) -> Total {
    var sum = [Double](repeating: 0, count: (units + 3) * (units + 3))
    for (own, count) in zip(products, counts) where count > 0 {
      for i in sum.indices { sum[i] += Double(count) * own[i] }
    }
    return Total(units: units, products: sum)
  }

  /// Directions from sentences drawn with replacement, each with all its inputs; draws that give none are left out.
  func resampled(_ draws: Int, ridge: Double, seed: UInt64) -> (patterns: [[Double]], weights: [[Double]]) {
    var generator = SeededGenerator(seed: seed, label: "bootstrap over inputs")
    let counts = (0..<draws).map { _ in
      var counts = [Int](repeating: 0, count: inputs)
      for input in sentences.draw(using: &generator) { counts[input] += 1 }
      return counts
    }
    let found = parallelMap(draws) { draw in
      let total = total(counts[draw])
      return (pattern: total.pattern, weights: total.weights(ridge: ridge)?.weights)
    }
    return (found.compactMap(\.pattern), found.compactMap(\.weights))
  }

  /// Directions with the covariance of the states: sums of centred states with normal weights.
  func directions(_ draws: Int, using generator: inout SeededGenerator) -> [[Double]] {
    // Rows beyond a few hundred add nothing to a covariance but time.
    let used = centred.count <= 400 ? centred : generator.sample(400, of: centred)
    return (0..<draws).map { _ in
      var direction = [Double](repeating: 0, count: units)
      for h in used {
        let weight = generator.normal()
        for unit in 0..<units { direction[unit] += weight * h[unit] }
      }
      return direction
    }
  }
}
