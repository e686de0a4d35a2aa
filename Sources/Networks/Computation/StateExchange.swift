import Base
import LinearAlgebra

/// An exchange between the rows of a batch while it is decoded: an interchange intervention inside a training batch
/// (Geiger et al. 2022, arXiv 2112.00826).
///
/// What step t + 1 reads of row n in `units` is what step s left there of row π(n). Step t itself writes from the row's own
/// state, so that its output is the row's own. In an LSTM the cell states of the units go with them
/// (an edit of `Place.state` leaves them, one of `.cellState` takes them alone). Or the other way round:
/// what is written at step t sees the partner's units, and step t + 1 reads the row's own.
public struct StateExchange: Codable, Sendable, Hashable {
  /// Who reads the partner's units.
  public enum Reader: String, Codable, Sendable, CaseIterable {
    /// Step t + 1.
    case nextStep
    /// The output layer at step t.
    case output
  }

  /// The units of the decoder's one layer, each once.
  public var units: [Int]
  /// π, `[rows]`: mostly a permutation; a row may also be given to several.
  public var partners: [Int]
  /// t, from 0, where the decoder starts from the encoder's last state; from 1 where the output reads it.
  public var step: Int
  /// s, at most t; t where the output reads it.
  public var sourceStep: Int
  /// Who reads what the partner gives; the other reads the row's own.
  public var reader: Reader

  /// An exchange at `step`, of what `sourceStep` left, by default of the same step.
  public init(
    units: [Int], partners: [Int], step: Int, sourceStep: Int? = nil, reader: Reader = .nextStep
  ) {
    self.units = units
    self.partners = partners
    self.step = step
    self.sourceStep = sourceStep ?? step
    self.reader = reader
  }
}

/// The exchanges of one batch at one step, forward in the tape and backward in the gradient.
///
/// Forward, columns of state(t) are replaced in the tape, after the output has its copy of them and before step t + 1 reads
/// them; or those of the output's copy are. Backward, the gradient by what a row was given is added to that of the row that gave
/// it: the inverse permutation of the columns, which comes after the gates of step t + 1 and before the output's gradient of step
/// t is added, itself permuted where the output was.
final class BatchExchange {
  let step: Int
  /// What step t + 1 reads.
  private let carried: [Part]
  /// What the output reads.
  private let written: [Part]

  private struct Part {
    let columns: [Int]
    let partners: [Int]
    let sourceStep: Int
    /// `[rows, columns]`.
    let values: Scratch<Float>
  }

  /// nil if nothing is exchanged; all must be of one step, and no unit in two of them.
  init?(_ exchanges: [StateExchange], in network: Network) {
    guard let first = exchanges.first else { return nil }
    step = first.step
    ensure(exchanges.allSatisfy { $0.step == first.step }, "a batch exchanges at one step alone")
    func parts(_ reader: StateExchange.Reader, width: Int) -> [Part] {
      exchanges.filter { $0.reader == reader }.map { exchange in
        let columns = stride(from: 0, to: width, by: network.units)
          .flatMap { block in exchange.units.map { block + $0 } }
        return Part(
          columns: columns, partners: exchange.partners, sourceStep: exchange.sourceStep,
          values: Scratch(zeros: exchange.partners.count * columns.count))
      }
    }
    carried = parts(.nextStep, width: network.cell.stateWidth)
    written = parts(.output, width: network.units)
  }

  /// The steps before and after the exchange.
  func spans(_ steps: Int) -> [Range<Int>] {
    carried.isEmpty || step == 0 || step >= steps ? [0..<steps] : [0..<step, step..<steps]
  }

  /// Gives the rows what their partners have; call it before step t + 1 is computed.
  func forward(_ tape: Tape) { give(to: tape.state(step)) { tape.state($0) } }

  /// The same for states that are kept elsewhere: `source(s)` are those of step s.
  func give(to states: MatrixView, from source: (_ step: Int) -> MatrixView) {
    give(carried, to: states, from: source)
  }

  /// The same for what the output reads of `steps`, `[steps × rows, units]`, of which it may be one.
  func forward(outputs: MatrixView, of steps: Range<Int>, rows: Int) {
    guard !written.isEmpty, steps.contains(step - 1) else { return }
    let first = (step - 1 - steps.lowerBound) * rows
    give(toOutput: outputs.rows(first..<first + rows))
  }

