import Foundation

/// The finite values of a sample in order, with what box, violin and density marks draw of them.
package struct Distribution: Sendable {
  package let sorted: [Double]
  /// How many values were left out because they are not finite.
  package let missing: Int

  package init(_ values: [Double]) {
    sorted = values.filter { LinearScale.accepts($0) }.sorted()
    missing = values.count - sorted.count
  }

  /// The value below which a fraction of the sample lies, interpolated between neighbours (Hyndman and Fan
  /// 1996, type 7); nil for an empty sample.
  package func quantile(_ fraction: Double) -> Double? {
    guard let last = sorted.last else { return nil }
    let place = fraction * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
  }

  /// Silverman's rule of thumb (1986, eq. 3.31), in the values' unit; nil where all values are equal.
  package var bandwidth: Double? {
    guard sorted.count > 1, let low = quantile(0.25), let high = quantile(0.75) else { return nil }
    let mean = sorted.reduce(0, +) / Double(sorted.count)
    let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(sorted.count - 1)).squareRoot()
    let spread = high > low ? min(deviation, (high - low) / 1.34) : deviation
    return spread > 1e-290 ? 0.9 * spread * pow(Double(sorted.count), -0.2) : nil
  }

  /// A Gaussian kernel estimate at even distances, from `cut` bandwidths below the least value to as far above
  /// the greatest; the area below it is 1. Empty where there is no bandwidth.
  package func density(bandwidth given: Double? = nil, cut: Double = 2.5, count: Int = 160) -> [(
    value: Double, density: Double
  )] {
    guard let width = given ?? bandwidth, width > 1e-290, let first = sorted.first, let last = sorted.last
    else {
      return []
    }
    let (low, high) = (first - cut * width, last + cut * width)
    let step = (high - low) / Double(count - 1)
    guard step > 1e-290, step.isFinite else { return [] }
    // Values are counted into fine bins first, so that the time does not grow with their number.
    let fine = 4
    var bins = Array(repeating: 0.0, count: count * fine)
    for value in sorted {
      let bin = Int((value - low) / step * Double(fine) + 0.5)
      bins[min(max(bin, 0), bins.count - 1)] += 1
    }
    let reach = Int((4 * width / step * Double(fine)).rounded(.up))
    let scale = 1 / (Double(sorted.count) * width * (2 * Double.pi).squareRoot())
    return (0..<count).map { index in
      let middle = index * fine
      var sum = 0.0
      for bin in max(0, middle - reach)...min(bins.count - 1, middle + reach) where bins[bin] > 0 {
        let distance = Double(bin - middle) / Double(fine) * step / width
        sum += bins[bin] * exp(-distance * distance / 2)
      }
      return (low + Double(index) * step, sum * scale)
    }
  }

  /// Bins at multiples of a nice width, about as many as Freedman and Diaconis (1981) advise or as asked for.
  package func bins(about wanted: Int?) -> [(low: Double, high: Double, count: Int)] {
    guard let first = sorted.first, let last = sorted.last else { return [] }
    guard last - first > max(abs(first) * 1e-12, 1e-290) else {
      let half = max(abs(first) * 0.05, abs(first) < 1e-280 ? 0.5 : 0)
      return [(first - half, first + half, sorted.count)]
    }
    var target = Double(wanted ?? 0)
    if wanted == nil, let low = quantile(0.25), let high = quantile(0.75) {
      let width = 2 * (high - low) / cbrt(Double(sorted.count))
      target = width > 0 ? (last - first) / width : Double(sorted.count).squareRoot()
    }
    let raw = (last - first) / min(max(target, 1), 200)
    let power = pow(10, floor(log10(raw)))
    let step =
      ([1, 2, 2.5, 5, 10].min { abs(log($0 * power / raw)) < abs(log($1 * power / raw)) } ?? 1) * power
    let start = floor(first / step)
    let number = Int(floor(last / step) - start) + 1
    guard number > 0, number < 2_000 else { return [(first, last, sorted.count)] }
    var counts = Array(repeating: 0, count: number)
    for value in sorted { counts[min(max(Int(floor(value / step) - start), 0), number - 1)] += 1 }
    return counts.enumerated().map { index, count in
      ((start + Double(index)) * step, (start + Double(index + 1)) * step, count)
    }
  }
}
