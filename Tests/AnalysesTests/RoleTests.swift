import Analyses
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Each procedure finds the planted units of its role.
@Suite struct RoleTests {
  private func search(_ planted: PlantedRoles) throws -> RoleSearch {
    let rows = planted.others(7...8)
    let third = (0..<rows.count).filter { $0 % 3 == 0 }
    var search = RoleSearch(
      choosing: try Counterfactuals(planted.model, rows: rows.rows(Array(third.prefix(40)))),
      measuring: try Counterfactuals(planted.model, rows: planted.rows(7...8)), criteria: .specified)
    search.randomSets = 100
    return search
  }

  @Test func storingUnitsAreFoundAtEveryStepBeforeT() throws {
    let planted = try PlantedRoles()
    let search = try search(planted)
    for position in 7...8 {
      for step in [0, 3, position - 1] {
        let (set, found) = try search.storing(position: position, step: step)
        #expect(set.role == .storing && set.position == position && set.step == step)
        // Not the bystander, which holds the word too.
        #expect(set.units?.sorted() == planted.storing && set.units == found.units)
        let measured = try #require(found.measured)
        let moves = try #require(measured.wordMoves.measurement)
        #expect(moves.estimate == 1 && moves.null.pValue <= 0.05 && moves.null.draws == 100)
        #expect(measured.positionStays.measurement?.estimate == 1)
        #expect(set.word == nil && set.meetsCriterion == true)
        #expect(set.evidence.map(\.what) == ["the word moves", "the position stays"])
        #expect(set.evidence.map(\.effect) == [measured.wordMoves, measured.positionStays])
        // Measured on the other rows, of one T.
        #expect(measured.counts.rows == search.measuring.rows.positions.count { $0 == position })
      }
    }
  }

  /// At t = 6 the count of rows with T = 7 has been read: there the time is in the triggering units, on or not. They alone
  /// move it in rows with T = 7 and T = 8.
  @Test func countingUnitsAreFoundUntilTheCountIsRead() throws {
    let planted = try PlantedRoles()
    let search = try search(planted)
    for step in 1...6 {
      let (set, found) = try search.counting(step: step)
      #expect(set.role == .counting && set.position == nil && set.step == step)
      #expect(set.units?.sorted() == (step < 6 ? planted.counting : planted.triggering))
      #expect(found.measured?.positionMoves.measurement?.estimate == 1)
      #expect(found.measured?.wordStays.measurement?.estimate == 1 && set.meetsCriterion == true)
      #expect(set.evidence.map(\.effect) == [found.measured?.positionMoves, found.measured?.wordStays])
    }
  }

  /// Neither of the two does anything alone, so that the greedy order takes others before them; these are left out again.
  @Test func triggeringUnitsAreFoundAndNoOthersWithThem() throws {
    let planted = try PlantedRoles()
    let search = try search(planted)
    for position in 7...8 {
      for step in [0, 3, position - 2] {
        let set = try search.triggering(position: position, step: step)
        #expect(set.role == .triggering && set.position == position && set.step == step)
        #expect(set.units == planted.triggering && set.ranking.count > 2 && set.meetsCriterion == true)
        #expect(set.evidence.map(\.what) == ["the word comes next", "through z"])
        #expect(set.evidence.allSatisfy { $0.isMet == true && $0.effect.estimate > 0.99 })
        let runs = try Counterfactuals(planted.model, rows: planted.rows(position...position))
        let there = try Transplant(runs, units: planted.triggering, into: [step], randomSets: 100).cells[0]
        #expect(set.evidence[0].effect == there.probability)
      }
    }
  }

  /// Each of the two adds about 15 to the logit of w, the filler has 18 from its bias: 80 % of 30 − 18 is reached by one.
  @Test func outputtingUnitsAreRankedFirst() throws {
    let planted = try PlantedRoles()
    let search = try search(planted)
    for position in 7...8 {
      for word in LastTokenAutoencoder.words {
        let set = try search.outputting(word: word, position: position)
        #expect(set.role == .outputting && set.position == position && set.step == position)
        #expect(Array(set.ranking.prefix(2)) == planted.outputting && set.units == [planted.outputting[0]])
        #expect(set.ranking.count == PlantedRoles.units && set.word == word && set.meetsCriterion == true)
        // It gives 15 of 12, all of it at T.
        #expect(abs(set.evidence[0].effect.estimate - 1.25) < 0.01 && set.evidence[1].effect.estimate == 1)
      }
    }
  }

