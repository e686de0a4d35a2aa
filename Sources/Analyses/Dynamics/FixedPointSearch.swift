import LinearAlgebra
import Networks

/// Lowers q(h) = ½ ‖F(h, token) − h‖² from many starts: Adam first, then Levenberg and Marquardt.
///
/// Adam (Kingma & Ba 2015), as Golub & Sussillo 2018 use it, moves to the nearest valley. There q is nearly quadratic and
/// often so flat along one direction that first derivatives get nowhere; with A = ∂F/∂h − I, a step δ of
/// (AᵀA + μ I) δ = −Aᵀ (F − h) does (Marquardt 1963). μ falls when a step lowers q, which it must, and grows when not.
enum FixedPointSearch {
  /// Where a search came to rest.
  struct End: Sendable {
    let token: Int32
    /// The number of the start.
    let start: Int
    var state: [Float]
    var q: Double
    /// ‖∇q‖ / ‖F − h‖; 0 where F = h.
    var gradient: Double
  }

  /// Rows of a block, which follow from nothing but this: neither threads nor the other starts change a bit.
  private static let blockSize = 16

  static func run(
    _ model: Seq2Seq, _ starts: Matrix, _ tokens: [Int32], _ options: FixedPoints.Options,
    progress: @Sendable (Double) -> Void
  ) throws -> [End] {
    let tasks = tokens.flatMap { token in (0..<starts.rows).map { (token: token, start: $0) } }
    let blocks = (tasks.count + blockSize - 1) / blockSize
    return try parallelMap(blocks) { block in
      let members = tasks[block * blockSize..<min((block + 1) * blockSize, tasks.count)]
      defer { progress(Double(block + 1) / Double(blocks)) }
      return try search(
        DecoderStep(model, capacity: blockSize * starts.columns), starts.rows(members.map(\.start)),
        members.map(\.token), members.map(\.start), options)
    }.flatMap { $0 }
  }

  private static func search(
    _ step: DecoderStep, _ states: Matrix, _ tokens: [Int32], _ starts: [Int], _ options: FixedPoints.Options
  ) throws -> [End] {
    let states = try adam(step, states, tokens, options)
    return try levenbergMarquardt(step, states, tokens, starts, options)
  }

  private static func adam(
    _ step: DecoderStep, _ start: Matrix, _ tokens: [Int32], _ options: FixedPoints.Options
  ) throws -> Matrix {
    var states = start
    var first = [Float](repeating: 0, count: states.storage.count)
    var second = first
    var (decay1, decay2): (Float, Float) = (1, 1)
    for number in 0..<options.adamSteps {
      let (residual, pulledBack) = try residual(step, states, tokens)
      (decay1, decay2) = (decay1 * 0.9, decay2 * 0.999)
      let rate = Float(options.adamRate * (1 - Double(number) / Double(options.adamSteps)))
      for i in states.storage.indices {
        let gradient = pulledBack.storage[i] - residual.storage[i]
        first[i] += 0.1 * (gradient - first[i])
        second[i] += 0.001 * (gradient * gradient - second[i])
        states.storage[i] -= rate * first[i] / (1 - decay1) / ((second[i] / (1 - decay2)).squareRoot() + 1e-8)
      }
    }
    return states
  }

  /// F − h of each row, and its product with ∂F/∂h.
  private static func residual(
    _ step: DecoderStep, _ states: Matrix, _ tokens: [Int32]
  ) throws -> (residual: Matrix, pulledBack: Matrix) {
    func residual(_ first: Int, _ next: Matrix) -> Matrix {
      var result = next
      for i in result.storage.indices { result.storage[i] -= states.storage[first * states.columns + i] }
      return result
    }
    let (next, pulledBack) = try step.next(states, feeding: tokens, pullingBack: residual)
    return (residual(0, next), pulledBack)
  }

  private static func levenbergMarquardt(
    _ step: DecoderStep, _ start: Matrix, _ tokens: [Int32], _ starts: [Int], _ options: FixedPoints.Options
  ) throws -> [End] {
    let width = start.columns
    var ends = starts.indices.map {
      End(token: tokens[$0], start: starts[$0], state: start.row($0), q: 0, gradient: 0)
    }
    var damping = [Double](repeating: 1e-3, count: ends.count)
    var active = Array(ends.indices)
    for number in 0...options.newtonSteps {
      func matrix(_ rows: [Int], _ states: [[Float]]) -> Matrix {
        Matrix(rows: rows.count, columns: width, storage: states.flatMap { $0 })
      }
      let (next, jacobians) = try step.jacobians(
        matrix(active, active.map { ends[$0].state }), feeding: active.map { tokens[$0] })
      var (moving, trials): ([Int], [[Float]]) = ([], [])
      for (i, row) in active.enumerated() {
        let residual = (0..<width).map { Double(next[i, $0]) - Double(ends[row].state[$0]) }
        var slope = jacobians[i].storage.map { Double($0) }
        for unit in 0..<width { slope[unit * width + unit] -= 1 }
        ends[row].q = halfSquare(residual)
        ends[row].gradient = relativeGradient(slope, residual)
        // A thousandth of what is asked for, and no further than a ratio that rounding errors leave.
        if number == options.newtonSteps || ends[row].q <= 1e-3 * options.fixedTolerance || damping[row] > 1e8
        {
          continue
        }
        guard let move = leastSquares(slope, columns: width, residual.map { -$0 }, damping: damping[row])
        else {
          continue
        }
        moving.append(row)
        trials.append(zip(ends[row].state, move).map { Float(Double($0) + $1) })
      }
      if moving.isEmpty { break }
      let reached = try step.next(matrix(moving, trials), feeding: moving.map { tokens[$0] })
      for (i, row) in moving.enumerated() {
        let q = halfSquare((0..<width).map { Double(reached[i, $0]) - Double(trials[i][$0]) })
        if q < ends[row].q {
          ends[row].state = trials[i]
          damping[row] = max(damping[row] / 5, 1e-12)
        } else {
          damping[row] *= 5
        }
      }
      active = moving
    }
    return ends
  }

  private static func halfSquare(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 } / 2 }

  /// ‖Aᵀ r‖ / ‖r‖.
  private static func relativeGradient(_ slope: [Double], _ residual: [Double]) -> Double {
    let width = residual.count
    var gradient = [Double](repeating: 0, count: width)
    for i in 0..<width {
      for j in 0..<width { gradient[j] += slope[i * width + j] * residual[i] }
    }
    let length = (2 * halfSquare(residual)).squareRoot()
    return length == 0 ? 0 : (2 * halfSquare(gradient)).squareRoot() / length
  }
}
