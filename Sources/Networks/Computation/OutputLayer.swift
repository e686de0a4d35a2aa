import Foundation
import LinearAlgebra
import Tasks

/// The dense softmax that turns outputs into tokens, and its cross-entropy.
///
/// Logits lie in rows padded to a multiple of 16 lanes; what pads them is so low that its probability is 0.
package final class OutputLayer {
  package let words: Int
  private let stride: Int
  private let network: Network
  private let logits: Scratch<Float>
  private let bias: Scratch<Float>
  private let logSums: Scratch<Float>

  /// Memory for the logits of `rows` rows (rows of the batch × steps that are computed at once).
  package init(_ network: Network, rows: Int) {
    self.network = network
    words = network.configuration.words
    stride = (words + 15) / 16 * 16
    logits = Scratch(rows * stride, repeating: 0)
    bias = Scratch(stride, repeating: -1e30)
    logSums = Scratch(rows, repeating: 0)
  }

  /// The logits h W + b of `outputs` `[rows, units]`: `[rows, words]`, valid until the next call.
  package func logits(of outputs: MatrixView, _ parameters: UnsafeMutablePointer<Float>) -> MatrixView {
    bias.base.update(from: parameters + network.outputBias.offset, count: words)
    let padded = MatrixView(logits.base, rows: outputs.rows, columns: stride)
    fillRows(of: padded, with: bias.base)
    let result = padded.columns(0..<words)
    multiply(outputs, network.outputKernel.matrix(at: parameters), into: result, keep: 1)
    return result
  }

  /// The token with the largest logit of each row; of equal ones, the first.
  package func choose(from logits: MatrixView, into tokens: UnsafeMutablePointer<Int32>) {
    for row in 0..<logits.rows {
      tokens[row] = Int32(largestIndex(logits.base + row * logits.stride, count: words))
    }
  }

  /// Turns `logits` into the gradient of the sum of cross-entropies by them, and returns that sum, in nats.
  ///
  /// Rows whose target is PAD count for nothing. Shapes: `logits` `[rows, words]`, `targets` `[rows]`.
  package func crossEntropy(_ logits: MatrixView, targets: UnsafePointer<Int32>) -> Double {
    let padded = MatrixView(logits.base, rows: logits.rows, columns: stride)
    var sum = 0.0
    // −log p = log Σ exp − logit; the softmax overwrites the logits, so theirs go first.
    for row in 0..<logits.rows where targets[row] != Vocabulary.pad {
      sum -= Double(logits[row, Int(targets[row])])
    }
    softmaxRows(padded, logSums: logSums.base)
    for row in 0..<logits.rows {
      if targets[row] == Vocabulary.pad {
        (logits.base + row * stride).update(repeating: 0, count: stride)
      } else {
        sum += Double(logSums.base[row])
        logits[row, Int(targets[row])] -= 1
      }
    }
    return sum
  }

  /// Adds the gradients of kernel and bias, and writes that by `outputs`, from that by the logits.
  package func backward(
    _ logitGradient: MatrixView, outputs: MatrixView, into outputGradient: MatrixView,
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>
  ) {
    multiply(
      logitGradient, network.outputKernel.matrix(at: parameters), into: outputGradient, transposeB: true)
    multiply(
      outputs, logitGradient, into: network.outputKernel.matrix(at: gradients), transposeA: true, keep: 1)
    addColumnSums(of: logitGradient, to: gradients + network.outputBias.offset)
  }
}
