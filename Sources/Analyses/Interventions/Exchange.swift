import LinearAlgebra
import Networks
import Tasks

/// Rows and, for each, another row whose state it is given: what an interchange intervention exchanges between.
public struct Exchange: Sendable {
  /// In what a row and its source differ.
  public enum Difference: String, Codable, Sendable, CaseIterable {
    /// Another word at the same position.
    case word
    /// The same word at another position.
    case position
    /// Another word at another position.
    case both
  }

  /// What row and source differ in.
  public let difference: Difference
  /// The rows that are edited.
  public private(set) var targets: Counterfactuals
  /// The run from which the states come.
  public let sources: Recording
  /// The source row of each target row.
  public let partners: [Int]
  /// t: the step that is edited.
  public let step: Int
  /// s: the step from which the states come.
  public let sourceStep: Int

  /// Pairs every row that can be with a row drawn from those that differ as asked and have their token after the steps
  /// of the exchange.
  ///
  /// Of the possible sources those of the same length of sentence are preferred, so that nothing else differs; where
  /// there are none, as in tasks with T = L, any will do. Rows without a possible source are left out.
  ///
  /// - Parameters:
  ///   - runs: The rows, decoded without edits; they serve as sources too.
  ///   - step: The step t of the rows.
  ///   - sourceStep: The step s of the sources, by default t.
  ///   - isTarget: Which rows may be edited; by default all.
  /// - Throws: `AnalysisError.tooFewRows` if no row has a source, `.stepOutOfRange`.
  public init(
    of difference: Difference, in runs: Counterfactuals, at step: Int, from sourceStep: Int? = nil,
    seed: UInt64, where isTarget: (_ word: Int32, _ position: Int) -> Bool = { _, _ in true }
  ) throws {
    let sourceStep = sourceStep ?? step
    let recorded = runs.baseline.decoder.states.steps
    for number in [step, sourceStep] where !recorded.contains(number) {
      throw AnalysisError.stepOutOfRange(step: number, recorded: recorded)
    }
    let rows = runs.rows
    var generator = SeededGenerator(seed: seed, label: "exchange")
    let possible = (0..<rows.count).filter { rows.positions[$0] > sourceStep }
    var (kept, partners) = ([Int](), [Int]())
    for row in 0..<rows.count
    where rows.positions[row] > step && isTarget(rows.words[row], rows.positions[row]) {
      let candidates = difference.partners(of: row, in: rows, among: possible, of: rows)
      if candidates.isEmpty { continue }
      kept.append(row)
      partners.append(candidates[generator.integer(below: candidates.count)])
    }
    guard !kept.isEmpty else {
      throw AnalysisError.tooFewRows(
        condition:
          "a partner with another \(difference == .both ? "word and position" : difference.rawValue)",
        found: 0, needed: 1)
    }
    self.difference = difference
    if kept.count == rows.count {
      targets = runs
    } else {
      let left = try Counterfactuals(runs.model, rows: rows.rows(kept), steps: runs.steps)
      targets = try runs.basis.map(left.rotated) ?? left
    }
    sources = runs.baseline
    self.partners = partners
    self.step = step
    self.sourceStep = sourceStep
  }

  /// The same rows, with sources that are drawn anew among those that serve some row of the exchange.
  func redrawn(seed: UInt64) -> Exchange {
    var generator = SeededGenerator(seed: seed, label: "second sources")
    let possible = Set(partners).sorted()
    let drawn = partners.indices.map { row in
      let candidates = difference.partners(of: row, in: targets.rows, among: possible, of: sources.rows)
      return candidates.isEmpty ? partners[row] : candidates[generator.integer(below: candidates.count)]
    }
    return Exchange(
      difference: difference, targets: targets, sources: sources, partners: drawn, step: step,
      sourceStep: sourceStep)
  }

  /// Some of the pairs, in this order; the recorded run of the targets is made anew.
  func pairs(_ numbers: [Int]) throws -> Exchange {
    let left = try Counterfactuals(targets.model, rows: targets.rows.rows(numbers), steps: targets.steps)
    return Exchange(
      difference: difference, targets: try targets.basis.map(left.rotated) ?? left, sources: sources,
      partners: numbers.map { partners[$0] }, step: step, sourceStep: sourceStep)
  }