  /// The same for the outputs of its step alone.
  func give(toOutput output: MatrixView) { give(written, to: output) { _ in output } }

  private func give(_ parts: [Part], to states: MatrixView, from source: (_ step: Int) -> MatrixView) {
    // All are read before any is written: a row gives its own state.
    for part in parts {
      let given = source(part.sourceStep)
      forEach(part) { row, column, value in value = given[part.partners[row], column] }
    }
    for part in parts {
      forEach(part) { row, column, value in states[row, column] = value }
    }
  }

  /// Takes the gradient by the states that a step read, `[rows, state width]`, to that by the states that were left.
  func backward(_ step: Int, _ gradient: MatrixView) {
    if step == self.step { take(carried, from: gradient) }
    give(carried.filter { $0.sourceStep == step }, back: gradient)
  }

  /// Takes the gradient by what the output reads, `[steps × rows, units]`, to that by what the steps left.
  func backward(outputs gradient: MatrixView, rows: Int) {
    guard !written.isEmpty, step * rows <= gradient.rows else { return }
    let gradient = gradient.rows((step - 1) * rows..<step * rows)
    take(written, from: gradient)
    give(written, back: gradient)
  }

  private func take(_ parts: [Part], from gradient: MatrixView) {
    for part in parts {
      forEach(part) { row, column, value in
        value = gradient[row, column]
        gradient[row, column] = 0
      }
    }
  }

  private func give(_ parts: [Part], back gradient: MatrixView) {
    for part in parts {
      forEach(part) { row, column, value in gradient[part.partners[row], column] += value }
    }
  }

  @inline(__always)
  private func forEach(_ part: Part, _ body: (_ row: Int, _ column: Int, _ value: inout Float) -> Void) {
    let width = part.columns.count
    for row in part.partners.indices {
      for (i, column) in part.columns.enumerated() { body(row, column, &part.values.base[row * width + i]) }
    }
  }
}

extension Seq2Seq {
  /// Throws `NetworkError.invalidOption` for the first exchange that a batch of `rows` rows can't have, whose longest target
  /// has `steps` tokens.
  func check(_ exchanges: [StateExchange], rows: Int, steps: Int) throws {
    func require(_ holds: Bool, _ name: String, _ value: Any, _ expected: String) throws {
      if !holds { throw NetworkError.invalidOption(name: name, value: "\(value)", expected: expected) }
    }
    try checkHasOneDecoderLayer(exchanges.isEmpty)
    var taken = Set<Int>()
    for exchange in exchanges {
      for unit in exchange.units {
        try require(
          (0..<configuration.units).contains(unit), "units", unit,
          "units from 0 to \(configuration.units - 1)")
        try require(taken.insert(unit).inserted, "units", unit, "each unit in one exchange, and once")
      }
      try require(
        exchange.partners.count == rows, "partners", "\(exchange.partners.count) rows",
        "one for each of \(rows)")
      if let other = exchange.partners.first(where: { !(0..<rows).contains($0) }) {
        try require(false, "partners", other, "rows from 0 to \(rows - 1)")
      }
      let isOutput = exchange.reader == .output
      let possible = isOutput ? 1...max(1, steps) : 0...max(0, steps - 1)
      try require(
        possible.contains(exchange.step), "step", exchange.step,
        "\(possible.lowerBound) to \(possible.upperBound)")
      try require(exchange.step == exchanges[0].step, "step", exchange.step, "one step for all exchanges")
      let sources = (isOutput ? exchange.step : 0)...exchange.step
      try require(
        sources.contains(exchange.sourceStep), "sourceStep", exchange.sourceStep,
        isOutput
          ? "the step of the exchange, \(exchange.step)" : "0 to the step of the exchange, \(exchange.step)")
    }
  }

  /// Throws `NetworkError.invalidOption`: units are named in one layer.
  func checkHasOneDecoderLayer(_ isUnused: Bool = false) throws {
    if configuration.decoderLayers > 1 && !isUnused {
      throw NetworkError.invalidOption(
        name: "decoderLayers", value: "\(configuration.decoderLayers)",
        expected: "1 where units are exchanged")
    }
  }
}
