import Foundation
import LinearAlgebra
import Tasks

/// The dense softmax of a whole training batch: logits, cross-entropy and gradients, in blocks of vocabularySize.
///
/// The logits h W + b of every row are kept, block after block of the vocabulary, and turned into probabilities where
/// they lie on the way back. So a block stays near the core from one product to the next, however large the
/// vocabulary is. A row here is one row of the batch at one decoder step; each shard of the batch has a range of them.
///
/// A small vocabulary is one block, and the way back is cut by shards instead, with the weights padded to whole vectors.
package final class OutputGradient {
  /// How many parts the way back can be worked on in, side by side.
  package let slices: Int
  /// Whether a slice is a shard's rows, and not a part of the vocabulary.
  private let slicesRows: Bool
  private let network: Network
  private let vocabularySize: Int
  private let stride: Int
  private let blockWidth: Int
  private let capacity: Int
  /// `[padded vocabulary]`; what pads it is so low that its probability is 0.
  private let bias: Scratch<Float>
  /// For each block `[rows, block]`.
  private let logits: Scratch<Float>
  /// `[rows, units]`: the decoder's outputs, of all shards.
  private let outputs: Scratch<Float>
  /// For each slice of the vocabulary `[rows, units]`: its part of the gradient by the outputs.
  private let outputGradients: [Scratch<Float>]
  /// Where slices are rows: the kernel `[units, padded vocabulary]`, as it is and transposed.
  private let kernel: Scratch<Float>
  private let kernelTransposed: Scratch<Float>
  /// Where slices are rows, for each: its part of the gradient by the kernel, and below it of that by the bias.
  private let kernelGradients: [Scratch<Float>]
  /// Of each row: its largest logit, and the sum of the exponentials relative to that.
  private let largest: Scratch<Float>
  private let sums: Scratch<Float>

  /// For at most `rows` rows; the vocabulary is cut into `slices` slices, each of some blocks.
  package init(_ network: Network, rows: Int, slices: Int) {
    self.network = network
    self.slices = slices
    capacity = rows
    vocabularySize = network.configuration.vocabularySize
    stride = paddedToLanes(vocabularySize)
    // A million logits, 4 MB, stay near the core.
    let widest = max(256, 1_048_576 / max(rows, 1))
    slicesRows = stride <= 64
    let slices = slicesRows ? 1 : slices
    let blocks = ((stride + widest - 1) / widest + slices - 1) / slices * slices
    blockWidth = paddedToLanes((stride + blocks - 1) / blocks)
    bias = Scratch(stride, repeating: -1e30)
    logits = Scratch(zeros: rows * blocks * blockWidth)
    outputs = Scratch(zeros: rows * network.units)
    outputGradients = (0..<slices).map { _ in Scratch(zeros: rows * network.units) }
    let weights = slicesRows ? network.units * stride : 0
    kernel = Scratch(zeros: weights)
    kernelTransposed = Scratch(zeros: weights)
    let padded = slicesRows ? weights + stride : 0
    kernelGradients = (0..<self.slices).map { _ in Scratch(zeros: padded) }
    largest = Scratch(zeros: rows)
    sums = Scratch(zeros: rows)
  }

  /// Call it when the parameters have changed.
  package func prepare(_ parameters: UnsafeMutablePointer<Float>) {
    bias.base.update(from: parameters + network.outputBias.offset, count: vocabularySize)
    guard slicesRows else { return }
    let given = network.outputKernel.matrix(at: parameters)
    for unit in 0..<given.rows {
      (kernel.base + unit * stride).update(from: given.base + unit * given.stride, count: vocabularySize)
    }
    transpose(paddedKernel, into: paddedKernelTransposed)
  }

  private var paddedKernel: MatrixView { MatrixView(kernel.base, rows: network.units, columns: stride) }
  private var paddedKernelTransposed: MatrixView {
    MatrixView(kernelTransposed.base, rows: stride, columns: network.units)
  }

  /// The tokens of each block in a range of tokens, all of one width but the last.
  private func blocks(in range: Range<Int>) -> StrideTo<Int> {
    Swift.stride(from: range.lowerBound, to: range.upperBound, by: blockWidth)
  }

  /// Logits of some rows for the block that starts at word `first`, `[rows, block]`, padding included.
  private func logits(_ rows: Range<Int>, block first: Int) -> MatrixView {
    let width = min(blockWidth, stride - first)
    return MatrixView(
      logits.base + first * capacity + rows.lowerBound * width, rows: rows.count, columns: width)
  }

  /// Logits of `outputs` `[n, units]`, which become the n `rows`. `edit` may change the copy of them that the logits see.
  package func forward(
    _ rows: Range<Int>, outputs given: MatrixView, parameters: UnsafeMutablePointer<Float>,
    edit: ((_ copy: MatrixView) -> Void)? = nil
  ) {
    let kernel = slicesRows ? paddedKernel : network.outputKernel.matrix(at: parameters)
    let units = network.units
    for i in 0..<rows.count {
      (outputs.base + (rows.lowerBound + i) * units).update(from: given.base + i * given.stride, count: units)
    }
    edit?(MatrixView(outputs.base + rows.lowerBound * units, rows: rows.count, columns: units))
    for first in blocks(in: 0..<stride) {
      let width = min(blockWidth, kernel.columns - first)
      // Few enough rows at once that their logits are still in the core's own cache when they are summed.
      for low in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: Self.rowsAtOnce) {
        let some = low..<min(low + Self.rowsAtOnce, rows.upperBound)
        let logits = logits(some, block: first)
        fillRows(of: logits, with: bias.base + first)
        multiply(
          MatrixView(outputs.base + low * units, rows: some.count, columns: units),
          kernel.columns(first..<first + width), into: logits.columns(0..<width), keep: 1)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: blockWidth) { scratch in
          guard let scratch = scratch.baseAddress else { return }
          for row in some {
            sumExponentials(
              row, logits.base + (row - low) * logits.stride, logits.columns, first, scratch: scratch)
          }
        }
      }
    }
  }

  private static let rowsAtOnce = 320

  /// Adds one row's block to its sum of exponentials, taken relative to its largest logit so far.
  private func sumExponentials(
    _ row: Int, _ logits: UnsafePointer<Float>, _ count: Int, _ first: Int,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let here = LinearAlgebra.largest(logits, count: count)
    let old = first == 0 ? here : largest.base[row]
    let new = max(old, here)
    exponentials(of: logits, minus: new, into: scratch, count: count)
    let sum = LinearAlgebra.sum(scratch, count: count)
    sums.base[row] = first == 0 ? sum : sums.base[row] * Foundation.exp(old - new) + sum
    largest.base[row] = new
  }

  /// The token with the largest logit of each of the rows; of equal ones, the first.
  package func choose(_ rows: Range<Int>, into tokens: UnsafeMutablePointer<Int32>) {
    for row in rows {
      tokens[row - rows.lowerBound] = Int32(find(largest.base[row], row: row))
    }
  }

  private func find(_ value: Float, row: Int) -> Int {
    for first in blocks(in: 0..<stride) {
      let logits = logits(row..<row + 1, block: first)
      for i in Swift.stride(from: 0, to: logits.columns, by: 16) {
        let found = Lanes(at: logits.base + i) .== Lanes(repeating: value)
        if any(found) { return first + i + ((0..<16).first { found[$0] } ?? 0) }
      }
    }
    return 0
  }

  /// The sum of the cross-entropies, in nats, of those of the rows whose target `[rows]` is not PAD.
  package func crossEntropy(_ rows: Range<Int>, targets: UnsafePointer<Int32>) -> Double {
    var sum = 0.0
    for row in rows {
      // From here on, `sums` holds the log of the sum of exponentials.
      let logSum = largest.base[row] + Foundation.log(sums.base[row])
      sums.base[row] = logSum
      let target = Int(targets[row - rows.lowerBound])
      if target == Int(Vocabulary.pad) { continue }
      let first = target / blockWidth * blockWidth
      sum += Double(logSum) - Double(logits(row..<row + 1, block: first)[0, target - first])
    }
    return sum
  }

  /// The gradients through one slice of the vocabulary: writes those of kernel and bias, and its part of those by the
  /// outputs, which `addUp` sums. The shards' rows must follow each other from 0 on.
  ///
  /// Where slices are rows, `addUpParameters` writes the gradients of kernel and bias.
  package func backward(
    slice: Int, shards: [(rows: Range<Int>, targets: UnsafePointer<Int32>)],
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>
  ) {
    if slicesRows {
      backward(slice: slice, rows: shards[slice].rows, targets: shards[slice].targets)
      return
    }
    let kernel = network.outputKernel.matrix(at: parameters)
    let kernelGradient = network.outputKernel.matrix(at: gradients)
    let biasGradient = gradients + network.outputBias.offset
    let rows = 0..<(shards.last?.rows.upperBound ?? 0)
    let outputs = MatrixView(outputs.base, rows: rows.count, columns: network.units)
    let byOutputs = MatrixView(outputGradients[slice].base, rows: rows.count, columns: network.units)
    let mine = part(slice, of: slices, count: stride, unit: blockWidth)
    if mine.isEmpty { byOutputs.base.update(repeating: 0, count: rows.count * network.units) }
    for first in blocks(in: mine) {
      let width = min(blockWidth, vocabularySize - first)
      let logits = logits(rows, block: first)
      (biasGradient + first).update(repeating: 0, count: width)
      for shard in shards {
        for row in shard.rows {
          fillGradient(
            logits.base + row * logits.stride, logits.columns, first,
            target: shard.targets[row - shard.rows.lowerBound],
            logSum: sums.base[row])
        }
      }
      let byLogits = logits.columns(0..<width)
      multiply(
        byLogits, kernel.columns(first..<first + width), into: byOutputs, transposeB: true,
        keep: first == mine.lowerBound ? 0 : 1)
      multiply(outputs, byLogits, into: kernelGradient.columns(first..<first + width), transposeA: true)
      addColumnSums(of: byLogits, to: biasGradient + first)
    }
  }

  /// The gradients through some rows, where slices are rows.
  private func backward(slice: Int, rows: Range<Int>, targets: UnsafePointer<Int32>) {
    let logits = logits(rows, block: 0)
    for row in 0..<rows.count {
      let logits = logits.base + row * stride
      fillGradient(logits, stride, 0, target: targets[row], logSum: sums.base[rows.lowerBound + row])
      (logits + vocabularySize).update(repeating: 0, count: stride - vocabularySize)
    }
    func view(_ scratch: Scratch<Float>) -> MatrixView {
      MatrixView(
        scratch.base + rows.lowerBound * network.units, rows: rows.count, columns: network.units)
    }
    multiply(logits, paddedKernelTransposed, into: view(outputGradients[0]))
    let gradient = MatrixView(kernelGradients[slice].base, rows: network.units, columns: stride)
    multiply(view(outputs), logits, into: gradient, transposeA: true)
    let biasGradient = gradient.base + network.units * stride
    biasGradient.update(repeating: 0, count: stride)
    addColumnSums(of: logits, to: biasGradient)
  }

  /// Writes the gradients of kernel and bias where slices are rows; call it when all slices are done.
  package func addUpParameters(_ gradients: UnsafeMutablePointer<Float>) {
    guard slicesRows else { return }
    for slice in kernelGradients.dropFirst() {
      add(slice.base, to: kernelGradients[0].base, count: slice.count)
    }
    let kernelGradient = network.outputKernel.matrix(at: gradients)
    let sums = kernelGradients[0].base
    for unit in 0..<network.units {
      (kernelGradient.base + unit * kernelGradient.stride)
        .update(from: sums + unit * stride, count: vocabularySize)
    }
    (gradients + network.outputBias.offset)
      .update(from: sums + network.units * stride, count: vocabularySize)
  }

  /// Turns a row's block of logits into the gradient by them: probabilities, less 1 at the target.
  @inline(__always)
  private func fillGradient(
    _ logits: UnsafeMutablePointer<Float>, _ count: Int, _ first: Int, target: Int32, logSum: Float
  ) {
    if target == Vocabulary.pad {
      logits.update(repeating: 0, count: count)
      return
    }
    exponentials(of: logits, minus: logSum, into: logits, count: count)
    let place = Int(target) - first
    if place >= 0 && place < count { logits[place] -= 1 }
  }

  /// The gradient by the outputs of these rows, `[rows, units]`, when all slices are done.
  package func addUp(_ rows: Range<Int>) -> MatrixView {
    let (start, count) = (rows.lowerBound * network.units, rows.count * network.units)
    let sum = outputGradients[0].base + start
    for slice in outputGradients.dropFirst() { add(slice.base + start, to: sum, count: count) }
    return MatrixView(sum, rows: rows.count, columns: network.units)
  }
}
