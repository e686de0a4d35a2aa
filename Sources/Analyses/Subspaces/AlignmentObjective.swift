import LinearAlgebra
import Networks
import Tasks

/// How likely an exchange in a subspace makes what it should bring, as a function of the subspace.
///
/// For the word: log P(w′ at T), and if the source's time left ends before, log P(what the row itself wrote there). For the
/// position: log P(w where the source's time left puts it), and if the row's own T comes before, log P(what the source
/// wrote in its place at T). So where word and place differ both halves of the joint outcome count: one thing moves, the
/// other stays. The mean is over terms. The tokens fed are those that the model should write: the row's own for the word,
/// the source's for the position.
package struct AlignmentObjective {
  /// Some rows whose word is looked for at one position.
  private struct Piece {
    let position: Int
    let words: [Int32]
    let tokens: TokenGrid
    /// h of all layers, `[rows, state width × layers]`.
    let states: Matrix
    /// Source less target in the top layer, `[rows, units]`.
    let differences: Matrix
  }

  let model: Seq2Seq
  let step: Int
  let units: Int
  /// Source less target for each row, `[rows, units]`.
  let differences: Matrix
  private let pieces: [Piece]
  private let top: Int
  private let terms: Int

  /// - Parameter sources: The row whose state each target row is given; its partner, unless the control asks otherwise.
  package init(_ role: SufficientSet.Role, _ exchange: Exchange, sources: [Int]) {
    let (targets, run) = (exchange.targets, exchange.sources)
    let rows = targets.rows
    model = targets.model
    step = exchange.step
    let units = model.configuration.units
    self.units = units
    let all = targets.baseline.states(at: step)
    let top = all.columns - units - (targets.baseline.decoder.cellState == nil ? 0 : units)
    self.top = top
    var differences = Matrix(rows: rows.count, columns: units)
    for row in 0..<rows.count {
      let source = run.decoder.states.units(row: sources[row], step: exchange.sourceStep)
      for (unit, value) in source.enumerated() { differences[row, unit] = value - all[row, top + unit] }
    }
    self.differences = differences
    // What should be written: of the source, moved from s to t, or the row's own.
    let written = targets.steps
    var expected = TokenGrid(rows: rows.count, steps: written)
    for row in 0..<rows.count {
      for position in 1...written {
        let place = position + exchange.sourceStep - step
        expected[row, at: position] =
          role == .word || position <= step || !(1...run.tokens.steps).contains(place)
          ? targets.baseline.tokens[row, at: position] : run.tokens[exchange.partners[row], at: place]
      }
    }
    var places: [Int: [(row: Int, word: Int32)]] = [:]
    let landing = exchange.positionsByTimeLeft
    for row in 0..<rows.count {
      let own = rows.positions[row]
      if role == .word {
        places[own, default: []].append((row, exchange.sourceWords[row]))
        if exchange.difference == .both, landing[row] > step, landing[row] < own {
          places[landing[row], default: []].append((row, expected[row, at: landing[row]]))
        }
      } else {
        if (step + 1...max(written, step + 1)).contains(landing[row]), landing[row] <= written {
          places[landing[row], default: []].append((row, rows.words[row]))
        }
        if own < landing[row] { places[own, default: []].append((row, expected[row, at: own])) }
      }
    }
    // So many rows at a time that several threads have work; the cut follows from the rows alone.
    var pieces: [Piece] = []
    for (position, members) in places.sorted(by: { $0.key < $1.key }) {
      for first in stride(from: 0, to: members.count, by: 64) {
        let part = members[first..<min(members.count, first + 64)]
        let numbers = part.map(\.row)
        pieces.append(
          Piece(
            position: position, words: part.map(\.word),
            tokens: TokenGrid(
              rows: numbers.count, steps: written, storage: numbers.flatMap { Array(expected.row($0)) }),
            states: all.rows(numbers), differences: differences.rows(numbers)))
      }
    }
    self.pieces = pieces
    terms = pieces.reduce(0) { $0 + $1.words.count }
  }

  /// The value at a subspace, and its gradient by the directions `[k, units]`.
  ///
  /// With d = source − target and h′ = h + Rᵀ R d, g = ∂/∂h′: ∂/∂R = Σ (R d) gᵀ + (R g) dᵀ.
  func callAsFunction(_ basis: Basis) throws -> (value: Double, gradient: Matrix) {
    let results = try parallelMap(pieces.count) { try evaluate(pieces[$0], basis) }
    var (value, gradient) = (0.0, Matrix(rows: basis.count, columns: units))
    for (part, slope) in results {
      value += part
      for index in slope.storage.indices { gradient.storage[index] += slope.storage[index] }
    }
    let count = Double(max(terms, 1))
    for index in gradient.storage.indices { gradient.storage[index] /= Float(count) }
    return (value / count, gradient)
  }

  private func evaluate(_ piece: Piece, _ basis: Basis) throws -> (Double, Matrix) {
    let along = basis.coordinates(of: piece.differences)
    let moved = along * basis.directions
    var states = piece.states
    for row in 0..<states.rows {
      for unit in 0..<units { states.storage[row * states.columns + top + unit] += moved[row, unit] }
    }
    let (logs, slopes) = try model.stateGradients(
      states, at: step, feeding: piece.tokens, target: .logProbability, words: piece.words, at: piece.position
    )
    var byTop = Matrix(rows: states.rows, columns: units)
    for row in 0..<states.rows {
      for unit in 0..<units {
        byTop.storage[row * units + unit] = slopes.storage[row * slopes.columns + top + unit]
      }
    }
    var gradient = along.transposed * byTop
    let other = basis.coordinates(of: byTop).transposed * piece.differences
    for index in gradient.storage.indices { gradient.storage[index] += other.storage[index] }
    return (logs.reduce(0) { $0 + Double($1) }, gradient)
  }
}
