import Foundation

// Each activation twice: on sixteen lanes, for fused kernels, and on one Float by the C library, which is what
// the tests compare it with.

/// clip(0.2 a + 0.5, 0, 1): the gate activation of Keras's first GRU, and so of the paper's models.
@inlinable @inline(__always)
public func hardSigmoid(_ a: Lanes) -> Lanes {
  Lanes(repeating: 0.5).addingProduct(a, Lanes(repeating: 0.2)).limited(from: 0, to: 1)
}

/// clip(0.2 a + 0.5, 0, 1) of one number.
public func hardSigmoid(_ a: Float) -> Float { min(max(0.2 * a + 0.5, 0), 1) }

/// The derivative of the hard sigmoid by its argument, from its value s: 0.2 strictly inside (0, 1), else 0.
@inlinable @inline(__always)
public func hardSigmoidSlope(at s: Lanes) -> Lanes {
  let belowOne = Lanes(repeating: 0).replacing(with: Lanes(repeating: 0.2), where: s .< Lanes(repeating: 1))
  return Lanes(repeating: 0).replacing(with: belowOne, where: s .> Lanes(repeating: 0))
}

/// Its derivative by its argument, from its value s: 0.2 strictly inside (0, 1), else 0.
public func hardSigmoidSlope(at s: Float) -> Float { s > 0 && s < 1 ? 0.2 : 0 }

/// The hyperbolic tangent, to 4e-7: a rational function of degree 13 over 6 on |a| ≤ 7.9, the one that Eigen uses.
@inlinable @inline(__always)
public func tanh(_ a: Lanes) -> Lanes {
  let x = a.limited(from: -7.90531110763549805, to: 7.90531110763549805)
  let x2 = x * x
  var p = Lanes(repeating: -2.76076847742355e-16)
  p = Lanes(repeating: 2.00018790482477e-13).addingProduct(p, x2)
  p = Lanes(repeating: -8.60467152213735e-11).addingProduct(p, x2)
  p = Lanes(repeating: 5.12229709037114e-08).addingProduct(p, x2)
  p = Lanes(repeating: 1.48572235717979e-05).addingProduct(p, x2)
  p = Lanes(repeating: 6.37261928875436e-04).addingProduct(p, x2)
  p = Lanes(repeating: 4.89352455891786e-03).addingProduct(p, x2)
  var q = Lanes(repeating: 1.19825839466702e-06)
  q = Lanes(repeating: 1.18534705686654e-04).addingProduct(q, x2)
  q = Lanes(repeating: 2.26843463243900e-03).addingProduct(q, x2)
  q = Lanes(repeating: 4.89352518554385e-03).addingProduct(q, x2)
  return x * p / q
}

/// The exponential, to 3e-7 of its value; below −87 it is 0 to within the smallest float, above 88 it stays at e⁸⁸.
///
/// a = n ln 2 + r with |r| ≤ ln 2 / 2: a polynomial of degree 6 in r, scaled by 2ⁿ through the exponent's bits.
@inlinable @inline(__always)
public func exp(_ a: Lanes) -> Lanes {
  let x = a.limited(from: -87.3, to: 88)
  // Adding 1.5 · 2²³ leaves the nearest integer in the low bits of the significand.
  let shifted = Lanes(repeating: 12_582_912).addingProduct(x, Lanes(repeating: 1.44269504088896341))
  let n = shifted - Lanes(repeating: 12_582_912)
  var r = x.addingProduct(n, Lanes(repeating: -0.693359375))
  r = r.addingProduct(n, Lanes(repeating: 2.12194440e-4))
  var p = Lanes(repeating: 1.9875691500e-4)
  p = Lanes(repeating: 1.3981999507e-3).addingProduct(p, r)
  p = Lanes(repeating: 8.3334519073e-3).addingProduct(p, r)
  p = Lanes(repeating: 4.1665795894e-2).addingProduct(p, r)
  p = Lanes(repeating: 1.6666665459e-1).addingProduct(p, r)
  p = Lanes(repeating: 5.0000001201e-1).addingProduct(p, r)
  p = (r + 1).addingProduct(p, r * r)
  let exponent = (unsafeBitCast(shifted, to: SIMD16<Int32>.self) &+ 127) &<< 23
  return p * unsafeBitCast(exponent, to: Lanes.self)
}

/// 1 / (1 + e⁻ᵃ), to 3e-7: the gate activation of PyTorch's and cuDNN's cells.
@inlinable @inline(__always)
public func logistic(_ a: Lanes) -> Lanes {
  Lanes(repeating: 1) / (Lanes(repeating: 1) + exp(-a))
}

/// 1 / (1 + e⁻ᵃ) of one number, by the C library.
public func logistic(_ a: Float) -> Float { 1 / (1 + Foundation.exp(-a)) }

/// The hyperbolic tangent of one number, by the C library: what the fast one is compared with.
public func tanhNaively(_ a: Float) -> Float { Foundation.tanh(a) }
