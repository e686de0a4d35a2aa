import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks

/// The methods that look at what units hold, not at what they do.
extension RoleMethodInputs {
  func publishedSelection(_ role: SoughtRole) throws -> MethodAnswer.Found {
    let rows = data.select
    let places = Set(rows.positions).sorted()
    // As many different w and T as there can be.
    let words = Set(rows.words).sorted()
    let pairs = (0..<options.publishedPairs).map { number in
      (word: words[number * words.count / options.publishedPairs], position: places[number % places.count])
    }
    var counts = [Int](repeating: 0, count: units)
    for pair in pairs {
      let found = try PublishedUnits.select(
        role == .storing ? .storing : .counting, model, data, word: pair.word, position: pair.position,
        steps: [options.step], seed: options.seed)
      for unit in found[0].important { counts[unit] += 1 }
    }
    let taken = counts.indices.filter { 2 * counts[$0] > pairs.count }
    return .set(units: taken, isThere: !taken.isEmpty)
  }

  func elimination(_ role: SoughtRole) throws -> MethodAnswer.Found {
    let found = try RecursiveFeatureElimination(
      training: labelled(role, select), heldOut: labelled(role, tune),
      .init(roundSize: min(8, units), share: 1 / Double(units), leastAccuracy: 0))
    var scores = [Double](repeating: 0, count: units)
    for (place, unit) in found.rounds[0].ranking.enumerated() {
      scores[unit] = Double(units - place) / Double(units)
    }
    return .ranking(scores: scores, strength: found.rounds[0].heldOut.share)
  }

  func variance(_ role: SoughtRole) throws -> MethodAnswer.Found {
    let scores: [Double]
    if role == .storing {
      let places = Set(data.select.positions).sorted()
      let variances = try places.map { place in
        let rows = data.select.filter { _, position, _ in position == place }
        let found = TokenVariance(try model.record(rows, steps: max(1, options.step)))
        return found.between.row(options.step - found.steps.lowerBound)
      }
      scores = (0..<units).map { unit in
        variances.reduce(0) { $0 + Double($1[unit]) } / Double(places.count)
      }
    } else {
      scores = varianceOfMeans(try labelled(role, select))
    }
    return .ranking(scores: scores, strength: scores.max() ?? 0)
  }

  func probe(_ role: SoughtRole) throws -> MethodAnswer.Found {
    let (training, testing) = (try labelled(role, select), try labelled(role, tune))
    let standardize = Standardization(training.states)
    /// One target for each word, or the time left.
    func targets(_ examples: LabelledStates) -> [[Double]] {
      if role == .counting { return [examples.labels.map(Double.init)] }
      return Set(training.labels).sorted().map { word in examples.labels.map { $0 == word ? 1 : 0 } }
    }
    let fits = try RidgeRegression.fits(standardize(training.states), targets: targets(training), penalty: 1)
    let tested = standardize(testing.states)
    let explained = zip(fits, targets(testing)).compactMap { $0.rSquared(on: tested, targets: $1) }
    let scores = (0..<units).map { unit in
      fits.reduce(0) { $0 + $1.weights[unit] * $1.weights[unit] }.squareRoot()
    }
    return .ranking(
      scores: scores, strength: explained.isEmpty ? 0 : explained.reduce(0, +) / Double(explained.count))
  }
}

/// The variance of each unit's means over labels, each weighted by its rows, `[units]`.
func varianceOfMeans(_ examples: LabelledStates) -> [Double] {
  let members = groupedPlaces(of: examples.labels)
  return (0..<examples.units).map { unit in
    let column = examples.states.column(unit).map(Double.init)
    let mean = column.reduce(0, +) / Double(column.count)
    return members.reduce(0) { sum, group in
      let own = group.reduce(0) { $0 + column[$1] } / Double(group.count)
      return sum + Double(group.count) * (own - mean) * (own - mean)
    } / Double(column.count)
  }
}
