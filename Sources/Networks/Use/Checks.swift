import Tasks

extension Seq2Seq {
  /// Throws `NetworkError.tokenOutsideVocabulary` for the first token that the model has no embedding for.
  func check(_ grid: TokenGrid) throws {
    let vocabularySize = Int32(configuration.vocabularySize)
    if let index = grid.storage.firstIndex(where: { $0 < 0 || $0 >= vocabularySize }) {
      throw NetworkError.tokenOutsideVocabulary(
        token: grid.storage[index], row: index / grid.steps, position: index % grid.steps + 1,
        vocabularySize: configuration.vocabularySize)
    }
  }

  /// Throws `NetworkError.paddingAlone` where rows of `rows`, called `name`, have nothing to write: nothing of nothing would
  /// count as wholly right.
  func checkTargets(of rows: Rows, _ name: String) throws {
    let steps = rows.targets.steps
    let empty = (0..<rows.count).filter { row in
      !rows.targets.storage[row * steps..<(row + 1) * steps].contains { $0 != Vocabulary.pad }
    }
    if !empty.isEmpty { throw NetworkError.paddingAlone(name: name, rows: empty) }
  }

  /// Lends the parameters, padded for the kernels of `network`, for reading only.
  package func withParameters<Result>(
    of network: Network, _ body: (UnsafeMutablePointer<Float>) throws -> Result
  ) rethrows -> Result {
    let packed = network.pack(parameters)
    return try withExtendedLifetime(packed) { try body(packed.base) }
  }
}
