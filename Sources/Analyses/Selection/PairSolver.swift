import LinearAlgebra

/// Solves the dual of one linear support-vector machine, and again after each feature that goes.
///
/// The problem is libsvm's C-SVC (Chang & Lin 2011, equation 1): minimise ½ |w|² + C Σ max(0, 1 − y (w·x + b)) over w
/// and an unregularised b. Coefficients are signed, β = y α, between 0 and ±C and summing to zero.
///
/// The method keeps the set of *free* rows, those that lie on their margin, with the inverse of their optimality
/// conditions (an active-set method: Scheinberg 2006). Taking a feature of little weight off changes few of them, and each change
/// costs the square of their number, so that a new solution is exact and takes a fraction of a millisecond where one
/// from pairwise steps (Platt 1999), as in libsvm, takes tens of thousands.
final class PairSolver {
  let problem: PairProblem
  let rows: PackedRows
  private let precision: SVMPrecision
  /// β, `[rows]`, and its bounds.
  let coefficients: Scratch<Double>
  let lowest: Scratch<Double>
  let highest: Scratch<Double>
  /// y − w·x: where the bias would have to be for the row to lie on its margin, `[stride]`.
  let gradient: Scratch<Double>
  /// The same in Float, as the fast kernel computes it.
  private let roughGradient: Scratch<Float>
  /// w of every feature, 0 for those taken off, `[features]`.
  private(set) var weights: [Float]
  /// b for the centred features.
  var centredBias = 0.0
  /// The duality gap as a share of the primal objective.
  private(set) var gap = Double.infinity
  /// Changes of the free set so far.
  var pivots = 0
  /// The free rows, in the order of the inverse.
  private(set) var free: [Int] = []
  private let isFree: Scratch<Bool>
  let inverse: BorderedInverse
  /// Room for vectors over the free rows and the bias, `[inverse.stride]`.
  let column: Scratch<Double>
  let solved: Scratch<Double>
  /// Room for a vector over the packed features.
  let direction: Scratch<Float>
  private var removedSinceRebuild = 0
  /// |w|².
  private var squaredLength = 0.0
  /// Whether gradients and products are computed in Double, until the next solution.
  private var isExact = false

  init(_ problem: PairProblem, precision: SVMPrecision) {
    self.problem = problem
    self.precision = precision
    rows = PackedRows(problem)
    coefficients = Scratch(problem.rows, repeating: 0)
    let bounds = (0..<problem.rows).map { Double(problem.targets.base[$0] * problem.bounds.base[$0]) }
    lowest = Scratch(bounds.map { min($0, 0) })
    highest = Scratch(bounds.map { max($0, 0) })
    isFree = Scratch(problem.rows, repeating: false)
    gradient = Scratch(problem.stride, repeating: 0)
    roughGradient = Scratch(problem.stride, repeating: 0)
    weights = [Float](repeating: 0, count: problem.features)
    // Rows with independent conditions are at most one more than the features.
    inverse = BorderedInverse(capacity: min(problem.rows, problem.features + 1) + 2)
    column = Scratch(inverse.stride, repeating: 0)
    solved = Scratch(inverse.stride, repeating: 0)
    direction = Scratch(paddedToLanes(problem.features), repeating: 0)
    start(with: 0)
  }

  var activeFeatures: [Int] { rows.active }

  /// b for the features as given.
  var bias: Float {
    Float(rows.active.reduce(centredBias) { $0 - Double(weights[$1]) * problem.means[$1] })
  }

  /// Makes `row` the one free row.
  func start(with row: Int) {
    for member in free { isFree.base[member] = false }
    free = [row]
    isFree.base[row] = true
    inverse.reset(squaredLength: product(row, row))
  }

  /// Goes on from the coefficients at hand until no row violates its condition and the gap is small enough.
  func solve() throws {
    if removedSinceRebuild >= 32 { rebuild() }
    let start = pivots
    let last = start + precision.pivots
    var tolerance = Double(precision.violation) / 2
    var corrections = 0
    isExact = false
    while true {
      let residual = price()
      if residual > tolerance / 4 && corrections < 8 {
        // The inverse has lost its accuracy if this does not settle at once.
        corrections += 1
        if corrections == 4 { rebuild() }
        settle()
        continue
      }
      var violators = violations(beyond: tolerance)
      let before = pivots
      while let place = worst(of: violators, beyond: tolerance), pivots < last {
        enter(violators[place], alongside: violators)
        violators.remove(at: place)
        corrections = 0
        // The gradients of the others are kept up to date in Float.
        if isExact { break }
      }
      if pivots > before && pivots < last { continue }
      measureGap()
      if gap <= precision.gap { return }
      guard pivots < last, tolerance > 1e-12 else {
        throw AnalysisError.notConverged(pivots: pivots - start, gap: gap, needed: precision.gap)
      }
      if isExact {
        tolerance /= 4
      } else {
        isExact = true
        rebuild()
      }
      corrections = 0
    }
  }

