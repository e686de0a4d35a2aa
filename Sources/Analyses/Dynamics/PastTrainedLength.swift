import Networks
import Tasks

/// A number of distinct inputs of which something holds, with 95 % (Wilson 1927).
public struct Proportion: Codable, Sendable, Hashable {
  public let count: Int
  public let of: Int
  public let interval: Interval

  /// - Returns: nil of no inputs: there is no share to speak of.
  public init?(_ count: Int, of all: Int) {
    guard all > 0 else { return nil }
    (self.count, of) = (count, all)
    interval = .wilson(count, of: all)
  }

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
    public var distinctInputs: Int { emitted.of }

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
    let steps = (rows.positions.max() ?? trainedThrough) + max(patience, 1)
    let tokens = try model.decode(rows, steps: steps).tokens
    self.trainedThrough = trainedThrough
    asked = Set(rows.positions).sorted().compactMap { position in
      let members = rows.indices { _, asked, _ in asked == position }
      let emissions = members.compactMap { row in (1...steps).first { tokens[row, at: $0] == rows.words[row] }
      }
      guard let emitted = Proportion(emissions.count, of: members.count),
        let onTime = Proportion(emissions.count { $0 == position }, of: members.count),
        let ended = Proportion(
          members.count { tokens.row($0).contains(Vocabulary.eos) }, of: members.count)
      else { return nil }
      return Asked(
        position: position, isTrained: position <= trainedThrough, emitted: emitted, onTime: onTime,
        ended: ended,
        emissions: Dictionary(grouping: emissions) { $0 }.mapValues(\.count))
    }
  }
}
