import Foundation
import LinearAlgebra
import Tasks

extension Seq2Seq {
  /// The loss of `rows` as one batch, exp(mean cross-entropy over their target tokens), and the gradient of
  /// `objective` by every parameter, in the order of `layout`.
  ///
  /// With `exchanges`, all of one step, rows are given units of each other while they are decoded; the gradient flows through
  /// those that give, and the targets are those of `rows` all the same.
  ///
  /// Throws `NetworkError.emptyRows`, `.tokenOutsideVocabulary`, and `.invalidOption` for exchanges of units, rows or steps that
  /// there are not, or in a decoder of several layers.
  public func gradients(
    on rows: Rows, teacherForced: Bool, objective: TrainingOptions.Objective = .perplexity,
    exchanging exchanges: [StateExchange] = []
  ) throws -> (loss: Float, gradients: [Float]) {
    if rows.isEmpty { throw NetworkError.emptyRows("what gradients should be taken of") }
    try check(rows.inputs)
    try check(rows.targets)
    let longest = (1...max(1, rows.targets.steps)).last { position in
      position <= rows.targets.steps
        && (0..<rows.count).contains { rows.targets[$0, at: position] != Vocabulary.pad }
    }
    try check(exchanges, rows: rows.count, steps: longest ?? 0)
    let pass = GradientPass(
      Network(configuration), rows: rows.count, encoderSteps: rows.inputs.steps,
      decoderSteps: rows.targets.steps, inOneShard: !exchanges.isEmpty)
    pass.load(inputs: rows.inputs, targets: rows.targets, count: rows.count, exchanging: exchanges) { $0 }
    return withParameters(of: pass.network) { parameters in
      let sum = pass.run(parameters, teacherForced: teacherForced)
      let scale = pass.scale(sum, objective)
      let gradients = pass.network.unpack(pass.gradients.base).map { $0 * scale }
      return (pass.perplexity(sum), gradients)
    }
  }
}

extension GradientPass {
  /// exp(mean cross-entropy) of the loaded batch, from the sum.
  package func perplexity(_ sum: Double) -> Float {
    Float(Foundation.exp(sum / Double(max(targetTokens, 1))))
  }

  /// What turns the gradient of the sum of cross-entropies into that of the objective.
  package func scale(_ sum: Double, _ objective: TrainingOptions.Objective) -> Float {
    let tokens = Double(max(targetTokens, 1))
    return switch objective {
    case .perplexity: Float(Foundation.exp(sum / tokens) / tokens)
    case .crossEntropy: Float(1 / tokens)
    }
  }

  /// The Euclidean norm of the gradient of the sum of cross-entropies.
  package func gradientNorm() -> Double {
    var sum = 0.0
    for i in 0..<gradients.count { sum += Double(gradients.base[i]) * Double(gradients.base[i]) }
    return sum.squareRoot()
  }
}
