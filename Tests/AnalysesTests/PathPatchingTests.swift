import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Path patching beside two passes by hand, and on the planted chain.
@Suite struct PathPatchingTests {
  static let position = 5
  static let rows = CounterfactualsTests.data.training.distinct
    .filter { _, last, _ in last == position }.prefix(9)

  /// The same as the frozen passes and the last one, each run through the hooks of the decoder.
  struct NaivePasses {
    let model: Seq2Seq
    let runs: Counterfactuals
    var feeding: Feeding { .tokens(runs.baseline.tokens) }
    var states: Traces { runs.baseline.decoder.states }
    var gates: [Gate: Traces] { runs.baseline.decoder.gates }

    /// The receivers' gates, by gate and step, with `changed` states [row, unit] in a run that is frozen otherwise.
    func gates(_ hop: Path.Hop, seeing changed: [Int: [Int: Matrix]]) throws -> [Gate: [Int: Matrix]] {
      var kept: [Gate: [Int: Matrix]] = [:]
      func pass(_ seen: [Gate], _ changed: [Int: [Int: Matrix]], _ resets: [Int: Matrix]?) throws {
        _ = try model.decode(
          runs.rows, steps: PathPatchingTests.position, feeding: feeding,
          interventions: Interventions(
            state: { step, matrix in
              for row in 0..<matrix.rows {
                for unit in 0..<matrix.columns {
                  matrix[row, unit] = changed[step]?[unit]?[row, 0] ?? states[row, step, unit]
                }
              }
            },
            gate: { step, _, gate, matrix in
              if seen.contains(gate) { kept[gate, default: [:]][step] = matrix }
              if gate == .reset {
                for row in 0..<matrix.rows {
                  for unit in 0..<matrix.columns
                  where !(hop.gates.contains(.reset) && hop.receivers.contains(unit)) {
                    matrix[row, unit] = gates[.reset]![row, step, unit]
                  }
                  if let new = resets?[step] {
                    for unit in hop.receivers { matrix[row, unit] = new[row, unit] }
                  }
                }
              }
            }))
      }
      try pass(hop.gates, changed, nil)
      if hop.gates.contains(.reset), !hop.gates.contains(.candidate) {
        // What the changed resets alone make of the candidates.
        try pass([.candidate], [:], kept[.reset])
      }
      return kept
    }

    /// The run in which the receivers' gates are as given and all other gates as recorded; of its states, the receivers'.
    func rollout(_ hop: Path.Hop, _ kept: [Gate: [Int: Matrix]], from first: Int) throws -> (
      logits: Traces, states: [Int: [Int: Matrix]]
    ) {
      var result: [Int: [Int: Matrix]] = [:]
      let decoding = try model.decode(
        runs.rows, steps: PathPatchingTests.position, feeding: feeding,
        interventions: Interventions(
          state: { step, matrix in
            for unit in hop.receivers where step >= first {
              result[step, default: [:]][unit] = Matrix((0..<matrix.rows).map { [matrix[$0, unit]] })
            }
          },
          gate: { step, _, gate, matrix in
            for row in 0..<matrix.rows {
              for unit in 0..<matrix.columns {
                let isPath = hop.receivers.contains(unit) && step >= first
                matrix[row, unit] =
                  (isPath ? kept[gate]?[step]?[row, unit] : nil) ?? gates[gate]![row, step, unit]
              }
            }
          }))
      return (decoding.logits, result)
    }

    func continued(_ hop: Path.Hop, _ kept: [Gate: [Int: Matrix]], steps: ClosedRange<Int>) throws -> Traces {
      try model.decode(
        runs.rows, steps: PathPatchingTests.position, feeding: feeding,
        interventions: Interventions(gate: { step, _, gate, matrix in
          guard steps.contains(step), hop.gates.contains(gate), let new = kept[gate]?[step] else { return }
          for row in 0..<matrix.rows { for unit in hop.receivers { matrix[row, unit] = new[row, unit] } }
        })
      ).logits
    }

    /// What the mean margin at T loses.
    func lost(_ logits: Traces) -> Double {
      func margin(_ logits: Traces, _ row: Int) -> Double {
        let values = logits.units(row: row, step: PathPatchingTests.position).map { Double($0) }
        let word = Int(runs.rows.words[row])
        return values[word] - (values.indices.filter { $0 != word }.map { values[$0] }.max() ?? 0)
      }
      return (0..<runs.rows.count).reduce(0) { $0 + margin(runs.baseline.logits, $1) - margin(logits, $1) }
        / Double(runs.rows.count)
    }
  }

