import Foundation
import Networks
import Tasks

/// The one-layer model of the paper in Double, row by row from the equations: only forward, and slow.
struct Reference {
  let units: Int
  let words: Int
  var parameters: [String: [Double]]

  private func cell(_ side: String, token: Int, state: [Double]) -> [Double] {
    func tensor(_ name: String) -> [Double] { parameters["\(side).\(name)"] ?? [] }
    let (embedding, kernel) = (tensor("embedding"), tensor("0.kernel"))
    let (recurrent, bias) = (tensor("0.recurrent"), tensor("0.bias"))
    func sum(_ gate: Int, _ unit: Int, _ carried: [Double]) -> Double {
      let column = gate * units + unit
      return (0..<units).reduce(bias[column]) {
        $0 + embedding[token * units + $1] * kernel[$1 * 3 * units + column]
          + carried[$1] * recurrent[$1 * 3 * units + column]
      }
    }
    func hardSigmoid(_ a: Double) -> Double { min(max(0.2 * a + 0.5, 0), 1) }
    let update = (0..<units).map { hardSigmoid(sum(0, $0, state)) }
    let hidden = (0..<units).map { hardSigmoid(sum(1, $0, state)) * state[$0] }
    return (0..<units).map { update[$0] * state[$0] + (1 - update[$0]) * tanh(sum(2, $0, hidden)) }
  }

  /// exp(mean cross-entropy), fed the targets or these tokens: fixed ones, since a choice has no derivative.
  ///
  /// With exchanges, a step reads the units of another row, as that row's own step left them; or the output does.
  func loss(
    _ rows: Rows, exchanging exchanges: [StateExchange] = [], fed: (_ row: Int, _ position: Int) -> Int32
  ) -> Double {
    let (kernel, bias) = (parameters["output.kernel"] ?? [], parameters["output.bias"] ?? [])
    var (total, count) = (0.0, 0)
    // What each step left, [steps][rows][units]; step 0 is the encoder.
    var left = [
      (0..<rows.count).map { row in
        rows.inputs.row(row).filter { $0 != Vocabulary.pad }
          .reduce([Double](repeating: 0, count: units)) { cell("encoder", token: Int($1), state: $0) }
      }
    ]
    for position in 1...rows.targets.steps {
      var states = left[position - 1]
      for exchange in exchanges where exchange.step == position - 1 && exchange.reader == .nextStep {
        for row in 0..<rows.count {
          for unit in exchange.units {
            states[row][unit] = left[exchange.sourceStep][exchange.partners[row]][unit]
          }
        }
      }
      for row in 0..<rows.count {
        let token = position == 1 ? Vocabulary.sos : fed(row, position - 1)
        states[row] = cell("decoder", token: Int(token), state: states[row])
      }
      var seen = states
      for exchange in exchanges where exchange.step == position && exchange.reader == .output {
        for row in 0..<rows.count {
          for unit in exchange.units { seen[row][unit] = states[exchange.partners[row]][unit] }
        }
      }
      for row in 0..<rows.count {
        let target = Int(rows.targets[row, at: position])
        if target == Vocabulary.pad { continue }
        let logits = (0..<words).map { word in
          (0..<units).reduce(bias[word]) { $0 + seen[row][$1] * kernel[$1 * words + word] }
        }
        total += log(logits.reduce(0) { $0 + exp($1) }) - logits[target]
        count += 1
      }
      left.append(states)
    }
    return exp(total / Double(count))
  }

  /// Central differences of the loss by every parameter.
  func gradients(
    _ rows: Rows, exchanging exchanges: [StateExchange] = [], fed: (_ row: Int, _ position: Int) -> Int32
  ) -> [String: [Double]] {
    var copy = self
    var result = [String: [Double]]()
    for (name, values) in parameters {
      result[name] = values.indices.map { index in
        copy.parameters[name]?[index] = values[index] + 1e-5
        let above = copy.loss(rows, exchanging: exchanges, fed: fed)
        copy.parameters[name]?[index] = values[index] - 1e-5
        let below = copy.loss(rows, exchanging: exchanges, fed: fed)
        copy.parameters[name]?[index] = values[index]
        return (above - below) / 2e-5
      }
    }
    return result
  }
}
