import Networks
import Tasks

/// A number of distinct inputs, or of trainings, of which something holds, with 95 %.
public struct Proportion: Codable, Sendable, Hashable {
  /// How many it holds of.
  public let count: Int
  /// Of how many.
  public let of: Int
  /// 95 %: Wilson's for trainings, a bootstrap over sentences for inputs.
  public let interval: Interval

  /// Of independent ones, such as trainings (Wilson 1927).
  ///
  /// - Returns: nil of none: there is no share to speak of.
  public init?(_ count: Int, of all: Int) {
    guard all > 0 else { return nil }
    (self.count, of) = (count, all)
    interval = .wilson(count, of: all)
  }

  /// Of distinct inputs, with an interval over their sentences.
  ///
  /// - Parameters:
  ///   - holds: Of each input.
  ///   - sentences: The number of each input's sentence.
  public init?(_ holds: [Bool], sentences: [Int]) {
    let values = InputValues(holds.map { $0 ? 1 : 0 }, sentences: sentences)
    guard let interval = values.interval(seed: 1) else { return nil }
    (count, of, self.interval) = (holds.count { $0 }, holds.count, interval)
  }

  /// `count` by `of`.
  public var share: Double { Double(count) / Double(of) }
}

/// Where w is written when it is asked for further away than in any training row (control 11).
///
/// This needs a task whose input can say so: a longer sentence in `LastTokenAutoencoder`. Where each position has a token
/// of its own, as in `TokenPositioning`, none stands for one that was never trained.
public struct PastTrainedLength: Codable, Sendable, Equatable {
  /// The rows of one T.
  public struct Asked: Codable, Sendable, Equatable {
    /// T.
    public let position: Int
    /// Whether rows of this T were trained.
    public let isTrained: Bool
    /// Inputs that write w anywhere.
    public let emitted: Proportion
    /// Inputs whose first w comes at T.
    public let onTime: Proportion
    /// Inputs that end with EOS.
    public let ended: Proportion
    /// τ, the first position of w, and how many inputs have it.
    public let emissions: [Int: Int]
    /// How many different inputs were asked.
    public var distinctInputs: Int { emitted.of }
    /// How many sentences these inputs are, over which the intervals are.
    public let sentences: Int

    /// The mean τ of those that write w; nil if none does.
    public var meanEmission: Double? {
      let count = emissions.values.reduce(0, +)
      return count == 0 ? nil : Double(emissions.reduce(0) { $0 + $1.key * $1.value }) / Double(count)
    }
  }

  /// The largest T of the training rows.
  public let trainedThrough: Int
  /// By T.
  public let asked: [Asked]

  /// Decodes rows, each distinct input once.
  ///
  /// - Parameters:
  ///   - rows: Of T in training and beyond it, such as up to twice that.
  ///   - trainedThrough: The largest T of the training rows.
  ///   - patience: How many positions after the largest T are still written, so that a late w is seen.
  /// - Throws: `AnalysisError.tooFewRows` if no row is beyond the trained T; `NetworkError.tokenOutsideVocabulary` for
  ///   positions that the model has no token for.
  public init(_ model: Seq2Seq, rows: Rows, trainedThrough: Int, patience: Int = 13) throws {
    let beyond = rows.positions.count { $0 > trainedThrough }
    guard beyond > 0 else {
      throw AnalysisError.tooFewRows(condition: "a position beyond \(trainedThrough)", found: 0, needed: 1)
    }
    let rows = rows.distinct
    let numbers = rows.sentenceNumbers
    let steps = (rows.positions.max() ?? trainedThrough) + max(patience, 1)
    let tokens = try model.decode(rows, steps: steps).tokens
    self.trainedThrough = trainedThrough
    asked = Set(rows.positions).sorted().compactMap { position in
      let members = rows.indices { _, asked, _ in asked == position }
      let first = members.map { row in (1...steps).first { tokens[row, at: $0] == rows.words[row] } }
      let emissions = first.compactMap { $0 }
      let sentences = members.map { numbers[$0] }
      guard let emitted = Proportion(first.map { $0 != nil }, sentences: sentences),
        let onTime = Proportion(first.map { $0 == position }, sentences: sentences),
        let ended = Proportion(
          members.map { tokens.row($0).contains(Vocabulary.eos) }, sentences: sentences)
      else { return nil }
      return Asked(
        position: position, isTrained: position <= trainedThrough, emitted: emitted, onTime: onTime,
        ended: ended, emissions: Dictionary(grouping: emissions) { $0 }.mapValues(\.count),
        sentences: Set(sentences).count)
    }
  }
}
