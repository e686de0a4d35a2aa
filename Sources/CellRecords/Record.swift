import Foundation

/// One line of a chapter program's account of itself: what happened, and in which cell.
///
/// A chapter program appends records to `records.jsonl` in its run folder as things happen, so that a crash
/// loses nothing that came before it; the engine reads them while the program runs.
public struct Record: Codable, Sendable, Equatable {
  /// The cell that the event belongs to, counted from 0 in its chapter.
  public var cell: Int
  public var event: Event

  public init(cell: Int, event: Event) {
    self.cell = cell
    self.event = event
  }

  public enum Event: Codable, Sendable, Equatable {
    /// The cell begins; what it prints starts at these bytes of the program's outputs.
    case started(OutputOffsets)
    /// The cell put something on the page.
    case shown(Shown)
    /// An inline value, by its number in the chapter, as the text that the page shows.
    case value(index: Int, text: String)
    case progress(CellProgress)
    /// A kept value was asked for: taken from the cache (`nil`), or computed, and why.
    case cached(name: String, computedBecause: String?)
    /// Something happened in a sweep.
    case sweep(SweepEvent)
    /// Something that the results depend on and that the record of the run should name, such as a seed.
    case noted(what: String, value: String)
    /// A cell marked `error: true` failed as it should, or a cell that should have failed did not (`nil`).
    case expectedFailure(message: String?)
    /// The chapter can't go on, for a reason that the program itself noticed.
    case failed(Failure)
    /// The cell ended; what it printed ends at these bytes of the program's outputs.
    case ended(seconds: Double, OutputOffsets)
    /// The program reached its end: the run is complete. It held so many bytes at most.
    case finished(peakMemory: Int)
  }
}

/// What a chapter's program tells of its sweeps.
public enum SweepEvent: Codable, Sendable, Equatable {
  /// It came to a sweep, of which so many points are kept.
  case reached(name: String, folder: String, plan: String, points: Int, kept: Int)
  /// It has computed so many of the points that were missing.
  case advanced(name: String, done: Int, of: Int)
  /// A task begins to compute a point.
  case began(key: String)
  case ended(key: String, PointEnd)
  /// It ends here, as it was asked.
  case stopped

  /// How a task came off with a point.
  public enum PointEnd: String, Codable, Sendable {
    case kept, failed
    /// Another process computes it.
    case elsewhere
    /// The sweep has no such point.
    case unknown
  }
}

/// How much a program has written, in bytes.
public struct OutputOffsets: Codable, Sendable, Equatable {
  public var standardOutput: Int
  public var standardError: Int

  public init(standardOutput: Int, standardError: Int) {
    self.standardOutput = standardOutput
    self.standardError = standardError
  }
}

/// What a cell put on the page.
public enum Shown: Codable, Sendable, Equatable {
  case figure(ShownFigure)
  case table(ShownTable)
  /// Text as it is, set in the fixed-width face.
  case text(String)
  case claim(ShownClaim)
  case liveModel(ShownLiveModel)
  case question(ShownQuestion)

  /// The picture, where it is one.
  public var figure: ShownFigure? {
    switch self {
    case .figure(let figure): figure
    case .liveModel(let model): model.figure
    case .table, .text, .claim, .question: nil
    }
  }

  /// The claim, where it is one.
  public var claim: ShownClaim? {
    switch self {
    case .claim(let claim): claim
    case .figure, .liveModel, .table, .text, .question: nil
    }
  }
}

/// A figure's renderings, as file names inside the run folder.
public struct ShownFigure: Codable, Sendable, Equatable {
  /// Width and height in CSS pixels.
  public var width: Double
  public var height: Double
  public var lightSVG: String
  public var darkSVG: String
  public var png: String
  public var pdf: String
  public var csv: String
  /// What its linked data are of, as JSON for the page's script; nil where none are linked.
  public var links: String?
  /// The same drawn for narrow screens; nil where it is drawn once.
  public var narrow: Narrow?

  /// A figure for narrow screens.
  public struct Narrow: Codable, Sendable, Equatable {
    public var width: Double
    public var height: Double
    public var lightSVG: String
    public var darkSVG: String

    public init(width: Double, height: Double, lightSVG: String, darkSVG: String) {
      (self.width, self.height, self.lightSVG, self.darkSVG) = (width, height, lightSVG, darkSVG)
    }
  }

  public var files: [String] {
    [lightSVG, darkSVG, png, pdf, csv] + (links.map { [$0] } ?? [])
      + (narrow.map { [$0.lightSVG, $0.darkSVG] } ?? [])
  }

  public init(
    width: Double, height: Double, lightSVG: String, darkSVG: String, png: String, pdf: String, csv: String,
    links: String? = nil
  ) {
    self.width = width
    self.height = height
    self.lightSVG = lightSVG
    self.darkSVG = darkSVG
    self.png = png
    self.pdf = pdf
    self.csv = csv
    self.links = links
  }
}

/// A model that the reader can run and change, and the figure that stands in its place where that can't be.
public struct ShownLiveModel: Codable, Sendable, Equatable {
  public var figure: ShownFigure
  /// What can be asked and edited, as JSON for the page's script; a file name inside the run folder.
  public var about: String
  /// The model's numbers, as the page's kernel reads them; a file name inside the run folder.
  public var weights: String
  /// Whether the reader is asked to bring something about.
  public var hasGoal: Bool

  public init(figure: ShownFigure, about: String, weights: String, hasGoal: Bool) {
    self.figure = figure
    self.about = about
    self.weights = weights
    self.hasGoal = hasGoal
  }
}

/// A number that the reader of an exercise is asked for.
public struct ShownQuestion: Codable, Sendable, Equatable {
  public var text: String
  public var decimals: Int
  /// Of the right answers; see `digest`.
  public var digests: [String]

