import LinearAlgebra
import Networks
import Tasks

/// Whether a set starts the output: its state of the end of the count is put into an earlier step of the same row's run
/// (claim R6).
///
///     let transplant = try Transplant(runs, units: triggering)
///     transplant.cells.map(\.probability)
///
/// The state comes from t₂ = T − lead. If the set starts the output, put into t₁ it makes the model write w at t₁ + lead,
/// as it does at t₂ + lead = T. A lead of 1 suits units that act through the gates of the next step, a lead of 0 those
/// that act on the logits at once.
public struct Transplant: Codable, Sendable, Equatable {
  /// One T and one t₁.
  public struct Cell: Codable, Sendable, Equatable {
    /// T.
    public let position: Int
    /// t₁.
    public let step: Int
    /// t₂.
    public let sourceStep: Int
    /// Where w is expected.
    public let landing: Int
    /// P(token at the landing = w), beside random sets of the same size.
    public let probability: Effect
    /// The share of inputs that write w there.
    public let emitted: Effect
    /// P(token at the landing = w) without edits; nil if it is not defined.
    public let unedited: Double?
  }

  /// The transplanted set.
  public let units: [Int]
  /// T − t₂.
  public let lead: Int
  /// By T, then t₁.
  public let cells: [Cell]
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Transplants a set, and random sets of its size, for every T of the rows and every t₁ before t₂.
  ///
  /// - Parameters:
  ///   - chosen: t₁, by default all before t₂; those that are not before it are left out.
  ///   - randomSets: How many for each cell.
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.invalidOption`, `.tooFewRows` if no T leaves a t₁.
  public init(
    _ runs: Counterfactuals, units: [Int], lead: Int = 1, into chosen: Set<Int>? = nil, randomSets: Int = 200,
    seed: UInt64 = 1,
    progress: (Double) -> Void = { _ in }
  ) throws {
    let all = runs.model.configuration.units
    let size = try unitSet(units, of: all).count
    let places = try Self.places(runs.rows, lead: lead, chosen)
    let sets = [units] + RandomSets.uniform(count: randomSets, size: size, of: all, seed: seed)
    let null = Array(1..<sets.count)
    let description = "random sets of \(size) units"
    var cells: [Cell] = []
    for (position, steps) in places {
      let ofPosition = try runs.rows(at: position)
      let states = ofPosition.baseline.decoder.states
      for step in steps {
        let source = position - lead
        let decoded = try ofPosition.decode(
          sets.map { [Edit(units: $0, at: step, .earlier(step - source, in: states))] }, through: step + lead)
        let expected = ofPosition.expectation(at: step + lead)
        func effect(_ outcome: Outcome) -> Effect {
          decoded.effect(
            .kept, outcome, of: 0, null: null, ofDraws: description, expecting: expected, seed: seed)
        }
        cells.append(
          Cell(
            position: position, step: step, sourceStep: source, landing: step + lead,
            probability: effect(.probability()), emitted: effect(.token),
            unedited: decoded.score(.probability(), of: nil, expecting: expected)))
      }
      progress(Double(cells.count) / Double(places.reduce(0) { $0 + $1.steps.count }))
    }
    (self.units, self.lead, self.cells) = (units, lead, cells)
    distinctInputs = runs.rows.distinctInputs
  }

  /// Every T of the rows with its possible t₁, of those that are chosen.
  static func places(
    _ rows: Rows, lead: Int, _ chosen: Set<Int>?
  ) throws -> [(position: Int, steps: [Int])] {
    guard lead >= 0 else {
      throw AnalysisError.invalidOption(name: "lead", value: "\(lead)", expected: "0 or more")
    }
    // With a lead of 0, what is put into t₁ is read by the logits of t₁, of which step 0 has none.
    let first = lead == 0 ? 1 : 0
    let places = Set(rows.positions).sorted().filter { $0 - lead > first }.map { position in
      (position, (first..<position - lead).filter { chosen?.contains($0) ?? true })
    }
    guard places.contains(where: { !$0.1.isEmpty }) else {
      throw AnalysisError.tooFewRows(condition: "a step before T − \(lead)", found: 0, needed: 1)
    }
    return places
  }
}

extension Counterfactuals {
  /// The rows of one T, with their run without edits.
  ///
  /// - Throws: `AnalysisError.tooFewRows` if there are none.
  func rows(at position: Int) throws -> Counterfactuals {
    let members = rows.filter { _, last, _ in last == position }
    guard !members.isEmpty else {
      throw AnalysisError.tooFewRows(condition: "position \(position)", found: 0, needed: 1)
    }
    return try Counterfactuals(model, rows: members, steps: steps)
  }

  /// Each row's word, at this position.
  func expectation(at position: Int) -> Expectation {
    Expectation(words: rows.words, positions: [Int](repeating: position, count: rows.count))
  }
}
