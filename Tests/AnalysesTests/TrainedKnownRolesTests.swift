import Analyses
import Foundation
import KnownRoleModels
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Models that were trained into roles, and what a search finds in them.
@Suite struct TrainedKnownRolesTests {
  static let tight = Result {
    try KnownRoles.trained(
      units: 32, words: 4, lengths: 4...7, roles: .init(storing: 3, counting: 3), .init(isTight: true),
      seed: 1)
  }
  static let fourRoles = Result {
    try KnownRoles.trained(units: 32, words: 4, lengths: 4...7, roles: .fourRoles(of: 32), seed: 1)
  }
  static let resetAfter = Result {
    try KnownRoles.trained(
      units: 32, words: 4, lengths: 4...7, roles: .init(storing: 4, counting: 4), cell: .resetAfterGRU,
      seed: 1)
  }
  static let shuffled = Result {
    try KnownRoles.trainedOnShuffledRequests(units: 32, words: 4, lengths: 4...7, updates: 400)
  }

  /// Pairs of the longest sentences: there every place that an exchange asks for is in the row.
  static func longest(_ known: KnownRoles) -> Dataset {
    func longest(_ rows: Rows) -> Rows {
      rows.filter { _, _, length in length == known.options.lengths.upperBound }
    }
    let data = known.data
    return Dataset(
      task: data.task, form: data.form, vocabulary: data.vocabulary, training: data.training,
      validation: longest(data.tune), test: longest(data.verify), select: longest(data.select))
  }

  static func search(_ role: SufficientSet.Role, _ known: KnownRoles, at step: Int) throws -> RoleTest {
    try RoleTest(
      role, known.model, longest(known), at: step,
      .init(
        timeLeft: 2, largest: known.options.units / 4, selectPairs: 200, tunePairs: 200, verifyPairs: 300,
        randomSets: 20))
  }

