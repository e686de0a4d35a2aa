import LinearAlgebra
import Networks

/// The units by which a linear machine tells classes apart, taken eight at a time, as published.
///
/// One round: solve a support-vector machine on all units that are left, take off the unit of least squared weight,
/// solve again, and so on until eight are left (recursive feature elimination, Guyon and others 2002). These are set
/// aside and the next round starts from the rest, until half of the units are taken or the machine on eight units is
/// right in less than half of the held-out rows (`call_recursive_rfe` in the authors' public code). So half of the
/// units are taken from a model whether or not they matter: a set is a finding only beside what its size gives by
/// chance.
public struct RecursiveFeatureElimination: Codable, Sendable, Equatable {
  /// The numbers of the procedure; without arguments, the published ones.
  public struct Options: Codable, Sendable, Hashable {
    /// How many units one round leaves: 8.
    public var roundSize: Int
    /// No further round starts once this share of the units is taken: one half. A round may go beyond it.
    public var share: Double
    /// A round whose machine is right in a smaller share of the held-out rows is not taken and ends it: one half.
    public var leastAccuracy: Double
    /// C of the machine: 1.
    public var cost: Float
    /// The published code stops its solver after 300 iterations; this one converges.
    public var precision: SVMPrecision

    /// The paper's numbers, unless said otherwise.
    public init(
      roundSize: Int = 8, share: Double = 0.5, leastAccuracy: Double = 0.5, cost: Float = 1,
      precision: SVMPrecision = SVMPrecision()
    ) {
      self.roundSize = roundSize
      self.share = share
      self.leastAccuracy = leastAccuracy
      self.cost = cost
      self.precision = precision
    }
  }

  /// One pass from all units that were left down to a set.
  public struct Round: Codable, Sendable, Equatable {
    /// The units left at the end, ascending.
    public let units: [Int]
    /// All units of the round, best first: those left by squared weight, then those taken off, the last one first.
    public let ranking: [Int]
    /// The machine on the units left, on the rows it was solved for.
    public let training: Accuracy
    /// The same machine on the held-out rows.
    public let heldOut: Accuracy
    /// The largest duality gap of any machine of the round, as a share of its objective.
    public let gap: Double
    /// Whether the units were taken: the held-out accuracy was not below the least.
    public let isTaken: Bool
  }

  /// What brought the rounds to an end.
  public enum Ending: String, Codable, Sendable {
    /// The share of the units was reached.
    case enoughUnits
    /// The last round's machine was below the least accuracy.
    case accuracyTooLow
  }

  /// The numbers of the procedure.
  public let options: Options
  /// The rounds that were taken, in their order: each took units that the earlier ones had left.
  public let rounds: [Round]
  /// Why there is no further round.
  public let ending: Ending
  /// How many units there were to choose from.
  public let units: Int
  /// How many rows the machines were fitted to, repeats included.
  public let trainingRows: Int
  /// How many rows they were tried on.
  public let heldOutRows: Int
  /// How many different inputs the training rows come from.
  public let distinctTrainingInputs: Int
  /// How many different inputs the held-out rows come from.
  public let distinctHeldOutInputs: Int
  /// How many inputs are on both sides: with any, the held-out accuracy is not one on unseen inputs.
  public let sharedInputs: Int

  /// The units of all rounds that were taken, round after round.
  public var selected: [Int] { rounds.filter(\.isTaken).flatMap(\.units) }

  /// Selects units.
  ///
  /// A unit that does not vary has weight 0 and goes first. Of units that are equal in every row the lower number goes
  /// first, and the weight of both is then the other's: which of them stays says nothing.
  ///
  /// - Parameters:
  ///   - training: Rows of at least two classes.
  ///   - heldOut: Rows to measure each round's machine on.
  ///   - progress: Called with the share of the work done, after each round.
  /// - Throws: `AnalysisError.oneClassOnly`, `.setLargerThanModel`, `.invalidOption`, `.countMismatch`,
  ///   `.notConverged`.
  public init(
    training: LabelledStates, heldOut: LabelledStates, _ options: Options = Options(),
    progress: (Double) -> Void = { _ in }
  ) throws {
    let units = training.units
    try options.check(units: units)
    guard heldOut.units == units else {
      throw AnalysisError.countMismatch(
        what: "units in the held-out rows", expected: units, found: heldOut.units)
    }
    let machine = try VotingMachine(training, cost: options.cost, precision: options.precision)
    let wanted = max(1, Int(Double(units) * options.share))
    var rounds: [Round] = []
    var (taken, ending) = (0, Ending.enoughUnits)
    while taken < wanted {
      try machine.solve()
      let start = machine.snapshot()
      let round = try machine.round(training: training, heldOut: heldOut, options)
      rounds.append(round)
      guard round.isTaken else {
        ending = .accuracyTooLow
        break
      }
      taken += round.units.count
      progress(min(1, Double(taken) / Double(wanted)))
      if taken < wanted {
        machine.restore(start)
        for unit in round.units { machine.remove(unit) }
      }
    }
    self.options = options
    self.rounds = rounds
    self.ending = ending
    self.units = units
    (trainingRows, heldOutRows) = (training.count, heldOut.count)
    let (trained, held) = (Set(training.inputs), Set(heldOut.inputs))
    (distinctTrainingInputs, distinctHeldOutInputs) = (trained.count, held.count)
    sharedInputs = trained.intersection(held).count
  }
}

extension RecursiveFeatureElimination.Options {
  func check(units: Int) throws {
    guard roundSize >= 1 else {
      throw AnalysisError.invalidOption(name: "roundSize", value: "\(roundSize)", expected: "at least 1")
    }
    guard roundSize <= units else { throw AnalysisError.setLargerThanModel(size: roundSize, units: units) }
    guard share > 0, share <= 1 else {
      throw AnalysisError.invalidOption(name: "share", value: "\(share)", expected: "above 0, at most 1")
    }
    guard leastAccuracy >= 0, leastAccuracy <= 1 else {
      throw AnalysisError.invalidOption(
        name: "leastAccuracy", value: "\(leastAccuracy)", expected: "from 0 to 1")
    }
  }
}

extension VotingMachine {
  /// Takes units off until `roundSize` are left; the machine must be solved for those it has.
  fileprivate func round(
    training: LabelledStates, heldOut: LabelledStates, _ options: RecursiveFeatureElimination.Options
  ) throws -> RecursiveFeatureElimination.Round {
    var (gone, gap) = ([Int](), self.gap)
    while activeUnits.count > options.roundSize, let unit = weakest {
      remove(unit)
      gone.append(unit)
      try solve()
      gap = max(gap, self.gap)
    }
    let solution = solution
    let importances = solution.importances
    let left = activeUnits.sorted { (-importances[$0], $0) < (-importances[$1], $1) }
    let accuracy = solution.accuracy(on: heldOut)
    return RecursiveFeatureElimination.Round(
      units: left.sorted(), ranking: left + gone.reversed(), training: solution.accuracy(on: training),
      heldOut: accuracy, gap: gap, isTaken: !(accuracy.share < options.leastAccuracy))
  }
}