  private init(
    difference: Difference, targets: Counterfactuals, sources: Recording, partners: [Int], step: Int,
    sourceStep: Int
  ) {
    self.difference = difference
    self.targets = targets
    self.sources = sources
    self.partners = partners
    self.step = step
    self.sourceStep = sourceStep
  }

  /// The same pairs, with units as coordinates in a basis.
  ///
  /// - Throws: `AnalysisError.countMismatch` unless the basis spans the whole space of the units.
  public func rotated(to basis: Basis) throws -> Exchange {
    var rotated = self
    rotated.targets = try targets.rotated(to: basis)
    return rotated
  }

  /// w′ of each target row.
  public var sourceWords: [Int32] { partners.map { sources.rows.words[$0] } }
  /// Where w lands if the units code the time left: t + (T′ − s).
  public var positionsByTimeLeft: [Int] { partners.map { step + sources.rows.positions[$0] - sourceStep } }
  /// Where w lands if the units code the time gone: t + (T − s).
  public var positionsByTimeGone: [Int] { targets.rows.positions.map { step + $0 - sourceStep } }

  /// The edit that puts the source's state into a set.
  ///
  /// - Throws: `AnalysisError.invalidOption` if the model has no such place.
  public func edit(_ units: [Int], place: Place = .state) throws -> Edit {
    Edit(
      place, units: units, at: step,
      .exchanged(with: try sources.traces(at: place), rows: partners, delay: step - sourceStep))
  }

  /// The edits that put what the source has into a set, in each of several places: together they are one variant of
  /// `Counterfactuals.decode`.
  ///
  ///     try exchange.edits(units, in: [.state, .cellState])  // all that an LSTM carries of these units
  ///
  /// - Throws: `AnalysisError.invalidOption` for no place, and if the model has no such place.
  public func edits(_ units: [Int], in places: [Place]) throws -> [Edit] {
    guard !places.isEmpty else {
      throw AnalysisError.invalidOption(
        name: "places", value: "none", expected: "at least one, such as .state")
    }
    return try places.map { try edit(units, place: $0) }
  }
}

extension Exchange.Difference {
  /// The sources that differ as asked from a row; those of the same length of sentence alone, if there are any.
  fileprivate func partners(of row: Int, in rows: Rows, among possible: [Int], of sources: Rows) -> [Int] {
    let fitting = possible.filter { other in
      let (sameWord, samePosition) = (
        sources.words[other] == rows.words[row], sources.positions[other] == rows.positions[row]
      )
      switch self {
      case .word: return !sameWord && samePosition
      case .position: return sameWord && !samePosition
      case .both: return !sameWord && !samePosition
      }
    }
    let alike = fitting.filter { sources.lengths[$0] == rows.lengths[row] }
    return alike.isEmpty ? fitting : alike
  }
}

/// What an exchange of a set's state did: whose word came, and where (control 3).
public struct Interchange: Codable, Sendable, Equatable {
  /// How many rows of each kind there are. Rows count, not inputs: a row with another source is another trial.
  public struct Counts: Codable, Sendable, Equatable {
    /// All rows that were edited.
    public var rows = 0
    /// Rows that write their own word first of the two. If both have one word, it is their own.
    public var ownWord = 0
    /// Rows that write their source's word first.
    public var sourceWord = 0
    /// Rows that write neither word.
    public var neitherWord = 0
    /// Rows whose word lands at its own T. A position that is several of these counts for the first: the second and
    /// the third are one if s = t, and never else.
    public var ownPosition = 0
    /// Rows whose word lands where the source's time left puts it: at t + T′ − s.
    public var byTimeLeft = 0
    /// Rows whose word lands at the source's T′, as if T were held and counted up to.
    public var atSourcePosition = 0
    /// Rows whose word lands where the source's time gone puts it.
    public var byTimeGone = 0
    /// Rows whose word lands at none of these.
    public var elsewhere = 0
  }

  /// What row and source differ in.
  public let difference: Exchange.Difference
  /// t: the step at which rows are edited.
  public let step: Int
  /// s: the step of the source whose state they are given.
  public let sourceStep: Int
  /// The exchanged units, or coordinates of the exchange's basis.
  public let units: [Int]
  /// How many rows did what.
  public let counts: Counts
  /// The share whose word becomes the source's, wherever it lands. Not determined if both have one word.
  public let wordMoves: Effect
  /// The share whose word, own or the source's, lands where the source's time left puts it, of the rows that have their own
  /// T elsewhere. Not determined if there are none.
  public let positionMoves: Effect
  /// The share that keeps its own word.
  public let wordStays: Effect
  /// The share whose word, own or the source's, lands at the row's own T.
  public let positionStays: Effect

