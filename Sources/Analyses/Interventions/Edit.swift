import LinearAlgebra
import Networks

/// One change of a running model: where, which units, at which steps, and what they are given.
///
///     // The storing units forget, once, at step 3.
///     Edit(units: storing, at: 3, .meanAtStep(of: reference.decoder.states))
///     // The counting units stay one step behind.
///     Edit(units: counting, at: 3, .earlier(1, in: run.baseline.decoder.states))
///     // They get the state of other rows at the same step.
///     Edit(units: counting, at: 3, .exchanged(with: other.decoder.states, rows: partners))
///     // z of all outputting units is held at 1 from step 2 to step 9.
///     Edit(.gate(.update), units: outputting, steps: 2...9, .constant(1))
public struct Edit: Sendable {
  public var place: Place
  /// Counted from 0, each once; the order does not matter.
  public var units: [Int]
  /// The steps t at which the edit is made: one for an edit made once, more for one that is kept up.
  public var steps: ClosedRange<Int>
  public var value: EditValue

  public init(_ place: Place = .state, units: [Int], steps: ClosedRange<Int>, _ value: EditValue) {
    self.place = place
    self.units = units
    self.steps = steps
    self.value = value
  }

  public init(_ place: Place = .state, units: [Int], at step: Int, _ value: EditValue) {
    self.init(place, units: units, steps: step...step, value)
  }
}

/// What edited units are given.
public struct EditValue: Sendable {
  enum Content: Sendable {
    /// The same for all units, steps and rows.
    case number(Float)
    /// `[units]`, the same for all steps and rows.
    case vector([Float])
    /// `[steps, units]`, the same for all rows; the first row belongs to the first step.
    case vectors(Matrix, steps: ClosedRange<Int>)
    /// For each edited row a row of a recording, `delay` steps before the step that is edited.
    case recorded(Traces, rows: [Int], delay: Int)
  }

  let content: Content

  /// Zero, which a unit would rarely have by itself.
  public static let zero = EditValue(content: .number(0))

  /// One number.
  public static func constant(_ value: Float) -> EditValue { EditValue(content: .number(value)) }

  /// A number for each unit, `[units]` with a place for units that are not edited too, such as those that
  /// `bestConstants` finds.
  public static func constants(_ values: [Float]) -> EditValue { EditValue(content: .vector(values)) }

  /// A number for each unit at each step, `[steps, units]`.
  public static func constants(_ values: Matrix, steps: ClosedRange<Int>) -> EditValue {
    EditValue(content: .vectors(values, steps: steps))
  }

  /// Each unit's mean over all rows and steps of a reference. If that holds rows of one word only, its mean still tells
  /// the word: take rows that differ in what the edit should remove.
  public static func mean(of reference: Traces) -> EditValue {
    EditValue(content: .vector(reference.matrix.columnMeans))
  }

  /// Each unit's mean over all rows of a reference at the step that is edited.
  public static func meanAtStep(of reference: Traces) -> EditValue {
    let means = reference.steps.flatMap { reference.step($0).columnMeans }
    return EditValue(
      content: .vectors(
        Matrix(rows: reference.steps.count, columns: reference.units, storage: means), steps: reference.steps)
    )
  }

  /// What the units had in a row drawn from a reference, one for each of `count` edited rows, at the same step.
  public static func resampled(from reference: Traces, count: Int, seed: UInt64) -> EditValue {
    var generator = SeededGenerator(seed: seed, label: "resampled rows")
    let rows = (0..<count).map { _ in generator.integer(below: max(1, reference.rows)) }
    return EditValue(content: .recorded(reference, rows: rows, delay: 0))
  }

  /// What the units had in the same row `delay` steps before, in the run without edits; a negative delay looks ahead.
  public static func earlier(_ delay: Int, in unedited: Traces) -> EditValue {
    EditValue(content: .recorded(unedited, rows: Array(0..<unedited.rows), delay: delay))
  }

  /// Interchange: what the units had in another run, whose row `rows[n]` is the partner of edited row n, `delay` steps
  /// before the step that is edited.
  public static func exchanged(with source: Traces, rows: [Int], delay: Int = 0) -> EditValue {
    EditValue(content: .recorded(source, rows: rows, delay: delay))
  }
}

extension Edit {
  /// Throws what is wrong with the edit of a model that decodes `rows` rows for `steps` steps.
  ///
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.stepOutOfRange`, `.countMismatch`, `.invalidOption`.
  func check(_ configuration: Configuration, rows: Int, encoderSteps: Int, decoderSteps: Int) throws {
    _ = try place.layer(in: configuration)
    _ = try unitSet(units, of: configuration.units)
    let first: Int
    if case .gate = place.site {
      first = 1
    } else {
      first = place.side == .encoder || place.site == .output ? 1 : 0
    }
    let allowed = first...(place.side == .encoder ? encoderSteps : decoderSteps)
    for step in [steps.lowerBound, steps.upperBound] where !allowed.contains(step) {
      throw AnalysisError.stepOutOfRange(step: step, recorded: allowed)
    }
    switch value.content {
    case .number: break
    case .vector(let values):
      guard values.count == configuration.units else {
        throw AnalysisError.countMismatch(
          what: "constants", expected: configuration.units, found: values.count)
      }
    case .vectors(let values, let covered):
      guard values.columns == configuration.units else {
        throw AnalysisError.countMismatch(
          what: "units in the constants", expected: configuration.units, found: values.columns)
      }
      guard values.rows == covered.count else {
        throw AnalysisError.countMismatch(
          what: "steps in the constants", expected: covered.count, found: values.rows)
      }
      for step in [steps.lowerBound, steps.upperBound] where !covered.contains(step) {
        throw AnalysisError.stepOutOfRange(step: step, recorded: covered)
      }
    case .recorded(let traces, let sources, let delay):
      guard traces.units == configuration.units else {
        throw AnalysisError.countMismatch(
          what: "units in the recording", expected: configuration.units, found: traces.units)
      }
      guard sources.count == rows else {
        throw AnalysisError.countMismatch(
          what: "rows to take values from", expected: rows, found: sources.count)
      }
      if let row = sources.first(where: { !(0..<traces.rows).contains($0) }) {
        throw AnalysisError.invalidOption(
          name: "a row to take values from", value: "\(row)", expected: "from 0 to \(traces.rows - 1)")
      }
      for step in [steps.lowerBound - delay, steps.upperBound - delay] where !traces.steps.contains(step) {
        throw AnalysisError.stepOutOfRange(step: step, recorded: traces.steps)
      }
    }
  }

  /// Writes the edit's values of `step` into rows of a matrix: `view`'s row i belongs to edited row `rows` + i.
  func write(step: Int, rows: Range<Int>, to view: MatrixView) {
    guard steps.contains(step) else { return }
    func fill(_ value: (_ row: Int, _ unit: Int) -> Float) {
      for (i, row) in rows.enumerated() {
        for unit in units { view[i, unit] = value(row, unit) }
      }
    }
    switch value.content {
    case .number(let number): fill { _, _ in number }
    case .vector(let values): fill { values[$1] }
    case .vectors(let values, let covered):
      let first = (step - covered.lowerBound) * values.columns
      fill { values.storage[first + $1] }
    case .recorded(let traces, let sources, let delay):
      let first = step - delay - traces.steps.lowerBound
      fill { traces.storage[(sources[$0] * traces.steps.count + first) * traces.units + $1] }
    }
  }
}
