import Base
import LinearAlgebra

/// Inputs by the sentence they ask of: the independent units that intervals count and draw again.
///
/// Inputs that are one sentence with several requests share all that the sentence does to the model. Intervals that
/// drew them one by one would be too narrow, by a factor of up to the square root of the requests a sentence serves.
public struct SentenceGroups: Codable, Sendable, Hashable {
  /// The places of each sentence's inputs, sentences in ascending order of their numbers.
  public let inputs: [[Int]]

  /// Groups inputs by their sentences.
  ///
  /// - Parameter sentences: The number of each input's sentence, `[inputs]`.
  public init(_ sentences: [Int]) {
    inputs = groupedPlaces(of: sentences)
  }

  /// How many sentences there are.
  public var count: Int { inputs.count }

  /// As many sentences as there are, drawn with replacement: the places of all their inputs.
  func draw(using generator: inout SeededGenerator) -> [Int] {
    var drawn: [Int] = []
    for _ in inputs { drawn += inputs[generator.integer(below: inputs.count)] }
    return drawn
  }
}

/// The value of each distinct input, and its sentence: rows are averaged to inputs before they come here.
///
/// The mean is one over inputs, since those are the cases that a claim is about, each request of the same weight however
/// many sentences were drawn for it. How sure it is depends on the sentences alone, so `interval` draws these.
public struct InputValues: Codable, Sendable, Hashable {
  /// `[inputs]`.
  public let values: [Double]
  /// The number of each input's sentence, `[inputs]`.
  public let sentences: [Int]

  /// Values of distinct inputs and the sentences that they come from; both must have one length.
  public init(_ values: [Double], sentences: [Int]) {
    ensure(
      values.count == sentences.count, "\(values.count) values have \(sentences.count) numbers of sentences")
    (self.values, self.sentences) = (values, sentences)
  }

  /// The means over the rows of each input that have a value; inputs without such rows are left out.
  ///
  /// - Parameters:
  ///   - values: `[rows]`.
  ///   - inputs: The number of each row's input; the means are in their order.
  ///   - sentences: The number of each row's sentence, equal for rows of one input.
  public init(ofRows values: [Double?], inputs: [Int], sentences: [Int]) {
    var (sums, sentence): ([Int: (sum: Double, count: Int)], [Int: Int]) = ([:], [:])
    for (row, value) in values.enumerated() {
      guard let value else { continue }
      sums[inputs[row], default: (0, 0)].sum += value
      sums[inputs[row], default: (0, 0)].count += 1
      sentence[inputs[row]] = sentences[row]
    }
    let known = sums.sorted { $0.key < $1.key }
    self.init(
      known.map { $0.value.sum / Double($0.value.count) }, sentences: known.map { sentence[$0.key] ?? 0 })
  }

  /// Whether there is no input at all.
  public var isEmpty: Bool { values.isEmpty }
  /// How many distinct inputs there are.
  public var inputs: Int { values.count }
  /// How many sentences the values rest on.
  public var sentenceCount: Int { Set(sentences).count }
  /// Over inputs; not a number without any.
  public var mean: Double { values.reduce(0, +) / Double(values.count) }

  /// 95 % for the mean, from the spread between sentences; nil without values.
  ///
  /// Where all values are 0 or 1 it is Wilson's interval (1927) with as many trials as independent ones would be needed for
  /// the variance that the sentences have, p (1 − p) / v, where v = Σ (Σ over a sentence's inputs of x − p)² / n²
  /// (linearised variance of a ratio: Korn & Graubard 1998 on such intervals). One input to each sentence makes that
  /// Wilson's own; inputs of a sentence that always agree, that of as many trials as sentences. If all values are equal
  /// no variance can be seen, and the sentences are the trials. Other values: the middle of 2000 samples of sentences
  /// drawn with replacement, each with all its inputs.
  public func interval(seed: UInt64) -> Interval? {
    if values.isEmpty { return nil }
    let (groups, mean) = (SentenceGroups(sentences), mean)
    if values.allSatisfy({ $0 == 0 || $0 == 1 }) {
      if mean == 0 || mean == 1 { return .wilson(mean == 0 ? 0 : groups.count, of: groups.count) }
      let squares = groups.inputs.reduce(0.0) { sum, members in
        let residual = members.reduce(0.0) { $0 + values[$1] - mean }
        return sum + residual * residual
      }
      let count = Double(values.count)
      // Sentences can by chance agree better than independent inputs would; that is no further evidence.
      let trials = squares > 0 ? min(count, mean * (1 - mean) * count * count / squares) : count
      return .wilson(share: mean, trials: trials)
    }
    var generator = SeededGenerator(seed: seed, label: "bootstrap over inputs")
    let means = (0..<2000).map { _ in
      var (sum, count) = (0.0, 0)
      for _ in groups.inputs {
        let members = groups.inputs[generator.integer(below: groups.count)]
        for input in members { sum += values[input] }
        count += members.count
      }
      return sum / Double(count)
    }
    return Interval(low: quantile(0.025, of: means), high: quantile(0.975, of: means))
  }
}

extension Effect {
  /// The mean of values of distinct inputs, with an interval over their sentences.
  ///
  /// - Parameters:
  ///   - values: Of each input.
  ///   - null: The same mean for each draw of the null.
  ///   - description: What a draw is.
  public init(meanOf values: InputValues, null: [Double], ofDraws description: String, seed: UInt64 = 1) {
    guard let interval = values.interval(seed: seed) else {
      self = .notDetermined(.noRows(condition: "an outcome"))
      return
    }
    self.init(
      estimate: values.mean, interval: interval, null: null, ofDraws: description,
      sentences: values.sentenceCount)
  }
}
