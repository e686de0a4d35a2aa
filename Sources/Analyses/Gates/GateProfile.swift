import Foundation
import LinearAlgebra
import Networks
import Tasks

/// What a gate does as the time runs out: mean, spread, and shares of values at exactly 0 and exactly 1, of each unit
/// and of a set, aligned on T − t over rows of several T (control 9).
///
/// The paper's hard sigmoid is exactly 0 or 1 outside a range, so that its shares count whole holding and whole
/// overwriting. Each distinct input counts once. Steps at which the encoder skips PAD compute nothing, and are left out.
public struct GateProfile: Codable, Sendable, Equatable {
  /// What steps are aligned on. Steps of the encoder count up to 0, at which it hands over: t = s − n.
  public enum Alignment: String, Codable, Sendable {
    /// T − t, the time left.
    case timeLeft
    /// t, the time gone.
    case timeGone
  }

  /// One place on the axis.
  public struct Point: Codable, Sendable, Equatable {
    /// T − t, or t.
    public let time: Int
    /// Of each of `units`, over inputs.
    public let means: [Double]
    /// The standard deviation of each over inputs, divided by their number.
    public let deviations: [Double]
    /// The share of inputs at which each of `units` has its gate at exactly 0.
    public let sharesAtZero: [Double]
    /// The share at which it is exactly 1.
    public let sharesAtOne: [Double]
    /// The mean over the set and over inputs.
    public let mean: Double
    /// 95 % for it, over sentences; nil with one sentence only.
    public let interval: Interval?
    /// The standard deviation over inputs of the mean over the set.
    public let deviation: Double
    /// Of all the set's values.
    public let shareAtZero: Double
    /// The share that is exactly 1.
    public let shareAtOne: Double
    /// How many different inputs have this time.
    public let distinctInputs: Int
  }

  /// The gate that is profiled.
  public let gate: Gate
  /// Encoder or decoder.
  public let side: Place.Side
  /// What `Point.time` counts.
  public let alignment: Alignment
  /// The set, in the order that was asked for.
  public let units: [Int]
  /// By the time, ascending.
  public let points: [Point]
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Profiles a gate of the top layer.
  ///
  /// - Parameter units: The set; by default all units.
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.invalidOption` for a gate that the cell does not have,
  ///   `.tooFewRows`, `.valueNotFinite`.
  public init(
    _ recording: Recording, _ gate: Gate, of units: [Int]? = nil, side: Place.Side = .decoder,
    alignedOn alignment: Alignment = .timeLeft, seed: UInt64 = 1
  ) throws {
    let traces = try recording.traces(at: Place(.gate(gate), side: side))
    let units = units ?? Array(0..<traces.units)
    guard try !unitSet(units, of: traces.units).isEmpty else {
      throw AnalysisError.tooFewRows(condition: "a unit to look at", found: 0, needed: 1)
    }
    let rows = recording.rows
    let (inputs, sentences) = (rows.inputNumbers, rows.sentenceNumbers)
    var observations: [Int: [(input: Int, row: Int, step: Int)]] = [:]
    for row in 0..<rows.count {
      for step in traces.steps {
        if side == .encoder {
          guard step <= rows.inputs.steps, rows.inputs[row, at: step] != Vocabulary.pad else { continue }
        }
        let gone = side == .encoder ? step - rows.inputs.steps : step
        observations[alignment == .timeGone ? gone : rows.positions[row] - gone, default: []].append(
          (inputs[row], row, step))
      }
    }
    points = try observations.sorted { $0.key < $1.key }.map { time, places in
      let byInput = Dictionary(grouping: places) { $0.input }.sorted { $0.key < $1.key }.map(\.value)
      // `[inputs][units]`: the mean, the share at 0 and the share at 1 of an input's rows.
      var values: [[Double]] = []
      var (zeros, ones) = (
        [Double](repeating: 0, count: units.count), [Double](repeating: 0, count: units.count)
      )
      for places in byInput {
        let weight = 1 / Double(places.count)
        var sums = [Double](repeating: 0, count: units.count)
        for place in places {
          for (index, unit) in units.enumerated() {
            let value = traces[place.row, place.step, unit]
            guard value.isFinite else {
              throw AnalysisError.valueNotFinite(
                what: "the \(gate.rawValue) gate", row: place.row, unit: unit)
            }
            sums[index] += Double(value) * weight
            if value == 0 { zeros[index] += weight }
            if value == 1 { ones[index] += weight }
          }
        }
        values.append(sums)
      }
      let count = Double(values.count)
      func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
      func deviation(_ values: [Double]) -> Double {
        let middle = mean(values)
        return mean(values.map { ($0 - middle) * ($0 - middle) }).squareRoot()
      }
      let ofSet = values.map(mean)
      let ofSentences = InputValues(ofSet, sentences: byInput.map { sentences[$0[0].row] })
      return Point(
        time: time, means: units.indices.map { unit in mean(values.map { $0[unit] }) },
        deviations: units.indices.map { unit in deviation(values.map { $0[unit] }) },
        sharesAtZero: zeros.map { $0 / count }, sharesAtOne: ones.map { $0 / count }, mean: mean(ofSet),
        interval: ofSentences.sentenceCount > 1 ? ofSentences.interval(seed: seed) : nil,
        deviation: deviation(ofSet),
        shareAtZero: mean(zeros) / count, shareAtOne: mean(ones) / count, distinctInputs: values.count)
    }
    guard !points.isEmpty else {
      throw AnalysisError.tooFewRows(condition: "a step to look at", found: 0, needed: 1)
    }
    (self.gate, self.side, self.alignment, self.units) = (gate, side, alignment, units)
    distinctInputs = rows.distinctInputs
  }
}