  /// One pair moves word and time if they are coded together; then no exchange moves one and leaves the other alone.
  @Test(arguments: PlantedRoles.Code.allCases) func aMixedCodeIsSeen(_ code: PlantedRoles.Code) throws {
    let planted = try PlantedRoles(code)
    let search = try search(planted)
    let word = try #require(try search.storing(position: 8, step: 3).set.units)
    let time = try #require(try search.counting(step: 3).set.units)
    #expect(word.sorted() == planted.storing && time.sorted() == planted.counting)
    let overlap = try SetOverlap(word, time, of: PlantedRoles.units)
    #expect(code == .mixed ? overlap.common == 2 && overlap.pValue < 0.01 : overlap.common == 0)
    let both = try Exchange(of: .both, in: search.measuring, at: 3, seed: 1)
    for (units, movesWord, movesTime) in [
      (word, 1.0, code == .mixed ? 1.0 : 0), (time, code == .mixed ? 1.0 : 0, 1.0),
    ] {
      let found = try Interchange(both, units: units, randomSets: 20)
      #expect(found.wordMoves.measurement?.estimate == movesWord)
      #expect(found.positionMoves.measurement?.estimate == movesTime)
    }
  }

  @Test func whereNoSetIsEnoughThereIsNone() throws {
    var search = try search(PlantedRoles())
    // Of each pair both are needed.
    search.largest = 1
    #expect(try search.storing(position: 7, step: 3).set.units == nil)
    #expect(try search.storing(position: 7, step: 3).found.measured == nil)
    #expect(try search.counting(step: 3).set.units == nil)
    let none = try search.triggering(position: 7, step: 3)
    #expect(none.units == nil && none.evidence.isEmpty && none.meetsCriterion == false)
  }

  /// A set that the rows that chose it speak for, and others against.
  @Test func evidenceIsOfTheOtherRows() throws {
    let planted = try PlantedRoles()
    let all = planted.others(7...7)
    let rows = all.rows(stride(from: 0, to: all.count, by: 3).map { $0 })
    // Rows that ask for the other word than the one they write.
    let misnamed = Rows(
      (0..<rows.count).map { index in
        var row = rows[index]
        row.word = 7 - row.word
        return row
      })
    var search = RoleSearch(
      choosing: try Counterfactuals(planted.model, rows: rows),
      measuring: try Counterfactuals(planted.model, rows: misnamed), criteria: .specified)
    search.randomSets = 50
    // Where w is weaker than another word there is nothing to have a share of.
    let written = try search.outputting(word: 3, position: 7)
    #expect(written.units == [4])
    #expect(written.evidence[0].isMet == nil, "\(written.evidence)")
    #expect(written.meetsCriterion != true)
    let set = try search.triggering(position: 7, step: 2)
    #expect(set.units == planted.triggering && set.evidence[0].isMet == false && set.meetsCriterion == false)
  }

  /// The units of the least first part of the ranking that gives 80 %, on a model without a mechanism.
  @Test func outputtingUnitsGiveEightyPercentAndNoFewerDo() throws {
    let model = try CounterfactualsTests.model()
    let some = CounterfactualsTests.data.training.distinct.prefix(200)
    let written = try model.decode(some, steps: some.positions.max()).tokens
    // Rows that ask for what the model writes.
    let asked = Rows(
      (0..<some.count).map { index in
        var row = some[index]
        row.word = written[index, at: row.position]
        return row
      })
    let runs = try Counterfactuals(model, rows: asked)
    var search = RoleSearch(choosing: runs, measuring: runs, criteria: .specified)
    search.randomSets = 5
    var sizes: [Int] = []
    for position in Set(runs.rows.positions) {
      for word in Set(runs.rows.words) {
        let rows = runs.rows.filter { asked, last, _ in asked == word && last == position }
        if rows.isEmpty { continue }
        let direct = try DirectLogitAttribution(
          model, model.record(rows, steps: runs.steps), position: position)
        let whole = direct.logitDifferences.reduce(0) { $0 + Double($1) } / Double(rows.count)
        let parts = direct.meanAttributions.sorted(by: >)
        let size = (1...20).first { parts.prefix($0).reduce(0, +) >= 0.8 * whole }
        let found = try search.outputting(word: word, position: position).units
        #expect(found?.count == (whole > 0 ? size : nil))
        if let found { sizes.append(found.count) }
      }
    }
    #expect(sizes.contains { $0 > 1 })
  }

