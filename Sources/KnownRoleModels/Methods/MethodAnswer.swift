import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks

/// What one method found of one role in one model, and what an exchange of it does on Verify.
public struct MethodAnswer: Codable, Sendable, Equatable {
  /// What a method gives: scores, a set of units, or a subspace.
  public enum Found: Codable, Sendable, Equatable {
    /// A score for each unit, the larger the more of the role; and a number that says how much of the role there is at all.
    case ranking(scores: [Double], strength: Double)
    /// A set in ascending order, empty if none was found, and whether the method says that the role is there.
    case set(units: [Int], isThere: Bool)
    /// Directions in the space of states, and whether the method says that the role is there.
    case subspace(Basis, isThere: Bool)
    /// The method can't be used here, in the words of its error.
    case failed(String)
  }

  /// The method that answers.
  public let method: RoleMethod
  /// The role that it was asked for.
  public let role: SoughtRole
  /// Its answer.
  public let found: Found
  /// The share of Verify's pairs that differ in word and place in which the exchange does what the role says and nothing else: of
  /// the first 0, 1, 2 … units of a ranking; of other answers a single number.
  public let exchange: [Double]
  /// Of processor time, the exchange on Verify left out; of all threads of the program.
  public let seconds: Double

  /// An answer with its exchanges on Verify and its processor time.
  public init(_ method: RoleMethod, _ role: SoughtRole, _ found: Found, exchange: [Double], seconds: Double) {
    (self.method, self.role, self.found) = (method, role, found)
    (self.exchange, self.seconds) = (exchange, seconds)
  }

  /// Runs a method. What it can't do is an answer too.
  ///
  /// - Throws: What is wrong with the model: `NetworkError`, and `AnalysisError` from the exchange on Verify.
  public init(_ method: RoleMethod, _ role: SoughtRole, in inputs: RoleMethodInputs) throws {
    let start = clock()
    var found: Found
    do {
      found = try method.find(role, in: inputs)
    } catch let error as AnalysisError {
      found = .failed(error.description)
    }
    let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
    let rows = inputs.data.verify
    let exchange: [Double]
    switch found {
    case .ranking(let scores, _):
      let order = ranking(of: scores)
      exchange =
        [0]
        + (try inputs.shares(role, rows) { pairs in
          try order.indices.map { try pairs.edit(Array(order[...$0])) }
        })
    case .set(let units, _):
      exchange = units.isEmpty ? [0] : try inputs.shares(role, rows) { [try $0.edit(units)] }
    case .subspace(let basis, _): exchange = try inputs.shares(role, rows) { [try $0.edit(basis)] }
    case .failed: exchange = []
    }
    self.init(method, role, found, exchange: exchange, seconds: seconds)
  }
}

/// What all methods found in one model whose roles are known, before anything is tuned: a study of many models can keep each.
public struct MethodsOnModel: Codable, Sendable, Equatable {
  /// The family's name, `KnownRoles.Family.rawValue`.
  public let family: String
  /// How many units the model has.
  public let units: Int
  /// The model's seed.
  public let seed: UInt64
  /// The numbers that the methods were given.
  public let options: RoleMethodOptions
  /// The units of each role that are to be found; no entry where it is in none.
  public let truth: [SoughtRole: [Int]]
  /// Units that hold what the role holds without being what the model goes by, which count neither for a set nor against it.
  public let neutral: [SoughtRole: [Int]]
  /// The roles that are in a subspace, or in units, which are one.
  public let inSubspace: [SoughtRole]
  /// Whether the sets are all that has the role, so that precision and recall mean something.
  public let scoresUnits: Bool
  /// One for each method and role, in the order in which they were asked.
  public let answers: [MethodAnswer]

  /// Runs methods on one model.
  ///
  /// - Parameters:
  ///   - scoresUnits: False for a model trained into roles that are only partly used: of it nothing but the exchange counts.
  ///   - progress: Called with what is done, and the share of the work.
  /// - Throws: As `RoleMethodInputs` and `MethodAnswer`.
  public init(
    _ known: KnownRoles, methods: [RoleMethod] = RoleMethod.allCases, scoresUnits: Bool = true,
    _ options: RoleMethodOptions = RoleMethodOptions(), progress: (String, Double) -> Void = { _, _ in }
  ) throws {
    let inputs = try RoleMethodInputs(known.model, known.data, options)
    var answers: [MethodAnswer] = []
    let count = Double(methods.count * SoughtRole.allCases.count)
    for method in methods {
      for role in SoughtRole.allCases {
        progress(
          "\(known.family.rawValue): \(method.rawValue), \(role.rawValue)", Double(answers.count) / count)
        answers.append(try MethodAnswer(method, role, in: inputs))
      }
    }
    var (truth, neutral) = ([SoughtRole: [Int]](), [SoughtRole: [Int]]())
    for role in SoughtRole.allCases { truth[role] = known.roles[role.known] }
    neutral[.storing] = known.roles[.backup]
    self.init(
      family: known.family.rawValue, units: known.options.units, seed: known.options.seed, options: options,
      truth: truth, neutral: neutral,
      inSubspace: SoughtRole.allCases.filter { known.subspaces[$0.known] != nil || truth[$0] != nil },
      scoresUnits: scoresUnits, answers: answers)
  }

  /// What was found elsewhere, or read from a file: nothing is computed.
  public init(
    family: String, units: Int, seed: UInt64, options: RoleMethodOptions = RoleMethodOptions(),
    truth: [SoughtRole: [Int]], neutral: [SoughtRole: [Int]] = [:], inSubspace: [SoughtRole] = [],
    scoresUnits: Bool = true, answers: [MethodAnswer]
  ) {
    (self.family, self.units, self.seed, self.options) = (family, units, seed, options)
    (self.truth, self.neutral, self.inSubspace) = (truth, neutral, inSubspace)
    (self.scoresUnits, self.answers) = (scoresUnits, answers)
  }

  /// The answer of one method for one role; nil where it was not asked.
  public subscript(method: RoleMethod, role: SoughtRole) -> MethodAnswer? {
    answers.first { $0.method == method && $0.role == role }
  }

  /// Whether there is what the method could find: for a subspace the role in one, for others the role in units.
  public func has(_ role: SoughtRole, for method: RoleMethod) -> Bool {
    truth[role] != nil || method.kind == .subspace && inSubspace.contains(role)
  }
}
