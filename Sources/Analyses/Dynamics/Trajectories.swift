import LinearAlgebra
import Networks
import Tasks

/// The paths that a decoder's states take along their principal components, ready to be drawn: means and spreads of groups
/// of rows, aligned on the step or on the steps left.
public struct Trajectories: Codable, Sendable, Equatable {
  /// Which rows share a path.
  public enum Grouping: String, Codable, Sendable, CaseIterable {
    /// Rows of one word at one position.
    case wordAndPosition
    /// Rows of one word, at all positions.
    case word
    /// Rows of one position, of all words.
    case position
    /// All rows.
    case together
  }

  /// What is counted along a path.
  public enum Alignment: String, Codable, Sendable, CaseIterable {
    /// t.
    case step
    /// T − t, the steps left; below 0 once the word is written.
    case timeLeft
  }

  /// One place of a path.
  public struct Point: Codable, Sendable, Equatable {
    /// t or T − t.
    public let time: Int
    /// The mean over distinct inputs along each component, `[components]`.
    public let mean: [Double]
    /// The standard deviation between distinct inputs along each component; nil of a single input.
    public let spread: [Double]?
    /// How many different inputs the mean is over.
    public let distinctInputs: Int
  }

  /// One group's path, in the order of time: t upwards, T − t downwards.
  public struct Path: Codable, Sendable, Equatable {
    /// w, if the group has one.
    public let word: Int32?
    /// T, if the group has one.
    public let position: Int?
    /// In the order of time.
    public let points: [Point]
  }

  /// Which rows share a path.
  public let grouping: Grouping
  /// Whether time is t or T − t.
  public let alignment: Alignment
  /// The units whose states are projected, in the order of the features of the components.
  public let units: [Int]
  /// Of all rows and steps that are used, of which each counts once; `components.explained` has the shares of variance.
  public let components: PrincipalComponents
  /// By word, then by position.
  public let paths: [Path]
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Projects the states of the decoder's top layer.
  ///
  /// - Parameters:
  ///   - units: Those whose states are used, such as a storing set; by default all.
  ///   - steps: The steps t that are used; by default all that were recorded.
  ///   - components: How many; at most the number of units.
  /// - Throws: `AnalysisError.tooFewRows`, `.stepOutOfRange`, `.unitOutOfRange`, `.repeatedUnit`, `.invalidOption`,
  ///   `.valueNotFinite`.
  public init(
    _ recording: Recording, by grouping: Grouping = .wordAndPosition,
    alignedOn alignment: Alignment = .timeLeft,
    units: [Int]? = nil, steps: ClosedRange<Int>? = nil, components count: Int = 2
  ) throws {
    let (states, rows) = (recording.decoder.states, recording.rows)
    let units = units ?? Array(0..<states.units)
    _ = try unitSet(units, of: states.units)
    let steps = steps ?? states.steps
    for step in [steps.lowerBound, steps.upperBound] where !states.steps.contains(step) {
      throw AnalysisError.stepOutOfRange(step: step, recorded: states.steps)
    }
    guard (1...max(units.count, 1)).contains(count), !units.isEmpty else {
      throw AnalysisError.invalidOption(
        name: "components", value: "\(count) of \(units.count) units",
        expected: "from 1 to the number of units")
    }
    guard rows.count * steps.count >= 2 else {
      throw AnalysisError.tooFewRows(condition: "states", found: rows.count * steps.count, needed: 2)
    }
    var observed = Matrix(rows: rows.count * steps.count, columns: units.count)
    for row in 0..<rows.count {
      for (place, step) in steps.enumerated() {
        for (column, unit) in units.enumerated() {
          let value = states[row, step, unit]
          guard value.isFinite else {
            throw AnalysisError.valueNotFinite(what: "the state", row: row, unit: unit)
          }
          observed[row * steps.count + place, column] = value
        }
      }
    }
    components = PrincipalComponents(observed, count: count)
    let projected = components.project(observed)
    let inputs = rows.inputNumbers
    // Group, then time, then input: the sum and number of its rows.
    var groups: [Key: [Int: [Int: (sum: [Double], count: Int)]]] = [:]
    for row in 0..<rows.count {
      let key = Key(grouping, word: rows.words[row], position: rows.positions[row])
      for (place, step) in steps.enumerated() {
        let time = alignment == .step ? step : rows.positions[row] - step
        var entry =
          groups[key, default: [:]][time, default: [:]][inputs[row]] ?? (
            [Double](repeating: 0, count: count), 0
          )
        for component in 0..<count {
          entry.sum[component] += Double(projected[row * steps.count + place, component])
        }
        entry.count += 1
        groups[key, default: [:]][time, default: [:]][inputs[row]] = entry
      }
    }
    paths = groups.sorted { $0.key < $1.key }.map { key, times in
      let ordered = times.sorted { alignment == .step ? $0.key < $1.key : $0.key > $1.key }
      return Path(
        word: key.word, position: key.position,
        points: ordered.map { time, byInput in
          let means = byInput.sorted { $0.key < $1.key }.map { entry in
            entry.value.sum.map { $0 / Double(entry.value.count) }
          }
          return Point(time, means, components: count)
        })
    }
    (self.grouping, self.alignment, self.units) = (grouping, alignment, units)
    distinctInputs = rows.distinctInputs
  }

  private struct Key: Hashable, Comparable {
    let word: Int32?
    let position: Int?

    init(_ grouping: Grouping, word: Int32, position: Int) {
      self.word = grouping == .wordAndPosition || grouping == .word ? word : nil
      self.position = grouping == .wordAndPosition || grouping == .position ? position : nil
    }

    static func < (a: Key, b: Key) -> Bool { (a.word ?? 0, a.position ?? 0) < (b.word ?? 0, b.position ?? 0) }
  }
}

extension Trajectories.Point {
  /// Of the means of distinct inputs, `[inputs][components]`.
  fileprivate init(_ time: Int, _ inputs: [[Double]], components: Int) {
    self.time = time
    distinctInputs = inputs.count
    let count = Double(inputs.count)
    let mean = (0..<components).map { component in inputs.reduce(0) { $0 + $1[component] } / count }
    self.mean = mean
    spread =
      inputs.count < 2
      ? nil
      : (0..<components).map { component in
        let squares = inputs.reduce(0) {
          $0 + ($1[component] - mean[component]) * ($1[component] - mean[component])
        }
        return (squares / (count - 1)).squareRoot()
      }
  }
}
