import Base
import LinearAlgebra

/// Adam (Kingma & Ba 2015) as Keras computes it: ε is added to the root of the uncorrected second moment.
///
///     m ← β₁ m + (1 − β₁) g    v ← β₂ v + (1 − β₂) g²
///     p ← p − α √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)
///
/// Moments below 1e-30 are set to 0: far below what ε lets through, they would soon be denormal and cost a hundred
/// cycles each.
package struct Adam {
  package var learningRate: Float
  package var beta1: Float
  package var beta2: Float
  package var epsilon: Float
  /// t: the updates made so far.
  package private(set) var updates = 0
  package let firstMoment: Scratch<Float>
  package let secondMoment: Scratch<Float>

  package init(count: Int, learningRate: Float, beta1: Float, beta2: Float, epsilon: Float) {
    ensure(count % 16 == 0, "Adam takes whole vectors of 16 parameters, not \(count)")
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    firstMoment = Scratch(zeros: count)
    secondMoment = Scratch(zeros: count)
  }

  /// Takes over the moments after `updates` updates.
  package mutating func goOn(
    from updates: Int, firstMoment first: Scratch<Float>, secondMoment second: Scratch<Float>
  ) {
    self.updates = updates
    firstMoment.base.update(from: first.base, count: firstMoment.count)
    secondMoment.base.update(from: second.base, count: secondMoment.count)
  }

  /// One update of all parameters by `scale` × `gradients`.
  package mutating func update(
    _ parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>, scale: Float
  ) {
    updates += 1
    let correction1 = 1 - pow(Double(beta1), updates)
    let correction2 = 1 - pow(Double(beta2), updates)
    let rate = Float(Double(learningRate) * correction2.squareRoot() / correction1)
    let count = firstMoment.count
    // Each parameter has its own sums, so any cut gives the same bits; small models don't pay for threads.
    let parts = count < 100_000 ? 1 : 8
    inParallel(parts) { index in
      let range = part(index, of: parts, count: count, unit: 16)
      update(range, parameters, gradients, rate: rate, scale: scale)
    }
  }

  private func update(
    _ range: Range<Int>, _ parameters: UnsafeMutablePointer<Float>, _ gradients: UnsafePointer<Float>,
    rate: Float, scale: Float
  ) {
    let (m, v) = (firstMoment.base, secondMoment.base)
    let (beta1, beta2, epsilon) = (beta1, beta2, epsilon)
    // One Float at a time: the compiler makes vectors of this loop, but not of a SIMD type's square root.
    for i in range {
      let gradient = gradients[i] * scale
      let first = beta1 * m[i] + (1 - beta1) * gradient
      let second = beta2 * v[i] + (1 - beta2) * gradient * gradient
      m[i] = abs(first) < 1e-30 ? 0 : first
      v[i] = second < 1e-30 ? 0 : second
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
