import CellRecords
import Foundation

/// What a cell shows, decided once for every medium: its code, what should be known of it, its outputs in their order with
/// numbered captions, and how it failed.
struct CellPresentation {
  let cell: Cell
  /// A name for its listing, such as `storing-cell-3`.
  let identifier: String
  /// Where its figures and tables are counted to: the label and the place.
  let place: String
  /// The folder of the files that figures name.
  let folder: RunFolder?
  var code: Code?
  var items: [Item] = []

  /// How the cell's code is shown.
  struct Code {
    var text: String
    /// Lines that are marked, counted from 1.
    var marked: [Int] = []
    /// What a reader opens to see it; nil for code of which the medium decides.
    var fold: Fold?

    enum Fold {
      /// Nothing: it is open.
      case open
      /// The cell asks for it.
      case code
      /// The check of an exercise.
      case check
    }
  }

  /// One thing that is shown. A new kind of `Shown` becomes one of these.
  enum Item {
    case notice(Notice)
    case text(String, from: Stream)
    case figure(Figure)
    /// A figure of several parts.
    case parts(Parts)
    case table(ShownTable, caption: Caption?, identifier: String?)
    case claim(ShownClaim)
    /// A number that the reader is asked for.
    case question(ShownQuestion)
    /// What a cell said that fails, as it should.
    case expectedFailure(String)
    /// What was said when the chapter stopped in this cell.
    case failure(String)
  }

  enum Notice {
    case notReached, notRun, stale
    /// What the cell depends on that no kept result can be compared with.
    case unfollowed([String])

    var words: String {
      switch self {
      case .notReached: "This cell did not run: the chapter stopped before it."
      case .notRun: "This cell has not been run as it is now."
      case .stale: "What follows is of an earlier run."
      case .unfollowed(let what):
        "This depends on \(what.joined(separator: ", ")): another run may give something else."
      }
    }

    /// Its class on the page.
    var name: String {
      switch self {
      case .notReached, .notRun: "not-run"
      case .stale: "stale"
      case .unfollowed: "unfollowed"
      }
    }
  }

  enum Stream: String {
    /// What the compiler warned of.
    case warning
    case standardOutput = "stdout"
    case standardError = "stderr"
    /// A text that the cell shows.
    case shown
  }

  struct Figure {
    var files: ShownFigure
    /// The model that takes the picture's place where scripts run.
    var liveModel: ShownLiveModel?
    /// Its name on the page, and whether that is a label.
    var identifier: String
    var isLabelled: Bool
    var alternative: String
    var caption: Caption?
    /// The number of the cell's figure; nil for one without a label.
    var target: Labels.Target?
  }

  struct Parts {
    var identifier: String
    var isLabelled: Bool
    var columns: Int
    /// Each with its letter as the number of its caption.
    var figures: [(letter: String, figure: Figure)]
    var caption: Caption?
  }
}

extension ShownQuestion {
  /// How the number should be given.
  var askedFor: String {
    decimals == 0 ? "as a whole number" : decimals == 1 ? "to 1 decimal" : "to \(decimals) decimals"
  }
}
