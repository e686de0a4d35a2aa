import Analyses
import CellRecords
import Foundation
import Networks
import PageModel
import Plotting
import Tasks

/// A model for the reader to run and change in the page: it stands there with its numbers, and nothing is fetched.
///
///     try show(
///       LiveModel(
///         model, rows: data.verify, vocabulary: data.vocabulary, sets: ["storing": storing, "counting": counting],
///         experiment: .init(.ask("f", at: 7), other: .ask("c", at: 4), units: storing, at: 3)))
///
/// Without an experiment the reader sees the model as it is, to look through: any request, its steps, each unit's state and gates.
/// It counts as a figure, with the cell's `label`, `caption` and `alt`. Where scripts don't run, the states of the experiment
/// stand in its place.
public struct LiveModel: Sendable {
  /// A row that the model is given: the first of the rows that asks for this.
  public struct Request: Sendable {
    var word: String
    var position: Int
    var length: Int?

    /// `word` at `position`, in a sentence of `length` words, by default of any.
    public static func ask(_ word: String, at position: Int, length: Int? = nil) -> Request {
      Request(word: word, position: position, length: length)
    }
  }

  /// What edited units are given.
  public enum Given: Sendable, Equatable {
    /// What they are in the other request, at the same step.
    case other
    /// Their mean at that step, over the rows.
    case mean
    /// Zero, whatever they were: a state that the model may never be in.
    case zero
    /// The same number for all of them.
    case value(Float)
    /// What they were one step before, without the edit.
    case stepBefore
  }

  /// An edit at which the model is opened.
  public struct Experiment: Sendable {
    var asked: Request?
    var other: Request?
    var units: [Int]
    var steps: ClosedRange<Int>
    var given: Given

    /// An experiment: what is asked, and which units are edited when.
    ///
    /// - Parameters:
    ///   - asked: The request; by default that of the first row.
    ///   - other: The request that states are taken from; by default the first for another word at another position.
    ///   - units: The units that are edited; none to show the model as it is.
    ///   - steps: The decoder's steps t of the edit; 0 is the state that the encoder hands over.
    public init(
      _ asked: Request? = nil, other: Request? = nil, units: [Int] = [], steps: ClosedRange<Int>,
      given: Given = .other
    ) {
      (self.asked, self.other, self.units, self.steps, self.given) = (asked, other, units, steps, given)
    }

    /// The same for an edit of one step alone.
    public init(
      _ asked: Request? = nil, other: Request? = nil, units: [Int] = [], at step: Int = 0,
      given: Given = .other
    ) {
      self.init(asked, other: other, units: units, steps: step...step, given: given)
    }
  }

  /// What a reader is asked to bring about with the model, which the page checks.
  public struct Goal: Sendable {
    /// What must become of a request for w at T that gets states of another, for w′ at T′.
    public enum Outcome: String, Sendable {
      /// w′ at T.
      case word
      /// w at T′.
      case place
    }

    var outcome: Outcome
    var needed: Int
    var pairs: Int
    var mostUnits: Int
    var solution: [Int]

    /// What the reader should bring about, and how often.
    ///
    /// - Parameters:
    ///   - needed: In how many of the pairs it must do so.
    ///   - pairs: How many pairs of requests are tried: some of those in which the solution does it.
    ///   - mostUnits: With how many units at most.
    ///   - solution: Units with which it can be done; the page does not tell them.
    public init(_ outcome: Outcome, in needed: Int, of pairs: Int = 10, units mostUnits: Int, solution: [Int])
    {
      (self.outcome, self.needed, self.pairs) = (outcome, needed, pairs)
      (self.mostUnits, self.solution) = (mostUnits, solution)
    }
  }

  /// Why a model can't run in a page.
  public struct Fault: Error, CustomStringConvertible {
    public let description: String
  }

  /// The numbers that the page carries; see `ModelShape`.
  package let block: Data
  package let about: About
  private let still: Still
  /// What the still says of its edit; nil for "edited".
  private let editedTitle: String?

