import Analyses
import KnownRoleModels
import Networks
import Tasks
import Testing

/// What the project's own searches find where it is known what there is.
@Suite struct KnownRolesSearchTests {
  typealias Family = KnownRoles.Family

  static let options = RoleTest.Options(selectPairs: 60, tunePairs: 60, verifyPairs: 100, randomSets: 20)

  private func dissociation(
    _ known: KnownRoles, in basis: Basis? = nil, timeLeft: Int = 3, largest: Int? = nil
  ) throws -> DoubleDissociation.Step {
    var options = Self.options
    (options.timeLeft, options.largest) = (timeLeft, largest)
    let found = try DoubleDissociation(known.model, known.data, steps: [1], in: basis, options)
    return try #require(found.steps.first)
  }

  /// Precision and recall are 1.
  @Test(
    arguments: [
      (Family.registerAndCountdown, 16, 1, 1), (.registerAndCountdown, 32, 1, 2),
      (.registerAndCountdown, 32, 2, 3),
      (.registerAndCountdown, 64, 3, 4), (.registerAndUpCounter, 32, 1, 5), (.registerAndUpCounter, 64, 2, 6),
      (.redundant, 32, 1, 7),
    ] as [(Family, Int, Int, UInt64)])
  func plantedSetsAreFoundExactly(_ family: Family, units: Int, copies: Int, seed: UInt64) throws {
    let known = try KnownRolesTests.known(family, units: units, copies: copies, seed: seed)
    let found = try dissociation(known)
    #expect(found.storing.units == known.roles[.storing])
    #expect(found.counting.units == known.roles[.counting])
    #expect(found.isDissociated == true && found.score == 1, "\(String(describing: found.score))")
  }

  @Test(arguments: [Family.jointCode, .delayLine, .nothing])
  func whereNoSetHasARoleNoneIsFound(_ family: Family) throws {
    for seed in [1, 2] as [UInt64] {
      let known = try KnownRolesTests.known(family, seed: seed)
      // T up to 6 leaves two T with as many steps to go.
      let found = try dissociation(known, timeLeft: family == .nothing ? 3 : 2)
      #expect(found.isDissociated == false)
      for test in [found.storing, found.counting] {
        #expect(test.path.allSatisfy { $0.tuneShare < 0.2 }, "\(family) \(test.path.map(\.tuneShare))")
      }
    }
  }

  /// Neurons say no, coordinates of the rotation yes.
  @Test(arguments: [1, 2, 3]) func rotatedRolesAreFoundInTheRotationAlone(_ copies: Int) throws {
    let known = try KnownRolesTests.known(.rotated, copies: copies, seed: UInt64(copies))
    let neurons = try dissociation(known)
    #expect(neurons.isDissociated == false)
    for test in [neurons.storing, neurons.counting] {
      #expect(test.path.allSatisfy { $0.tuneShare < 0.5 }, "\(test.path.map(\.tuneShare))")
    }
    let rotated = try dissociation(known, in: known.rotation)
    #expect(rotated.storing.units == known.coordinates[.storing])
    #expect(rotated.counting.units == known.coordinates[.counting])
    #expect(rotated.isDissociated == true)
  }

  /// Directions that are learnt by gradient, beside units that differ a hundred times as much.
  @Test(arguments: [1, 2] as [UInt64]) func alignmentSearchFindsRotatedRoles(_ seed: UInt64) throws {
    let known = try KnownRolesTests.known(.rotated, copies: 2, noiseUnits: 4, seed: seed)
    // In shorter rows EOS may come before the source's T: a few of these, out of reach, would decide what is learnt.
    func pairs(_ rows: Rows, seed: UInt64) throws -> Exchange {
      let longest = rows.filter { _, _, length in length == known.options.lengths.upperBound }
      return try RolePairs(known.model, longest, at: 1, count: 80, seed: seed).exchange(.both)
    }
    let (tune, verify) = (try pairs(known.data.tune, seed: 1), try pairs(known.data.verify, seed: 2))
    for (role, part) in [(KnownRoles.Role.storing, SufficientSet.Role.word), (.counting, .position)] {
      let truth = try #require(known.subspaces[role])
      let found = try AlignmentSearch(
        part, learning: tune, measuring: verify,
        .init(dimensions: truth.count, starts: 8, iterations: 600, tolerance: 1e-5, randomSubspaces: 20))
      let outcome = try #require(found.outcome.share.measurement)
      #expect(outcome.estimate >= 0.9 && outcome.null.mean < 0.1, "\(role): \(outcome)")
      #expect((found.shuffledOutcome.share.measurement?.estimate ?? 1) < 0.6)
      #expect(found.search.subspace.cosines(with: truth).allSatisfy { $0 > 0.9 })
      #expect(found.search.isConverged)
    }
  }

  /// The verdicts of the corrected arm are the known answers.
  @Test(arguments: [
    (Family.registerAndCountdown, 2), (.registerAndUpCounter, 2), (.redundant, 1), (.delayLine, 1),
    (.rotated, 1),
    (.nothing, 1),
  ])
  func verdictsAreTheKnownAnswers(_ family: Family, copies: Int) throws {
    let known = try KnownRoles(
      family,
      KnownRoles.Options(
        copies: copies, noiseUnits: 1, rowsPerCell: RowsPerCell(training: 1, select: 3, tune: 3, verify: 4)))
    let arm = try CorrectedArm(
      known.model, known.data,
      .init(positions: [5, 7], stride: 2, randomSets: 100, criteria: .specified))
    for expectation in known.expected {
      let claim = try #require(arm.scorecard[expectation.claim])
      let found = try ClaimAcrossTrainings([claim])
      let right: [Verdict] =
        switch expectation.answer {
        case .met: [.everywhere, .onAverage]
        case .notMet: [.no, .inPart]
        case .cannotBeTold: [.cannotBeTold]
        }
      let text =
        "\(family) \(claim.name): \(found.verdict), \(found.quantities.map { ($0.name, $0.mean.value, $0.verdict) })"
      #expect(right.contains(found.verdict), "\(text)")
    }
  }
}
