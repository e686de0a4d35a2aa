import LinearAlgebra

/// Adam (Kingma & Ba 2015) as Keras computes it: ε is added to the root of the uncorrected second moment.
///
///     m ← β₁ m + (1 − β₁) g    v ← β₂ v + (1 − β₂) g²
///     p ← p − α √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)
package struct Adam {
  package var learningRate: Float
  package var beta1: Float
  package var beta2: Float
  package var epsilon: Float
  /// t: the updates made so far.
  package private(set) var updates = 0
  private let firstMoment: Scratch<Float>
  private let secondMoment: Scratch<Float>

  package init(count: Int, learningRate: Float, beta1: Float, beta2: Float, epsilon: Float) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    firstMoment = Scratch(count, repeating: 0)
    secondMoment = Scratch(count, repeating: 0)
  }

  /// One update of all parameters by `scale` × `gradients`.
  package mutating func update(
    _ parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>, scale: Float
  ) {
    updates += 1
    let correction1 = 1 - pow(Double(beta1), updates)
    let correction2 = 1 - pow(Double(beta2), updates)
    let rate = Float(Double(learningRate) * correction2.squareRoot() / correction1)
    let (m, v) = (firstMoment.base, secondMoment.base)
    let (beta1, beta2, epsilon) = (beta1, beta2, epsilon)
    for i in 0..<firstMoment.count {
      let gradient = gradients[i] * scale
      m[i] = beta1 * m[i] + (1 - beta1) * gradient
      v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient
      parameters[i] -= rate * m[i] / (v[i].squareRoot() + epsilon)
    }
  }

  private func pow(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, left) = (1.0, base, exponent)
    while left > 0 {
      if left & 1 == 1 { result *= square }
      square *= square
      left >>= 1
    }
    return result
  }
}
