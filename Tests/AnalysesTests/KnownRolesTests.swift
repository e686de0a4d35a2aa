import Analyses
import Foundation
import KnownRoleModels
import LinearAlgebra
import Networks
import Tasks
import Testing

/// The models whose roles are known do what is said of them.
@Suite struct KnownRolesTests {
  typealias Family = KnownRoles.Family

  /// Few rows; four words where eight take too many units.
  static func known(
    _ family: Family, units: Int = 32, copies: Int = 1, noiseUnits: Int = 2, seed: UInt64 = 1
  ) throws -> KnownRoles {
    let isLine = family == .jointCode || family == .delayLine
    let isTight = family == .jointCode || family == .redundant && copies > 1 && units < 64 || units < 32
    return try KnownRoles(
      family,
      KnownRoles.Options(
        units: units, words: isTight ? 4 : 8, lengths: isLine && units < 64 ? 3...6 : 5...8, copies: copies,
        noiseUnits: units < 64 && (family == .jointCode || copies > 1) ? 0 : noiseUnits,
        rowsPerCell: RowsPerCell(training: 1, select: 3, tune: 3, verify: 4), seed: seed))
  }

  func measured(_ effect: Effect?) throws -> Effect.Measurement {
    try #require(effect?.measurement, "\(String(describing: effect))")
  }

  /// Pairs of Verify that differ in word and place.
  private func pairs(_ known: KnownRoles, at step: Int, from source: Int? = nil) throws -> Exchange {
    try RolePairs(known.model, known.data.verify, at: step, from: source, count: 100, seed: 3).exchange(.both)
  }

  private func share(_ role: SufficientSet.Role, _ exchange: Exchange, _ units: [Int]) throws -> Double {
    try measured(try RoleOutcome(role, exchange, units: units, randomSets: 1).share).estimate
  }

  /// The least margin of the right token over all rows and steps, in logits.
  private func margin(_ known: KnownRoles) throws -> Float {
    let rows = known.data.verify
    let recording = try known.model.record(rows, steps: rows.targets.steps)
    var least = Float.infinity
    for row in 0..<rows.count {
      for step in 1...rows.lengths[row] + 1 {
        let logits = recording.logits.units(row: row, step: step).map { $0 }
        let right = Int(rows.targets[row, at: step])
        let other = logits.indices.filter { $0 != right }.map { logits[$0] }.max() ?? 0
        least = min(least, logits[right] - other)
      }
    }
    return least
  }

