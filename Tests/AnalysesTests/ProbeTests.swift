import Analyses
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Probes against scikit-learn, on states whose content is known, and on noise.
@Suite struct ProbeTests {
  /// States of `words` words whose centres lie in the first units, among noise; inputs are all different.
  func states(
    rows: Int, words: Int = 4, units: Int = 8, strength: Float, seed: UInt64, firstTokens: Int = 5
  ) throws -> ProbeStates {
    var generator = SeededGenerator(seed: seed, label: "probe states")
    var states = Matrix.normal(rows: rows, columns: units, using: &generator)
    let labels = (0..<rows).map { $0 % words }
    for row in 0..<rows { states[row, labels[row]] += strength }
    return try ProbeStates(
      states: states, words: labels, positions: (0..<rows).map { _ in 5 }, steps: (0..<rows).map { _ in 2 },
      inputs: Array(0..<rows), firstTokens: (0..<rows).map { _ in generator.integer(below: firstTokens) })
  }

  func measured(_ effect: Effect) throws -> Effect.Measurement {
    try #require(effect.measurement, "\(effect)")
  }

  @Test func ridgeRegressionsAreThoseOfScikitLearn() throws {
    for fixture in try ProbingFixture.load().ridge {
      let states = matrix(fixture.training, columns: fixture.units)
      let heldOut = matrix(fixture.heldOut, columns: fixture.units)
      let ridge = try RidgeRegression(states, targets: fixture.targets, penalty: fixture.penalty)
      for (ours, theirs) in zip(ridge.weights, fixture.weights) { #expect(abs(ours - theirs) < 1e-5) }
      #expect(abs(ridge.intercept - fixture.intercept) < 1e-5)
      let found = try #require(ridge.rSquared(on: heldOut, targets: fixture.heldOutTargets))
      #expect(abs(found - fixture.rSquared) < 1e-5)
      #expect(ridge.rSquared(on: heldOut, targets: heldOut.column(0).map { _ in 2 }) == nil)
      #expect(throws: AnalysisError.self) { try RidgeRegression(states, targets: [1], penalty: 1) }
      #expect(throws: AnalysisError.self) {
        try RidgeRegression(states, targets: fixture.targets, penalty: 0)
      }
    }
  }

