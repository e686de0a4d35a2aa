import Foundation
import LinearAlgebra
import Testing

struct ActivationsTests {
  /// A grid that includes saturation, zero, both signs and the edges of the clip.
  static let grid: [Float] =
    [-2.5, 2.5, 0, -0.0, -1e-6, 1e-6, 50, -50] + (0..<20_000).map { Float($0 - 10_000) / 1000 }

  static func apply(_ function: (Lanes) -> Lanes, to values: [Float]) -> [Float] {
    var padded = values + [Float](repeating: 0, count: paddedToLanes(values.count) - values.count)
    padded.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for i in stride(from: 0, to: buffer.count, by: 16) { function(Lanes(at: base + i)).store(at: base + i) }
    }
    return Array(padded.prefix(values.count))
  }

  @Test func tanhIsWithinOneMillionth() {
    let errors = zip(Self.grid, Self.apply(tanh, to: Self.grid)).map {
      abs(Foundation.tanh(Double($0)) - Double($1))
    }
    #expect(errors.max() ?? 1 < 1e-6)
  }

  @Test func expIsWithinAMillionthOfItsValue() {
    let grid = Self.grid.map { $0 * 8 }.filter { abs($0) < 87 }
    let errors = zip(grid, Self.apply(exp, to: grid)).map { abs(Double($1) / Foundation.exp(Double($0)) - 1) }
    #expect(errors.max() ?? 1 < 1e-6)
    #expect(Self.apply(exp, to: [-1000])[0] < 1e-37)
  }

  @Test func gatesEqualTheNaiveOnes() {
    let grid = Self.grid
    #expect(largestDifference(Self.apply(hardSigmoid, to: grid), grid.map { hardSigmoid($0) }) < 1e-6)
    #expect(largestDifference(Self.apply(logistic, to: grid), grid.map { logistic($0) }) < 1e-6)
    let values: [Float] = [0, 1, 0.5, 1e-7, 0.9999999]
    #expect(Self.apply(hardSigmoidSlope, to: values) == values.map { hardSigmoidSlope(at: $0) })
    #expect(hardSigmoid(-2.6 as Float) == 0 && hardSigmoid(2.6 as Float) == 1)
  }

  @Test(arguments: [1, 6, 16, 37]) func softmaxEqualsTheNaiveOne(words: Int) {
    var generator = SeededGenerator(seed: 3)
    var fast = Matrix.normal(rows: 5, columns: paddedToLanes(words), using: &generator)
    for row in 0..<5 {
      for column in 0..<fast.columns { fast[row, column] = column < words ? fast[row, column] * 30 : -1e30 }
    }
    var slow = fast
    var (fastSums, slowSums) = ([Float](repeating: 0, count: 5), [Float](repeating: 0, count: 5))
    fast.withMutableView { softmaxRows($0, logSums: &fastSums) }
    slow.withMutableView { softmaxRowsNaively($0, logSums: &slowSums) }
    #expect(largestDifference(fast.storage, slow.storage) < 1e-6)
    #expect(largestDifference(fastSums, slowSums) < 1e-4)
  }

  @Test func additionsReachEveryElementOnce() {
    for count in [0, 1, 15, 16, 33] {
      var target = (0..<count).map { Float($0) }
      add((0..<count).map { Float(10 * $0) }, to: &target, count: count)
      #expect(target == (0..<count).map { Float(11 * $0) })
    }
  }

  @Test func theFirstOfEqualLogitsIsTheLargest() {
    #expect(largestIndex([1, 3, 3, 2], count: 4) == 1)
  }

  @Test func exponentialsOfARowAreWithinAMillionthOfTheirValue() {
    let grid = Self.grid.map { $0 * 5 }.filter { abs($0) < 59 }
    var results = grid
    exponentials(of: grid, minus: 0, into: &results, count: grid.count)
    let errors = zip(grid, results).map { abs(Double($1) / Foundation.exp(Double($0)) - 1) }
    #expect(errors.max() ?? 1 < 1e-6)
    exponentials(of: [3], minus: 1, into: &results, count: 1)
    #expect(abs(results[0] - 7.389056) < 1e-5)
    var far: [Float] = [-1000, 1000]
    exponentials(of: far, minus: 0, into: &far, count: 2)
    #expect(far[0] < 1e-26 && far[0] > 0 && far[1].isFinite)
  }

  @Test func sumAndLargestReachEveryElement() {
    for i in 0..<48 {
      let values = (0..<48).map { Float($0 == i ? 3 : -1) }
      #expect(largest(values, count: 48) == 3 && sum(values, count: 48) == 3 - 47)
    }
  }

  @Test func partsCoverEverythingOnce() {
    for (parts, count, unit) in [(2, 7, 1), (2, 6, 16), (3, 100, 16), (8, 5, 1)] {
      let all = (0..<parts).flatMap { Array(part($0, of: parts, count: count, unit: unit)) }
      #expect(all == Array(0..<count))
    }
  }
}