  /// Takes a feature off; `solve` must follow before weights are read.
  func remove(_ feature: Int) {
    // K loses x xᵀ of this feature, so the inverse M gains M x (M x)ᵀ / (1 − x·M x). Without this feature the free rows
    // may no longer be independent: then one of them must stop being free first, the one that matters most for it.
    while true {
      column.base.update(repeating: 0, count: inverse.stride)
      for (index, row) in free.enumerated() {
        column.base[index + 1] = Double(rows.value(row: row, feature: feature))
      }
      inverse.multiply(column.base, into: solved.base)
      var left = 1.0
      for place in 1..<inverse.size { left -= column.base[place] * solved.base[place] }
      if left > 1e-3 || free.count == 1 {
        inverse.addOuterProduct(of: solved.base, factor: 1 / max(left, 1e-3))
        break
      }
      var (place, gain) = (1, -Double.infinity)
      for candidate in 1..<inverse.size {
        let share = solved.base[candidate] * solved.base[candidate] / inverse.row(candidate)[candidate]
        if share > gain { (place, gain) = (candidate, share) }
      }
      release(place - 1)
    }
    weights[feature] = 0
    rows.remove(feature)
    if free.count == 1 { start(with: free[0]) }
    removedSinceRebuild += 1
  }

  /// Stops treating a row as free; its coefficient stays.
  func release(_ index: Int) {
    inverse.remove(index + 1)
    isFree.base[free[index]] = false
    free.swapAt(index, free.count - 1)
    free.removeLast()
    pivots += 1
  }

  /// Makes a row free for which `solved` has just been computed.
  func append(_ row: Int, curvature: Double) {
    inverse.append(solved: solved.base, curvature: curvature)
    free.append(row)
    isFree.base[row] = true
  }

  /// Computes the inverse anew; free rows that depend on the others are released.
  private func rebuild() {
    let members = free
    start(with: members[0])
    for row in members.dropFirst() where free.count <= rows.active.count {
      let curvature = solveColumn(of: row)
      guard !isFlat(row, curvature: curvature) else { continue }
      append(row, curvature: curvature)
    }
    removedSinceRebuild = 0
  }

  /// x·x of two rows.
  private func product(_ first: Int, _ second: Int) -> Double {
    isExact ? rows.exactProduct(first, second) : Double(rows.product(first, second))
  }

  /// Whether what is left of a row's squared length may be rounding: the row depends on the free ones.
  func isFlat(_ row: Int, curvature: Double) -> Bool {
    curvature <= (isExact ? 1e-12 : 1e-6) * product(row, row)
  }

  /// `solved` ← inverse · the conditions' column of a row; what is left of the row's squared length.
  func solveColumn(of row: Int) -> Double {
    column.base.update(repeating: 0, count: inverse.stride)
    column.base[0] = 1
    for (index, other) in free.enumerated() { column.base[index + 1] = product(row, other) }
    inverse.multiply(column.base, into: solved.base)
    var curvature = product(row, row)
    for place in 0..<inverse.size { curvature -= column.base[place] * solved.base[place] }
    return curvature
  }

  /// Computes weights, gradient and bias anew from the coefficients; the largest distance of a free row from its margin.
  private func price() -> Double {
    let (beta, gradient) = (coefficients.base, gradient.base)
    if isExact {
      priceExactly()
    } else {
      let (width, rough) = (rows.width, roughGradient.base)
      direction.base.update(repeating: 0, count: direction.count)
      for row in 0..<problem.rows where beta[row] != 0 {
        SelectionKernels.add(rows.row(row), scale: Float(beta[row]), to: direction.base, count: width)
      }
      for (place, feature) in rows.packed.enumerated() { weights[feature] = -direction.base[place] }
      rough.update(from: problem.targets.base, count: problem.stride)
      weights.withUnsafeBufferPointer { weights in
        guard let scales = weights.baseAddress else { return }
        SelectionKernels.addColumns(
          problem.columns.base, stride: problem.stride, chosen: rows.active, scales: scales, to: rough)
      }
      squaredLength = 0
      for feature in rows.active {
        weights[feature] = -weights[feature]
        squaredLength += Double(weights[feature]) * Double(weights[feature])
      }
      for row in 0..<problem.rows { gradient[row] = Double(rough[row]) }
    }
    centredBias = free.reduce(0.0) { $0 + gradient[$1] } / Double(free.count)
    return free.reduce(0.0) { max($0, abs(gradient[$1] - centredBias)) }
  }

