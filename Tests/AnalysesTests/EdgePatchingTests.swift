import Analyses
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Every edge at once: beside single paths, beside a closed form for one step, and to first order.
@Suite struct EdgePatchingTests {
  static let rows = CounterfactualsTests.data.training.distinct.filter { _, position, _ in position == 5 }
    .prefix(8)

  static func runs(_ cell: CellKind) throws -> Counterfactuals {
    var model = try CounterfactualsTests.model(cell)
    for name in ["decoder.0.recurrent", "decoder.0.kernel", "decoder.0.bias"] {
      var matrix = try model.parameter(name)
      for index in matrix.storage.indices { matrix.storage[index] *= 0.4 }
      try model.setParameter(name, to: matrix)
    }
    return try Counterfactuals(model, rows: rows)
  }

  /// h + 0.02 for all units: small enough for first order, large enough for Float.
  static func nudge(_ runs: Counterfactuals, at step: Int) -> EditValue {
    let states = runs.baseline.decoder.states.step(step)
    return .numbers(states.storage.map { $0 + 0.02 }, steps: step...step)
  }

  @Test(arguments: [CellKind.gru, .resetAfterGRU], [Gate.update, .reset, .candidate])
  func firstOrderAgreesWithSmallPatches(_ cell: CellKind, _ gate: Gate) throws {
    let runs = try Self.runs(cell)
    let found = try EdgePatching(
      runs, gate, at: 2, Self.nudge(runs, at: 2), resamples: 50, permutations: 99)
    #expect(found.effects.rows == 20 && found.effects.columns == 20 && found.distinctInputs == 8)
    let pearson = try #require(found.agreement.pearson.measurement)
    #expect(pearson.estimate > 0.99 && pearson.null.pValue <= 0.02, "\(cell), \(gate): \(pearson)")
    // In size too, not only in proportion.
    let (effects, predicted) = (found.effects.storage, found.attributions.storage)
    let slope =
      zip(effects, predicted).reduce(0) { $0 + $1.0 * $1.1 } / predicted.reduce(0) { $0 + $1 * $1 }
    #expect(abs(slope - 1) < 0.05, "\(cell), \(gate): \(slope)")
  }

  @Test(arguments: [CellKind.gru, .resetAfterGRU]) func anEdgeIsAPathOfTwoUnits(_ cell: CellKind) throws {
    let runs = try Self.runs(cell)
    let value = EditValue.earlier(2, in: runs.baseline.decoder.states)
    for gate in [Gate.update, .reset, .candidate] {
      let found = try EdgePatching(
        runs, gate, at: 3, value, from: [4, 9], to: [0, 4, 17], resamples: 20, permutations: 9)
      for (row, sender) in [4, 9].enumerated() {
        for (column, receiver) in [0, 4, 17].enumerated() {
          let path = Path(from: [sender], [Path.Hop(gate, of: [receiver])], to: .everything)
          let alone = try PathPatching(runs, path, steps: 3...3, value, .gained, randomSets: 1)
          let effect = try #require(alone.through.measurement).estimate
          #expect(abs(Double(found.effects[row, column]) - effect) < 2e-5)
        }
      }
    }
  }

  /// From T − 1 to T: Δh′_j (W_out[j, w] − W_out[j, w̄]), as long as w̄ stays the strongest other word.
  @Test func oneStepIsTheClosedForm() throws {
    let runs = try Self.runs(.gru)
    let model = runs.model
    let (recurrent, output) = (
      try model.parameter("decoder.0.recurrent"), try model.parameter("output.kernel")
    )
    let value = Self.nudge(runs, at: 4)
    let layer = runs.baseline.decoder
    let z = try #require(layer[.update])
    let c = try #require(layer[.candidate])
    let r = try #require(layer[.reset])
    for gate in [Gate.update, .candidate] {
      let found = try EdgePatching(runs, gate, at: 4, value, resamples: 5, permutations: 1)
      let sums = try GateContributions(model, runs.baseline, gate, at: 5)
      for (sender, receiver) in [(0, 1), (7, 7), (19, 4)] {
        var mean = 0.0
        for row in 0..<Self.rows.count {
          let word = Int(Self.rows.words[row])
          let logits = Array(runs.baseline.logits.units(row: row, step: 5))
          let other = try #require(logits.indices.filter { $0 != word }.max { logits[$0] < logits[$1] })
          let argument = sums.arguments[row][receiver]
          let column = gate == .update ? receiver : 40 + receiver
          let reset = gate == .update ? 1 : Double(r[row, 5, sender])
          let changed = argument + 0.02 * reset * Double(recurrent[sender, column])
          let (h, gateZ, gateC) = (
            Double(layer.states[row, 4, receiver]), Double(z[row, 5, receiver]), Double(c[row, 5, receiver])
          )
          let before = gateZ * h + (1 - gateZ) * gateC
          let after =
            gate == .update
            ? Double(hardSigmoid(Float(changed))) * h + (1 - Double(hardSigmoid(Float(changed)))) * gateC
            : gateZ * h + (1 - gateZ) * Double(tanhNaively(Float(changed)))
          mean += (after - before) * Double(output[receiver, word] - output[receiver, other])
        }
        mean /= Double(Self.rows.count)
        #expect(
          abs(Double(found.effects[sender, receiver]) - mean) < 1e-5, "\(gate), \(sender) → \(receiver)")
      }
    }
  }

  @Test func badInputIsATypedError() throws {
    let runs = try Self.runs(.gru)
    #expect(throws: AnalysisError.self) { try EdgePatching(runs, .update, at: 5, .zero) }
    #expect(throws: AnalysisError.self) { try EdgePatching(runs, .output, at: 2, .zero) }
    #expect(throws: AnalysisError.self) { try EdgePatching(runs, .update, at: 2, .constants([1])) }
    let deep = try Counterfactuals(try CounterfactualsTests.model(.gru, layers: 2), rows: Self.rows)
    #expect(throws: AnalysisError.self) { try EdgePatching(deep, .update, at: 2, .zero) }
  }
}