  /// What the page's script is told.
  package struct About: Encodable {
    /// The name of the model in code that repeats an experiment.
    var name: String
    /// The digest of the block.
    var weights: String
    var units: Int
    var vocabulary: [String]
    /// How many tokens are written.
    var steps: Int
    /// The names of the numbers that a reader can edit: the top layer's units, and an LSTM's cell states.
    var states: [String]
    /// Where they begin among the states of all layers.
    var firstState: Int
    /// Numbers of all layers' states.
    var width: Int
    var gates: [Named]
    /// Where the top layer's gates begin, and how many gates all layers have.
    var firstGate: Int
    var gateWidth: Int
    var sets: [NamedSet]
    /// The units as they stand in the picture: those of the sets, then by the step of their largest change.
    var order: [Int] = []
    /// Whether the sets stand as buttons, and what else can be asked and edited is folded away.
    var isBrief: Bool
    /// How many steps requests have to go at least when the page tries an edit on others, as in the searches of roles: near its place
    /// a word is handed on to what writes it.
    var timeLeft = RoleTest.Options().timeLeft
    var requests: [Row]
    var experiment: Start
    package var goal: GoalToMeet?

    package struct GoalToMeet: Encodable {
      var outcome: String
      var needed: Int
      var mostUnits: Int
      /// The numbers of the two requests of each pair.
      package var pairs: [[Int]]
    }
    struct Named: Encodable {
      var name: String
      var symbol: String
    }
    struct NamedSet: Encodable {
      var name: String
      var units: [Int]
    }
    struct Row: Encodable {
      var word: Int32
      var position: Int
      var length: Int
      var input: [Int32]
    }
    struct Start: Encodable {
      var asked: Int
      var other: Int
      var units: [Int]
      var from: Int
      var to: Int
      var given: String
      var value: Float
    }
  }

  /// The states of the experiment, before and after.
  struct Still {
    /// The units that are edited.
    var units: [Int]
    var before: [[Float]]
    var after: [[Float]]
    var tokensBefore: [Int32]
    var tokensAfter: [Int32]
  }

  /// The most numbers of a model in a page: two megabytes.
  static let mostNumbers = 500_000

  /// A model for the page, with what may be asked of it.
  ///
  /// - Parameters:
  ///   - rows: What may be asked, and what means are over: of each word at each position the shortest and the longest can
  ///     be chosen; the reader may also write any input.
  ///   - sets: Units by the name of what they do, for the reader to choose.
  ///   - goal: What the reader is asked to bring about: with the steps of the experiment and what it gives, by other units.
  ///   - isBrief: Whether the reader first meets one button for each set, which gives it the other request's values, and the rest
  ///     folded away.
  ///   - name: What the model is called in the chapter's code.
  /// - Throws: `Fault` for a model that no page can carry, and units, words or positions that there are not; what recording
  ///   throws.
  public init(
    _ model: Seq2Seq, rows: Rows, vocabulary: Vocabulary, sets: KeyValuePairs<String, [Int]> = [:],
    experiment: Experiment = Experiment(), goal: Goal? = nil, isBrief: Bool = false, name: String = "model"
  ) throws {
    let configuration = model.configuration
    let states = try Self.names(of: configuration)
    guard vocabulary.count == configuration.vocabularySize else {
      throw Fault(
        description:
          "The model writes \(configuration.vocabularySize) tokens and the vocabulary has \(vocabulary.count): give the one that the model was trained on."
      )
    }
    func check(_ units: [Int], of name: String) throws {
      if let unit = units.first(where: { !states.indices.contains($0) }) {
        throw Fault(
          description: "\(name) has the unit \(unit); the model has the units 0 to \(states.count - 1).")
      }
    }
    for (name, units) in sets { try check(units, of: "The set “\(name)”") }
    try check(experiment.units, of: "The experiment")
    let requests = Self.requests(rows)
    guard !requests.isEmpty else { throw Fault(description: "There are no rows to ask: `rows` is empty.") }
    let steps = rows.targets.steps
    guard experiment.steps.lowerBound >= 0, experiment.steps.upperBound <= steps else {
      throw Fault(
        description:
          "The experiment edits at the steps \(experiment.steps.lowerBound) to \(experiment.steps.upperBound); the decoder has 0 to \(steps)."
      )
    }
    let asked = try Self.find(experiment.asked, in: requests, vocabulary, otherwise: 0)
    let other = try Self.find(
      experiment.other, in: requests, vocabulary,
      otherwise: requests.firstIndex {
        $0.word != requests[asked].word && $0.position != requests[asked].position
      } ?? 0)
    block = try Self.block(of: model, rows: rows)
    if let goal { try check(goal.solution, of: "The solution") }
    let (layers, gates) = (configuration.decoderLayers - 1, Network(configuration).cell.gates)
    var about = About(
      name: name, weights: Digest.sha256(block), units: configuration.units, vocabulary: vocabulary.names,
      steps: steps,
      states: states, firstState: layers * states.count, width: configuration.decoderLayers * states.count,
      gates: gates.map { .init(name: $0.name, symbol: $0.symbol) },
      firstGate: layers * gates.count * configuration.units,
      gateWidth: configuration.decoderLayers * gates.count * configuration.units,
      sets: sets.map { .init(name: $0.key, units: $0.value) }, isBrief: isBrief, requests: requests,
      experiment: .init(
        asked: asked, other: other, units: experiment.units, from: experiment.steps.lowerBound,
        to: experiment.steps.upperBound, given: experiment.given.name, value: experiment.given.number))
    if let goal { about.goal = try Self.goal(goal, block, about, experiment) }
    // Where the page opens with buttons for the sets, paper shows what the first of them does.
    var shown = experiment
    var title: String?
    if isBrief, shown.units.isEmpty, let set = sets.first {
      (shown.units, shown.given, title) = (set.value, .other, "\(set.key) units swapped")
    }
    still = try Self.run(block, about, shown)
    editedTitle = title
    about.order = Self.order(still.before, about.sets)
    self.about = about
  }

