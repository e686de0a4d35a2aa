import Analyses
import Foundation
import LinearAlgebra
import Tasks

/// Which method finds what is there: sizes and thresholds tuned on some models, the table of others.
///
///     let designs = KnownRoles.designs(units: [16, 32], seeds: 1...2)
///     let models = try designs.map { try MethodsOnModel(KnownRoles($0)) }
///     let study = KnownRolesStudy(models)
///     study.summary.first { $0.family == "rotated" && $0.method == .bothDifferSearch }?.falseAlarms
///     try study.write(to: URL(filePath: "output/findings/known-roles.json"))
public struct KnownRolesStudy: Codable, Sendable, Equatable {
  /// One method, one role, one model of the half that nothing was tuned on.
  public struct Row: Codable, Sendable, Equatable {
    /// The family's name, `KnownRoles.Family.rawValue`.
    public let family: String
    /// How many units the model has.
    public let units: Int
    /// The model's seed.
    public let seed: UInt64
    /// The method that answered.
    public let method: RoleMethod
    /// The role that it was asked for.
    public let role: SoughtRole
    /// nil where the role is in no units, where the model's units are not scored, where no unit was taken, and for subspaces.
    public let precision: Double?
    /// nil as precision, but for sets without a unit.
    public let recall: Double?
    /// Twice the right units by the units that were taken and those of the role together; nil as recall.
    public let f1: Double?
    /// Whether the method says that the role is there, though it is not; nil where it is.
    public let falseAlarm: Bool?
    /// Whether the method says that the role is there.
    public let isSaidToBeThere: Bool
    /// The share of Verify's pairs in which the exchange of what was found does what the role says; nil if the method failed.
    public let exchange: Double?
    /// How many units were taken, or directions.
    public let size: Int
    /// Of processor time.
    public let seconds: Double
    /// Why the method could not be used; nil if it could.
    public let failure: String?
  }

  /// One method on one family: both roles of all models of the held half.
  public struct Summary: Codable, Sendable, Equatable {
    /// The family's name, or "all".
    public let family: String
    /// The method.
    public let method: RoleMethod
    /// How many models of the held half.
    public let models: Int
    /// The mean precision over roles and models; nil where no model has a number.
    public let precision: Double?
    /// The mean recall; nil as precision.
    public let recall: Double?
    /// The mean F1; nil as precision.
    public let f1: Double?
    /// The mean share of Verify's pairs in which the exchange does what the role says; nil where all failed.
    public let exchange: Double?
    /// Of the models and roles without what could be found, how many are said to have it.
    public let falseAlarms: Int
    /// How many models and roles have nothing that could be found.
    public let withoutRole: Int
    /// Of those with the role, how many are said to have it.
    public let hits: Int
    /// How many models and roles have the role.
    public let withRole: Int
    /// How often the method could not be used.
    public let failures: Int
    /// Of processor time, a model and role.
    public let seconds: Double

    /// The share of false alarms; nil where nothing is without the role.
    public var falseAlarmShare: Double? {
      withoutRole == 0 ? nil : Double(falseAlarms) / Double(withoutRole)
    }
  }

  /// What was chosen on the tuned half, for each method and role.
  public let tuning: [MethodTuning]
  /// The models that were tuned on, as (family, units, seed).
  public let tunedOn: [String]
  /// One for each held model, method and role.
  public let rows: [Row]
  /// The verdicts beside the known answers.
  public let verdicts: [KnownVerdict]

  /// Tunes on one half of the models of each family and makes the table of the other half, drawn by a seed. Of an odd number
  /// the greater half is held; a single model is.
  public init(_ models: [MethodsOnModel], verdicts: [KnownVerdict] = [], seed: UInt64 = 1) {
    let (tuned, held) = Self.halves(models, seed: seed)
    self.init(tunedOn: tuned, held: held, verdicts: verdicts)
  }

  /// The same with halves that were drawn elsewhere.
  public init(tunedOn: [MethodsOnModel], held: [MethodsOnModel], verdicts: [KnownVerdict] = []) {
    let methods = RoleMethod.allCases.filter { method in
      (tunedOn + held).contains { model in model.answers.contains { $0.method == method } }
    }
    let tuning = methods.flatMap { method in
      SoughtRole.allCases.map { MethodTuning(method, $0, on: tunedOn) }
    }
    self.tuning = tuning
    self.tunedOn = tunedOn.map { "\($0.family), \($0.units) units, seed \($0.seed)" }
    self.verdicts = verdicts
    rows = held.flatMap { model in
      model.answers.compactMap { answer in
        tuning.first { $0.method == answer.method && $0.role == answer.role }.map {
          Row(model, answer, $0)
        }
      }
    }
  }

