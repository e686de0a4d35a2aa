import LinearAlgebra
import Networks
import Tasks

/// A model and rows, ready to be decoded again and again with edits; the run without edits is recorded once.
///
///     let runs = try Counterfactuals(model, rows: rows)
///     let decoded = try runs.decode(sets.map { [Edit(units: $0, at: 3, .zero)] })
///     decoded.score(.token, of: 0)
///
/// A variant is a list of edits that are made in one run. All rows of all variants are decoded together, each from the
/// step of its first edit on, in blocks whose size follows from the model alone: thousands of variants cost hardly more
/// than their matrix products, and the number of threads does not change a bit of the result.
public struct Counterfactuals: Sendable {
  /// What the decoder is fed after an edit.
  public enum Continuation: String, Codable, Sendable {
    /// The tokens that the edited model chooses.
    case greedy
    /// The tokens that it chose without edits, as gradients see it.
    case uneditedTokens
  }

  /// The token of each row whose probability and margin are kept, besides the tokens that are written.
  public enum Watching: Sendable, Hashable {
    /// The word that the row asks for.
    case askedWords
    /// Given tokens, `[rows]`.
    case words([Int32])
    /// None: less than half of the numbers, and less work.
    case nothing
  }

  /// The model that is run.
  public let model: Seq2Seq
  /// The rows that every variant runs, `[rows]`.
  public let rows: Rows
  /// The run without edits.
  public let baseline: Recording
  /// How many positions are written.
  public let steps: Int
  /// What the units of edits are coordinates in, unless an edit has a basis of its own; nil for the neurons themselves.
  public private(set) var basis: Basis?

  /// Records the run without edits.
  ///
  /// - Parameter steps: How many positions are decoded; by default three more than the longest target, so that a token
  ///   that comes late is seen.
  /// - Throws: `NetworkError.emptyRows`, `.tokenOutsideVocabulary`, `.invalidOption`.
  public init(_ model: Seq2Seq, rows: Rows, steps: Int? = nil) throws {
    self.model = model
    self.rows = rows
    self.steps = steps ?? rows.targets.steps + 3
    baseline = try model.record(rows, steps: self.steps)
  }

  /// The same rows, with units as coordinates in a basis: every procedure that edits this model then does so there.
  ///
  /// - Throws: `AnalysisError.countMismatch` unless there are as many directions as units, and units as in the model.
  public func rotated(to basis: Basis) throws -> Counterfactuals {
    for (what, found) in [("units in the basis", basis.units), ("directions in the basis", basis.count)]
    where found != model.configuration.units {
      throw AnalysisError.countMismatch(what: what, expected: model.configuration.units, found: found)
    }
    var rotated = self
    rotated.basis = basis
    return rotated
  }

