import LinearAlgebra

/// The solvers of all pairs of classes, from which features come off together.
final class VotingMachine {
  let classes: [Int]
  let units: Int
  private let solvers: [PairSolver]

  init(_ examples: LabelledStates, cost: Float, precision: SVMPrecision) throws {
    guard cost > 0, cost.isFinite else {
      throw AnalysisError.invalidOption(
        name: "cost", value: "\(cost)", expected: cost == .infinity ? "a finite number" : "above 0")
    }
    try AnalysisError.require("gap", precision.gap, in: 0...1)
    try AnalysisError.require("violation", precision.violation, in: 0...(.infinity))
    try AnalysisError.require("pivots", precision.pivots, atLeast: 1)
    let members = Dictionary(grouping: examples.labels.indices) { examples.labels[$0] }
    classes = members.keys.sorted()
    guard classes.count > 1 else {
      throw AnalysisError.oneClassOnly(label: classes.first ?? 0, rows: examples.labels.count)
    }
    units = examples.states.columns
    var solvers: [PairSolver] = []
    for first in classes.indices {
      for second in (first + 1)..<max(classes.count, first + 1) {
        let problem = PairProblem(
          examples.states, first: members[classes[first]] ?? [], second: members[classes[second]] ?? [],
          cost: cost)
        solvers.append(PairSolver(problem, precision: precision))
      }
    }
    self.solvers = solvers
  }

  func solve() throws { for solver in solvers { try solver.solve() } }

  func remove(_ unit: Int) { for solver in solvers { solver.remove(unit) } }

  var gap: Double { solvers.map(\.gap).max() ?? 0 }

  /// The units that are in, ascending.
  var activeUnits: [Int] { solvers.first?.activeFeatures ?? [] }

  /// The unit of least summed squared weight among those that are in; of equal ones the lowest.
  var weakest: Int? {
    guard let active = solvers.first?.activeFeatures else { return nil }
    var best: (unit: Int, importance: Double)?
    for unit in active {
      let importance = solvers.reduce(0.0) { $0 + Double($1.weights[unit]) * Double($1.weights[unit]) }
      if importance < best?.importance ?? .infinity { best = (unit, importance) }
    }
    return best?.unit
  }

  var solution: LinearSVM {
    LinearSVM(
      classes: classes,
      weights: Matrix(rows: solvers.count, columns: units, storage: solvers.flatMap(\.weights)),
      biases: solvers.map(\.bias), gap: gap)
  }

  func snapshot() -> [PairSolver.Snapshot] { solvers.map { $0.snapshot() } }

  func restore(_ snapshots: [PairSolver.Snapshot]) {
    for (solver, snapshot) in zip(solvers, snapshots) { solver.restore(snapshot) }
  }
}