  @Test(arguments: [
    (Family.registerAndCountdown, [(16, 1), (32, 2), (64, 4)]),
    (.registerAndUpCounter, [(16, 1), (32, 1), (64, 3)]), (.redundant, [(32, 1), (32, 2), (64, 2)]),
    (.delayLine, [(32, 1), (64, 1), (64, 2)]), (.jointCode, [(32, 1), (64, 1)]),
    (.rotated, [(16, 1), (32, 1), (32, 3), (64, 8)]),
  ])
  func everyTokenIsWritten(_ family: Family, sizes: [(Int, Int)]) throws {
    for (number, (units, copies)) in sizes.enumerated() {
      let known = try Self.known(family, units: units, copies: copies, seed: UInt64(number + 1))
      #expect(try known.model.evaluate(known.data.verify).whole.share == 1)
      let least = try margin(known)
      // A unit that is on is at tanh 3; the words of the rotated family shrink.
      #expect(
        least > known.options.strength * (family == .rotated ? 0.6 : 0.99), "\(units), \(copies): \(least)")
      // Each unit has one role at most.
      let all = known.roles.values.joined()
      #expect(Set(all).count == all.count && all.allSatisfy { (0..<units).contains($0) })
      #expect(known.roles.values.allSatisfy { $0 == $0.sorted() })
    }
  }

  @Test func aStrongerModelHasALargerMargin() throws {
    for family in Family.handMade where family != .nothing {
      var options = try Self.known(family).options
      options.strength = 10
      #expect(try margin(try KnownRoles(family, options)) > 7, "\(family)")
    }
  }

  /// An exchange of a role's units between rows that differ in word and place moves what the role holds, and nothing else; an
  /// exchange of all but one of them does not.
  @Test(arguments: [
    (Family.registerAndCountdown, 1), (.registerAndCountdown, 2), (.registerAndUpCounter, 1),
    (.registerAndUpCounter, 2), (.redundant, 1),
  ])
  func eachSetMovesWhatItHolds(_ family: Family, copies: Int) throws {
    let known = try Self.known(family, copies: copies, seed: 5)
    let storing = try #require(known.roles[.storing])
    let counting = try #require(known.roles[.counting])
    for step in [0, 2] {
      let exchange = try pairs(known, at: step)
      #expect(try share(.word, exchange, storing) == 1)
      #expect(try share(.position, exchange, counting) == 1)
      #expect(try share(.position, exchange, storing) == 0)
      #expect(try share(.word, exchange, counting) == 0)
      for unit in storing {
        #expect(try share(.word, exchange, storing.filter { $0 != unit }) < 0.9, "without \(unit)")
      }
      for unit in counting where counting.count > 1 {
        #expect(try share(.position, exchange, counting.filter { $0 != unit }) < 0.5, "without \(unit)")
      }
      // What is beside the roles moves nothing.
      let others = known.roles[.noise, default: []] + known.roles[.backup, default: []]
      if others.isEmpty { continue }
      #expect(try share(.word, exchange, others) == 0 && share(.position, exchange, others) == 0)
    }
  }

  /// From another step: time left lands by itself; T lands at T, unless the time gone comes with it.
  @Test func onlyACountdownLandsByTheTimeLeft() throws {
    for (step, source) in [(2, 1), (1, 2)] {
      let down = try Self.known(.registerAndCountdown)
      let units = try #require(down.roles[.counting])
      #expect(try share(.position, pairs(down, at: step, from: source), units) == 1)
      let up = try Self.known(.registerAndUpCounter)
      let held = try #require(up.roles[.counting])
      let exchange = try pairs(up, at: step, from: source)
      let landing = try Interchange(exchange, units: held, randomSets: 1)
      #expect(try share(.position, exchange, held) == 0)
      #expect(landing.counts.atSourcePosition > 20 && landing.counts.byTimeLeft == 0, "\(landing.counts)")
      let elapsed = try #require(up.roles[.elapsed])
      #expect(try share(.position, exchange, held + elapsed) == 1)
    }
  }

  /// Word and time are in the same units: what is exchanged for one T brings both, for two T neither.
  @Test(arguments: [Family.delayLine, .jointCode])
  func placesOfALineHoldTheWordOfOneTime(_ family: Family) throws {
    let known = try Self.known(family, units: 64)
    let places = try #require(known.roles[.mixed])
    let exchange = try pairs(known, at: 1)
    let moved = try Interchange(exchange, units: places, randomSets: 1)
    #expect(try measured(moved.wordMoves).estimate == 1 && measured(moved.positionMoves).estimate == 1)
    #expect(try share(.word, exchange, places) == 0 && share(.position, exchange, places) == 0)
    // At one T a smallest set moves the word, and at another T another one.
    func set(at position: Int) throws -> [Int] {
      let rows = known.data.verify.filter { _, last, _ in last == position }
      let word = try Exchange(
        of: .word, in: Counterfactuals(known.model, rows: rows.prefix(60)), at: 1, seed: 2)
      let found = try SufficientSet(.word, choosing: word, measuring: word, randomSets: 1)
      return try #require(found.units)
    }
    let (near, far) = (try set(at: 4), try set(at: 6))
    #expect(Set(near).isDisjoint(with: far) && Set(near + far).isSubset(of: places))
    #expect(near.count <= (family == .delayLine ? 3 : 4))
  }

  /// No neuron of the mixing ones is along a role; in the coordinates of the rotation the roles are what they are elsewhere.
  @Test func rotatedRolesAreCoordinatesOfTheRotation() throws {
    for (copies, seed) in [(1, 1), (2, 2), (3, 3)] as [(Int, UInt64)] {
      let known = try Self.known(.rotated, copies: copies, seed: seed)
      #expect(known.roles[.storing] == nil && known.roles[.counting] == nil)
      let rotation = try #require(known.rotation)
      let exchange = try pairs(known, at: 2)
      for (role, part) in [(KnownRoles.Role.storing, SufficientSet.Role.word), (.counting, .position)] {
        let subspace = try #require(known.subspaces[role])
        let found = try measured(
          try RoleOutcome(part, exchange, subspace: subspace, randomSubspaces: 50).share)
        // Where the source's T is beyond the row's own sentence, EOS comes first.
        #expect(found.estimate >= (part == .word ? 1 : 0.9) && found.null.mean < 0.1, "\(role): \(found)")
        let coordinates = try #require(known.coordinates[role])
        let rotated = try share(part, exchange.rotated(to: rotation), coordinates)
        #expect(abs(rotated - found.estimate) < 0.03)
        // Each mixing unit has some of each.
        let mixing = try #require(known.roles[.mixed])
        for unit in mixing {
          let alone = (0..<subspace.count).reduce(Float(0)) {
            $0 + subspace.directions[$1, unit] * subspace.directions[$1, unit]
          }
          #expect(alone < 1 && alone > 0)
        }
        #expect(try share(part, exchange, mixing) == 0)
      }
    }
  }

  /// Either register is enough, and the word is lost without both.
  @Test(arguments: [Ablation.Substitute.zero, .meanAtStep])
  func neitherRegisterIsNecessary(_ substitute: Ablation.Substitute) throws {
    let known = try Self.known(.redundant)
    func token(_ units: [Int], _ scope: Ablation.Scope) throws -> Double {
      let rows = known.data.verify.filter { _, position, length in position == 6 && length > 6 }
      let runs = try Counterfactuals(known.model, rows: rows)
      let found = try Ablation(
        runs, reference: runs, steps: [2],
        .init(
          substitute, scope: scope, reference: substitute == .zero ? .none : .sameTime, randomSets: 1,
          drawsMatchedSets: false), choose: { _ in units })
      return try measured(found.steps[0].uniform).estimate
    }
    let storing = try #require(known.roles[.storing])
    let backup = try #require(known.roles[.backup])
    #expect(try token(storing, .set) == 0 && token(backup, .set) == 0)
    #expect(try token(storing + backup, .set) >= 0.85)
    if substitute == .meanAtStep { #expect(try token(storing, .others) == 1 && token(backup, .others) == 1) }
    // Without a second one it is necessary.
    let single = try Self.known(.registerAndCountdown)
    let rows = single.data.verify.filter { _, position, length in position == 6 && length > 6 }
    let lost = try Ablation(
      Counterfactuals(single.model, rows: rows), reference: Counterfactuals(single.model, rows: rows),
      steps: [2],
      .init(substitute, randomSets: 1, drawsMatchedSets: false),
      choose: { _ in single.roles[.storing] ?? [] })
    #expect(try measured(lost.steps[0].uniform).estimate == 1)
  }

  @Test func theSameSeedGivesTheSameModelAndAnotherOtherUnits() throws {
    for family in Family.handMade {
      let known = try Self.known(family, seed: 4)
      #expect(try Self.known(family, seed: 4) == known)
      let other = try Self.known(family, seed: 5)
      #expect(other.model != known.model && (family == .nothing || other.roles != known.roles))
      #expect(try JSONDecoder().decode(KnownRoles.self, from: JSONEncoder().encode(known)) == known)
      #expect(known.expected.map(\.claim) == Set(known.expected.map(\.claim)).sorted())
      #expect(known.used.allSatisfy { !known.roles[.noise, default: []].contains($0) })
    }
    let made = try KnownRoles.registerAndCountdown(units: 64, copies: 2, seed: 3)
    #expect(made.family == .registerAndCountdown && made.roles[.storing]?.count == 6)
    #expect(try KnownRoles.nothing(units: 16).roles.isEmpty)
  }

  /// Noise units hold the word; nothing depends on them.
  @Test func noiseHoldsTheWordAndIsReadByNothing() throws {
    let known = try Self.known(.registerAndCountdown, noiseUnits: 6)
    let noise = try #require(known.roles[.noise])
    let rows = known.data.verify.filter { _, position, _ in position == 5 }
    let states = try known.model.record(rows, steps: 3).decoder.states
    // The spread of the means of words beside that within words.
    for unit in noise {
      let byWord = Dictionary(grouping: 0..<rows.count) { rows.words[$0] }
      let means = byWord.values.map { members in
        members.reduce(0.0) { $0 + Double(states[$1, 2, unit]) } / Double(members.count)
      }
      #expect((means.max() ?? 0) - (means.min() ?? 0) > 0.01)
    }
    var builder = ParameterBuilder(editing: known.model)
    for unit in noise {
      for side in ["encoder", "decoder"] {
        try builder.edit("\(side).0.bias") { $0[0, 2 * known.options.units + unit] = 1 }
      }
    }
    let (own, other) = (
      try known.model.record(rows, steps: 6).logits, try builder.model.record(rows, steps: 6).logits
    )
    for row in 0..<rows.count {
      for step in 1...6 {
        #expect(own.units(row: row, step: step).elementsEqual(other.units(row: row, step: step)))
      }
    }
  }

  @Test func optionsThatCannotBeAreErrors() {
    for wrong in [
      KnownRoles.Options(units: 3), .init(words: 1), .init(words: 65), .init(lengths: 5...17),
      .init(copies: 0),
      .init(copies: 9), .init(noiseUnits: -1), .init(noiseUnits: 33), .init(strength: 0.5),
      .init(strength: .nan),
    ] {
      for family in Family.handMade {
        #expect(throws: AnalysisError.self, "\(family) \(wrong)") { try KnownRoles(family, wrong) }
      }
    }
    let few = AnalysisError.invalidOption(
      name: "units", value: "18",
      expected: "at least 20 for registerAndCountdown with these words, lengths, copies and noise units")
    #expect(throws: few) { try KnownRoles.registerAndCountdown(units: 18, noiseUnits: 4) }
    #expect(throws: AnalysisError.self) { try KnownRoles.jointCode(units: 32, words: 8) }
    #expect(throws: TaskError.self) { try KnownRoles.registerAndCountdown(words: 4, lengths: 1...3) }
  }
}