  @Test func everyUnitOfATightModelIsNeededAndFound() throws {
    let known = try Self.tight.get()
    let training = try #require(known.training)
    #expect(known.family == .trained && training.isTight && training.needed == known.used)
    #expect(training.evaluation.token.share >= 0.99 && training.evaluation.lowest >= 0.95)
    for (role, units) in known.roles {
      #expect(!units.isEmpty && Set(units).isSubset(of: Set(training.given[role] ?? [])))
    }
    #expect(known.roles.keys.sorted { $0.rawValue < $1.rawValue } == [.counting, .storing])
    let word = try Self.search(.word, known, at: 1)
    let place = try Self.search(.position, known, at: 1)
    // Other kernels train another model, of which a unit more or less may do.
    for (found, role) in [(word, KnownRoles.Role.storing), (place, .counting)] {
      let units = known.roles[role] ?? []
      let common = Set(found.units).intersection(units).count
      #expect(
        2 * Double(common) / Double(found.units.count + units.count) >= 0.6 && found.reachesThreshold == true,
        "\(role): \(found.units) of \(units)")
    }
    #expect(known.expected.map(\.claim) == ["R0"])
  }

  /// What moves the place is the time left, where exchanges came from earlier steps too.
  @Test func exchangesFromEarlierStepsGiveTheTimeLeft() throws {
    let known = try KnownRoles.trained(
      units: 32, words: 4, lengths: 4...7, roles: .init(), .init(isFromEarlierSteps: true), seed: 1)
    let before = try #require(known.training?.fromStepBefore)
    #expect(before.points.allSatisfy { $0.sourceStep == $0.step - 1 && $0.accuracy.share >= 0.95 })
    #expect(known.expected.map(\.claim) == ["R0", "R4"])
  }

  /// Four roles at once: each exchange does what its role says, at each step.
  @Test func fourRolesAreTrainedTogether() throws {
    let known = try Self.fourRoles.get()
    let training = try #require(known.training)
    #expect(
      known.roles.keys.sorted { $0.rawValue < $1.rawValue } == [
        .counting, .outputting, .storing, .triggering,
      ])
    #expect(known.used.count == 28 && Set(known.used).count == 28)
    for moves in InterchangeRole.Moved.allCases {
      let points = training.evaluation.points.filter { $0.moves == moves }
      #expect(points.count >= 4 && points.allSatisfy { $0.accuracy.share >= 0.95 }, "\(moves)")
    }
    // By hand: the trigger of a row whose word comes next starts the word of one whose is to come later.
    let (model, data) = (known.model, known.data)
    let rows = data.verify
    let due = (0..<rows.count).filter { rows.positions[$0] == 3 }
    var pairs = [(later: Int, due: Int)]()
    for later in 0..<rows.count where rows.positions[later] > 4 && pairs.count < 60 {
      let fitting = due.first {
        rows.lengths[$0] == rows.lengths[later] && rows.words[$0] != rows.words[later]
      }
      if let fitting { pairs.append((later, fitting)) }
    }
    let both = rows.rows(pairs.map { $0.later } + pairs.map { $0.due })
    let triggering = known.roles[.triggering] ?? []
    let edited = try model.record(
      both, feeding: .greedy,
      interventions: Interventions(carried: { step, states in
        guard step == 2 else { return }
        for row in 0..<pairs.count {
          for unit in triggering { states[row, unit] = states[row + pairs.count, unit] }
        }
      }))
    let early = (0..<pairs.count).filter { edited.tokens[$0, at: 3] == both.words[$0] }.count
    #expect(pairs.count > 20 && Double(early) >= 0.9 * Double(pairs.count))
  }

  @Test func shuffledRequestsGiveNoRole() throws {
    let known = try Self.shuffled.get()
    #expect(known.roles.isEmpty && known.training == nil)
    // Sentences end where they should, or it would have learnt nothing at all.
    let evaluation = try known.model.evaluate(known.data.verify)
    #expect(evaluation.token.share < 0.5 && evaluation.each.share > 0.7)
    for role in [SufficientSet.Role.word, .position] {
      let found = try Self.search(role, known, at: 1)
      #expect(found.reachesThreshold == false && found.path.allSatisfy { $0.tuneShare < 0.3 })
    }
    #expect(known.expected.first?.answer == .notMet)
  }

  @Test func savedFilesGiveTheModelAgain() throws {
    for known in [
      try Self.tight.get(), try Self.fourRoles.get(), try Self.resetAfter.get(), try KnownRoles.delayLine(),
    ] {
      let folder = FileManager.default.temporaryDirectory.appending(path: "known-roles-\(UUID())")
      defer { try? FileManager.default.removeItem(at: folder) }
      try known.save(to: folder)
      let tokens = try known.model.decode(known.data.verify).tokens
      let layouts = TensorLayout.allCases.filter { $0 != .pyTorch || known.model.configuration.cell != .gru }
      #expect(layouts.count == (known.model.configuration.cell == .gru ? 2 : 3))
      for layout in layouts {
        let model = try Seq2Seq(contentsOf: folder.appending(path: "\(layout.rawValue).safetensors"))
        #expect(try model.decode(known.data.verify).tokens == tokens)
      }
      let card = try JSONDecoder().decode(
        KnownRoles.Card.self, from: Data(contentsOf: folder.appending(path: "card.json")))
      #expect(card.roles == known.roles && card.vocabulary == known.data.vocabulary.names)
      #expect(card.expected == known.expected && card.needed == known.training?.needed)
      for example in card.examples {
        let rows = Rows([
          Row(
            input: example.input, target: example.written, word: example.word, position: example.position,
            length: example.length)
        ])
        #expect(try known.model.evaluate(rows).whole.share == 1)
      }
      // What an exchange writes is what its role says.
      #expect(card.exchanges.isEmpty == (known.family == .delayLine))
      let right = card.exchanges.filter { exchange in
        let isWord = exchange.role == .storing
        let place = isWord ? exchange.row.position : exchange.source.position
        return exchange.written.count >= place
          && exchange.written[place - 1] == (isWord ? exchange.source.word : exchange.row.word)
      }
      #expect(right.count >= card.exchanges.count * 4 / 5)
      let page = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
      #expect(page.contains(known.family.rawValue) && page.contains("· EOS"))
    }
  }

  @Test func whatCannotBeTrainedIsAnError() throws {
    #expect(throws: AnalysisError.setLargerThanModel(size: 40, units: 32)) {
      try KnownRoles.trained(units: 32, words: 4, lengths: 4...7, roles: .init(storing: 20, counting: 20))
    }
    #expect(throws: AnalysisError.self) { try KnownRoles.trained(units: 32, roles: .init(storing: 0)) }
    #expect(throws: AnalysisError.self) { try KnownRoles.trained(units: 2) }
    #expect(throws: AnalysisError.self) { try KnownRoles.trained(units: 32, roles: .init(triggering: -1)) }
    #expect(throws: AnalysisError.self) { try KnownRoles.trained(units: 32, cell: .lstm) }
    #expect(throws: AnalysisError.self) { try KnownRoles.trainedOnShuffledRequests(updates: 0) }
    for family in [KnownRoles.Family.trained, .shuffledRequests] {
      #expect(throws: AnalysisError.self) { try KnownRoles(family, .init()) }
    }
    do {
      _ = try KnownRoles.trained(
        units: 32, words: 4, lengths: 4...7, roles: .init(storing: 2, counting: 2), .init(updates: 20))
      Issue.record("20 updates are not enough")
    } catch TrainedRolesError.notLearnt(let what, _, _, let updates) {
      #expect(what == "the token" && updates == 20)
    }
    let file = FileManager.default.temporaryDirectory.appending(path: "known-roles-\(UUID())")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(throws: NetworkError.self) { try KnownRoles.nothing().save(to: file) }
  }

  @Test func recipesAreDistinct() {
    let full = KnownRoles.Recipe.full()
    #expect(full.count >= 24 && Set(full).count == full.count)
    for units in [32, 64] {
      for isTight in [true, false] {
        #expect(full.contains { $0.units == units && $0.training.isTight == isTight })
      }
    }
  }
}
