import LinearAlgebra

/// The dense layer that turns a decoder's outputs into logits and tokens, step by step; `OutputGradient` trains it.
///
/// Logits lie in rows padded to a multiple of 16 lanes.
package final class OutputLayer {
  package let vocabularySize: Int
  private let stride: Int
  private let network: Network
  private let logits: Scratch<Float>
  private let bias: Scratch<Float>

  /// Scratch for the logits of `rows` rows (rows of the batch × steps that are computed at once).
  package init(_ network: Network, rows: Int) {
    self.network = network
    vocabularySize = network.configuration.vocabularySize
    stride = (vocabularySize + 15) / 16 * 16
    logits = Scratch(rows * stride, repeating: 0)
    bias = Scratch(stride, repeating: -1e30)
  }

  /// The logits h W + b of `outputs` `[rows, units]`: `[rows, vocabulary]`, valid until the next call. In memory each row goes on
  /// to whole lanes with logits of −1e30, whose probability is 0.
  package func logits(of outputs: MatrixView, _ parameters: UnsafeMutablePointer<Float>) -> MatrixView {
    bias.base.update(from: parameters + network.outputBias.offset, count: vocabularySize)
    let padded = MatrixView(logits.base, rows: outputs.rows, columns: stride)
    fillRows(of: padded, with: bias.base)
    let result = padded.columns(0..<vocabularySize)
    multiply(outputs, network.outputKernel.matrix(at: parameters), into: result, keep: 1)
    return result
  }

  /// The token with the largest logit of each row; of equal ones, the first.
  package func choose(from logits: MatrixView, into tokens: UnsafeMutablePointer<Int32>) {
    for row in 0..<logits.rows {
      tokens[row] = Int32(largestIndex(logits.base + row * logits.stride, count: vocabularySize))
    }
  }
}
