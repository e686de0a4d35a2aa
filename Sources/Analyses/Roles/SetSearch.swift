/// Searches sets of units for the largest score: greedily from both ends, then by changes of single units until none gains.
///
/// 1. *Forward*: from the empty set, each time the unit that gains most, until further units hardly gain.
/// 2. *Backward*: from all units, each time without those that cost least. So sets are found whose units do nothing one by
///    one.
/// 3. *Climb*, from the best set of either: the best toggle (one unit more or fewer); if none gains, the best swap (one
///    unit for another) of a round; until nothing gains.
/// 4. *Backward* from there, one unit at a time.
///
/// Every set that was scored is a candidate for the best of its size: these are the path, from which a size can be chosen
/// on other rows.
package struct SetSearch {
  /// A set and its score.
  package struct Candidate: Sendable, Equatable {
    /// In ascending order.
    package var units: [Int]
    package var score: Double
  }

  private let units: Int
  private let largest: Int
  private let swaps: Int
  private let score: ([[Int]]) throws -> [Double]
  private var known: [[Int]: Double] = [:]
  private var best: [Int: Candidate] = [:]

  /// Gains below this are noise of the arithmetic.
  private static let tolerance = 1e-6
  /// Forward ends when so many units together gain less than this.
  private static let patience = (units: 8, gain: 2e-3)
  /// How many swaps are scored before one of them is taken.
  private static let round = 64

  /// Runs the whole search.
  ///
  /// - Parameters:
  ///   - units: How many there are to choose from.
  ///   - largest: The most units of a set; at least 1.
  ///   - swaps: The most swaps that are tried before a climb ends; those first whose halves, alone, cost least and gain
  ///     most.
  ///   - score: Of each set the number that is climbed. What it throws ends the search.
  package init(of units: Int, largest: Int, swaps: Int, score: @escaping ([[Int]]) throws -> [Double]) throws
  {
    self.units = units
    self.largest = min(max(1, largest), units)
    self.swaps = swaps
    self.score = score
    try goForward()
    var found = [try top.map { try climb(from: $0) }]
    let before = top
    try goBackward(from: Array(0..<units))
    // The way down may have met nothing better.
    if let smaller = bestOnWayDown, smaller != before { found.append(try climb(from: smaller)) }
    if let top = found.compactMap({ $0 }).best { try goBackward(from: top.units) }
  }

  /// The best set of each size, smallest first.
  package var path: [Candidate] { best.values.sorted { $0.units.count < $1.units.count } }

  /// How many sets were scored.
  package var scored: Int { known.count }

  /// The best set of all; of equal ones the smallest.
  private var top: Candidate? { path.best }

  private var bestOnWayDown: Candidate?

  /// The sets with their scores; what has been scored is not scored again.
  private mutating func evaluate(_ sets: [[Int]]) throws -> [Candidate] {
    let sets = sets.map { $0.sorted() }
    let new = Set(sets.filter { known[$0] == nil }).sorted { $0.lexicographicallyPrecedes($1) }
    for (set, value) in zip(new, new.isEmpty ? [] : try score(new)) {
      known[set] = value
      if (1...largest).contains(set.count), value > best[set.count]?.score ?? -.infinity {
        best[set.count] = Candidate(units: set, score: value)
      }
    }
    return sets.map { Candidate(units: $0, score: known[$0] ?? -.infinity) }
  }

  private mutating func without(each set: [Int]) throws -> [Candidate] {
    set.count > 1 ? try evaluate(set.map { unit in set.filter { $0 != unit } }) : []
  }

  private func others(than set: [Int]) -> [Int] { (0..<units).filter { !set.contains($0) } }

  private mutating func goForward() throws {
    var (set, reached) = ([Int](), [Double]())
    while set.count < largest {
      guard let next = try evaluate(others(than: set).map { set + [$0] }).best else { return }
      set = next.units
      reached.append(max(next.score, reached.last ?? -.infinity))
      let (count, gain) = Self.patience
      if reached.count > count, reached[reached.count - 1] - reached[reached.count - 1 - count] < gain {
        return
      }
    }
  }

  /// An eighth of the units goes at a time as long as the set is too large, then one.
  private mutating func goBackward(from start: [Int]) throws {
    var set = start
    bestOnWayDown = nil
    while set.count > 1 {
      let fewer = try without(each: set)
      let drops = set.count > largest ? min(max(1, set.count / 8), set.count - largest) : 1
      if drops == 1 {
        guard let next = fewer.best else { return }
        set = next.units
      } else {
        let order = ranking(of: fewer.map(\.score))
        let dropped = Set(order.prefix(drops))
        set = set.indices.filter { !dropped.contains($0) }.map { set[$0] }
        _ = try evaluate([set])
      }
      if set.count <= largest {
        bestOnWayDown =
          ([bestOnWayDown] + [Candidate(units: set, score: known[set.sorted()] ?? -.infinity)])
          .compactMap { $0 }.best
      }
    }
  }

  private mutating func climb(from start: Candidate) throws -> Candidate {
    var current = start
    while true {
      let fewer = try without(each: current.units)
      // Where the set is full, they serve to put swaps in order.
      let more = try evaluate(others(than: current.units).map { current.units + [$0] })
      let toggled = (fewer + (current.units.count < largest ? more : [])).best
      if let toggled, toggled.score > current.score + Self.tolerance {
        current = toggled
      } else if let swapped = try swap(current, fewer: fewer, more: more) {
        current = swapped
      } else {
        return current
      }
    }
  }

  /// The best swap of the first round that has one that gains; nil if there is none.
  private mutating func swap(_ set: Candidate, fewer: [Candidate], more: [Candidate]) throws -> Candidate? {
    let added = others(than: set.units)
    var pairs: [(out: Int, into: Int, score: Double)] = []
    for (i, out) in set.units.enumerated() {
      for (j, into) in added.enumerated() {
        pairs.append((out, into, (fewer.isEmpty ? 0 : fewer[i].score) + more[j].score))
      }
    }
    let order = ranking(of: pairs.map(\.score)).prefix(swaps)
    for first in stride(from: 0, to: order.count, by: Self.round) {
      let tried = order[first..<min(order.count, first + Self.round)].map { number in
        set.units.filter { $0 != pairs[number].out } + [pairs[number].into]
      }
      if let swapped = try evaluate(tried).best, swapped.score > set.score + Self.tolerance { return swapped }
    }
    return nil
  }
}

extension Sequence<SetSearch.Candidate> {
  /// The one with the largest score, of equal ones the first.
  fileprivate var best: SetSearch.Candidate? {
    reduce(nil) { best, next in next.score > best?.score ?? -.infinity ? next : best }
  }
}
