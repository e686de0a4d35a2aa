import LinearAlgebra

/// What tokens add to the gates of a stack's first layer, x W + b, in whichever of two ways costs less.
///
/// With few words, all of them are multiplied by W once, and a step copies rows of the table. With more words than
/// a batch has tokens, the embeddings of its tokens are gathered and multiplied. Which one it is follows from the
/// sizes alone.
package final class TokenInputs {
  package let stack: Stack
  package let cell: any Cell
  /// Whether embeddings are gathered; else there is a table.
  package let gathers: Bool
  /// `[vocabulary, gates × units]`.
  private let table: Scratch<Float>

  package init(_ stack: Stack, cell: any Cell, tokensAtOnce: Int) {
    self.stack = stack
    self.cell = cell
    gathers = stack.embedding.rows > tokensAtOnce
    table = Scratch(zeros: gathers ? 0 : stack.embedding.rows * cell.gateWidth)
  }

  /// Computes the table; call it when the parameters have changed.
  package func prepare(_ parameters: UnsafeMutablePointer<Float>) {
    if gathers { return }
    let views = stack.layers[0].views(at: parameters)
    let table = MatrixView(table.base, rows: stack.embedding.rows, columns: cell.gateWidth)
    fillRows(of: table, with: views.bias.base)
    multiply(stack.embedding.matrix(at: parameters), views.kernel, into: table, keep: 1)
  }

  /// Writes the input's part of `gates` `[n, gates × units]` for `tokens` `[n]`; gathered embeddings go to `gathered`
  /// `[n, units]`, where the way back finds them.
  package func fill(
    _ gates: MatrixView, tokens: UnsafePointer<Int32>, gathered: UnsafeMutablePointer<Float>,
    parameters: UnsafeMutablePointer<Float>
  ) {
    if gathers {
      let embedding = stack.embedding.matrix(at: parameters)
      let views = stack.layers[0].views(at: parameters)
      for i in 0..<gates.rows {
        (gathered + i * embedding.columns)
          .update(from: embedding.base + Int(tokens[i]) * embedding.columns, count: embedding.columns)
      }
      fillRows(of: gates, with: views.bias.base)
      multiply(
        MatrixView(gathered, rows: gates.rows, columns: embedding.columns), views.kernel, into: gates, keep: 1
      )
    } else {
      let width = gates.columns
      for i in 0..<gates.rows {
        (gates.base + i * gates.stride).update(from: table.base + Int(tokens[i]) * width, count: width)
      }
    }
  }
}
