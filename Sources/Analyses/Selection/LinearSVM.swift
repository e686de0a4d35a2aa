import Base
import LinearAlgebra
import Networks

/// When a support-vector machine counts as solved.
public struct SVMPrecision: Codable, Sendable, Hashable {
  /// The largest duality gap, as a share of the primal objective; in Float, 1e-5 can be reached.
  public var gap: Double
  /// The largest violation of the optimality conditions, in units of the margin: libsvm's and scikit-learn's `tol`.
  public var violation: Float
  /// How many changes of the set of free rows one solution may take.
  public var pivots: Int

  /// By default a gap of a thousandth and the violation that libsvm allows.
  public init(gap: Double = 1e-3, violation: Float = 1e-3, pivots: Int = 1_000_000) {
    self.gap = gap
    self.violation = violation
    self.pivots = pivots
  }
}

/// A linear support-vector machine with hinge loss: scikit-learn's `SVC(kernel="linear", C=1)`, converged.
///
/// For several classes it is one machine for each pair, and each votes (libsvm, Chang & Lin 2011, section 7). The
/// published code stops its solver after 300 iterations, whatever was reached by then; here the duality gap is part of
/// the result.
public struct LinearSVM: Codable, Sendable, Equatable {
  /// The labels, ascending.
  public let classes: [Int]
  /// w for each pair of classes in the order 0–1, 0–2, …, 1–2, …: `[pairs, units]`. Above zero is the first of the two.
  public let weights: Matrix
  /// b for each pair, `[pairs]`.
  public let biases: [Float]
  /// The largest duality gap of any pair, as a share of its primal objective.
  public let gap: Double

  /// Solves the machine for some rows.
  ///
  /// - Parameters:
  ///   - examples: At least two classes.
  ///   - cost: The cost C, the price of a unit of margin violation against ½ |w|².
  /// - Throws: `AnalysisError.oneClassOnly`, `.notConverged`, `.invalidOption`.
  public init(_ examples: LabelledStates, cost: Float = 1, precision: SVMPrecision = SVMPrecision()) throws {
    let machine = try VotingMachine(examples, cost: cost, precision: precision)
    try machine.solve()
    self = machine.solution
  }

  init(classes: [Int], weights: Matrix, biases: [Float], gap: Double) {
    self.classes = classes
    self.weights = weights
    self.biases = biases
    self.gap = gap
  }

  /// The squared weights of each unit, summed over the pairs of classes, `[units]`: what `RFE` of scikit-learn ranks by.
  ///
  /// (`sklearn.feature_selection._base._get_feature_importances` with `transform_func="square"`, version 1.9; Guyon
  /// and others 2002 for two classes.)
  public var importances: [Double] {
    (0..<weights.columns).map { unit in
      (0..<weights.rows).reduce(0.0) { $0 + Double(weights[$1, unit]) * Double(weights[$1, unit]) }
    }
  }

  /// The label with most votes for each row of states `[rows, units]`; of equal votes the lowest label.
  public func predict(_ states: Matrix) -> [Int] {
    ensure(
      states.columns == weights.columns,
      "a machine for \(weights.columns) units can't judge states of \(states.columns)")
    let decisions = states * weights.transposed
    return (0..<states.rows).map { row in
      var votes = [Int](repeating: 0, count: classes.count)
      var pair = 0
      for first in classes.indices {
        for second in (first + 1)..<max(classes.count, first + 1) {
          votes[decisions[row, pair] + biases[pair] > 0 ? first : second] += 1
          pair += 1
        }
      }
      return classes[votes.firstIndex(of: votes.max() ?? 0) ?? 0]
    }
  }

  /// How many of the examples get their label.
  public func accuracy(on examples: LabelledStates) -> Accuracy {
    let predicted = predict(examples.states)
    return Accuracy(
      correct: zip(predicted, examples.labels).count { $0 == $1 }, count: examples.labels.count)
  }
}