  /// The units of the sets, then the others by the step at which their state changes most in the request that is asked first.
  private static func order(_ states: [[Float]], _ sets: [About.NamedSet]) -> [Int] {
    let units = Array((states.first ?? []).indices)
    let steps = units.map { unit in
      let changes = zip(states, states.dropFirst()).map { abs($1[unit] - $0[unit]) }
      return changes.firstIndex(of: changes.max() ?? 0) ?? 0
    }
    var seen = Set<Int>()
    return (sets.flatMap(\.units) + units.sorted { (steps[$0], $0) < (steps[$1], $1) })
      .filter { seen.insert($0).inserted }
  }

  /// h of each unit, and an LSTM's cell states behind them.
  private static func names(of configuration: Configuration) throws -> [String] {
    let units = (0..<configuration.units).map(String.init)
    let layout = Network(configuration).compactLayout
    let numbers = layout.views.reduce(0) { $0 + $1.count }
    guard numbers <= mostNumbers else {
      throw Fault(
        description:
          "The model has \(displayText(numbers)) numbers; a page can carry \(displayText(mostNumbers)). Show one with fewer units, or a figure."
      )
    }
    return configuration.cell == .lstm ? units + units.map { "m\($0)" } : units
  }

  /// Of each word at each position the shortest and the longest row.
  private static func requests(_ rows: Rows) -> [About.Row] {
    var members: [[Int]: [Int]] = [:]
    for row in 0..<rows.count {
      members[[Int(rows.words[row]), rows.positions[row]], default: []].append(row)
    }
    return members.sorted { $0.key.lexicographicallyPrecedes($1.key) }.flatMap { _, members -> [About.Row] in
      let sorted = members.sorted { (rows.lengths[$0], $0) < (rows.lengths[$1], $1) }
      let ends = [sorted[0], sorted[sorted.count - 1]]
      return (rows.lengths[ends[0]] == rows.lengths[ends[1]] ? [ends[0]] : ends).map { index in
        About.Row(
          word: rows.words[index], position: rows.positions[index], length: rows.lengths[index],
          input: rows[index].input)
      }
    }
  }

  private static func find(
    _ request: Request?, in requests: [About.Row], _ vocabulary: Vocabulary, otherwise index: Int
  ) throws -> Int {
    guard let request else { return index }
    let found = requests.firstIndex { row in
      vocabulary.name(of: row.word) == request.word && row.position == request.position
        && (request.length.map { $0 == row.length } ?? true)
    }
    guard let found else {
      let length = request.length.map { " in \($0) words" } ?? ""
      throw Fault(
        description:
          "No row asks for “\(request.word)” at \(request.position)\(length); of each word at each position the shortest and the longest row can be asked."
      )
    }
    return found
  }

  // MARK: The kernel

  private static func block(of model: Seq2Seq, rows: Rows) throws -> Data {
    let configuration = model.configuration
    struct Key: Encodable {
      var model: Seq2Seq
      var inputs: TokenGrid
      var steps: Int
    }
    // The model runs on each of the rows for them.
    let means = try kept(
      "mean states", key: Key(model: model, inputs: rows.inputs, steps: rows.targets.steps), isAnalysed: false
    ) { try model.meanDecoderStates(rows) }
    let cell: ModelShape.Cell =
      switch configuration.cell {
      case .gru: .gru
      case .resetAfterGRU: .resetAfterGRU
      case .lstm: .lstm
      case .simpleRNN: .simpleRNN
      }
    let shape = ModelShape(
      cell: cell, units: configuration.units, vocabulary: configuration.vocabularySize,
      encoderLayers: configuration.encoderLayers, decoderLayers: configuration.decoderLayers,
      meanSteps: means.count)
    var numbers: [Float] = []
    for view in model.layout.views { numbers += model.parameters[view.offset..<view.offset + view.count] }
    if let index = numbers.firstIndex(where: { !$0.isFinite }) {
      throw Fault(description: "A parameter of the model is \(numbers[index]): it can't run.")
    }
    numbers += means.joined()
    var block = Data()
    for number in shape.header { withUnsafeBytes(of: number.littleEndian) { block.append(contentsOf: $0) } }
    for number in numbers {
      withUnsafeBytes(of: number.bitPattern.littleEndian) { block.append(contentsOf: $0) }
    }
    return block
  }