  @Test func badInputIsATypedError() throws {
    let search = try search(PlantedRoles())
    let none = AnalysisError.tooFewRows(condition: "position 9", found: 0, needed: 1)
    #expect(throws: none) { try search.storing(position: 9, step: 3) }
    #expect(throws: AnalysisError.self) { try search.storing(position: 7, step: 7) }
    #expect(throws: AnalysisError.self) { try search.counting(step: 40) }
    #expect(throws: AnalysisError.stepOutOfRange(step: 6, recorded: 0...5)) {
      try search.triggering(position: 7, step: 6)
    }
    #expect(throws: none) { try search.triggering(position: 9, step: 2) }
    #expect(throws: AnalysisError.tooFewRows(condition: "word 9 at position 7", found: 0, needed: 1)) {
      try search.outputting(word: 9, position: 7)
    }
  }
}

/// How much of what a set adds to the logits comes at T.
@Suite struct OutputChangeTests {
  @Test func plantedOutputComesAtTAndNothingElseDoes() throws {
    let planted = try PlantedRoles()
    let recording = try planted.model.record(planted.rows(7...7), steps: 8)
    func change(_ units: [Int]) throws -> OutputChange {
      try OutputChange(planted.model, recording, units: units, position: 7)
    }
    for (units, logits) in [(planted.outputting, 30.0), ([planted.outputting[1]] + planted.storing, 15)] {
      let found = try change(units)
      #expect(found.contributions.count == 8 && found.contributions.prefix(7).allSatisfy { abs($0) < 0.01 })
      #expect(abs(found.contributions[7] - logits) < 0.01)
      #expect(found.share.measurement?.estimate == 1)
      #expect(found.share.measurement?.sentences == recording.rows.distinctSentences)
    }
    // What the logits do not read adds nothing, at no step.
    for units in [planted.storing, planted.counting, planted.triggering] {
      #expect(try change(units).share.reason != nil && change(units).contributions.allSatisfy { $0 == 0 })
    }
  }

  /// Beside the sums written out, on a model without a mechanism.
  @Test func theShareIsThatOfTheSumsWrittenOut() throws {
    let planted = try PlantedRoles()
    let model = Seq2Seq(Configuration(units: 16, vocabulary: planted.data.vocabulary), seed: 2)
    let (position, units) = (6, [3, 8, 11])
    let recording = try model.record(planted.rows(6...6), steps: 8)
    let found = try OutputChange(
      model, recording, units: units, position: position, randomSets: 20, seed: 5)
    let kernel = try model.parameter("output.kernel")
    func contributions(_ units: [Int], _ row: Int) -> [Double] {
      let word = Int(recording.rows.words[row])
      let logits = recording.logits.units(row: row, step: position).map { $0 }
      let others = logits.indices.filter { $0 != word }
      let other = others.max { logits[$0] < logits[$1] } ?? 0
      return (0...position).map { step in
        var sum = 0.0
        for unit in units {
          sum +=
            Double(recording.decoder.states[row, step, unit])
            * (Double(kernel[unit, word]) - Double(kernel[unit, other]))
        }
        return sum
      }
    }
    func share(_ units: [Int]) -> Double {
      var shares = 0.0
      for row in 0..<recording.rows.count {
        let values = contributions(units, row)
        var all = 0.0
        for step in 1...position { all += abs(values[step] - values[step - 1]) }
        shares += abs(values[position] - values[position - 1]) / all
      }
      return shares / Double(recording.rows.count)
    }
    let measurement = try #require(found.share.measurement)
    #expect(recording.rows.distinctInputs == recording.rows.count)
    #expect(abs(measurement.estimate - share(units)) < 1e-5)
    #expect(measurement.estimate > 0.001 && measurement.estimate < 0.5)
    #expect(
      measurement.interval.low < measurement.estimate && measurement.estimate < measurement.interval.high)
    let random = RandomSets.uniform(count: 20, size: 3, of: 16, seed: 5).map(share)
    #expect(abs(measurement.null.mean - random.reduce(0, +) / 20) < 1e-5)
    for step in 0...position {
      let mean = (0..<recording.rows.count).reduce(0.0) { $0 + contributions(units, $1)[step] }
      #expect(abs(found.contributions[step] - mean / Double(recording.rows.count)) < 1e-6)
    }
  }

  @Test func badInputIsATypedError() throws {
    let planted = try PlantedRoles()
    let recording = try planted.model.record(planted.rows(7...7), steps: 8)
    func change(_ units: [Int], at position: Int = 7) throws -> OutputChange {
      try OutputChange(planted.model, recording, units: units, position: position)
    }
    #expect(throws: AnalysisError.unitOutOfRange(unit: 32, units: 32)) { try change([32]) }
    #expect(throws: AnalysisError.repeatedUnit(unit: 4)) { try change([4, 4]) }
    #expect(throws: AnalysisError.self) { try change([4], at: 0) }
    #expect(throws: AnalysisError.self) { try change([4], at: 20) }
    #expect(try change([]).share.reason != nil)
  }
}