  /// Decodes every row once for each variant.
  ///
  /// - Parameters:
  ///   - watching: Of which token of each row probability and margin are kept.
  ///   - through: The last position to decode, to save time; by default all of them.
  ///   - progress: Called with the share of the work done, from any thread.
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.stepOutOfRange`, `.countMismatch`, `.invalidOption`.
  public func decode(
    _ variants: [[Edit]], watching: Watching = .askedWords, through last: Int? = nil,
    continuing continuation: Continuation = .greedy, progress: @Sendable (Double) -> Void = { _ in }
  ) throws -> CounterfactualRuns {
    let last = min(last ?? steps, steps)
    let words =
      switch watching {
      case .askedWords: rows.words
      case .words(let words): words
      case .nothing: [Int32]()
      }
    guard words.count == rows.count || watching == .nothing else {
      throw AnalysisError.countMismatch(what: "words to watch", expected: rows.count, found: words.count)
    }
    if let word = words.first(where: { $0 < 0 || $0 >= model.configuration.vocabularySize }) {
      throw AnalysisError.invalidOption(
        name: "a word to watch", value: "\(word)",
        expected: "from 0 to \(model.configuration.vocabularySize - 1)")
    }
    var runs = CounterfactualRuns(baseline: baseline, words: words, variants: variants.count, steps: last)
    try runs.withWriter { writer in
      try run(
        variants, into: writer, through: last, feeding: continuation == .greedy ? nil : baseline.tokens,
        progress: progress)
    }
    return runs
  }

  /// Decodes every row once for each variant, and hands the logits on.
  ///
  /// - Parameter fed: What is fed, `[rows, steps]`; nil for what the edited model chooses.
  func run(
    _ variants: [[Edit]], into writer: some LogitsWriter, through last: Int, feeding fed: TokenGrid?,
    progress: @Sendable (Double) -> Void = { _ in }
  ) throws {
    let variants = basis == nil ? variants : variants.map { $0.map(inBasis) }
    for edit in variants.joined() {
      try edit.check(
        model.configuration, rows: rows.count, encoderSteps: rows.inputs.steps, decoderSteps: last)
    }
    // Variants that begin at one step run together; those that edit the encoder read the input anew.
    let byStart = Dictionary(grouping: variants.indices) { start(of: variants[$0], last: last) }
    let groups = byStart.sorted { ($0.key ?? -1) < ($1.key ?? -1) }
    let total = variants.count * rows.count
    var done = 0
    for (start, members) in groups {
      let batch = try EditedBatch(
        self, edits: members.map { variants[$0] }, members: members, start: start, last: last, feeding: fed)
      let before = done
      try batch.run(into: writer) {
        progress((Double(before) + $0 * Double(members.count * rows.count)) / Double(total))
      }
      done += members.count * rows.count
    }
  }

  /// Records one variant whole: every state, gate and logit of the run with these edits of the decoder.
  ///
  /// What an edit of `.carried` or `.output` gives is seen by later steps, or by the logits, and not recorded as a state.
  ///
  /// - Throws: As `decode`; `AnalysisError.invalidOption` for an edit of the encoder.
  public func record(_ edits: [Edit], continuing continuation: Continuation = .greedy) throws -> Recording {
    let edits = edits.map(inBasis)
    for edit in edits {
      try edit.check(
        model.configuration, rows: rows.count, encoderSteps: rows.inputs.steps, decoderSteps: steps)
      if edit.place.side == .encoder {
        throw AnalysisError.invalidOption(
          name: "place", value: "the encoder", expected: "a place of the decoder")
      }
    }
    let placed = try edits.map { (edit: $0, layer: try $0.place.layer(in: model.configuration)) }
    let (units, all) = (model.configuration.units, 0..<rows.count)
    // States of several layers, and cellStates, lie side by side.
    let width = Network(model.configuration).stateColumns.count
    func write(_ step: Int, _ matrix: inout Matrix, _ offset: (Place.Site, _ layer: Int) -> Int?) {
      matrix.withMutableView { view in
        for (edit, layer) in placed where edit.steps.contains(step) {
          guard let first = offset(edit.place.site, layer) else { continue }
          edit.write(step: step, rows: all, to: view.columns(first..<first + units))
        }
      }
    }
    let interventions = Interventions(
      state: { step, states in
        write(step, &states) { $0 == .state ? $1 * width : $0 == .cellState ? $1 * width + units : nil }
      },
      output: { step, output in write(step, &output) { site, _ in site == .output ? 0 : nil } },
      carried: { step, states in write(step, &states) { $0 == .carried ? $1 * width : nil } },
      gate: { step, layer, gate, values in
        write(step, &values) { $0 == .gate(gate) && $1 == layer ? 0 : nil }
      })
    return try model.record(
      rows, feeding: continuation == .greedy ? .greedy : .tokens(baseline.tokens), steps: steps,
      interventions: interventions)
  }

  private func inBasis(_ edit: Edit) -> Edit {
    var edit = edit
    edit.basis = edit.basis ?? basis
    return edit
  }

  /// The last step that the edits leave as it was recorded, from which a run can start; nil if it must start from the
  /// input.
  private func start(of edits: [Edit], last: Int) -> Int? {
    var first = last
    for edit in edits {
      if edit.place.side == .encoder { return nil }
      if case .gate = edit.place.site {
        first = min(first, edit.steps.lowerBound - 1)
      } else {
        first = min(first, edit.steps.lowerBound)
      }
    }
    return first
  }
}
