import Foundation
import Plotting
import Testing

struct DistributionTests {
  @Test func quantilesAreNumPys() {
    // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], [0.1, 0.25, 0.5, 0.9])
    let sample = Distribution([3, 1, 4, 1, 5, 9, 2, 6, .nan])
    let found = [0.1, 0.25, 0.5, 0.9].compactMap { sample.quantile($0) }
    for (a, b) in zip(found, [1.0, 1.75, 3.5, 6.9]) { #expect(abs(a - b) < 1e-12) }
    #expect(sample.missing == 1)
    #expect(Distribution([]).quantile(0.5) == nil)
    #expect(Distribution([7]).quantile(0.9) == 7)
  }

  @Test func theAreaBelowADensityIsOne() {
    let values = (0..<500).map { Double(($0 &* 7919) % 500) / 50 }
    let curve = Distribution(values).density(cut: 4)
    let step = curve[1].value - curve[0].value
    #expect(abs(curve.map(\.density).reduce(0, +) * step - 1) < 0.01)
  }

  @Test func aDensityIsTheSumOfItsKernels() {
    let values = [0.0, 1, 1.5, 4]
    let curve = Distribution(values).density(bandwidth: 0.5, cut: 3)
    for (place, density) in curve {
      let kernels = values.map { value in
        let distance = (place - value) / 0.5
        return exp(-distance * distance / 2) / (0.5 * (2 * Double.pi).squareRoot())
      }
      #expect(abs(density - kernels.reduce(0, +) / 4) < 0.01)
    }
  }

  @Test func equalValuesHaveNoDensity() {
    #expect(Distribution([2, 2, 2]).bandwidth == nil)
    #expect(Distribution([2, 2, 2]).density().isEmpty)
  }

  @Test func binsHoldEveryValueOnceAndHaveRoundEdges() {
    let values = (0..<300).map { Double(($0 &* 7919) % 300) / 30 }
    for wanted in [nil, 1, 7, 40] {
      let bins = Distribution(values).bins(about: wanted)
      #expect(bins.map(\.count).reduce(0, +) == 300)
      for (bin, next) in zip(bins, bins.dropFirst()) { #expect(abs(bin.high - next.low) < 1e-9) }
    }
    let ten = Distribution(values).bins(about: 10)
    #expect(ten.map(\.low) == (0..<10).map { Double($0) })
    #expect(Distribution([5, 5]).bins(about: nil).map(\.count) == [2])
  }
}
