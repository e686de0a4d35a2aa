import CellRecords
import Foundation
import Plotting
import Synchronization

/// What `show` and `cached` do in a chapter's own package, where no report is made: tables and claims are printed,
/// figures written to a folder, values kept in another.
enum ChapterPackage {
  private struct State {
    var isPackage = false
    var label: String?
    var figureCount = 0
    var lastProgress: ContinuousClock.Instant?
  }

  private static let state = Mutex(State())

  static func begin() {
    state.withLock { $0.isPackage = true }
    setenv(ProgramEnvironment.cache, "kept", 1)
  }

  static func nextFigure(_ label: String) {
    state.withLock { $0.label = label }
  }

  static func show(_ figure: Figure) throws {
    let name: String? = state.withLock { state in
      guard state.isPackage else { return nil }
      state.figureCount += 1
      defer { state.label = nil }
      return state.label ?? "figure-\(state.figureCount)"
    }
    guard let name else { return }
    try FileManager.default.createDirectory(atPath: "figures", withIntermediateDirectories: true)
    let path = "figures/\(name).png"
    try Data(figure.render(.png(scale: 2), appearance: .light)).write(to: URL(filePath: path))
    print("→ \(path)")
  }

  /// Prints what a report would show.
  static func tell(_ event: Record.Event) {
    guard state.withLock({ $0.isPackage }) else { return }
    switch event {
    case .shown(let shown): tell(shown)
    case .progress(let progress):
      let isTime = state.withLock { state in
        if let last = state.lastProgress, last + .seconds(2) > .now { return false }
        state.lastProgress = .now
        return true
      }
      guard isTime else { return }
      let share = progress.fraction.map { " \(Int($0 * 100)) %" } ?? ""
      FileHandle.standardError.write(Data("\(progress.task)\(share) \(progress.detail)\n".utf8))
    case .started, .value, .cached, .sweep, .noted, .expectedFailure, .failed, .ended, .finished: break
    }
  }

  private static func tell(_ shown: Shown) {
    switch shown {
    case .table(let table): print(text(of: table))
    case .text(let text): print(text)
    case .claim(let claim):
      print("\(claim.name): \(claim.statement)\n  criterion: \(claim.criterion)")
      for evidence in claim.evidence { print("  \(evidence.name): \(evidence.value)") }
      print("  verdict: \(claim.verdict.words)")
    // Their pictures were written where they were shown; what a page would ask, the check has just answered.
    case .figure, .liveModel, .question: break
    }
  }

  private static func text(of table: ShownTable) -> String {
    let rows = [table.columns.map(\.title)] + table.rows
    let widths = table.columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return table.columns[column].alignment == .right ? padding + row[column] : row[column] + padding
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

/// Makes this program a chapter's package; a chapter of a report never calls it.
public func beginPackage() { ChapterPackage.begin() }

/// Names the next figure that the package writes.
public func nextFigure(_ label: String) { ChapterPackage.nextFigure(label) }

/// Runs an answer and its check, and says whether it passes; the program goes on either way.
public func exercise(_ name: String, _ body: () throws -> Void) {
  do {
    try body()
    print("\(name): passed")
  } catch {
    print("\(name): not yet: \(error)")
  }
}
