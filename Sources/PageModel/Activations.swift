// The activations of Sources/LinearAlgebra on one number and without a C library, which a page has not.

func hardSigmoid(_ a: Float) -> Float { min(max(0.2 * a + 0.5, 0), 1) }

/// To 4e-7: a rational function of degree 13 over 6 on |a| ≤ 7.9, the one that Eigen uses.
func tanh(_ a: Float) -> Float {
  let x = min(max(a, -7.90531110763549805), 7.90531110763549805)
  let x2 = x * x
  var p: Float = -2.76076847742355e-16
  p = p * x2 + 2.00018790482477e-13
  p = p * x2 - 8.60467152213735e-11
  p = p * x2 + 5.12229709037114e-08
  p = p * x2 + 1.48572235717979e-05
  p = p * x2 + 6.37261928875436e-04
  p = p * x2 + 4.89352455891786e-03
  var q: Float = 1.19825839466702e-06
  q = q * x2 + 1.18534705686654e-04
  q = q * x2 + 2.26843463243900e-03
  q = q * x2 + 4.89352518554385e-03
  return x * p / q
}

/// To 3e-7 of its value: a = n ln 2 + r with |r| ≤ ln 2 / 2, a polynomial of degree 6 in r (Cephes), scaled by 2ⁿ.
func exp(_ a: Float) -> Float {
  let x = min(max(a, -87.3), 88)
  // Adding 1.5 · 2²³ leaves the nearest integer in the low bits of the significand.
  let shifted = x * 1.44269504088896341 + 12_582_912
  let n = shifted - 12_582_912
  let r = (x - n * 0.693359375) + n * 2.12194440e-4
  var p: Float = 1.9875691500e-4
  p = p * r + 1.3981999507e-3
  p = p * r + 8.3334519073e-3
  p = p * r + 4.1665795894e-2
  p = p * r + 1.6666665459e-1
  p = p * r + 5.0000001201e-1
  p = p * r * r + (r + 1)
  return p * Float(bitPattern: (shifted.bitPattern &+ 127) &<< 23)
}

func logistic(_ a: Float) -> Float { 1 / (1 + exp(-a)) }