  public init(text: String, decimals: Int, digests: [String]) {
    self.text = text
    self.decimals = decimals
    self.digests = digests
  }

  /// What the page knows of an answer in units of the last decimal; its script computes the same (question.js).
  public static func digest(of answer: Int, in question: String) -> String {
    Digest.sha256(Data("\(question)\n\(answer)".utf8))
  }
}

/// A table of formatted cells: a header and rows of equal length.
public struct ShownTable: Codable, Sendable, Equatable {
  /// From the left.
  public var columns: [Column]
  /// From the top; each has a cell for every column.
  public var rows: [[String]]

  /// The head of a column, and how its cells stand.
  public struct Column: Codable, Sendable, Equatable {
    /// In Markdown.
    public var title: String
    /// Where the cells stand, their title with them.
    public var alignment: Alignment
    /// What its cells name, where the page links them; nil for a column of other values.
    public var link: Link?

    /// Where the cells of a column stand.
    public enum Alignment: String, Codable, Sendable {
      /// As text does.
      case left
      /// As short signs do.
      case centre
      /// As numbers do.
      case right
    }

    /// The things that the cells of a column name.
    public struct Link: Codable, Sendable, Equatable {
      /// "unit", "step", "token" or "position".
      public var thing: String
      /// The model that it is of, by the name that figures give it.
      public var model: String

      /// Cells of a column name such things of this model.
      public init(thing: String, model: String) {
        self.thing = thing
        self.model = model
      }
    }

    /// A column that names nothing, unless a link is given.
    public init(title: String, alignment: Alignment, link: Link? = nil) {
      self.title = title
      self.alignment = alignment
      self.link = link
    }
  }

  /// Columns, and rows with a cell for each of them.
  public init(columns: [Column], rows: [[String]]) {
    self.columns = columns
    self.rows = rows
  }
}

/// Why a chapter stopped, and where in its Markdown.
public struct Failure: Codable, Sendable, Equatable {
  public var message: String
  public var file: String
  public var line: Int
  public var column: Int

  public init(message: String, file: String, line: Int, column: Int) {
    self.message = message
    self.file = file
    self.line = line
    self.column = column
  }
}

/// A claim with its criterion, what was found, and the verdict.
public struct ShownClaim: Codable, Sendable, Equatable {
  /// Its short name, such as "R1".
  public var name: String
  public var statement: String
  /// What was fixed before looking.
  public var criterion: String
  /// What was found: an estimate with its interval, its null and its count, as text.
  public var evidence: [Evidence]
  public var verdict: Verdict
  /// Why it can't be told; nil if it can.
  public var reason: String?
  public var numbers: Numbers

  public enum Verdict: String, Codable, Sendable, CaseIterable {
    /// Every condition of every training meets the criterion; of one estimate, its interval does.
    case everywhere
    /// The interval of the mean is above the criterion.
    case onAverage
    /// Above its null, not above the criterion.
    case inPart
    /// Not above its null, or not shown to be.
    case no
    /// No outcome could have met it, or nothing was found that would tell.
    case cannotBeTold

    /// As the page shows it.
    public var words: String {
      switch self {
      case .everywhere: "everywhere"
      case .onAverage: "on average"
      case .inPart: "in part"
      case .no: "no"
      case .cannotBeTold: "can’t be told"
      }
    }
  }

  /// The numbers behind a verdict, for other programs; what there is not is nil.
  public struct Numbers: Codable, Sendable, Equatable {
    public var estimate: Double?
    /// The ends of the 95 % interval.
    public var low: Double?
    public var high: Double?
    public var null: Double?
    /// The smallest estimate that the criterion asks.
    public var criterion: Double?
    public var trainings: Int?
    public var conditions: Int?
    public var sentences: Int?

    public init(
      estimate: Double? = nil, low: Double? = nil, high: Double? = nil, null: Double? = nil,
      criterion: Double? = nil, trainings: Int? = nil, conditions: Int? = nil, sentences: Int? = nil
    ) {
      (self.estimate, self.low, self.high, self.null) = (estimate, low, high, null)
      (self.criterion, self.trainings) = (criterion, trainings)
      (self.conditions, self.sentences) = (conditions, sentences)
    }
  }

  public struct Evidence: Codable, Sendable, Equatable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(
    name: String, statement: String, criterion: String, evidence: [Evidence], verdict: Verdict,
    reason: String? = nil, numbers: Numbers = Numbers()
  ) {
    self.name = name
    self.statement = statement
    self.criterion = criterion
    self.evidence = evidence
    self.verdict = verdict
    self.reason = reason
    self.numbers = numbers
  }
}

/// How far a long piece of work in a cell has come.
public struct CellProgress: Codable, Sendable, Equatable {
  /// What is being done, such as "training".
  public var task: String
  /// The share done, 0 to 1, where known.
  public var fraction: Double?
  /// Anything that helps to judge it, such as "epoch 4, loss 1.02".
  public var detail: String
  /// The time left in seconds, where known.
  public var secondsLeft: Double?

  public init(task: String, fraction: Double? = nil, detail: String = "", secondsLeft: Double? = nil) {
    self.task = task
    self.fraction = fraction
    self.detail = detail
    self.secondsLeft = secondsLeft
  }

  /// With numbers that can be shown: a share of 0 to 1 and a time, where they are numbers at all.
  public var showable: CellProgress {
    var progress = self
    progress.fraction = fraction.flatMap { $0.isFinite ? min(max($0, 0), 1) : nil }
    progress.secondsLeft = secondsLeft.flatMap { $0.isFinite ? min(max($0, 0), 1e9) : nil }
    return progress
  }
}