  @Test func aWordThatIsThereIsReadAndNotLearntByHeart() throws {
    let (pairs, untrained) = (
      try states(rows: 120, strength: 1, seed: 5),
      (try states(rows: 200, strength: 1, seed: 3), try states(rows: 160, strength: 1, seed: 4))
    )
    let probe = try LinearProbe(
      .word, training: states(rows: 200, strength: 8, seed: 1),
      unseenInputs: states(rows: 160, strength: 8, seed: 2), unseenPairs: pairs, untrained: untrained)
    // The floor and the unseen pairs are what the same probes make of those states alone.
    #expect(
      try probe.floor
        == LinearProbe(.word, training: untrained.0, unseenInputs: untrained.1).unseenInputs.estimate)
    #expect(
      try probe.unseenPairs
        == LinearProbe(.word, training: states(rows: 200, strength: 8, seed: 1), unseenInputs: pairs)
        .unseenInputs)
    let accuracy = try measured(probe.unseenInputs)
    #expect(accuracy.estimate > 0.97 && accuracy.null.pValue == 0.001 && accuracy.sentences == 160)
    #expect(abs(accuracy.null.mean - 0.25) < 0.03 && abs(probe.chance - 0.25) < 0.1)
    // Twenty types (w, first token) of four labels: the state knows w, not the first token. So at best the most frequent
    // label of each word can be learnt.
    let control = try #require(probe.control)
    #expect(control.types == 20 && control.known == 1 && control.accuracies.count == 3)
    #expect(control.accuracy < 0.65)
    #expect(try abs(#require(probe.selectivity) - accuracy.estimate + control.accuracy) < 1e-12)
    #expect(try (0.3..<0.75).contains(#require(probe.floor)))
    #expect(probe.classes == [0, 1, 2, 3] && probe.training.count == 200 && probe.sharedInputs == nil)
  }

  /// Guessing goes by the labels of the training rows; types that these do not have count for no control.
  @Test func guessesAndKnownTypesAreThoseOfTheTrainingRows() throws {
    func probed(_ words: [Int], _ firstTokens: [Int]) throws -> ProbeStates {
      try ProbeStates(
        states: Matrix(words.map { [Float($0), 1] }), words: words, positions: words.map { _ in 5 },
        steps: words.map { _ in 2 }, inputs: Array(words.indices), firstTokens: firstTokens)
    }
    let (many, few) = ((0..<40).map { $0 < 30 ? 0 : 1 }, (0..<40).map { $0 < 10 ? 0 : 1 })
    let probe = try LinearProbe(
      .word, training: probed(many, many.indices.map { $0 % 2 }),
      unseenInputs: probed(few, few.indices.map { $0 % 4 }), .init(permutations: 9))
    #expect(probe.chance == 0.25 && probe.control?.known == 0.5 && probe.control?.types == 4)
  }

  /// Where the state knows the type, the control can be learnt by heart, and accuracy says little.
  @Test func aStateThatTellsTypesApartHasNoSelectivity() throws {
    func typed(_ seed: UInt64) throws -> ProbeStates {
      let plain = try states(rows: 240, units: 8, strength: 8, seed: seed, firstTokens: 3)
      // One unit a type beside the words.
      var generator = SeededGenerator(seed: seed, label: "probe states")
      _ = Matrix.normal(rows: 240, columns: 8, using: &generator)
      let first = (0..<240).map { _ in generator.integer(below: 3) }
      var wide = Matrix(rows: 240, columns: 20)
      for row in 0..<240 {
        for unit in 0..<8 { wide[row, unit] = plain.states[row, unit] }
        wide[row, 8 + plain.words[row] * 3 + first[row]] = 5
      }
      return try ProbeStates(
        states: wide, words: plain.words, positions: plain.positions, steps: plain.steps,
        inputs: plain.inputs,
        firstTokens: first)
    }
    let probe = try LinearProbe(.word, training: typed(1), unseenInputs: typed(2), .init(permutations: 19))
    #expect(try #require(probe.control).accuracy > 0.95)
    #expect(try abs(#require(probe.selectivity)) < 0.06)
  }

  /// On labels without meaning, probes are right as often as chance, and p is small as often as it says.
  @Test func onRandomLabelsProbesReachChance() throws {
    var (accuracies, pValues, selectivities) = ([Double](), [Double](), [Double]())
    for seed in UInt64(0)..<200 {
      let probe = try LinearProbe(
        .word, training: states(rows: 40, units: 4, strength: 0, seed: 2 * seed),
        unseenInputs: states(rows: 40, units: 4, strength: 0, seed: 2 * seed + 1),
        .init(controls: 1, permutations: 39, seed: seed))
      let effect = try measured(probe.unseenInputs)
      accuracies.append(effect.estimate)
      pValues.append(effect.null.pValue)
      selectivities.append(try #require(probe.selectivity))
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    // 8000 tested rows: a binomial deviation of .005.
    #expect(abs(mean(accuracies) - 0.25) < 0.02, "\(mean(accuracies))")
    #expect(abs(mean(selectivities)) < 0.04, "\(mean(selectivities))")
    let (small, half) = (pValues.count { $0 <= 0.05 }, pValues.count { $0 <= 0.5 })
    // Four binomial deviations of 3.1 and 7; equal accuracies count against the effect.
    #expect((1...22).contains(small) && (60...128).contains(half), "\(small) and \(half) of 200")
  }

  @Test func plantedUnitsHoldTheWordAndCountDown() throws {
    let planted = try PlantedPositioning()
    let (training, tested) = (planted.others(3...8), planted.rows(3...8))
    let (select, verify) = (try planted.model.record(training), try planted.model.record(tested))
    let untrained = Seq2Seq(planted.model.configuration, seed: 4)
    let floor = (training: try untrained.record(training), unseenInputs: try untrained.record(tested))
    let probes = try TokenProbes(
      training: select, unseenInputs: verify, untrained: floor, positions: [7, 8], .init(permutations: 199))
    let floorProbe = try LinearProbe(
      .word, training: ProbeStates(floor.training, positions: [7], steps: [0]),
      unseenInputs: ProbeStates(floor.unseenInputs, positions: [7], steps: [0]), .init(permutations: 9))
    #expect(probes.cells[0].probe.floor == floorProbe.unseenInputs.estimate)
    #expect(probes.cells.count == 15 && probes.cells[7].position == 8)
    for cell in probes.cells {
      let accuracy = try measured(cell.probe.unseenInputs)
      #expect(accuracy.estimate == 1 && accuracy.null.pValue == 0.005 && cell.probe.sharedInputs == 0)
      #expect(try abs(#require(cell.adjustedPValue) - 0.075) < 1e-9)
      #expect(cell.meetsCriterion == (try #require(cell.probe.selectivity) >= 0.3))
      // Two words, each after a first token of two.
      #expect(cell.probe.control?.types == 4)
    }
    // One control task of two labels for four types: in one of three drawings it is the words themselves.
    let learnt = try (1...6).flatMap { seed in
      try TokenProbes(
        training: select, unseenInputs: verify, positions: [7],
        .init(controls: 1, permutations: 9, seed: UInt64(seed))
      ) { _ in [2] }.cells
    }
    #expect(Set(learnt.map(\.meetsCriterion)) == [true, false])
    // With every eighth row called by the other word the accuracy is below .95, and the selectivity is not below .3.
    let misnamed = Rows(
      (0..<tested.count).map { index in
        var row = tested[index]
        if index % 8 == 0 { row.word = 7 - row.word }
        return row
      })
    let wrong = try (1...6).flatMap { seed in
      try TokenProbes(
        training: select, unseenInputs: planted.model.record(misnamed), positions: [7],
        .init(controls: 1, permutations: 9, seed: UInt64(seed))
      ) { _ in [2] }.cells
    }
    #expect(
      wrong.contains { $0.probe.selectivity ?? 0 >= 0.3 } && wrong.allSatisfy { $0.meetsCriterion == false })
    let (fitted, unseen) = (try ProbeStates(select), try ProbeStates(verify))
    for target in [ProbeTarget.timeLeft, .word] {
      let probe = try LinearProbe(
        target, training: fitted, unseenInputs: unseen, .init(controls: 1, permutations: 19))
      let read = try measured(probe.unseenInputs)
      #expect((0.9...1).contains(read.estimate) && read.null.pValue <= 0.05, "\(target)")
      #expect(probe.options.trainingRows == 2000 && probe.distinctTrainingInputs < select.rows.count)
    }

    #expect(
      try LinearProbe(.word, training: fitted, unseenInputs: fitted, .init(permutations: 1)).sharedInputs
        == select.rows.distinctInputs)
    #expect(fitted.labels(.timeLeft).min() == 0)
    let some = try ProbeStates(verify, positions: [5, 6, 7])
    let times = try TimeRegression(training: fitted, unseenInputs: unseen, unseenPairs: some)
    let someAlone = try TimeRegression(training: fitted, unseenInputs: some)
    for unit in planted.counting {
      let found = times.units[unit]
      #expect(
        found.countsDown == true && found.timeLeft > 0.9 && found.timeLeft > found.timeGone + 0.1, "\(found)")
      #expect(try measured(found.difference).null.pValue < 0.01)
    }
    for unit in planted.storing {
      #expect(times.units[unit].countsDown == false && abs(times.units[unit].timeLeft) < 0.05)
    }
    #expect(times.all.countsDown == true && times.unseenPairs?.timeLeft == someAlone.all.timeLeft)
    #expect(times.distinctInputs == verify.rows.count)
  }

  /// Units that count up, down, or nothing; and errors where the two times are one.
  @Test func countingUpAndDownAreToldApart() throws {
    func times(_ seed: UInt64, positions: ClosedRange<Int> = 2...6) throws -> ProbeStates {
      var generator = SeededGenerator(seed: seed, label: "times")
      var places: [(position: Int, step: Int, input: Int)] = []
      for input in 0..<60 {
        let position = positions.lowerBound + generator.integer(below: positions.count)
        for step in 0...position { places.append((position, step, input)) }
      }
      var states = Matrix.normal(rows: places.count, columns: 4, using: &generator)
      for (row, place) in places.enumerated() {
        states[row, 0] += Float(place.step)
        states[row, 1] -= Float(place.position - place.step)
      }
      return try ProbeStates(
        states: states, words: places.map { _ in 3 }, positions: places.map(\.position),
        steps: places.map(\.step),
        inputs: places.map(\.input), firstTokens: places.map { _ in 0 })
    }
    let found = try TimeRegression(
      training: times(1), unseenInputs: times(2), untrained: (times(3), times(4)))
    let (up, down) = (try measured(found.units[0].difference), try measured(found.units[1].difference))
    #expect(up.interval.high < 0 && up.null.pValue > 0.99 && down.interval.low > 0 && down.null.pValue < 0.01)
    #expect(
      found.units[0].timeGone > 0.5 && found.units[1].timeLeft > 0.5 && (-0.9..<0).contains(found.correlation)
    )
    #expect(
      try found.floor?.timeLeft == TimeRegression(training: times(3), unseenInputs: times(4)).all.timeLeft)
    // A closed form: R² of y on y + noise, cov² / (var y · var x), up to sampling.
    let gone = try times(2).labels(.timeGone).map(Double.init)
    let mean = gone.reduce(0, +) / Double(gone.count)
    let variance = gone.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gone.count)
    #expect(abs(found.units[0].timeGone - variance / (variance + 1)) < 0.08)
    // Noise predicts neither: its intervals miss 0 seldom.
    var misses = 0
    for seed in UInt64(0)..<60 {
      let noise = try TimeRegression(
        training: times(100 + 2 * seed), unseenInputs: times(101 + 2 * seed), draws: 200)
      for unit in 2...3 {
        let effect = try measured(noise.units[unit].difference)
        if effect.interval.low > 0 { misses += 1 }
      }
    }
    // 3 of 120 expected at 2.5 %; a fitted slope of noise is not quite centred.
    #expect(misses <= 12, "\(misses) of 120")
    #expect(throws: AnalysisError.self) {
      try TimeRegression(training: times(1, positions: 4...4), unseenInputs: times(2))
    }
    #expect(throws: AnalysisError.self) {
      try TimeRegression(training: times(1), unseenInputs: times(2, positions: 4...4))
    }
  }

  @Test func whatCannotBeProbedIsAnError() throws {
    let planted = try PlantedPositioning()
    let recording = try planted.model.record(planted.rows(6...7))
    #expect(
      throws: AnalysisError.stepOutOfRange(step: 40, recorded: 0...recording.decoder.states.steps.upperBound)
    ) {
      try ProbeStates(recording, steps: [40])
    }
    #expect(throws: AnalysisError.self) { try ProbeStates(recording, positions: [3]) }
    #expect(throws: AnalysisError.self) { try ProbeStates(recording, positions: [6], steps: [7]) }
    let (some, other) = (
      try states(rows: 20, strength: 1, seed: 1), try states(rows: 20, units: 9, strength: 1, seed: 1)
    )
    #expect(throws: AnalysisError.self) { try LinearProbe(.word, training: some, unseenInputs: other) }
    #expect(throws: AnalysisError.countMismatch(what: "units in the tested states", expected: 32, found: 8)) {
      try TimeRegression(
        training: ProbeStates(planted.model.record(planted.rows(5...7))),
        unseenInputs: ProbeStates(
          states: Matrix(rows: 4, columns: 8), words: [3, 3, 3, 3], positions: [4, 4, 5, 5],
          steps: [0, 1, 0, 1], inputs: [0, 0, 1, 1], firstTokens: [3, 3, 3, 3]))
    }
    // One T and t: a single label.
    #expect(throws: AnalysisError.oneClassOnly(label: 2, rows: 20)) {
      try LinearProbe(.timeGone, training: some, unseenInputs: some)
    }
    #expect(throws: AnalysisError.self) {
      try LinearProbe(.word, training: some, unseenInputs: some, .init(controls: 0))
    }
    let bare = try LinearProbe(.word, training: some, unseenInputs: some, .init(permutations: 0))
    #expect(bare.unseenInputs == .notDetermined(.noNullDraws) && bare.selectivity == nil)
  }
}
