import Foundation
import Networks
import Tasks
import Testing

/// Our gradients against finite differences in Double, which know nothing of back-propagation.
struct GradientTests {
  let model: Seq2Seq
  let rows: Rows

  init() throws {
    let fixture = try Fixture.load("gru")
    model = try fixture.model()
    rows = fixture.rows
  }

  private func differences(_ model: Seq2Seq, teacherForced: Bool) throws -> [String: [Double]] {
    let reference = Reference(
      units: model.configuration.units, words: model.configuration.vocabularySize,
      parameters: model.named(model.parameters).mapValues { $0.map { Double($0) } })
    let chosen = try model.record(rows).tokens
    return reference.gradients(rows) { row, position in
      teacherForced ? rows.targets[row, at: position] : chosen[row, at: position]
    }
  }

  @Test(arguments: [true, false]) func gradientsEqualFiniteDifferences(teacherForced: Bool) throws {
    let gradients = model.named(try model.gradients(on: rows, teacherForced: teacherForced).gradients)
    let expected = try differences(model, teacherForced: teacherForced)
    #expect(mismatches(gradients, expected, tolerance: 1e-4) == [])
    // The comparison sees an error of 1 % in any one tensor.
    for name in gradients.keys {
      var broken = gradients
      broken[name] = broken[name]?.map { $0 * 1.01 }
      #expect(mismatches(broken, expected, tolerance: 1e-4) == [name])
    }
  }

  @Test func gradientsOfAFreshModelEqualFiniteDifferences() throws {
    let model = Seq2Seq(.init(units: 3, vocabularySize: 6), seed: 4)
    let gradients = model.named(try model.gradients(on: rows, teacherForced: true).gradients)
    let expected = try differences(model, teacherForced: true)
    #expect(mismatches(gradients, expected, tolerance: 2e-3) == [])
  }

  @Test func crossEntropyIsTheLogarithmOfThePublishedObjective() throws {
    let published = try model.gradients(on: rows, teacherForced: true)
    let plain = try model.gradients(on: rows, teacherForced: true, objective: .crossEntropy)
    #expect(plain.loss == published.loss)
    for (a, b) in zip(plain.gradients, published.gradients) {
      #expect(abs(a * published.loss - b) <= 1e-5 * max(abs(b), 1e-3))
    }
  }

  /// Central differences along the gradient itself, for every cell and every pairing of depths.
  @Test(arguments: CellKind.allCases) func everyPairingOfDepthsHasItsGradient(cell: CellKind) throws {
    for (encoderLayers, decoderLayers) in (1...3).flatMap({ e in (1...3).map { (e, $0) } }) {
      let model = Seq2Seq(
        Configuration(
          units: 4, vocabularySize: 6, cell: cell, encoderLayers: encoderLayers, decoderLayers: decoderLayers),
        seed: 5
      )
      let gradients = try model.gradients(on: rows, teacherForced: true, objective: .crossEntropy).gradients
      let length = gradients.reduce(0) { $0 + $1 * $1 }.squareRoot()
      func loss(_ step: Float) throws -> Double {
        var moved = model
        for view in model.layout.views {
          var tensor = try model.parameter(view.name)
          for i in 0..<view.count { tensor.storage[i] += step * gradients[view.offset + i] / length }
          try moved.setParameter(view.name, to: tensor)
        }
        return Foundation.log(Double(try moved.gradients(on: rows, teacherForced: true).loss))
      }
      let slope = try (loss(0.05) - loss(-0.05)) / 0.1
      #expect(abs(slope / Double(length) - 1) < 0.01, "\(cell) \(encoderLayers)+\(decoderLayers)")
    }
  }
}
