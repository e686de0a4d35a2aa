import Foundation
import Text

/// A comparison as the terminal shows it.
extension Comparison {
  /// How many lines of a group are shown, where not all are.
  private static let shownLines = 20

  /// What differs, the biggest move first: verdicts, values against their own intervals, values that have none, texts, and
  /// what only one build has.
  ///
  /// - Parameters:
  ///   - firstName: What the first build is called.
  ///   - all: Whether every line is shown.
  public func text(_ firstName: String, _ secondName: String, all: Bool) -> String {
    var groups = [builds(firstName, secondName)]
    groups.append(group("Verdicts that changed", verdicts, all) { _ in "" })
    func moved(_ title: String, _ rank: Int, _ size: (Size) -> String) -> String {
      group(title, moves.filter { $0.size.rank == rank }, all) { size($0.size) }
    }
    groups.append(moved("Outside the first one's interval, in halves of its width", 0, Self.halves))
    groups.append(moved("Within the first one's interval, in halves of its width", 1, Self.halves))
    groups.append(
      moved("Without an interval, as a share of the larger number; of figures, of a column's range", 2) {
        Self.share($0)
      })
    groups.append(moved("Texts and shapes", 3) { _ in "" })
    groups.append(group("Only in one", lone, all) { _ in "" })
    groups.append(summary)
    return groups.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  /// How each build was made, and in what they differ before any value.
  private func builds(_ firstName: String, _ secondName: String) -> String {
    func line(_ name: String, _ origin: BuildValues.Origin) -> String {
      let kernels = origin.kernels.isEmpty ? "no matrix kernels" : "kernels \(origin.kernels.listed)"
      return
        "\(name)\n  commit \(origin.commit ?? "none"), \(origin.profile) profile, \(origin.edition) edition, \(kernels), \(origin.processor)\n  \(origin.compiler)"
    }
    var lines = [
      "first:  " + line(firstName, first.origin), "second: " + line(secondName, second.origin),
    ]
    for (name, build) in [("first", first), ("second", second)] {
      for chapter in build.chapters {
        switch chapter.state {
        case .whole: break
        case .stopped: lines.append("\(chapter.file) stopped before its end in the \(name).")
        case .stale: lines.append("\(chapter.file) is of an earlier state in the \(name).")
        }
      }
    }
    let kernels = [first, second].map { $0.origin.kernels.joined(separator: ", ") }
    if kernels[0] != kernels[1], first.origin.kernels.count == 1, !second.origin.kernels.isEmpty {
      lines.append(
        "Other kernels train other models. Those of the first: OPENBLAS_CORETYPE=\(kernels[0]) before the command."
      )
    }
    lines += parameterChanges
    return printable(lines.joined(separator: "\n"))
  }

  /// "randomSets: 50 → 100 in 04-storing.md", once for all chapters where it is the same.
  private var parameterChanges: [String] {
    let others = Dictionary(
      second.chapters.map { ($0.file, $0.parameters) }, uniquingKeysWith: { first, _ in first })
    var files: [String: [String]] = [:]
    var order: [String] = []
    for chapter in first.chapters {
      guard let other = others[chapter.file] else { continue }
      for name in Set(chapter.parameters.keys).union(other.keys).sorted()
      where chapter.parameters[name] != other[name] {
        let change =
          "Parameter \(name): \(chapter.parameters[name] ?? "none") → \(other[name] ?? "none")"
        if files[change] == nil { order.append(change) }
        files[change, default: []].append(chapter.file)
      }
    }
    return order.map {
      "\($0) (\(files[$0, default: []].count == 1 ? files[$0, default: []][0] : "\(files[$0, default: []].count) chapters"))"
    }
  }

  private func group(
    _ title: String, _ differences: [Difference], _ all: Bool, size: (Difference) -> String
  ) -> String {
    guard !differences.isEmpty else { return "" }
    let shown = differences.prefix(all ? .max : Self.shownLines)
    let rows = shown.map { difference in
      [
        size(difference), printable(difference.place), Self.short(difference.name, 70),
        difference.isMerelyNamed
          ? ""
          : Self.short(difference.first ?? "none", 40) + " → " + Self.short(difference.second ?? "none", 40),
      ]
    }
    let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
    var lines = ["\(title): \(differences.count)"]
    for row in rows {
      let size = widths[0] == 0 ? "" : String(repeating: " ", count: widths[0] - row[0].count) + row[0] + "  "
      let line =
        "  " + size + Self.padded(row[1], widths[1]) + "  " + Self.padded(row[2], widths[2]) + "  " + row[3]
      lines.append(line.trimmingCharacters(in: .whitespaces).isEmpty ? "" : Self.trimmedEnd(line))
    }
    if differences.count > shown.count {
      lines.append("  and \(differences.count - shown.count) more: --all")
    }
    return lines.joined(separator: "\n")
  }

  private var summary: String {
    let counts = Kind.allCases.compactMap { kind in
      tallies[kind].map { "\($0.moved) of \($0.count) \(kind.rawValue)" }
    }
    guard !counts.isEmpty else { return "Neither has any values." }
    let differs = !verdicts.isEmpty || !moves.isEmpty || !lone.isEmpty
    return differs ? counts.listed + " differ." : "No difference: " + counts.listed + " differ."
  }

  private static func halves(_ size: Size) -> String {
    guard case .ofInterval(let amount, _) = size else { return "" }
    return amount.isFinite ? String(format: "%.2f", amount) : "no width"
  }

  private static func share(_ size: Size) -> String {
    guard case .share(let share) = size else { return "" }
    return String(format: share < 0.1 ? "%.2f %%" : "%.0f %%", share * 100)
  }

  /// A line of a text that is not too long for a row.
  private static func short(_ text: String, _ limit: Int) -> String {
    let line = printable(text).split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.count <= limit ? line : line.prefix(limit - 1) + "…"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func trimmedEnd(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }
}

extension Comparison.Difference {
  /// Whether the name says all, as of a figure whose data are too many.
  fileprivate var isMerelyNamed: Bool { first == nil && second == nil }
}