  /// The same in Double, for the rare problem that needs it: a row that stands for a thousand copies multiplies its
  /// rounding by a thousand, and where classes lie far apart the whole objective is no larger than that.
  private func priceExactly() {
    let (beta, gradient, targets) = (coefficients.base, gradient.base, problem.targets.base)
    for row in 0..<problem.rows { gradient[row] = Double(targets[row]) }
    squaredLength = 0
    for feature in rows.active {
      let column = problem.columns.base + feature &* problem.stride
      var weight = 0.0
      for row in 0..<problem.rows { weight += beta[row] * Double(column[row]) }
      for row in 0..<problem.rows { gradient[row] -= weight * Double(column[row]) }
      squaredLength += weight * weight
      weights[feature] = Float(weight)
    }
  }

  /// The rows that violate their conditions most, 48 at most.
  private func violations(beyond tolerance: Double) -> [Int] {
    let (gradient, beta, isFree) = (gradient.base, coefficients.base, isFree.base)
    let (lowest, highest) = (lowest.base, highest.base)
    // A row above the upper limit must rise if it can, one below the lower limit must fall if it can.
    let (upper, lower) = (centredBias + tolerance, centredBias - tolerance)
    var found: [Int] = []
    for row in 0..<problem.rows {
      let value = gradient[row]
      if value > upper
        ? beta[row] < highest[row] && !isFree[row]
        : value < lower && beta[row] > lowest[row] && !isFree[row]
      {
        found.append(row)
      }
    }
    guard found.count > 48 else { return found }
    let bias = centredBias
    return Array(found.sorted { abs(gradient[$0] - bias) > abs(gradient[$1] - bias) }.prefix(48))
  }

  /// Which of the candidates violates its condition most.
  private func worst(of candidates: [Int], beyond tolerance: Double) -> Int? {
    let (gradient, beta) = (gradient.base, coefficients.base)
    var (place, largest) = (-1, tolerance)
    for (candidate, row) in candidates.enumerated() {
      let distance = gradient[row] - centredBias
      let isOpen = distance > 0 ? beta[row] < highest.base[row] : beta[row] > lowest.base[row]
      if isOpen && abs(distance) > largest { (place, largest) = (candidate, abs(distance)) }
    }
    return place < 0 ? nil : place
  }

  private func measureGap() {
    var (dual, loss) = (0.0, 0.0)
    var (largest, smallest, isBetween) = (-Double.infinity, Double.infinity, false)
    let (gradient, beta) = (gradient.base, coefficients.base)
    let (targets, bounds, lowest, highest) = (
      problem.targets.base, problem.bounds.base, lowest.base, highest.base
    )
    for row in 0..<problem.rows {
      let value = gradient[row]
      if beta[row] < highest[row] { largest = max(largest, value) }
      if beta[row] > lowest[row] { smallest = min(smallest, value) }
      isBetween = isBetween || (beta[row] < highest[row] && beta[row] > lowest[row])
    }
    // Without a row strictly between its bounds any bias in a range is optimal: libsvm takes the middle, and so do we.
    if !isBetween, largest.isFinite, smallest.isFinite { centredBias = (largest + smallest) / 2 }
    let bias = centredBias
    for row in 0..<problem.rows {
      dual += abs(beta[row])
      loss += Double(bounds[row]) * max(0, Double(targets[row]) * (gradient[row] - bias))
    }
    let primal = squaredLength / 2 + loss
    gap = primal > 1e-12 ? (primal - (dual - squaredLength / 2)) / primal : 0
  }

  /// What `restore` needs to come back to this solution.
  struct Snapshot {
    fileprivate let features: [Int]
    fileprivate let coefficients: [Double]
    fileprivate let weights: [Float]
    fileprivate let free: [Int]
    fileprivate let inverse: BorderedInverse.Snapshot
  }

  func snapshot() -> Snapshot {
    Snapshot(
      features: rows.active, coefficients: coefficients.array, weights: weights, free: free,
      inverse: inverse.snapshot())
  }

  func restore(_ snapshot: Snapshot) {
    rows.pack(snapshot.features)
    for row in 0..<problem.rows { coefficients.base[row] = snapshot.coefficients[row] }
    weights = snapshot.weights
    free = snapshot.free
    isFree.base.update(repeating: false, count: problem.rows)
    for row in free { isFree.base[row] = true }
    inverse.restore(snapshot.inverse)
  }
}