  /// What the page will show at first, by the kernel that it carries.
  private static func run(_ block: Data, _ about: About, _ experiment: Experiment) throws -> Still {
    let (asked, other) = (about.requests[about.experiment.asked], about.requests[about.experiment.other])
    let edit = StateEdit(
      experiment.given.code, number: experiment.given.number,
      units: experiment.units.map { Int32($0 + about.firstState) }, steps: experiment.steps)
    return try block.withUnsafeBytes { bytes in
      guard let model = PageModel(bytes, mostSteps: about.steps),
        model.run(.asked, asked.input, steps: about.steps),
        model.run(.other, other.input, steps: about.steps),
        model.run(.edited, asked.input, steps: about.steps, edits: experiment.units.isEmpty ? [] : [edit])
      else { throw Fault(description: "The model does not run as the page would run it.") }
      func states(_ run: PageModel.Run) -> [[Float]] {
        (0...about.steps).map { step in
          Array(model.states(of: run, at: step)[about.firstState..<about.firstState + about.states.count])
        }
      }
      return Still(
        units: experiment.units, before: states(.asked), after: states(.edited),
        tokensBefore: model.tokens(of: .asked, steps: about.steps),
        tokensAfter: model.tokens(of: .edited, steps: about.steps))
    }
  }

  // MARK: The still

  /// The most units in one of two panels of the still: a page carries all of them as a picture in two colourings, and as a table.
  private static let mostStillUnits = 16

  /// The edited units of the still, then the others, over the steps, with the tokens that are written: as asked, and as
  /// edited where any are.
  var figure: Figure {
    let edited = still.units
    var seen = Set<Int>()
    let order = (edited + about.order).filter { seen.insert($0).inserted }
      .prefix(edited.isEmpty ? 2 * Self.mostStillUnits : Self.mostStillUnits)
    func panel(_ title: String, _ states: [[Float]], _ tokens: [Int32]) -> Panel {
      Panel(title) {
        HeatMapMark(
          order.map { unit in states.map { Double($0[unit]) } }, rowLabels: order.map { about.states[$0] },
          columnLabels: ["0"] + tokens.enumerated().map { "\($0 + 1) \(about.vocabulary[Int($1)])" },
          label: "State $h$", colorMap: .diverging, domain: -1...1)
      }
    }
    let columns = edited.isEmpty ? 1 : 2
    return Figure.grid(columns: columns, width: 380 * Double(columns), height: Double(order.count) * 13 + 130)
    {
      panel("as asked", still.before, still.tokensBefore)
      if !edited.isEmpty { panel(editedTitle ?? "edited", still.after, still.tokensAfter) }
    }
    .xAxis("Decoder step t, and the token written")
    .yAxis("Unit")
  }
}

extension LiveModel.Given {
  var name: String {
    switch self {
    case .other: "other"
    case .mean: "mean"
    case .zero: "zero"
    case .value: "value"
    case .stepBefore: "before"
    }
  }

  var number: Float { if case .value(let value) = self { value } else { 0 } }

  var code: StateEdit.Value {
    switch self {
    case .other: .other
    case .mean: .mean
    case .zero, .value: .constant
    case .stepBefore: .stepBefore
    }
  }
}

/// Puts a model on the page that the reader can run and change, at the place of its cell: it counts as a figure.
public func show(
  _ model: LiveModel, file: StaticString = #filePath, line: UInt = #line, column: UInt = #column
) {
  // The model itself stands there where scripts run.
  draw(model.figure, forNarrowScreens: false, file: file, line: line, column: column) { shown, folder in
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let name = (shown.csv as NSString).deletingPathExtension
    try encoder.encode(model.about).write(to: folder.file(name + "-model.json"), options: .atomic)
    try model.block.write(to: folder.file(name + "-weights.bin"), options: .atomic)
    return .liveModel(
      ShownLiveModel(
        figure: shown, about: name + "-model.json", weights: name + "-weights.bin",
        hasGoal: model.about.goal != nil))
  }
}
