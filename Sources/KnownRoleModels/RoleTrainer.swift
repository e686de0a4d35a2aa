import Analyses
import LinearAlgebra
import Networks
import Tasks

/// Trains units into roles, and drops those that are not needed.
struct RoleTrainer {
  /// What must be reached on Verify.
  static let token = 0.99
  static let exchange = 0.95
  /// Below this on Tune a unit counts as needed: less than `Training.bound`, which has to hold on Verify.
  private static let neededOnTune = 0.85

  private(set) var model: Seq2Seq
  private(set) var roles: [InterchangeRole]
  private let data: Dataset
  private let options: KnownRoles.TrainingOptions
  private let seed: UInt64
  private var updates = 0
  private var rounds = 0

  /// Units drawn at random, storing ones first; of triggering and outputting ones there may be none.
  init(
    _ model: Seq2Seq, _ data: Dataset, _ sizes: KnownRoles.RoleSizes, _ options: KnownRoles.TrainingOptions,
    seed: UInt64
  ) throws {
    let units = model.configuration.units
    for (role, count, least) in sizes.each where count < least {
      throw AnalysisError.invalidOption(name: role.rawValue, value: "\(count)", expected: "at least \(least)")
    }
    guard sizes.sum <= units else { throw AnalysisError.setLargerThanModel(size: sizes.sum, units: units) }
    var generator = SeededGenerator(seed: seed, label: "places of known roles")
    var places = generator.shuffled(0..<units)[...]
    roles = []
    for (role, count, _) in sizes.each {
      guard let moved = role.moved, count > 0 else { continue }
      roles.append(InterchangeRole(units: places.prefix(count).sorted(), moves: moved))
      places = places.dropFirst(count)
    }
    (self.model, self.data, self.options, self.seed) = (model, data, options, seed)
  }

  /// The units of each role.
  var units: [KnownRoles.Role: [Int]] {
    var units: [KnownRoles.Role: [Int]] = [:]
    for role in KnownRoles.Role.allCases {
      units[role] = roles.first { $0.moves == role.moved }?.units
    }
    return units
  }

  /// - Throws: `TrainedRolesError`, `NetworkError`.
  mutating func run() throws -> KnownRoles.Training {
    let given = units
    try train(options.updates, leftOut: 0, evaluateEvery: 250)
    if options.isTight {
      try train(options.roundUpdates, leftOut: options.leftOut, evaluateEvery: 1000)
      while rounds < options.rounds {
        let smaller = try roles.map { try smallest($0) }
        if smaller == roles { break }
        roles = smaller
        rounds += 1
        try train(options.roundUpdates, leftOut: options.leftOut, evaluateEvery: 1000)
      }
    }
    return try verified(given)
  }

  private mutating func train(_ most: Int, leftOut: Double, evaluateEvery: Int) throws {
    let isEarlier = options.isFromEarlierSteps
    let history = try model.train(
      on: data, withRoles: roles,
      InterchangeTrainingOptions(
        batchSize: options.batchSize, updates: most, finalRate: isEarlier ? 0.3 : 0.1,
        seed: seed &+ UInt64(updates), goal: options.goal, evaluateEvery: evaluateEvery,
        fromEarlierSteps: isEarlier ? 1 : 0, leftOut: leftOut))
    updates += history.checkpoints.last?.update ?? 0
  }

  /// A role without units that the rest of them can do without, the least needed dropped first.
  private func smallest(_ role: InterchangeRole) throws -> InterchangeRole {
    var role = role
    while role.units.count > 1 {
      let shares = try model.leavingEachOut(of: [role], on: data.tune, seed: seed)
      guard let least = shares.max(by: { $0.accuracy.share < $1.accuracy.share }),
        least.accuracy.share >= Self.neededOnTune
      else { break }
      role.units.removeAll { $0 == least.unit }
    }
    return role
  }

  private func verified(_ given: [KnownRoles.Role: [Int]]) throws -> KnownRoles.Training {
    func require(_ accuracy: Accuracy, _ least: Double, _ what: String) throws {
      if accuracy.share >= least { return }
      throw TrainedRolesError.notLearnt(what: what, share: accuracy.share, needed: least, updates: updates)
    }
    func requireEach(_ evaluation: InterchangeEvaluation, _ source: String) throws {
      for point in evaluation.points {
        let what = "the \(point.moves.rawValue) exchanged at t = \(point.step)\(source)"
        try require(point.accuracy, Self.exchange, what)
      }
    }
    let evaluation = try model.interchangeEvaluation(of: roles, on: data.verify, pairs: 600, seed: seed)
    try require(evaluation.token, Self.token, "the token")
    try requireEach(evaluation, "")
    let before =
      options.isFromEarlierSteps
      ? try model.interchangeEvaluation(
        of: roles.filter { $0.moves == .place }, on: data.verify, delay: 1, pairs: 600, seed: seed) : nil
    if let before { try requireEach(before, ", from the step before,") }
    let training = KnownRoles.Training(
      options: options, given: given, updates: updates, rounds: rounds, evaluation: evaluation,
      fromStepBefore: before,
      withoutUnit: try model.leavingEachOut(of: roles, on: data.verify, pairs: 300, seed: seed))
    if options.isTight && !training.isTight {
      let needed = Set(training.needed)
      throw TrainedRolesError.notTight(
        unneeded: training.withoutUnit.map(\.unit).filter { !needed.contains($0) }.sorted(), rounds: rounds)
    }
    return training
  }
}
