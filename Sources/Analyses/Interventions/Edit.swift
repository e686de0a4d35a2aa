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
///
/// With a basis Q the units are coordinates along its directions, and the rest of the state stays as it was: h′ = h +
/// Q_S Q_Sᵀ (v − h), where v is what the value would give to all units (Geiger and others 2023, arXiv 2303.02536).
public struct Edit: Sendable {
  /// What is edited: states, outputs, cell states or a gate, of which side and layer.
  public var place: Place
  /// Counted from 0, each once; the order does not matter.
  public var units: [Int]
  /// What the units are coordinates in; nil for the neurons themselves.
  public var basis: Basis?
  /// The steps t at which the edit is made: one for an edit made once, more for one that is kept up.
  public var steps: ClosedRange<Int>
  /// What the units are given.
  public var value: EditValue

  /// An edit that is kept up over several steps; among neurons, until `basis` is set.
  public init(_ place: Place = .state, units: [Int], steps: ClosedRange<Int>, _ value: EditValue) {
    self.place = place
    self.units = units
    self.steps = steps
    self.value = value
  }

  /// An edit made at one step alone.
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
    /// `[rows, units]`, the same for all steps.
    case rows(Matrix)
    /// `[groups][steps, units]`, and the group of each edited row.
    case grouped([Matrix], of: [Int], steps: ClosedRange<Int>)
    /// For each edited row a row of a recording, `delay` steps before the step that is edited.
    case recorded(Traces, rows: [Int], delay: Int)
    /// For each edited row and step a row and a step of a recording, `[rows][steps]`.
    case chosen(Traces, places: [[Source]], steps: ClosedRange<Int>)
    /// `[rows, steps, edited units]`, in the order of the edit's units.
    case numbers([Float], steps: ClosedRange<Int>)
  }

  /// A moment of a recording from which an edit takes values.
  public struct Source: Codable, Sendable, Hashable {
    /// The row of the recording, counted from 0.
    public var row: Int
    /// The recording's own number of the step: states begin with 0, gates with 1.
    public var step: Int

    /// A row and a step of a recording.
    public init(row: Int, step: Int) {
      self.row = row
      self.step = step
    }
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

  /// A number for each unit of each edited row, `[rows, units]`: states made by any other rule.
  public static func states(_ values: Matrix) -> EditValue { EditValue(content: .rows(values)) }

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

  /// What the units had at moments of a run that are named one by one, for each edited row and each of `steps`:
  /// `[rows][steps]`.
  public static func chosen(_ places: [[Source]], of source: Traces, steps: ClosedRange<Int>) -> EditValue {
    EditValue(content: .chosen(source, places: places, steps: steps))
  }

  /// A number for each edited row, each of `steps` and each unit of the edit, in their order: `[rows, steps, units]`.
  public static func numbers(_ values: [Float], steps: ClosedRange<Int>) -> EditValue {
    EditValue(content: .numbers(values, steps: steps))
  }
}

