import Foundation

/// Turns each row of logits into probabilities, in place, and writes each row's log of the sum of exponentials.
///
/// Shapes: `logits` `[rows, words]` → probabilities; `logSums` `[rows]`, natural logarithm, or nil.
/// The largest logit of a row is subtracted first, so any finite logits are safe.
public func softmaxRows(_ logits: MatrixView, logSums: UnsafeMutablePointer<Float>? = nil) {
  let words = logits.columns
  for row in 0..<logits.rows {
    let x = logits.base + row &* logits.stride
    let largest = x[largestIndex(x, count: words)]
    var i = 0
    while i < words {
      exp(Lanes(x + i, count: words &- i) - largest).store(to: x + i, count: words &- i)
      i &+= 16
    }
    let sum = total(x, count: words)
    let scale = 1 / sum
    i = 0
    while i < words {
      (Lanes(x + i, count: words &- i) * scale).store(to: x + i, count: words &- i)
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

/// The sum of `count` floats: sixteen partial sums, then halves added to halves, so the bits never change.
@inlinable public func total(_ x: UnsafePointer<Float>, count: Int) -> Float {
  var partial = Lanes(repeating: 0)
  var i = 0
  while i < count {
    partial += Lanes(x + i, count: count &- i)
    i &+= 16
  }
  let eight = partial.lowHalf + partial.highHalf
  let four = eight.lowHalf + eight.highHalf
  let two = four.lowHalf + four.highHalf
  return two[0] + two[1]
}
