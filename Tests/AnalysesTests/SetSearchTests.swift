import Analyses
import Testing

/// The search of sets on scores that are known whole.
@Suite struct SetSearchTests {
  /// The best set of the path.
  func top(
    of units: Int = 12, largest: Int = 6, swaps: Int = 100, _ score: @escaping (Set<Int>) -> Double
  ) throws -> SetSearch.Candidate? {
    let search = try SetSearch(of: units, largest: largest, swaps: swaps) { $0.map { score(Set($0)) } }
    #expect(search.path.map(\.units.count) == search.path.map(\.units.count).sorted())
    #expect(
      search.path.allSatisfy { (1...largest).contains($0.units.count) && score(Set($0.units)) == $0.score })
    return search.path.max { $0.score < $1.score }
  }

  /// What forward selection alone ends with.
  func greedy(of units: Int = 12, largest: Int, _ score: (Set<Int>) -> Double) -> Set<Int> {
    var (set, best) = (Set<Int>(), Set<Int>())
    for _ in 0..<largest {
      let next = (0..<units).filter { !set.contains($0) }.map { set.union([$0]) }
      set = next.dropFirst().reduce(next[0]) { score($1) > score($0) ? $1 : $0 }
      if score(set) > score(best) { best = set }
    }
    return best
  }

  /// 2 and 7 do it, 5 looks like it from afar and spoils it; every further unit costs a little.
  func decoy(_ set: Set<Int>) -> Double {
    let extra = 0.01 * Double(set.subtracting([2, 5, 7]).count)
    let needed = Double(set.intersection([2, 7]).count)
    return (set.contains(5) ? 0.5 + 0.1 * needed : needed == 2 ? 1 : 0.1 * needed) - extra
  }

  @Test func aDecoyThatGreedyTakesFirstIsToggledOut() throws {
    #expect(greedy(largest: 6, decoy) == [2, 5, 7])
    let found = try top(decoy)
    #expect(found?.units == [2, 7] && found?.score == 1)
  }

  /// With room for two, no toggle is allowed, and none of fewer gains: only a swap of the decoy does.
  @Test func aDecoyIsSwappedOutWhereTheSetIsFull() throws {
    func swapped(_ set: Set<Int>) -> Double { set.count > 2 ? -1 : decoy(set) }
    #expect(greedy(largest: 2, swapped) == [2, 5])
    #expect(try top(largest: 2, swapped)?.units == [2, 7])
    // Without swaps, what greedy and toggles found stays: on the way down from all units, all scores are equal.
    #expect(try top(largest: 2, swaps: 0, swapped)?.units == [2, 5])
  }

  /// Where a decoy gave way to one of three more units that are needed, the others are toggled in; the way down from all
  /// units has lost the set before.
  @Test func unitsAreToggledInAfterASwap() throws {
    func score(_ set: Set<Int>) -> Double {
      let needed = set.intersection([0, 1, 2, 3, 7]).count
      if set.count > 5 || !set.isSuperset(of: [2, 7]) {
        return (set.contains(5) ? 0.5 : 0) + 0.02 * Double(set.intersection([2, 7]).count)
          - 0.01 * Double(set.count)
      }
      if set.contains(5) { return set.count == 3 ? 0.6 : 0.5 }
      return needed == set.count ? [0.3, 0.63, 0.7, 1][needed - 2] : 0.3
    }
    #expect(greedy(largest: 6, score) == [2, 5, 7])
    #expect(try top(score)?.units == [0, 1, 2, 3, 7])
  }

  /// Three units that do nothing one by one or in pairs, where further units only hurt.
  @Test func unitsThatDoNothingAloneAreFoundFromAbove() throws {
    func together(_ set: Set<Int>) -> Double {
      set.isSuperset(of: [33, 36, 39]) ? 1 / (1 + 0.05 * Double(set.count - 3)) : -0.01 * Double(set.count)
    }
    #expect(greedy(of: 40, largest: 20, together).isEmpty)
    #expect(try top(of: 40, largest: 20, together)?.units == [33, 36, 39])
  }

  /// The path keeps the best set of each size, also where the best of all is larger.
  @Test func thePathHasTheBestSetOfEachSize() throws {
    let gains = [0.1, 0.9, 0.2, 0.8, 0.4, 0.7]
    let search = try SetSearch(of: 6, largest: 4, swaps: 10) { $0.map { $0.reduce(0) { $0 + gains[$1] } } }
    #expect(search.path.map(\.units) == [[1], [1, 3], [1, 3, 5], [1, 3, 4, 5]])
    // No set is scored twice.
    var seen = Set<[Int]>()
    let again = try SetSearch(of: 6, largest: 4, swaps: 10) { sets in
      for set in sets { #expect(seen.insert(set).inserted && set == set.sorted()) }
      return sets.map { Double($0.count) }
    }
    #expect(again.scored == seen.count)
  }

  @Test func anErrorOfTheScoreEndsTheSearch() {
    struct Failure: Error {}
    #expect(throws: Failure.self) { try SetSearch(of: 6, largest: 3, swaps: 1) { _ in throw Failure() } }
  }
}