  @Test(arguments: [CellKind.gru, .resetAfterGRU]) func aPathIsThatOfTwoPassesByHand(_ cell: CellKind) throws
  {
    var model = try CounterfactualsTests.model(cell)
    // Less saturated, so that every edge passes something.
    var recurrent = try model.parameter("decoder.0.recurrent")
    for index in recurrent.storage.indices { recurrent.storage[index] *= 0.5 }
    try model.setParameter("decoder.0.recurrent", to: recurrent)
    let runs = try Counterfactuals(model, rows: Self.rows)
    let naive = NaivePasses(model: model, runs: runs)
    let partners = (0..<Self.rows.count).map { ($0 + 4) % Self.rows.count }
    let value = EditValue.exchanged(with: runs.baseline.decoder.states, rows: partners)
    let senders = [2, 7, 11]
    for steps in [1...1, 0...4, 2...3] {
      var changed: [Int: [Int: Matrix]] = [:]
      for step in steps {
        for unit in senders {
          changed[step, default: [:]][unit] = Matrix(partners.map { [naive.states[$0, step, unit]] })
        }
      }
      for gates in [
        [Gate.update], [.reset], [.candidate], [.update, .candidate], [.reset, .candidate],
        [.update, .reset],
      ] {
        var hop = Path.Hop(.update, of: [7, 5, 16])
        hop.gates = gates
        let kept = try naive.gates(hop, seeing: changed)
        let read = steps.lowerBound + 1...min(steps.upperBound + 1, Self.position)
        let freely = try PathPatching(
          runs, Path(from: senders, [hop], to: .everything), steps: steps, value, randomSets: 2)
        let expected = naive.lost(try naive.continued(hop, kept, steps: read))
        let found = try #require(freely.through.measurement).estimate
        #expect(abs(found - expected) < 1e-4, "\(gates), \(steps): \(found), by hand \(expected)")
        #expect(abs(expected) > 2e-5)

        // The same hop, and another behind it, to the logits alone.
        let inRange = kept.mapValues { $0.filter { read.contains($0.key) } }
        let (logits, states) = try naive.rollout(hop, inRange, from: read.lowerBound)
        let direct = try PathPatching(runs, Path(from: senders, [hop]), steps: steps, value, randomSets: 2)
        #expect(
          abs(try #require(direct.through.measurement).estimate - naive.lost(logits)) < 1e-4,
          "\(gates), \(steps)")
        if read.lowerBound < Self.position {
          let second = Path.Hop(.candidate, of: [1, 5])
          let later = read.lowerBound + 1
          let next = try naive.gates(second, seeing: states)
          let two = try PathPatching(
            runs, Path(from: senders, [hop, second]), steps: steps, value, randomSets: 2)
          let byHand = naive.lost(try naive.rollout(second, next, from: later).logits)
          #expect(abs(try #require(two.through.measurement).estimate - byHand) < 1e-4, "\(gates), \(steps)")
        }
      }
    }
  }

  /// One null has other senders on the same path, the other the same senders and other receivers.
  @Test func theNullsAreThePathsOfRandomSets() throws {
    let runs = try Counterfactuals(try CounterfactualsTests.model(), rows: Self.rows)
    let value = EditValue.earlier(1, in: runs.baseline.decoder.states)
    func patch(_ senders: [Int], _ receivers: [Int], _ count: Int) throws -> PathPatching {
      try PathPatching(
        runs, Path(from: senders, [Path.Hop(.candidate, .update, of: receivers)], to: .everything),
        steps: 1...4, value, .gained, randomSets: count, seed: 5)
    }
    let found = try patch([2, 7], [3, 4, 9], 4)
    func mean(_ sets: [[Int]], _ path: ([Int]) throws -> PathPatching) throws -> Double {
      try sets.reduce(0) { $0 + (try path($1).through.estimate) } / Double(sets.count)
    }
    let senders = try mean(RandomSets.uniform(count: 4, size: 2, of: 20, seed: 5)) {
      try patch($0, [3, 4, 9], 1)
    }
    let receivers = try mean(RandomSets.uniform(count: 4, size: 3, of: 20, seed: 6)) {
      try patch([2, 7], $0, 1)
    }
    #expect(abs(try #require(found.through.measurement).null.mean - senders) < 1e-5)
    if let share = found.share.measurement {
      #expect(abs(share.null.mean - receivers / found.total.estimate) < 1e-5)
    } else {
      #expect((found.total.measurement?.interval.low ?? 0) <= 0)
    }
    // A second hop behind the position comes too late; a step earlier it does not.
    let hops = [Path.Hop(.candidate, of: Array(3...10)), Path.Hop(.candidate, of: Array(11...18))]
    func effect(_ step: Int) throws -> Double {
      try PathPatching(runs, Path(from: [2, 7], hops), steps: step...step, value, randomSets: 2).through
        .estimate
    }
    let (early, late) = (try effect(3), try effect(4))
    // Margins of a few units, added up from products of 20 terms.
    #expect(abs(late) < 1e-5 && abs(early) > 1e-3)
  }

  /// The edited run that is recorded is the one that is decoded.
  @Test func anEditedRunIsRecorded() throws {
    let model = try CounterfactualsTests.model()
    let runs = try Counterfactuals(model, rows: Self.rows)
    let edits = [
      Edit(units: [3, 4], at: 2, .constant(0.5)),
      Edit(.gate(.update), units: [6], steps: 1...4, .constant(0.2)),
      Edit(.carried, units: [9], at: 1, .zero), Edit(.output, units: [1], at: 3, .zero),
    ]
    let recorded = try runs.record(edits)
    let decoded = try runs.decode([edits])
    for row in 0..<Self.rows.count {
      #expect(Array(decoded.tokens(variant: 0, row: row)) == Array(recorded.tokens.row(row)))
      #expect(recorded.decoder.states[row, 2, 3] == 0.5)
      for step in 1...4 { #expect(recorded.decoder[.update]?[row, step, 6] == 0.2) }
    }
    #expect(try runs.record([]) == runs.baseline)
    #expect(throws: AnalysisError.self) {
      try runs.record([Edit(Place(side: .encoder), units: [1], at: 1, .zero)])
    }
  }
}
