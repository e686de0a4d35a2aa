/// The steps of an encoder and a decoder on one axis: input tokens below the steps before 0, output tokens below
/// those from 1 on, the state that is handed over at 0.
///
///     let axis = TokenAxis(input: ["a", "b", "<EOS>"], output: ["·", "·", "b"])
///     Figure { LineMark(x: axis.steps, y: trace) }.xAxis("Token", tokens: axis)
public struct TokenAxis: Sendable {
  /// Steps with a state: 1 − input count … 0 for the encoder, whose last is the decoder's first, then 1 … output count.
  public let steps: [Int]
  package let labels: [String]

  /// Names of the tokens that are read and written, in order; without input the axis begins at h₀.
  public init(input: [String], output: [String]) {
    steps = Array((1 - max(input.count, 1))...0) + (output.isEmpty ? [] : Array(1...output.count))
    labels = (input.isEmpty ? ["$h_0$"] : input) + output
  }

  package var ticks: AxisTicks { .labelled(steps.map { Double($0) }, labels) }

  package var domain: ClosedRange<Double> {
    (Double(steps.first ?? 0) - 0.5)...(Double(steps.last ?? 0) + 0.5)
  }
}

extension Figure {
  /// Labels the horizontal axis with the tokens that were read and written at its steps.
  public func xAxis(_ label: String? = nil, tokens axis: TokenAxis) -> Figure {
    xAxis(label, scale: .step, domain: axis.domain, ticks: axis.ticks)
  }

  /// Traces of units through encoder and decoder: those that the figure is about in colour, the others in grey,
  /// a line where the encoder hands over, the tokens on the axis.
  ///
  ///     show(Figure.unitTraces(traces, axis: axis, highlighted: ["storing": [3, 17], "counting": [8]]))
  ///
  /// - Parameters:
  ///   - traces: `[units][steps]`, in step with `axis.steps`.
  ///   - highlighted: Units by role; each role is a series.
  ///   - handOver: What the line at the hand-over is called; nil for none.
  public static func unitTraces(
    _ traces: [[Double]], axis: TokenAxis, highlighted: KeyValuePairs<String, [Int]>,
    handOver: String? = "handed over", width: Double = 640, height: Double = 400
  ) -> Figure {
    let named = Set(highlighted.flatMap(\.value))
    return Figure(width: width, height: height) {
      if let handOver { RuleMark(x: 0, label: handOver) }
      for (unit, trace) in traces.enumerated() where !named.contains(unit) {
        LineMark(x: axis.steps, y: trace, series: "other units", emphasis: .null, width: 0.9)
      }
      for (role, units) in highlighted {
        for unit in units where traces.indices.contains(unit) {
          LineMark(x: axis.steps, y: traces[unit], series: role, symbols: .hidden)
        }
      }
    }
    .xAxis("Token read, then token written", tokens: axis)
    .yAxis("State")
  }
}
