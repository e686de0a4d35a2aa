import Base
import Foundation

/// A comparison in few numbers, for a chapter to show.
extension Comparison {
  private struct Summary: Encodable {
    var date: String
    var commit: String?
    var profile: String
    /// Those of each build.
    var kernels: [String]
    var kinds: [Count]
    /// "R3 (corrected): in part → no".
    var verdicts: [String]

    struct Count: Encodable {
      var kind: String
      var differ: Int
      var of: Int
      var medianChange: Double?
    }
  }

  /// Writes how many values of each kind differ, the median change of their numbers, and the verdicts that changed.
  ///
  /// - Throws: `Problem` where the file can't be written.
  public func writeSummary(to path: String) throws {
    let kinds = Kind.allCases.map { kind in
      let tally = tallies[kind] ?? Tally()
      let changes = tally.changes.sorted()
      return Summary.Count(
        kind: kind.rawValue, differ: tally.moved, of: tally.count,
        medianChange: changes.isEmpty ? nil : changes[changes.count / 2])
    }
    let summary = Summary(
      date: Date().formatted(.iso8601.year().month().day()), commit: first.origin.commit,
      profile: first.origin.profile,
      kernels: [first, second].map { $0.origin.kernels.joined(separator: ", ") },
      kinds: kinds,
      verdicts: verdicts.map { "\($0.name): \($0.first ?? "none") → \($0.second ?? "none")" })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try (encoder.encode(summary) + [UInt8(ascii: "\n")]).writeWhole(to: URL(filePath: path), through: nil)
    } catch {
      throw Problem(
        "The summary can't be written: \(systemReason(of: error)).", at: Problem.Location(file: path),
        advice: "Check the permissions and the space on the disk.")
    }
  }
}
