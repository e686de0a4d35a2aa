/// A word to be put at a position.
public struct WordAtPosition: Codable, Sendable, Hashable {
  /// w, as a token.
  public var word: Int32
  /// T, counted from 1.
  public var position: Int

  /// A word and where it is due.
  public init(word: Int32, position: Int) {
    self.word = word
    self.position = position
  }
}

extension BalancedTask {
  /// The words and positions of the task, each pair once.
  public var pairs: [WordAtPosition] {
    let all = lengths.flatMap { Array(positions(length: $0)) }
    return Set(all).sorted().flatMap { position in
      askedWords.map { WordAtPosition(word: $0, position: position) }
    }
  }

  /// `count` pairs to hold out of training, spread so that words and positions take turns: with at most as many
  /// pairs as words, no word and hardly a position is missed more than once.
  ///
  /// Throws `TaskError.invalidOption` unless every word and position also remains in training.
  public func pairsToHoldOut(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) throws -> [WordAtPosition] {
    let positions = Set(pairs.map(\.position)).sorted().shuffled(using: &generator)
    let words = askedWords.shuffled(using: &generator)
    let most = (min(words.count, positions.count) - 1) * max(words.count, positions.count)
    guard (0...max(0, most)).contains(count) else {
      throw TaskError.invalidOption(
        name: "pairs to hold out", value: "\(count)",
        expected: "0 to \(max(0, most)), so that each word and position remains in training")
    }
    // Diagonals of the table of words and positions, one after the other: each has every row or column once.
    let longer = max(words.count, positions.count)
    return (0..<count).map { index in
      let (turn, diagonal) = (index % longer, index / longer)
      return words.count >= positions.count
        ? WordAtPosition(word: words[turn], position: positions[(turn + diagonal) % positions.count])
        : WordAtPosition(word: words[(turn + diagonal) % words.count], position: positions[turn])
    }
  }
}
