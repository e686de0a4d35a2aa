import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Gates as they are recorded, and what adds up to them.
@Suite struct GateTests {
  let planted: PlantedRoles
  let recording: Recording

  init() throws {
    planted = try PlantedRoles()
    recording = try planted.model.record(planted.rows(5...8), steps: 10)
  }

  @Test func theOutputtingUnitsOpenWhenTheCountEnds() throws {
    let profile = try GateProfile(recording, .update, of: planted.outputting)
    #expect(profile.points.map(\.time) == Array(-5...7))
    for point in profile.points {
      #expect(point.mean == (point.time > 0 ? 1 : 0) && point.deviation == 0)
      #expect(point.shareAtOne == (point.time > 0 ? 1 : 0) && point.shareAtZero == (point.time > 0 ? 0 : 1))
      #expect(
        point.distinctInputs
          == (0..<recording.rows.count).count {
            (1...10).contains(recording.rows.positions[$0] - point.time)
          })
    }
    #expect(profile.distinctInputs == recording.rows.count)
    let encoded = try JSONEncoder().encode(profile)
    #expect(try JSONDecoder().decode(GateProfile.self, from: encoded) == profile)
  }

  /// Beside sums over rows and steps by hand, in models whose gates are partly saturated.
  @Test(arguments: [CellKind.gru, .resetAfterGRU]) func meansAndSharesAreThoseOfADirectCount(_ cell: CellKind)
    throws
  {
    let model = try CounterfactualsTests.model(cell)
    let rows = CounterfactualsTests.data.test.distinct.prefix(30)
    let recording = try model.record(rows, steps: 8)
    for (side, steps) in [(Place.Side.decoder, 8), (.encoder, rows.inputs.steps)] {
      for gate in [Gate.update, .reset, .candidate] {
        let profile = try GateProfile(recording, gate, of: [3, 7], side: side, alignedOn: .timeGone)
        let traces = try #require((side == .encoder ? recording.encoder : recording.decoder)[gate])
        for point in profile.points {
          var values: [[Double]] = []
          for row in 0..<rows.count {
            let step = side == .encoder ? point.time + steps : point.time
            if side == .encoder, rows.inputs[row, at: step] == Vocabulary.pad { continue }
            values.append([3, 7].map { Double(traces[row, step, $0]) })
          }
          let count = Double(values.count)
          #expect(point.distinctInputs == values.count)
          for unit in 0..<2 {
            let mean = values.reduce(0) { $0 + $1[unit] } / count
            let squares = values.reduce(0) { $0 + ($1[unit] - mean) * ($1[unit] - mean) } / count
            #expect(abs(point.means[unit] - mean) < 1e-12)
            #expect(abs(point.deviations[unit] - squares.squareRoot()) < 1e-9)
            #expect(abs(point.sharesAtZero[unit] - Double(values.count { $0[unit] == 0 }) / count) < 1e-12)
            #expect(abs(point.sharesAtOne[unit] - Double(values.count { $0[unit] == 1 }) / count) < 1e-12)
          }
          let flat = values.flatMap { $0 }
          #expect(abs(point.mean - flat.reduce(0, +) / Double(flat.count)) < 1e-12)
          #expect(abs(point.shareAtOne - Double(flat.count { $0 == 1 }) / Double(flat.count)) < 1e-12)
          let spread = values.reduce(0) { sum, both in
            let distance = (both[0] + both[1]) / 2 - point.mean
            return sum + distance * distance
          }
          #expect(abs(point.deviation - (spread / count).squareRoot()) < 1e-9)
          if let interval = point.interval {
            #expect(interval.low <= point.mean && point.mean <= interval.high)
          }
          #expect((point.interval == nil) == (values.count < 2))
        }
        if cell == .gru, gate == .update, side == .decoder {
          #expect(profile.points.contains { $0.shareAtOne > 0 && $0.shareAtOne < 1 })
        }
      }
    }
  }

  @Test func repeatedRowsOfOneInputCountOnce() throws {
    let rows = planted.rows(5...8).prefix(6)
    let once = try GateProfile(try planted.model.record(rows), .candidate)
    let thrice = try GateProfile(try planted.model.record(rows.rows([0, 0, 0, 1, 2, 3, 4, 5])), .candidate)
    for (a, b) in zip(once.points, thrice.points) {
      #expect(a.distinctInputs == b.distinctInputs)
      // A row has other last bits among more rows; a row counted twice moves a mean by a seventh of its distance.
      #expect(zip(a.means, b.means).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  /// In both forms, in both stacks, and above another layer.
  @Test(arguments: [CellKind.gru, .resetAfterGRU], [1, 2]) func contributionsAddUpToTheArgument(
    _ cell: CellKind, _ layers: Int
  ) throws {
    let model = try CounterfactualsTests.model(cell, layers: layers)
    let rows = CounterfactualsTests.data.test.distinct.prefix(12)
    let recording = try model.record(rows, steps: 6)
    for side in [Place.Side.decoder, .encoder] {
      for layer in 0..<layers {
        for (block, gate) in [Gate.update, .reset, .candidate].enumerated() {
          for step in [1, 2, 6] {
            let found: GateContributions
            do {
              found = try GateContributions(
                model, recording, gate, of: [1, 19], at: step, side: side, layer: layer)
            } catch AnalysisError.tooFewRows where side == .encoder {
              continue
            }
            #expect(found.distinctInputs == found.rows.count)
            let name = "\(side.rawValue).\(layer)"
            let recurrent = try model.parameter("\(name).recurrent")
            let of = (side == .encoder ? recording.encoderLayers : recording.decoderLayers)[layer]
            for (index, row) in found.rows.enumerated() {
              for (place, unit) in [1, 19].enumerated() {
                var sum = Double(found.fromInput[index, place]) + Double(found.fromBias[index, place])
                for from in 0..<20 { sum += Double(found[index, from: from, to: place]) }
                #expect(abs(sum - found.arguments[index][place]) < 1e-5)
                let recorded = try #require(of[gate])[row, step, unit]
                let value =
                  gate == .candidate
                  ? tanhNaively(Float(sum)) : cell == .gru ? hardSigmoid(Float(sum)) : logistic(Float(sum))
                #expect(abs(value - recorded) < 2e-6, "\(gate), \(side), layer \(layer), step \(step)")
                // One of them by hand.
                let reset = try #require(of[.reset])
                let hidden =
                  gate == .candidate ? cell == .gru ? reset[row, step, 5] : reset[row, step, unit] : 1
                let byHand = of.states[row, step - 1, 5] * hidden * recurrent[5, block * 20 + unit]
                #expect(abs(found[index, from: 5, to: place] - byHand) < 1e-6)
              }
            }
          }
        }
      }
    }
  }

  @Test func onlyTheTriggeringUnitsOpenTheOutputtingOnes() throws {
    let found = try SetContributions(
      planted.model, recording, from: planted.triggering, to: planted.outputting, .update, .lowers)
    for point in found.points {
      let (contribution, change) = (
        try #require(point.contribution.measurement), point.change.measurement
      )
      let g = 2 * 3 * 0.995
      #expect(abs(contribution.estimate - (point.timeLeft > 0 ? -g : g)) < 0.06)
      #expect(point.gate == (point.timeLeft > 0 ? 1 : 0))
      // b = 3 and six from the two units, nothing from the token.
      #expect(point.fromInput == 0 && abs(point.argument - (point.timeLeft > 0 ? 3 + g : 3 - g)) < 0.06)
      if point.timeLeft == 0 {
        #expect(contribution.null.pValue <= 0.01)
        let change = try #require(change)
        #expect(abs(change.estimate - 2 * g) < 0.1 && change.null.pValue <= 0.01)
      } else if let change {
        #expect(abs(change.estimate) < 0.1)
      }
    }
    let other = try SetContributions(
      planted.model, recording, from: planted.storing, to: planted.outputting, .update, .lowers)
    #expect(other.points.allSatisfy { $0.contribution.measurement?.estimate == 0 })
    // The storing units' part in the candidates does not change as the time runs out; the counting units' in the
    // triggering ones' does.
    let counted = try SetContributions(
      planted.model, recording, from: planted.counting, to: planted.triggering, .candidate, .raises)
    let now = try #require(counted.points.first { $0.timeLeft == 1 }?.change.measurement)
    // −80 · (x(T − 2) − x(T − 3)).
    #expect(abs(now.estimate - 80 * 0.5 * (pow(0.85, -3) - pow(0.85, -2))) < 0.02 && now.null.pValue <= 0.01)
  }

  /// Beside sums written out, on a model without a mechanism; one input comes twice and counts once.
  @Test func contributionsOfSetsAreMeansOverInputs() throws {
    let model = try CounterfactualsTests.model()
    let rows = CounterfactualsTests.data.test.distinct.prefix(12)
    let (senders, receivers) = ([2, 9], [4, 11, 17])
    let found = try SetContributions(
      model, model.record(rows.rows([0] + Array(0..<rows.count)), steps: 6), from: senders, to: receivers,
      .update,
      .lowers, randomSets: 30, seed: 3)
    let once = try model.record(rows, steps: 6)
    let parts = try (1...6).map { try GateContributions(model, once, .update, of: receivers, at: $0) }
    for point in found.points {
      let places = (0..<rows.count).map { ($0, rows.positions[$0] - point.timeLeft) }.filter {
        (1...6).contains($0.1)
      }
      func mean(_ value: (_ row: Int, _ step: Int, _ receiver: Int) -> Double) -> Double {
        var sum = 0.0
        for (row, step) in places { for receiver in 0..<3 { sum += value(row, step - 1, receiver) } }
        return sum / Double(3 * places.count)
      }
      func added(_ units: [Int]) -> Double {
        mean { row, step, receiver in
          -units.reduce(0) { $0 + Double(parts[step][row, from: $1, to: receiver]) }
        }
      }
      let contribution = try #require(point.contribution.measurement)
      #expect(abs(contribution.estimate - added(senders)) < 1e-5)
      let random = RandomSets.uniform(count: 30, size: 2, of: 20, seed: 3).map(added)
      #expect(abs(contribution.null.mean - random.reduce(0, +) / 30) < 1e-5)
      #expect(abs(point.fromInput - mean { Double(parts[$1].fromInput[$0, $2]) }) < 1e-5)
      let sentences = rows.rows(places.map(\.0)).distinctSentences
      #expect(point.distinctInputs == places.count && contribution.sentences == sentences)
    }
  }

  @Test func badInputIsATypedError() throws {
    let model = planted.model
    func error(_ body: () throws -> Void) -> AnalysisError? {
      do { try body() } catch { return error as? AnalysisError }
      return nil
    }
    #expect(
      error { _ = try GateProfile(recording, .update, of: [32]) } == .unitOutOfRange(unit: 32, units: 32))
    #expect(error { _ = try GateProfile(recording, .update, of: [1, 1]) } == .repeatedUnit(unit: 1))
    #expect(error { _ = try GateProfile(recording, .update, of: []) } != nil)
    guard case .invalidOption? = error({ _ = try GateProfile(recording, .forget) }) else {
      Issue.record("a GRU has no forget gate")
      return
    }
    #expect(
      error { _ = try GateContributions(model, recording, .update, at: 11) }
        == .stepOutOfRange(step: 11, recorded: 1...10))
    #expect(error { _ = try GateContributions(model, recording, .update, of: [-1], at: 1) } != nil)
    // Another model's run, and other tokens than were fed.
    let other = try PlantedRoles(.mixed).model.record(planted.rows(5...8), steps: 10)
    #expect(error { _ = try GateContributions(model, other, .candidate, at: 2) } != nil)
    let fed = TokenGrid(rows: recording.rows.count, steps: 10)
    #expect(error { _ = try GateContributions(model, recording, .candidate, at: 9, feeding: fed) } != nil)
    #expect(
      error {
        _ = try GateContributions(
          model, recording, .candidate, at: 9, feeding: TokenGrid(rows: recording.rows.count, steps: 3))
      } == .countMismatch(what: "fed tokens in each row", expected: 8, found: 3))
    #expect(
      error {
        _ = try GateContributions(model, recording, .candidate, at: 9, feeding: TokenGrid(rows: 1, steps: 10))
      } == .countMismatch(what: "rows of fed tokens", expected: recording.rows.count, found: 1))
    let narrow = try CounterfactualsTests.model().record(CounterfactualsTests.data.test.distinct.prefix(3))
    #expect(
      error { _ = try GateContributions(model, narrow, .update, at: 1) }
        == .countMismatch(what: "units in the recording", expected: 32, found: 20))
    for cell in [CellKind.lstm, .simpleRNN] {
      let model = try CounterfactualsTests.model(cell)
      let recording = try model.record(CounterfactualsTests.data.test.distinct.prefix(3))
      guard
        case .invalidOption("the cell", cell.rawValue, _)? = error({
          _ = try GateContributions(model, recording, .candidate, at: 1)
        })
      else {
        Issue.record("\(cell) is no GRU")
        return
      }
    }
    #expect(
      error { _ = try SetContributions(model, recording, from: [], to: [1], .update, .lowers) } != nil)
  }
}
