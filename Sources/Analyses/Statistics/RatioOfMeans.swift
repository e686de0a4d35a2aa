import Base
import LinearAlgebra

extension Effect {
  /// The ratio of two means over distinct inputs, such as what passes through a path to the whole effect.
  ///
  /// The interval, 95 %, draws the sentences again, with both numbers of all their inputs. Not determined where the lower mean is
  /// not above 0, in the inputs or in one of the resamples: there is nothing then to have a share of.
  ///
  /// - Parameters:
  ///   - parts: Of each input.
  ///   - wholes: Of each input.
  ///   - sentences: The number of each input's sentence.
  ///   - null: The mean part of each draw, to be divided by the same whole.
  static func ratioOfMeans(
    _ parts: [Double], of wholes: [Double], sentences: [Int], null: [Double], ofDraws description: String,
    seed: UInt64
  ) -> Effect {
    ensure(
      parts.count == wholes.count && parts.count == sentences.count,
      "\(parts.count) parts have \(wholes.count) wholes and \(sentences.count) numbers of sentences")
    func sum(_ values: [Double]) -> Double { values.reduce(0, +) }
    if parts.isEmpty { return .notDetermined(.noRows(condition: "an effect")) }
    let (whole, groups) = (sum(wholes), SentenceGroups(sentences))
    var generator = SeededGenerator(seed: seed, label: "resampled ratios")
    var ratios: [Double] = []
    for _ in 0..<2000 where whole > 0 {
      var (part, of) = (0.0, 0.0)
      for input in groups.draw(using: &generator) {
        part += parts[input]
        of += wholes[input]
      }
      if of > 0 { ratios.append(part / of) }
    }
    guard ratios.count == 2000 else {
      return .notDetermined(
        .undefinedOutcome("the whole of which this is a share is not above 0 in all resamples"))
    }
    return Effect(
      estimate: sum(parts) / whole,
      interval: Interval(low: quantile(0.025, of: ratios), high: quantile(0.975, of: ratios)),
      null: null.map { $0 * Double(parts.count) / whole }, ofDraws: description, sentences: groups.count)
  }
}
