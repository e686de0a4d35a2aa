import LinearAlgebra
import Networks
import Tasks

/// Whether what a transplant does passes through a gate: the same transplant, with that gate of other units held at what
/// it is without the transplant (claim R6).
///
/// If the effect of triggering units passes through the update gates of outputting units, nothing of it is left when
/// these are held.
public struct GateMediation: Codable, Sendable, Equatable {
  /// One T and one t₁, as in `Transplant`.
  public struct Cell: Codable, Sendable, Equatable {
    /// T.
    public let position: Int
    /// t₁: where the transplant is put in.
    public let step: Int
    /// The position at which w is expected, t₁ + lead.
    public let landing: Int
    /// What the transplant adds to the outcome at the landing, each input counting once.
    public let effect: Double
    /// What it adds with the gates held.
    public let effectWithGatesHeld: Double
    /// The share of the effect that is gone with the gates held, beside that of as many gates of random units.
    public let passes: Effect
    /// How many different inputs have this T.
    public let distinctInputs: Int
  }

  /// The transplanted set.
  public let units: [Int]
  /// The gate that is held.
  public let gate: Gate
  /// The units whose gate is held.
  public let held: [Int]
  /// T − t₂: how long before T the transplanted state is taken.
  public let lead: Int
  /// P(w) or the margin, where w is expected.
  public let outcome: Outcome
  /// By T, then t₁.
  public let cells: [Cell]
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Transplants a set with gates held, for every T of the rows and every t₁ before t₂ = T − lead.
  ///
  /// - Parameters:
  ///   - held: The units whose gate is held; by default all but the transplanted ones.
  ///   - chosen: t₁, by default all before t₂; those that are not before it are left out.
  ///   - outcome: `.probability()` or `.margin`.
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.tooFewRows`; `.invalidOption` for another outcome, a
  ///   lead below 1, since a gate acts on the next step, or a gate that the cell does not have.
  public init(
    _ runs: Counterfactuals, units: [Int], through gate: Gate = .update, of held: [Int]? = nil, lead: Int = 1,
    into chosen: Set<Int>? = nil, outcome: Outcome = .probability(), randomSets: Int = 200, seed: UInt64 = 1
  ) throws {
    let all = runs.model.configuration.units
    let members = try unitSet(units, of: all)
    let held = held ?? (0..<all).filter { !members.contains($0) }
    let size = try unitSet(held, of: all).count
    guard outcome == .probability() || outcome == .margin else {
      throw AnalysisError.invalidOption(
        name: "the outcome", value: "\(outcome)", expected: "probability or margin, at the landing")
    }
    guard lead >= 1 else {
      throw AnalysisError.invalidOption(
        name: "lead", value: "\(lead)", expected: "1 or more: gates act on the next step")
    }
    _ = try Place.gate(gate).layer(in: runs.model.configuration)
    let sets = [held] + RandomSets.uniform(count: randomSets, size: size, of: all, seed: seed)
    var cells: [Cell] = []
    for (position, steps) in try Transplant.places(runs.rows, lead: lead, chosen) {
      let ofPosition = try runs.rows(at: position)
      let states = ofPosition.baseline.decoder.states
      let gates = try ofPosition.baseline.traces(at: .gate(gate))
      for step in steps {
        let transplant = Edit(units: units, at: step, .earlier(step - position + lead, in: states))
        let variants =
          [[transplant]]
          + sets.map { set in
            [
              transplant,
              Edit(.gate(gate), units: set, steps: step + 1...step + lead, .earlier(0, in: gates)),
            ]
          }
        let decoded = try ofPosition.decode(variants, through: step + lead)
        let expected = ofPosition.expectation(at: step + lead)
        func byInput(_ variant: Int?) -> [Double] {
          decoded.byInput(decoded.values(outcome, of: variant, expecting: expected))?.values ?? []
        }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
        let (bare, moved) = (byInput(nil), byInput(0))
        let whole = zip(moved, bare).map { $0 - $1 }
        let gone = (1..<variants.count).map { variant in zip(moved, byInput(variant)).map { $0 - $1 } }
        cells.append(
          Cell(
            position: position, step: step, landing: step + lead, effect: mean(whole),
            effectWithGatesHeld: mean(whole) - mean(gone[0]),
            passes: .ratioOfMeans(
              gone[0], of: whole, sentences: whole.isEmpty ? [] : ofPosition.rows.distinct.sentenceNumbers,
              null: gone.dropFirst().map(mean),
              ofDraws: "\(gate.rawValue) gates of \(size) random units", seed: seed),
            distinctInputs: decoded.distinctInputs))
      }
    }
    (self.units, self.gate, self.held, self.lead, self.outcome, self.cells) =
      (units, gate, held, lead, outcome, cells)
    distinctInputs = runs.rows.distinctInputs
  }
}