  /// Exchanges what a set has in some places, and what random sets of its size have there.
  ///
  /// A set of all units is its own null: its p is 1.
  ///
  /// - Parameter places: By default h_t alone. In an LSTM the cell state is another: `[.cellState]`, or `[.state, .cellState]` for
  ///   both.
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.invalidOption`.
  public init(
    _ exchange: Exchange, units: [Int], in places: [Place] = [.state], randomSets: Int = 1000,
    seed: UInt64 = 1
  ) throws {
    let all = exchange.targets.model.configuration.units
    let size = try unitSet(units, of: all).count
    let sets = [units] + RandomSets.uniform(count: randomSets, size: size, of: all, seed: seed)
    try self.init(
      exchange, units: units, edits: sets.map { try exchange.edits($0, in: places) },
      ofDraws: "random sets of \(size) units", seed: seed)
  }

  /// Makes the first edits, and the others for their null.
  ///
  /// - Parameter description: What the others are, such as "random sets of 8 units".
  init(_ exchange: Exchange, units: [Int], edits: [[Edit]], ofDraws description: String, seed: UInt64) throws
  {
    let decoded = try exchange.targets.decode(edits, watching: .nothing)
    let landings = edits.indices.map { decoded.landings(of: $0, exchange) }
    let sameWord = exchange.difference == .position
    /// Over the rows that are counted: `holds` is nil for others.
    func effect(_ why: String, _ holds: (Landing) -> Bool?) -> Effect {
      let shares = landings.map { decoded.byInputWhereDefined($0.map { holds($0).map { $0 ? 1 : 0 } }) }
      guard let own = shares[0] else { return .notDetermined(.undefinedOutcome(why)) }
      return Effect(
        meanOf: own, null: shares.dropFirst().map { $0?.mean ?? .nan }, ofDraws: description, seed: seed)
    }
    difference = exchange.difference
    (step, sourceStep) = (exchange.step, exchange.sourceStep)
    self.units = units
    wordMoves = effect("row and source ask for one word") { sameWord ? nil : $0.word == .source }
    positionMoves = effect("the source's time left is the row's own") {
      $0.timeLeft == $0.own ? nil : $0.position == $0.timeLeft
    }
    wordStays = effect("no row is exchanged") { $0.word == .own }
    positionStays = effect("no row is exchanged") { $0.position == $0.own }
    counts = landings[0].reduce(into: Counts()) { $0.add($1) }
  }
}

/// What a row with another row's state wrote.
struct Landing {
  enum Word { case own, source, neither }

  var word: Word
  /// Where; nil if neither word came.
  var position: Int?
  var own: Int
  var timeLeft: Int
  /// T′.
  var source: Int
  var timeGone: Int
}

extension Interchange.Counts {
  fileprivate mutating func add(_ landing: Landing) {
    rows += 1
    switch landing.word {
    case .own: ownWord += 1
    case .source: sourceWord += 1
    case .neither: neitherWord += 1
    }
    guard let position = landing.position else { return }
    if position == landing.own {
      ownPosition += 1
    } else if position == landing.timeLeft {
      byTimeLeft += 1
    } else if position == landing.source {
      atSourcePosition += 1
    } else if position == landing.timeGone {
      byTimeGone += 1
    } else {
      elsewhere += 1
    }
  }
}

extension CounterfactualRuns {
  /// What each row of a variant wrote first of its own word and its source's.
  func landings(of variant: Int, _ exchange: Exchange) -> [Landing] {
    let (words, left, gone) = (
      exchange.sourceWords, exchange.positionsByTimeLeft, exchange.positionsByTimeGone
    )
    return (0..<rows.count).map { row in
      let own = firstPosition(of: rows.words[row], variant: variant, row: row)
      let source =
        words[row] == rows.words[row] ? nil : firstPosition(of: words[row], variant: variant, row: row)
      var landing = Landing(
        word: .neither, position: nil, own: rows.positions[row], timeLeft: left[row],
        source: exchange.sources.rows.positions[exchange.partners[row]], timeGone: gone[row])
      if let own, own < source ?? .max {
        (landing.word, landing.position) = (.own, own)
      } else if let source {
        (landing.word, landing.position) = (.source, source)
      }
      return landing
    }
  }
}
