import Analyses
import Foundation
import KnownRoleModels
import Networks
import Tasks
import Testing

/// Methods that look for roles, where it is known what there is.
@Suite struct MethodTests {
  typealias Family = KnownRoles.Family

  /// Few rows; small models.
  static let options = RoleMethodOptions(rows: 80, alignmentIterations: 20, constantIterations: 4, swaps: 64)

  /// Of four words, so that few rows are enough of each (w, T).
  static func known(_ family: Family, seed: UInt64 = 1) throws -> KnownRoles {
    let small: [Family] = [.registerAndCountdown, .registerAndUpCounter, .rotated, .nothing]
    let units = small.contains(family) ? 16 : 32
    let design = try #require(KnownRoles.designs([family], units: [units], seeds: seed...seed).first)
    var options = design.options
    options.words = 4
    return try KnownRoles(family, options)
  }

  static func answer(_ method: RoleMethod, _ role: SoughtRole, _ known: KnownRoles) throws -> MethodAnswer {
    try MethodAnswer(method, role, in: RoleMethodInputs(known.model, known.data, options))
  }

  /// All methods on one model of each family.
  static let all = Result {
    try Family.handMade.map { family in try MethodsOnModel(known(family), options) }
  }

  @Test func theBothDifferSearchFindsTheSetsExactly() throws {
    let model = try MethodsOnModel(
      Self.known(.registerAndCountdown, seed: 3), methods: [.bothDifferSearch], Self.options)
    let study = KnownRolesStudy(tunedOn: [], held: [model])
    #expect(study.rows.count == 2)
    for row in study.rows {
      #expect(row.f1 == 1 && row.precision == 1 && row.recall == 1 && row.exchange == 1, "\(row)")
      #expect(row.isSaidToBeThere && row.falseAlarm == nil)
    }
  }

  /// Without noise units each method that can ask for the role names its units first.
  @Test func theRightUnitsComeFirst() throws {
    let known = try KnownRoles.registerAndCountdown(
      units: 32, words: 4, noiseUnits: 0, rowsPerCell: RowsPerCell(training: 1, select: 8, tune: 8, verify: 8)
    )
    for (role, methods) in [
      (
        SoughtRole.storing,
        [
          RoleMethod.elimination, .integratedGradients, .gradientTimesState, .attributionPatching, .variance,
          .probe, .bestConstants,
        ]
      ), (.counting, [.elimination, .variance, .probe, .bestConstants]),
    ] {
      let truth = try #require(known.roles[role.known])
      for method in methods {
        guard case .ranking(let scores, _) = try Self.answer(method, role, known).found else {
          Issue.record("\(method) does not rank")
          continue
        }
        #expect(MethodTuning.units(of: scores, .count(truth.count)).sorted() == truth, "\(method), \(role)")
      }
    }
    guard case .set(let units, _) = try Self.answer(.publishedSelection, .storing, known).found else {
      Issue.record("no set")
      return
    }
    #expect(Set(units).isSuperset(of: known.roles[.storing] ?? [-1]))
  }

  /// Noise units hold the word, and nothing reads them.
  @Test func theVarianceRankingTakesNoiseUnits() throws {
    let known = try KnownRoles.registerAndCountdown(
      units: 32, copies: 1, noiseUnits: 12, rowsPerCell: RowsPerCell(training: 1), seed: 2)
    let storing = try #require(known.roles[.storing])
    func scores(_ method: RoleMethod) throws -> [Double] {
      guard case .ranking(let scores, _) = try Self.answer(method, .storing, known).found else { return [] }
      return scores
    }
    let found = try scores(.variance)
    // Every unit that varies: the storing ones and the noise.
    let taken = MethodTuning.units(of: found, .relative(0.01))
    let score = SetScore(taken, truth: storing)
    #expect(score.recall == 1)
    let noise = Set(known.roles[.noise] ?? [])
    #expect(Set(taken).intersection(noise).count >= 6, "\(taken)")
    #expect(try #require(score.precision) < 0.5)
    // What patching does is nothing for all of them.
    let patched = try scores(.attributionPatching)
    #expect(noise.allSatisfy { patched[$0] == 0 })
  }

