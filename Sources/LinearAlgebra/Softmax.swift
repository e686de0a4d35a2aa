import Base
import Foundation

/// y[i] ← e^(x[i] − shift), to 3e-7 of its value, where y may be x. Exponents are limited to −60 and 88: a smaller
/// result would soon be denormal, which costs a hundred cycles, and a larger one infinite.
///
/// The same polynomial as `exp` of sixteen lanes, one Float at a time, which the compiler turns into better vectors.
@inlinable
public func exponentials(
  of x: UnsafePointer<Float>, minus shift: Float, into y: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count {
    var a = x[i] - shift
    a = a < -60 ? -60 : a
    a = a > 88 ? 88 : a
    let shifted = (12_582_912 as Float).addingProduct(a, 1.44269504088896341)
    let n = shifted - 12_582_912
    let r = a.addingProduct(n, -0.693359375).addingProduct(n, 2.12194440e-4)
    var p: Float = 1.9875691500e-4
    p = (1.3981999507e-3 as Float).addingProduct(p, r)
    p = (8.3334519073e-3 as Float).addingProduct(p, r)
    p = (4.1665795894e-2 as Float).addingProduct(p, r)
    p = (1.6666665459e-1 as Float).addingProduct(p, r)
    p = (5.0000001201e-1 as Float).addingProduct(p, r)
    p = (r + 1).addingProduct(p, r * r)
    y[i] = p * Float(bitPattern: (shifted.bitPattern &+ 127) &<< 23)
  }
}

/// The sum of `count` floats, a multiple of 16, always in one order.
@inlinable
public func sum(_ x: UnsafePointer<Float>, count: Int) -> Float {
  var sums = Lanes(repeating: 0)
  for i in stride(from: 0, to: count, by: 16) { sums += Lanes(at: x + i) }
  return sums.total
}

/// The largest of `count` floats, a positive multiple of 16.
@inlinable
public func largest(_ x: UnsafePointer<Float>, count: Int) -> Float {
  var highest = Lanes(at: x)
  for i in stride(from: 16, to: count, by: 16) { highest = highest.orLarger(Lanes(at: x + i)) }
  return highest.largest
}

/// Turns each row of logits into probabilities, in place, and writes each row's log of the sum of exponentials.
///
/// Shapes: `logits` `[rows, words]` → probabilities; `logSums` `[rows]`, natural logarithm, or nil.
/// The largest logit of a row is subtracted first, so any finite logits are safe. `words` must be a multiple of
/// 16: pad with logits of −1e30. No probability falls below e⁻⁶⁰ of the largest, since denormal floats, which
/// smaller ones would become, cost a hundred cycles each.
public func softmaxRows(_ logits: MatrixView, logSums: UnsafeMutablePointer<Float>? = nil) {
  let words = logits.columns
  ensure(words % 16 == 0, "softmax takes a multiple of 16 logits, not \(words)")
  for row in 0..<logits.rows {
    let x = logits.base + row &* logits.stride
    let highest = largest(x, count: words)
    exponentials(of: x, minus: highest, into: x, count: words)
    let total = sum(x, count: words)
    let scale = 1 / total
    for i in 0..<words { x[i] *= scale }
    logSums?[row] = highest + Foundation.log(total)
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

/// The index of the largest of `count` ≥ 1 floats; of equal ones, the first. Among NaN it is any.
@inlinable public func largestIndex(_ x: UnsafePointer<Float>, count: Int) -> Int {
  let whole = count & ~15
  var highest = whole > 0 ? largest(x, count: whole) : x[0]
  var i = whole
  while i < count {
    if x[i] > highest { highest = x[i] }
    i &+= 1
  }
  i = 0
  while i < count, x[i] != highest { i &+= 1 }
  return i < count ? i : 0
}
