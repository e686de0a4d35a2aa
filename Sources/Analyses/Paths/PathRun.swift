import LinearAlgebra
import Networks
import Tasks

/// What states and gates become when a change reaches them along a path alone, all else being as it was recorded: the
/// frozen passes of path patching, in closed form.
///
/// A gate's argument is a sum over units, so that the change of some of them is the change of the sum. No pass has to
/// be run; a gate that nothing reaches keeps its recorded bits. Gates are numbered as in the kernels: z, r, c.
struct PathRun {
  let equations: GateEquations
  let rows: Int
  /// 1 … the last step that is looked at.
  let steps: ClosedRange<Int>
  let states: Traces
  /// z, r and c.
  private let gates: [Traces]
  /// The arguments of z, r and c, each `[rows, steps, units]`.
  private let arguments: [[Double]]
  /// h Uh + b′h of PyTorch's form, `[rows, steps, units]`.
  private let products: [Double]

  /// States of some units that differ from the recorded ones, `[rows, steps, units]`.
  struct Change {
    let units: [Int]
    let steps: ClosedRange<Int>
    /// The new states.
    var values: [Float]

    @inline(__always)
    func value(_ row: Int, _ step: Int, _ place: Int) -> Float {
      values[(row * steps.count + step - steps.lowerBound) * units.count + place]
    }
  }

  /// Gates of a hop's receivers, z, r and c, each `[rows, steps, receivers]`; empty where they are as recorded.
  struct HopGates {
    let steps: ClosedRange<Int>
    fileprivate(set) var values: [[Float]] = [[], [], []]

    subscript(gate: Gate) -> [Float] { values[gate.block] }
  }

  /// - Throws: `AnalysisError.invalidOption` for a cell that is not a GRU.
  init(_ runs: Counterfactuals, through last: Int) throws {
    equations = try GateEquations(runs.model, side: .decoder)
    let (rows, units) = (runs.rows.count, equations.units)
    (self.rows, steps) = (rows, 1...last)
    let layer = runs.baseline.decoder
    states = layer.states
    gates = try Gate.ofGRU.map { try runs.baseline.traces(at: .gate($0)) }
    let inputs = try StepInputs(runs.baseline, equations, side: .decoder, layer: nil)
    var arguments = [[Double]](repeating: [], count: 3)
    var products: [Double] = []
    for row in 0..<rows {
      for step in steps {
        let input = Array(try inputs.input(row: row, step: step))
        let state = Array(states.units(row: row, step: step - 1))
        let reset = Array(gates[1].units(row: row, step: step))
        for (block, gate) in Gate.ofGRU.enumerated() {
          for unit in 0..<units {
            let column = block * units + unit
            var sum = 0.0
            for sender in 0..<units {
              sum += equations.part(
                gate, from: sender, column: column, state: state[sender],
                reset: equations.form == .gru ? reset[sender] : 1)
            }
            if block == 2, let recurrentBias = equations.recurrentBias {
              sum += Double(recurrentBias.storage[column])
              products.append(sum)
              sum = sum * Double(reset[unit]) + Double(equations.bias.storage[column])
            } else {
              sum += equations.biasPart(gate, column: column, reset: 1)
            }
            arguments[block].append(sum + equations.inputPart(input, column: column))
          }
        }
      }
    }
    (self.arguments, self.products) = (arguments, products)
  }

  @inline(__always)
  func recorded(_ gate: Gate, _ row: Int, _ step: Int, _ unit: Int) -> Float {
    gates[gate.block][row, step, unit]
  }

  /// h Uh + b′h of a unit, in PyTorch's form.
  func product(_ row: Int, _ step: Int, _ unit: Int) -> Double { products[place(row, step, unit)] }

  @inline(__always)
  private func place(_ row: Int, _ step: Int, _ unit: Int) -> Int {
    (row * steps.count + step - 1) * equations.units + unit
  }

  /// U of an edge, without the reset gate.
  @inline(__always)
  private func weight(_ gate: Gate, _ sender: Int, _ receiver: Int) -> Double {
    Double(equations.recurrent.storage[(sender * 3 + gate.block) * equations.units + receiver])
  }

  /// The gates of a hop's receivers at `steps`, that see a change at the step before. With r among them, c sees the
  /// changed r too.
  func gates(_ hop: Path.Hop, seeing change: Change, at steps: ClosedRange<Int>) -> HopGates {
    var result = HopGates(steps: steps)
    for gate in [Gate.update, .reset] where hop.gates.contains(gate) {
      result.values[gate.block] = map(hop, steps) { row, step, unit, _ in
        guard change.steps.contains(step - 1) else { return recorded(gate, row, step, unit) }
        var difference = 0.0
        for (place, sender) in change.units.enumerated() {
          difference +=
            (Double(change.value(row, step - 1, place)) - Double(states[row, step - 1, sender]))
            * weight(gate, sender, unit)
        }
        return moved(gate, row, step, unit, by: difference)
      }
    }
    if hop.gates.contains(.candidate) || hop.gates.contains(.reset) {
      result.values[2] = candidates(
        hop, hop.gates.contains(.candidate) ? change : Change(units: [], steps: change.steps, values: []),
        resets: result.values[1], at: steps)
    }
    return result
  }