  @Test func eachMethodAnswersOnEachFamily() throws {
    for model in try Self.all.get() {
      #expect(model.answers.count == 2 * RoleMethod.allCases.count)
      for answer in model.answers {
        switch answer.found {
        case .ranking(let scores, let strength):
          #expect(answer.method.kind == .ranking && scores.count == model.units && strength.isFinite)
          #expect(answer.exchange.count == model.units + 1 && answer.exchange[0] == 0)
          #expect(scores.allSatisfy { $0.isFinite && $0 >= 0 })
        case .set(let units, _):
          #expect(answer.method.kind == .set && units == units.sorted() && answer.exchange.count == 1)
        case .subspace(let basis, _):
          #expect(answer.method.kind == .subspace && basis.units == model.units)
        case .failed(let reason): Issue.record("\(model.family) \(answer.method) \(answer.role): \(reason)")
        }
        #expect(answer.exchange.allSatisfy { (0...1).contains($0) })
      }
    }
  }

  /// What a method can't do is an answer, and not an end.
  @Test func tooFewRowsAreAReason() throws {
    var options = Self.options
    // One row of each (w, T); the published selection needs five.
    options.rows = 16
    let known = try Self.known(.registerAndCountdown)
    let model = try MethodsOnModel(known, methods: [.publishedSelection], options)
    for answer in model.answers {
      guard case .failed(let reason) = answer.found else {
        Issue.record("\(answer.found)")
        continue
      }
      #expect(reason.contains("at least 5"), "\(reason)")
    }
    let row = try #require(KnownRolesStudy(tunedOn: [], held: [model]).rows.first)
    #expect(
      row.failure != nil && row.exchange == nil && row.f1 == 0 && row.recall == 0 && row.precision == nil)
    options.rows = 1
    #expect(throws: AnalysisError.self) { try RoleMethodInputs(known.model, known.data, options) }
    options = Self.options
    options.timeLeft = 9
    #expect(throws: AnalysisError.self) { try RoleMethodInputs(known.model, known.data, options) }
  }

  /// The agreeing search takes for a role what holds word and time together; the both-differ search does not.
  @Test func onlyPairsThatDifferInBothTellThemApart() throws {
    let models = try Self.all.get().filter { ["jointCode", "delayLine"].contains($0.family) }
    let study = KnownRolesStudy(tunedOn: [], held: models)
    #expect(study.summary.first { $0.method == .bothDifferSearch }?.falseAlarms == 0)
    let agreeing = study.rows.filter { $0.method == .agreeingSearch }
    #expect(agreeing.contains { $0.falseAlarm == true && $0.exchange ?? 1 < 0.2 }, "\(agreeing)")
  }

  // MARK: Toy sets

  @Test func scoresAreThoseComputedByHand() {
    let score = SetScore([1, 2, 3, 9], truth: [2, 3, 4])
    #expect(score.precision == 0.5 && score.recall == 2.0 / 3 && abs(score.f1 - 4.0 / 7) < 1e-12)
    // 9 holds the same, and is no fault.
    #expect(SetScore([1, 2, 3, 9], truth: [2, 3, 4], neutral: [9]).precision == 2.0 / 3)
    let none = SetScore([], truth: [1])
    #expect(none.precision == nil && none.recall == 0 && none.f1 == 0)
    #expect(SetScore([5], truth: [1]).f1 == 0 && SetScore([1], truth: [1]).f1 == 1)
  }

  @Test func cutsTakeSoManyUnits() {
    let scores = [0, 0.5, 1, 0.05]
    #expect(Cut.relative(0.5).size(scores) == 2 && Cut.relative(0.01).size(scores) == 3)
    #expect(Cut.share(0.3).size(scores) == 2 && Cut.count(9).size(scores) == 4)
    #expect(Cut.count(2).size([0, 0]) == 0)
    #expect(MethodTuning.units(of: [1, 3, 3, 2], .count(3)) == [1, 2, 3])
  }

  /// A model of four units in which 0 and 1 store, by a method that ranks.
  private func toy(
    _ family: String, _ scores: [Double], strength: Double, truth: [Int]?, seed: UInt64 = 1
  ) -> MethodsOnModel {
    MethodsOnModel(
      family: family, units: 4, seed: seed, truth: truth.map { [.storing: $0] } ?? [:],
      answers: [
        MethodAnswer(
          .variance, .storing, .ranking(scores: scores, strength: strength),
          exchange: [0, 0.1, 0.2, 0.3, 0.4],
          seconds: 1),
        MethodAnswer(
          .bothDifferSearch, .storing, .set(units: [0], isThere: strength > 2), exchange: [0.5], seconds: 2),
      ])
  }

  @Test func tuningChoosesTheCutAndTheThreshold() throws {
    let tuned = [
      toy("a", [1, 0.6, 0.55, 0], strength: 3, truth: [0, 1]),
      toy("b", [0.9, 1, 0.3, 0.3], strength: 5, truth: [0, 1]),
      toy("c", [1, 1, 1, 1], strength: 1, truth: nil), toy("d", [1, 1, 1, 1], strength: 2, truth: nil),
    ]
    let found = MethodTuning(.variance, .storing, on: tuned)
    #expect(found.cut == .relative(0.6) && found.f1 == 1)
    #expect(found.leastStrength == 2.5)
    // There is nothing to tune in a set of its own.
    #expect(MethodTuning(.bothDifferSearch, .storing, on: tuned).cut == nil)
    // Where all have the role none can be told apart.
    #expect(MethodTuning(.variance, .storing, on: Array(tuned.prefix(2))).leastStrength == nil)
    #expect(MethodTuning.threshold([(1, true), (2, false)]) == 2.nextUp)
  }

  @Test func falseAlarmsAreCounted() throws {
    let held = [
      toy("c", [1, 1, 0, 0], strength: 4, truth: nil, seed: 1),
      toy("c", [1, 1, 0, 0], strength: 1, truth: nil, seed: 2),
      toy("a", [1, 0.1, 0.9, 0], strength: 2, truth: [0, 1]),
    ]
    let study = KnownRolesStudy(
      tunedOn: [
        toy("a", [1, 0.8, 0, 0], strength: 3, truth: [0, 1]),
        toy("c", [1, 1, 1, 1], strength: 2, truth: nil),
      ], held: held)
    let absent = try #require(study.summary.first { $0.family == "c" && $0.method == .variance })
    #expect(absent.falseAlarms == 1 && absent.withoutRole == 2 && absent.falseAlarmShare == 0.5)
    #expect(absent.f1 == nil && absent.models == 2 && absent.withRole == 0)
    // The third is below the least strength, 2.5: a miss; its cut takes 0 and 2.
    let present = try #require(study.summary.first { $0.family == "a" && $0.method == .variance })
    #expect(present.hits == 0 && present.withRole == 1 && present.falseAlarmShare == nil)
    #expect(present.precision == 0.5 && present.recall == 0.5 && present.f1 == 0.5 && present.exchange == 0.2)
    let search = try #require(study.overall(.bothDifferSearch))
    #expect(search.falseAlarms == 1 && search.withoutRole == 2 && search.f1 == 2.0 / 3)
    // Of a model whose units are not scored nothing but the exchange counts.
    let loose = MethodsOnModel(
      family: "loose", units: 4, seed: 1, truth: [.storing: [0, 1]], scoresUnits: false,
      answers: held[2].answers)
    let row = try #require(KnownRolesStudy(tunedOn: [loose], held: [loose]).rows.first)
    #expect(row.f1 == nil && row.precision == nil && row.exchange != nil && row.falseAlarm == nil)
  }

  /// A subspace of the rotated family is there, units are not.
  @Test func aSubspaceIsThereForTheAlignmentSearchAlone() throws {
    let rotated = try #require(Self.all.get().first { $0.family == "rotated" })
    #expect(rotated.has(.storing, for: .alignmentSearch) && !rotated.has(.storing, for: .bothDifferSearch))
    let nothing = try #require(Self.all.get().first { $0.family == "nothing" })
    #expect(!nothing.has(.counting, for: .alignmentSearch))
  }

  /// Whatever the held half is, the same is tuned.
  @Test func tuningDoesNotLookAtTheHeldHalf() throws {
    let all = try Self.all.get()
    let tuned = all + all
    let study = KnownRolesStudy(tuned)
    let halves = KnownRolesStudy.halves(tuned, seed: 1)
    #expect(halves.tuned.count == all.count && halves.held.count == all.count)
    // Another held half: other scores, other truth.
    let changed = halves.held.map { model in
      MethodsOnModel(
        family: model.family, units: model.units, seed: model.seed, truth: [.storing: [0], .counting: [1]],
        answers: model.answers.map { answer in
          guard case .ranking(let scores, let strength) = answer.found else { return answer }
          return MethodAnswer(
            answer.method, answer.role, .ranking(scores: scores.reversed(), strength: -strength),
            exchange: answer.exchange, seconds: 0)
        })
    }
    let other = KnownRolesStudy(tunedOn: halves.tuned, held: changed)
    #expect(other.tuning == study.tuning && other.tunedOn == study.tunedOn && other.rows != study.rows)
    // Of one model of a family there is nothing to tune on.
    #expect(KnownRolesStudy(all).tunedOn.isEmpty)
  }

  @Test func aStudyIsWrittenAndRead() throws {
    let study = KnownRolesStudy(
      tunedOn: [], held: try Self.all.get(),
      verdicts: [
        KnownVerdict(family: "nothing", units: 16, seed: 1, claim: "R0", expected: .notMet, verdict: .no)
      ])
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID())/known-roles.json")
    defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
    try study.write(to: file)
    let data = try Data(contentsOf: file)
    #expect(try JSONDecoder().decode(KnownRolesStudy.self, from: data) == study)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let rows = try #require(object["rows"] as? [[String: Any]])
    // All rows have all columns.
    #expect(rows.allSatisfy { $0.count == 14 && $0["falseAlarm"] != nil && $0["precision"] != nil })
    #expect(study.verdicts[0].isRight == true)
  }

  @Test func designsFitTheirSizes() throws {
    let designs = KnownRoles.designs(units: [16, 32], seeds: 1...2)
    #expect(Set(designs).count == designs.count)
    #expect(designs.count { $0.options.units == 32 } == 14 && designs.count { $0.options.units == 16 } == 8)
    for design in designs {
      #expect(try KnownRoles(design).model.configuration.units == design.options.units)
    }
    #expect(KnownRoles.designs([.jointCode], units: [16], seeds: 1...1).isEmpty)
  }

  /// The verdicts on an untrained model are the known ones.
  @Test func verdictsStandBesideTheKnownAnswers() throws {
    let design = try #require(KnownRoles.designs([.nothing], units: [32], seeds: 2...2).first)
    let known = try KnownRoles(design)
    // Fewer draws could not tell one in a hundred.
    let found = try KnownVerdict.all(known, criteria: .specified, randomSets: 100)
    #expect(found.map(\.claim) == (0...9).map { "R\($0)" })
    #expect(found.allSatisfy { $0.isRight != false }, "\(found.map { "\($0.claim) \($0.verdict)" })")
    let decided = Set(known.expected.map(\.claim))
    #expect(found.allSatisfy { ($0.expected != nil) == decided.contains($0.claim) })
    #expect(found[0].found == .notMet && found[0].isRight == true)
    let wrong = KnownVerdict(
      family: "a", units: 4, seed: 1, claim: "R1", expected: .met, verdict: .inPart)
    #expect(wrong.found == .notMet && wrong.isRight == false)
  }
}