  /// Of each family, in the order of its models.
  package static func halves(_ models: [MethodsOnModel], seed: UInt64) -> (
    tuned: [MethodsOnModel], held: [MethodsOnModel]
  ) {
    var generator = SeededGenerator(seed: seed, label: "halves of known models")
    var tuned = Set<Int>()
    for (_, members) in Dictionary(grouping: models.indices, by: { models[$0].family }).sorted(by: {
      $0.key < $1.key
    }) {
      tuned.formUnion(generator.shuffled(members).prefix(members.count / 2))
    }
    return (
      models.indices.filter { tuned.contains($0) }.map { models[$0] },
      models.indices.filter { !tuned.contains($0) }.map { models[$0] }
    )
  }

  /// By family in the order of the rows, then by method.
  public var summary: [Summary] {
    var families: [String] = []
    for row in rows where !families.contains(row.family) { families.append(row.family) }
    return families.flatMap { family in
      RoleMethod.allCases.compactMap { method in
        Summary(family, method, rows.filter { $0.family == family && $0.method == method })
      }
    }
  }

  /// One method over all families of the held half; nil if there is none of it.
  public func overall(_ method: RoleMethod) -> Summary? {
    Summary("all", method, rows.filter { $0.method == method })
  }

  /// Writes the rows, the tuning and the verdicts as JSON, keys in order.
  ///
  /// - Throws: What the file system says.
  public func write(to file: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try encoder.encode(self).write(to: file, options: .atomic)
  }
}

extension KnownRolesStudy.Row {
  fileprivate init(_ model: MethodsOnModel, _ answer: MethodAnswer, _ tuning: MethodTuning) {
    (family, units, seed) = (model.family, model.units, model.seed)
    (method, role, seconds) = (answer.method, answer.role, answer.seconds)
    var taken: [Int]?
    switch answer.found {
    case .ranking(let scores, let strength):
      let found = MethodTuning.units(of: scores, tuning.cut ?? .count(0))
      (taken, size) = (found, found.count)
      isSaidToBeThere = strength >= tuning.leastStrength ?? -.infinity
    case .set(let found, let isThere): (taken, size, isSaidToBeThere) = (found, found.count, isThere)
    case .subspace(let basis, let isThere): (taken, size, isSaidToBeThere) = (nil, basis.count, isThere)
    case .failed: (taken, size, isSaidToBeThere) = ([], 0, false)
    }
    if case .failed(let reason) = answer.found { failure = reason } else { failure = nil }
    if case .ranking = answer.found {
      exchange = answer.exchange.indices.contains(size) ? answer.exchange[size] : nil
    } else {
      exchange = answer.exchange.first
    }
    var score: SetScore?
    if let truth = model.truth[role], let taken, model.scoresUnits, method.kind != .subspace {
      score = SetScore(taken, truth: truth, neutral: model.neutral[role] ?? [])
    }
    (precision, recall, f1) = (score?.precision, score?.recall, score?.f1)
    falseAlarm = model.has(role, for: method) ? nil : isSaidToBeThere
  }

  private enum CodingKeys: String, CodingKey {
    case family, units, seed, method, role, precision, recall, f1, falseAlarm, isSaidToBeThere, exchange, size
    case seconds, failure
  }

  /// What has no number is null, so that all rows have the same columns.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(family, forKey: .family)
    try container.encode(units, forKey: .units)
    try container.encode(seed, forKey: .seed)
    try container.encode(method, forKey: .method)
    try container.encode(role, forKey: .role)
    try container.encode(precision, forKey: .precision)
    try container.encode(recall, forKey: .recall)
    try container.encode(f1, forKey: .f1)
    try container.encode(falseAlarm, forKey: .falseAlarm)
    try container.encode(isSaidToBeThere, forKey: .isSaidToBeThere)
    try container.encode(exchange, forKey: .exchange)
    try container.encode(size, forKey: .size)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(failure, forKey: .failure)
  }
}

extension KnownRolesStudy.Summary {
  fileprivate init?(_ family: String, _ method: RoleMethod, _ rows: [KnownRolesStudy.Row]) {
    if rows.isEmpty { return nil }
    func mean(_ values: [Double]) -> Double? {
      values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    (self.family, self.method) = (family, method)
    models = Set(rows.map { "\($0.family) \($0.units) \($0.seed)" }).count
    precision = mean(rows.compactMap(\.precision))
    recall = mean(rows.compactMap(\.recall))
    f1 = mean(rows.compactMap(\.f1))
    exchange = mean(rows.compactMap(\.exchange))
    let without = rows.compactMap(\.falseAlarm)
    (falseAlarms, withoutRole) = (without.count { $0 }, without.count)
    let with = rows.filter { $0.falseAlarm == nil }
    (hits, withRole) = (with.count(where: \.isSaidToBeThere), with.count)
    failures = rows.count { $0.failure != nil }
    seconds = mean(rows.map(\.seconds)) ?? 0
  }
}
