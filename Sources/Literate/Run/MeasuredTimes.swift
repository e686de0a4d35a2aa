import CellRecords
import Text

extension ScannedChapter {
  private static let clocks: Set<String> = [
    "ContinuousClock", "SuspendingClock", "DispatchTime", "systemUptime", "clock", "clock_gettime",
  ]

  /// The cells that measure how long something takes, which no kept result can be compared with. The library does so too,
  /// so it is told by their words.
  var measuredTimes: [Input] {
    cells.filter { cell in
      SwiftWords.tokens(in: cell.code).contains { Self.clocks.contains($0.text) }
    }.map { Input(kind: .unfollowed, path: "the time that something takes", content: "", cell: $0.index) }
  }
}
