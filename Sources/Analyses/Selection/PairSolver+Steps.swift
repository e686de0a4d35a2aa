import LinearAlgebra

/// The two steps of the active-set method. Both keep the sum of the coefficients and stay within their bounds.
extension PairSolver {
  /// Moves the free rows back onto their margin; those that reach a bound on the way stop being free.
  func settle() {
    // One part of the distance is left after a step that was cut short, the same for every row.
    var residual = free.map { gradient.base[$0] - centredBias }
    // The bias is where the last one is on its margin, and the sum of the coefficients leaves it where it is. Without any there
    // would be no bias.
    while free.count > 1 {
      column.base.update(repeating: 0, count: inverse.stride)
      for index in free.indices { column.base[index + 1] = residual[index] }
      inverse.multiply(column.base, into: solved.base)
      let (step, blocked) = longestStep(upTo: 1, sign: 1)
      for (index, row) in free.enumerated() { coefficients.base[row] += step * solved.base[index + 1] }
      guard let blocked else { return }
      snap(free[blocked], movement: solved.base[blocked + 1])
      for index in residual.indices { residual[index] *= 1 - step }
      residual.swapAt(blocked, residual.count - 1)
      residual.removeLast()
      release(blocked)
    }
  }

  /// Moves the coefficient of `row` until it meets its condition and is free, or until it reaches a bound.
  ///
  /// The free rows move along so that they stay on their margin. Gradients are kept up to date for the rows in
  /// `others` only, the next ones to enter.
  func enter(_ row: Int, alongside others: [Int]) {
    let sign: Double = gradient.base[row] > centredBias ? 1 : -1
    while true {
      pivots += 1
      let distance = abs(gradient.base[row] - centredBias)
      let curvature = solveColumn(of: row)
      let room =
        sign > 0 ? highest.base[row] - coefficients.base[row] : coefficients.base[row] - lowest.base[row]
      // Rows that depend on the free ones have no curvature: only a bound ends their step.
      let isDependent = isFlat(row, curvature: curvature) || free.count > rows.active.count
      let full = isDependent ? Double.infinity : distance / curvature
      let (step, blocked) = longestStep(upTo: min(full, room), sign: -sign)
      move(row, by: sign * step, alongside: others)
      if let blocked {
        snap(free[blocked], movement: -sign * solved.base[blocked + 1])
        if free.count == 1 {
          centredBias = gradient.base[row]
          return start(with: row)
        }
        release(blocked)
        continue
      }
      if full <= room {
        append(row, curvature: curvature)
      } else {
        coefficients.base[row] = sign > 0 ? highest.base[row] : lowest.base[row]
      }
      return
    }
  }

  /// How far the free coefficients can go along sign · `solved`, and the one that ends it before `limit`.
  private func longestStep(upTo limit: Double, sign: Double) -> (step: Double, blocked: Int?) {
    var (step, blocked) = (limit, -1)
    let (solved, beta, lowest, highest) = (solved.base, coefficients.base, lowest.base, highest.base)
    for (index, row) in free.enumerated() {
      let movement = sign * solved[index &+ 1]
      guard abs(movement) > 1e-12 else { continue }
      let room = (movement > 0 ? highest[row] : lowest[row]) - beta[row]
      // Divided only where it may matter: room / movement < step.
      if abs(room) < step * abs(movement) { (step, blocked) = (abs(room / movement), index) }
    }
    return (step, blocked < 0 ? nil : blocked)
  }

  /// Puts a coefficient exactly onto the bound that it has reached.
  private func snap(_ row: Int, movement: Double) {
    coefficients.base[row] = movement > 0 ? highest.base[row] : lowest.base[row]
  }

  /// Changes a coefficient, and the free ones by −`solved` times as much, with bias and the gradients of `others`.
  private func move(_ row: Int, by change: Double, alongside others: [Int]) {
    coefficients.base[row] += change
    let width = rows.width
    direction.base.update(repeating: 0, count: width)
    SelectionKernels.add(rows.row(row), scale: Float(change), to: direction.base, count: width)
    for (index, member) in free.enumerated() {
      let part = -change * solved.base[index + 1]
      coefficients.base[member] += part
      SelectionKernels.add(rows.row(member), scale: Float(part), to: direction.base, count: width)
    }
    centredBias -= change * solved.base[0]
    for other in others {
      gradient.base[other] -= Double(SelectionKernels.dot(rows.row(other), direction.base, count: width))
    }
  }
}
