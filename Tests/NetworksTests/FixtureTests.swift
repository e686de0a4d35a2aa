import LinearAlgebra
import Networks
import Tasks
import Testing

/// Everything that the independent float64 implementation computed, compared with ours.
struct FixtureTests {
  @Test(arguments: Fixture.names) func forwardPassesAgree(name: String) throws {
    let fixture = try Fixture.load(name)
    let model = try fixture.model()
    for pass in fixture.passes {
      let recording = try model.record(fixture.rows, feeding: pass.teacherForced ? .teacherForced : .greedy)
      #expect(largestDifference(recording.logits.storage, pass.logits) < 1e-5)
      #expect(recording.tokens.storage == pass.tokens)
      // A dozen steps, each of which adds the rounding of a sum of a dozen terms, 2⁻²⁴ of their size each.
      for (layer, states) in zip(recording.encoderLayers, pass.encoderStates) {
        #expect(largestDifference(layer.states.storage, states) < 5e-6)
      }
      for (layer, states) in zip(recording.decoderLayers, pass.decoderStates) {
        #expect(largestDifference(layer.states.storage, states) < 5e-6)
      }
      for (gate, values) in pass.decoderGates {
        #expect(largestDifference(recording.decoder[gate]?.storage ?? [], values) < 5e-6, "\(gate)")
      }
    }
  }

  @Test(arguments: Fixture.names) func lossesAndGradientsAgree(name: String) throws {
    let fixture = try Fixture.load(name)
    let model = try fixture.model()
    for pass in fixture.passes {
      let (loss, gradients) = try model.gradients(on: fixture.rows, teacherForced: pass.teacherForced)
      #expect(abs(Double(loss) / pass.loss - 1) < 1e-5)
      #expect(mismatches(model.named(gradients), pass.gradients, tolerance: 1e-4) == [])
    }
  }

  /// The comparison above would see an error of 1 % in the gradient of any one tensor.
  @Test(arguments: Fixture.names) func anyBrokenGradientIsSeen(name: String) throws {
    let fixture = try Fixture.load(name)
    let model = try fixture.model()
    for pass in fixture.passes {
      let gradients = model.named(
        try model.gradients(on: fixture.rows, teacherForced: pass.teacherForced).gradients)
      for name in gradients.keys {
        var broken = gradients
        broken[name] = broken[name]?.map { $0 * 1.01 }
        #expect(mismatches(broken, pass.gradients, tolerance: 1e-4) == [name])
      }
    }
  }

  @Test(arguments: Fixture.names) func tenAdamStepsAgree(name: String) throws {
    let fixture = try Fixture.load(name)
    let model = try fixture.model()
    let network = Network(fixture.configuration)
    let rows = fixture.rows
    let pass = GradientPass(
      network, rows: rows.count, encoderSteps: rows.inputs.steps, decoderSteps: rows.targets.steps)
    pass.load(inputs: rows.inputs, targets: rows.targets, count: rows.count) { $0 }
    let parameters = network.pack(model.parameters)
    var adam = Adam(
      count: parameters.count, learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7)
    for (teacherForced, loss) in zip(fixture.adam.teacherForced, fixture.adam.losses) {
      let sum = pass.run(parameters.base, teacherForced: teacherForced)
      #expect(abs(Double(pass.perplexity(sum)) / loss - 1) < 1e-5)
      adam.update(
        parameters.base, gradients: pass.gradients.base, scale: pass.scale(sum, .perplexity))
    }
    // Ten steps of at most 0.001 each: an error of 1 % in one of them is 1e-5.
    let trained = model.named(network.unpack(parameters.base))
    for (name, expected) in fixture.adam.parameters {
      #expect(largestDifference(trained[name] ?? [], expected) < 8e-6, "\(name)")
    }
  }

  @Test func paddedRowsChangeNothing() throws {
    let fixture = try Fixture.load("gru")
    let model = try fixture.model()
    let rows = fixture.rows
    let wider = Rows(
      (0..<rows.count).map { rows[$0] }, inputSteps: rows.inputs.steps + 3,
      targetSteps: rows.targets.steps + 2)
    let (narrow, wide) = (
      try model.gradients(on: rows, teacherForced: true), try model.gradients(on: wider, teacherForced: true)
    )
    #expect(narrow.loss == wide.loss && narrow.gradients == wide.gradients)
    let (short, long) = (try model.record(rows), try model.record(wider))
    for row in 0..<rows.count {
      #expect(short.decoder.states.units(row: row, step: 3) == long.decoder.states.units(row: row, step: 3))
    }
    #expect(try model.evaluate(rows).whole == model.evaluate(wider).whole)
  }
}