  /// c with changed states and, unless there are none, changed resets.
  private func candidates(
    _ hop: Path.Hop, _ change: Change, resets: [Float], at steps: ClosedRange<Int>
  ) -> [Float] {
    var receiverPlaces = [Int](repeating: -1, count: equations.units)
    var senderPlaces = receiverPlaces
    for (place, unit) in hop.receivers.enumerated() where !resets.isEmpty { receiverPlaces[unit] = place }
    for (place, unit) in change.units.enumerated() { senderPlaces[unit] = place }
    let touched = (0..<equations.units).filter { receiverPlaces[$0] >= 0 || senderPlaces[$0] >= 0 }
    return map(hop, steps) { row, step, unit, place in
      let first = ((row * steps.count) + step - steps.lowerBound) * hop.receivers.count
      func state(_ unit: Int) -> Double {
        Double(
          senderPlaces[unit] >= 0 && change.steps.contains(step - 1)
            ? change.value(row, step - 1, senderPlaces[unit]) : states[row, step - 1, unit])
      }
      func reset(_ unit: Int) -> Double {
        Double(
          receiverPlaces[unit] >= 0 ? resets[first + receiverPlaces[unit]] : recorded(.reset, row, step, unit)
        )
      }
      var difference = 0.0
      if equations.form == .gru {
        for sender in touched {
          let before = Double(recorded(.reset, row, step, sender)) * Double(states[row, step - 1, sender])
          difference += (reset(sender) * state(sender) - before) * weight(.candidate, sender, unit)
        }
      } else {
        let before = product(row, step, unit)
        var after = before
        for sender in change.units {
          after += (state(sender) - Double(states[row, step - 1, sender])) * weight(.candidate, sender, unit)
        }
        difference = reset(unit) * after - Double(recorded(.reset, row, step, unit)) * before
      }
      return moved(.candidate, row, step, unit, by: difference)
    }
  }

  /// The states of a hop's receivers under new gates: h′ = z h + (1 − z) c, from their recorded state on.
  func states(_ hop: Path.Hop, under gates: HopGates) -> Change {
    let (first, width) = (gates.steps.lowerBound, hop.receivers.count)
    let steps = first...max(first, self.steps.upperBound)
    var values: [Float] = []
    values.reserveCapacity(rows * steps.count * width)
    for row in 0..<rows {
      var current = [Double](repeating: 0, count: width)
      // Whether anything has reached a unit: what nothing reaches keeps its bits.
      var isReached = [Bool](repeating: false, count: width)
      for step in steps {
        for (place, unit) in hop.receivers.enumerated() {
          func value(_ gate: Gate) -> Float {
            if gates.steps.contains(step), !gates[gate].isEmpty {
              return gates[gate][(row * gates.steps.count + step - first) * width + place]
            }
            return recorded(gate, row, step, unit)
          }
          let (z, c) = (value(.update), value(.candidate))
          let isChanged =
            z != recorded(.update, row, step, unit) || c != recorded(.candidate, row, step, unit)
          if !isReached[place] { current[place] = Double(states[row, step - 1, unit]) }
          isReached[place] = isReached[place] || isChanged
          if isReached[place] {
            current[place] = Double(z) * current[place] + (1 - Double(z)) * Double(c)
            values.append(Float(current[place]))
          } else {
            values.append(states[row, step, unit])
          }
        }
      }
    }
    return Change(units: hop.receivers, steps: steps, values: values)
  }

  /// A recorded gate whose argument is moved.
  @inline(__always)
  private func moved(_ gate: Gate, _ row: Int, _ step: Int, _ unit: Int, by difference: Double) -> Float {
    let before = recorded(gate, row, step, unit)
    if difference == 0 { return before }
    let sum = arguments[gate.block][place(row, step, unit)]
    return before + Float(equations.value(gate, sum + difference) - equations.value(gate, sum))
  }

  /// A number for each row, step and receiver.
  @inline(__always)
  private func map(
    _ hop: Path.Hop, _ steps: ClosedRange<Int>,
    _ number: (_ row: Int, _ step: Int, _ unit: Int, _ place: Int) -> Float
  ) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(rows * steps.count * hop.receivers.count)
    for row in 0..<rows {
      for step in steps {
        for (place, unit) in hop.receivers.enumerated() { result.append(number(row, step, unit, place)) }
      }
    }
    return result
  }
}

extension Gate {
  /// The gates of a GRU, in the order of its kernels.
  static let ofGRU: [Gate] = [.update, .reset, .candidate]

  /// The number of a GRU's gate in its kernels; that of other cells' gates means nothing.
  var block: Int {
    switch self {
    case .update: 0
    case .reset: 1
    case .candidate, .input, .forget, .output: 2
    }
  }
}
