import CellRecords
import Foundation

/// What the points of a sweep cost, as far as some were measured.
struct SweepCost: Equatable {
  /// What a point takes on average, and the most that one took; in seconds.
  var seconds: Double
  var mostSeconds: Double
  /// The most that a program held, in bytes; nil where it is not known.
  var memory: Int?

  /// How many points are looked at.
  private static let sample = 100

  init(seconds: Double, mostSeconds: Double, memory: Int?) {
    (self.seconds, self.mostSeconds, self.memory) = (seconds, mostSeconds, memory)
  }

  /// What a sample of the kept points cost; nil where there are none.
  init?(of sweep: ListedSweep) {
    let kept = zip(sweep.points, sweep.states).filter { $1 == .kept }.map(\.0.key)
    let step = max(1, kept.count / Self.sample)
    let costs = stride(from: 0, to: kept.count, by: step).compactMap {
      PointCost(ofPointIn: sweep.folder.file(.kept, kept[$0]))
    }
    guard !costs.isEmpty else { return nil }
    seconds = costs.map(\.seconds).reduce(0, +) / Double(costs.count)
    mostSeconds = costs.map(\.seconds).max() ?? 0
    memory = costs.compactMap(\.memory).max()
  }
}
