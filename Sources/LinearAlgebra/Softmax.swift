import Foundation

/// Turns each row of logits into probabilities, in place, and writes each row's log of the sum of exponentials.
///
/// Shapes: `logits` `[rows, words]` → probabilities; `logSums` `[rows]`, natural logarithm, or nil.
/// The largest logit of a row is subtracted first, so any finite logits are safe. `words` must be a multiple of
/// 16: pad with logits of −1e30. No probability falls below e⁻⁶⁰ of the largest, since denormal floats, which
/// smaller ones would become, cost a hundred cycles each.
public func softmaxRows(_ logits: MatrixView, logSums: UnsafeMutablePointer<Float>? = nil) {
  let words = logits.columns
  precondition(words % 16 == 0, "softmax takes a multiple of 16 logits, not \(words)")
  for row in 0..<logits.rows {
    let x = logits.base + row &* logits.stride
    var highest = Lanes(at: x)
    var i = 16
    while i < words {
      highest = pointwiseMax(highest, Lanes(at: x + i))
      i &+= 16
    }
    let largest = highest.largest
    var sums = Lanes(repeating: 0)
    i = 0
    while i < words {
      let value = exp(pointwiseMax(Lanes(at: x + i) - Lanes(repeating: largest), Lanes(repeating: -60)))
      sums += value
      value.store(at: x + i)
      i &+= 16
    }
    let sum = sums.total
    let scale = Lanes(repeating: 1 / sum)
    i = 0
    while i < words {
      (Lanes(at: x + i) * scale).store(at: x + i)
      i &+= 16
    }
    logSums?[row] = largest + Foundation.log(sum)
  }
}

/// The same, in Double and by the C library.
public func softmaxRowsNaively(_ logits: MatrixView, logSums: UnsafeMutablePointer<Float>? = nil) {
  for row in 0..<logits.rows {
    let values = (0..<logits.columns).map { Double(logits[row, $0]) }
    let largest = values.max() ?? 0
    let sum = values.reduce(0) { $0 + Foundation.exp($1 - largest) }
    for column in 0..<logits.columns {
      logits[row, column] = Float(Foundation.exp(values[column] - largest) / sum)
    }
    logSums?[row] = Float(largest + Foundation.log(sum))
  }
}

/// The index of the largest of `count` ≥ 1 floats; of equal ones, the first.
@inlinable public func largestIndex(_ x: UnsafePointer<Float>, count: Int) -> Int {
  var best = 0
  var largest = x[0]
  var i = 1
  while i < count {
    if x[i] > largest {
      largest = x[i]
      best = i
    }
    i &+= 1
  }
  return best
}
