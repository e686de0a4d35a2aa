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
      units: model.configuration.units, words: model.configuration.words,
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
    let model = Seq2Seq(.init(units: 3, words: 6), seed: 4)
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
}
