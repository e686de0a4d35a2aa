import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks

/// Where the roles of the rotated family lie.
struct RotatedRoles {
  let subspaces: [KnownRoles.Role: Basis]
  let rotation: Basis
  let coordinates: [KnownRoles.Role: [Int]]

  /// - Parameters:
  ///   - directions: `[mixing units, mixing units]`; the first rows are the bits of the word, the next is the count.
  ///   - mixing: The units, ascending.
  init(_ directions: Matrix, of mixing: [Int], in units: Int, bits: Int) throws {
    var rotation = Matrix(rows: units, columns: units)
    for unit in 0..<units { rotation[unit, unit] = 1 }
    for (row, place) in mixing.enumerated() {
      for (column, unit) in mixing.enumerated() { rotation[place, unit] = directions[row, column] }
    }
    func span(_ rows: Range<Int>) throws -> Basis {
      var span = Matrix(rows: rows.count, columns: units)
      for (number, row) in rows.enumerated() {
        for (column, unit) in mixing.enumerated() { span[number, unit] = directions[row, column] }
      }
      return try Basis(span)
    }
    subspaces = [.storing: try span(0..<bits), .counting: try span(bits..<bits + 1)]
    self.rotation = try Basis(rotation)
    coordinates = [.storing: Array(mixing.prefix(bits)), .counting: [mixing[bits]]]
  }
}

/// The family whose roles are in directions.
extension HandMadeNetwork {
  /// What a coordinate of the word is, ±, and the count at most: small enough for tanh to be nearly linear.
  private static let small: Float = 0.1

  /// `rotated`: the coordinates of h along the first rows of a random orthogonal matrix are the bits of the word, and
  /// y = A · 0.85^(t − T).
  mutating func buildRotated() throws -> RotatedRoles {
    let (decay, bits) = (Self.decay, options.bits)
    let mixing = take((bits + 1) * options.copies, .mixed).sorted()
    var generator = SeededGenerator(seed: options.seed, label: "rotation of known roles")
    let directions = Matrix.orthogonal(rows: mixing.count, columns: mixing.count, using: &generator)
    // A, so that y starts with 0.1 at most.
    let scale = Self.small * pow(decay, Float(options.longest))
    for (column, unit) in mixing.enumerated() {
      // A word is written with z = 0; the token that asks for a position adds the count, with z = ½.
      let written = component()
      for word in words {
        let sum = (0..<bits).reduce(Float(0)) { $0 + code(word, $1) * directions[$1, column] }
        try embed(word, written, atanh(2 * Self.small * sum))
      }
      for position in 1...options.longest {
        let count = scale * pow(decay, -Float(position))
        try embed(place(position), written, atanh(2 * count * directions[bits, column]))
      }
      try update(.encoder, unit, 0)
      try input(isPlace, .update, unit, -Self.bias(ofUpdate: 0))
      try input(written, .candidate, unit, 1)
      try update(.decoder, unit, decay)
      for (row, other) in mixing.enumerated() {
        let projection = (0..<bits).reduce(Float(0)) { $0 + directions[$1, row] * directions[$1, column] }
        try edge(other, .candidate, unit, projection)
      }
    }
    try readRotated(directions, mixing, scale)
    return try RotatedRoles(directions, of: mixing, in: units, bits: bits)
  }

  /// Logits that are linear in the coordinates: the filler's falls with the count, and is below that of the word from T on;
  /// from T + 1 on one more unit lifts it.
  private mutating func readRotated(_ directions: Matrix, _ mixing: [Int], _ scale: Float) throws {
    let bits = options.bits
    // The word's coordinates shrink by about .1 % a step, which the margin has to bear.
    let strength = 1.1 * options.strength
    let gain = 3 * strength
    let full = gain * Float(bits)
    // Half a step before the end: y is above it at T − 1, and below at T.
    let due = scale * pow(Self.decay, -0.5)
    let fall = strength / (due - scale)
    let lift = 15 * strength
    let over = take(1, .ending)[0]
    try update(.decoder, over, 0)
    let slope = 3 / (due - scale)
    try bias(.decoder, .candidate, over, slope * due)
    for (column, unit) in mixing.enumerated() {
      for word in words {
        let sum = (0..<bits).reduce(Float(0)) { $0 + code(word, $1) * directions[$1, column] }
        try logit(unit, word, gain / Self.small * sum)
      }
      try logit(unit, filler, fall * directions[bits, column])
      try edge(unit, .candidate, over, -slope * directions[bits, column])
    }
    try logitBias(filler, full - fall * due + lift / 2)
    try logit(over, filler, lift / 2)
    try addEnding(before: 0, after: full + lift + 2 * strength)
    try forbidOthers(-full - 10 * strength)
  }
}