extension Edit {
  /// Throws what is wrong with the edit of a model that decodes `rows` rows for `steps` steps.
  ///
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.stepOutOfRange`, `.countMismatch`, `.invalidOption`.
  func check(_ configuration: Configuration, rows: Int, encoderSteps: Int, decoderSteps: Int) throws {
    _ = try place.layer(in: configuration)
    if let basis, basis.units != configuration.units {
      throw AnalysisError.countMismatch(
        what: "units in the basis", expected: configuration.units, found: basis.units)
    }
    _ = try unitSet(units, of: basis?.count ?? configuration.units)
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
      try check(covered)
    case .rows(let values):
      guard values.columns == configuration.units else {
        throw AnalysisError.countMismatch(
          what: "units in the states", expected: configuration.units, found: values.columns)
      }
      guard values.rows == rows else {
        throw AnalysisError.countMismatch(what: "states", expected: rows, found: values.rows)
      }
    case .grouped(let values, let groups, let covered):
      guard groups.count == rows else {
        throw AnalysisError.countMismatch(what: "rows with a group", expected: rows, found: groups.count)
      }
      for matrix in values where matrix.columns != configuration.units {
        throw AnalysisError.countMismatch(
          what: "units in a group's values", expected: configuration.units, found: matrix.columns)
      }
      try check(covered)
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
    case .chosen(let traces, let places, let covered):
      guard traces.units == configuration.units else {
        throw AnalysisError.countMismatch(
          what: "units in the recording", expected: configuration.units, found: traces.units)
      }
      guard places.count == rows else {
        throw AnalysisError.countMismatch(
          what: "rows to take values from", expected: rows, found: places.count)
      }
      for sources in places where sources.count != covered.count {
        throw AnalysisError.countMismatch(
          what: "steps to take values from", expected: covered.count, found: sources.count)
      }
      for source in places.joined() {
        guard (0..<traces.rows).contains(source.row) else {
          throw AnalysisError.invalidOption(
            name: "a row to take values from", value: "\(source.row)",
            expected: "from 0 to \(traces.rows - 1)")
        }
        guard traces.steps.contains(source.step) else {
          throw AnalysisError.stepOutOfRange(step: source.step, recorded: traces.steps)
        }
      }
      try check(covered)
    case .numbers(let values, let covered):
      if basis != nil {
        throw AnalysisError.invalidOption(
          name: "numbers", value: "a number for each edited unit", expected: "whole states, in another basis")
      }
      guard values.count == rows * covered.count * units.count else {
        throw AnalysisError.countMismatch(
          what: "numbers", expected: rows * covered.count * units.count, found: values.count)
      }
      try check(covered)
    }
  }

  /// Throws unless there are values for all steps of the edit.
  private func check(_ covered: ClosedRange<Int>) throws {
    for step in [steps.lowerBound, steps.upperBound] where !covered.contains(step) {
      throw AnalysisError.stepOutOfRange(step: step, recorded: covered)
    }
  }

  /// Writes the edit's values of `step` into rows of a matrix: `view`'s row i belongs to edited row `rows` + i.
  func write(step: Int, rows: Range<Int>, to view: MatrixView) {
    guard steps.contains(step) else { return }
    guard let basis else {
      return forEachNumber(of: step, rows, units) { row, place, number in
        view[row - rows.lowerBound, units[place]] = number
      }
    }
    let (count, width) = (rows.count, basis.units)
    // v, then v − h, whose part along the chosen directions is added.
    var values = Matrix(rows: count, columns: width)
    let chosen = basis.directions.rows(units)
    var along = Matrix(rows: count, columns: units.count)
    values.withMutableView { values in
      forEachNumber(of: step, rows, Array(0..<width)) { row, place, number in
        let i = row - rows.lowerBound
        values[i, place] = number - view[i, place]
      }
      chosen.withView { chosen in
        along.withMutableView { along in
          multiply(values, chosen, into: along, transposeB: true)
          if !units.isEmpty {
            multiply(along, chosen, into: view.columns(0..<width), keep: 1)
          }
        }
      }
    }
  }

  /// What the edit gives at a step: `[rows, units]`, units in the order of the edit, for rows 0 ..< `rows`.
  func numbers(of step: Int, rows: Int) -> Matrix {
    var result = Matrix(rows: rows, columns: units.count)
    forEachNumber(of: step, 0..<rows, units) { row, place, number in
      result.storage[row * units.count + place] = number
    }
    return result
  }

  /// Calls `body` with each row, each place in `units` and what that unit is given.
  @inline(__always)
  private func forEachNumber(
    of step: Int, _ rows: Range<Int>, _ units: [Int],
    _ body: (_ row: Int, _ place: Int, _ number: Float) -> Void
  ) {
    @inline(__always) func each(_ number: (_ row: Int, _ place: Int, _ unit: Int) -> Float) {
      for row in rows {
        for (place, unit) in units.enumerated() { body(row, place, number(row, place, unit)) }
      }
    }
    switch value.content {
    case .number(let number): each { _, _, _ in number }
    case .vector(let values): each { _, _, unit in values[unit] }
    case .vectors(let values, let covered):
      let first = (step - covered.lowerBound) * values.columns
      each { _, _, unit in values.storage[first + unit] }
    case .rows(let values): each { row, _, unit in values.storage[row * values.columns + unit] }
    case .grouped(let values, let groups, let covered):
      let index = step - covered.lowerBound
      each { row, _, unit in values[groups[row]][index, unit] }
    case .recorded(let traces, let sources, let delay):
      let first = step - delay - traces.steps.lowerBound
      each { row, _, unit in
        traces.storage[(sources[row] * traces.steps.count + first) * traces.units + unit]
      }
    case .chosen(let traces, let places, let covered):
      let index = step - covered.lowerBound
      for row in rows {
        let source = places[row][index]
        let first = (source.row * traces.steps.count + source.step - traces.steps.lowerBound) * traces.units
        for (place, unit) in units.enumerated() { body(row, place, traces.storage[first + unit]) }
      }
    case .numbers(let values, let covered):
      let index = step - covered.lowerBound
      each { row, place, _ in values[(row * covered.count + index) * units.count + place] }
    }
  }
}
