import LinearAlgebra
import Networks
import Synchronization
import Tasks

/// Takes what an edited run writes, step by step, from several threads: each row of a variant from one of them.
protocol LogitsWriter {
  /// Takes over one row's logits `[1, words]`, which go on to whole lanes with −1e30, and are gone then.
  func write(_ logits: MatrixView, variant: Int, row: Int, step: Int) throws
}

/// Variants that begin at one step, decoded together: row r of the batch is row r % rows of variant r / rows.
struct EditedBatch {
  let runs: Counterfactuals
  /// With the layer of each.
  private let edits: [[(edit: Edit, layer: Int)]]
  /// The number of each variant among all.
  let members: [Int]
  /// The step whose recorded state is taken over; nil to read the input.
  let start: Int?
  let last: Int
  /// What is fed, `[rows, steps]`; nil for what the edited model chooses.
  let fed: TokenGrid?
  let network: Network

  /// - Throws: `AnalysisError.invalidOption` if the model has no such place as an edit names.
  init(
    _ runs: Counterfactuals, edits: [[Edit]], members: [Int], start: Int?, last: Int, feeding fed: TokenGrid?
  ) throws {
    self.runs = runs
    self.edits = try edits.map {
      try $0.map { (edit: $0, layer: try $0.place.layer(in: runs.model.configuration)) }
    }
    self.members = members
    self.start = start
    self.last = last
    self.fed = fed
    network = Network(runs.model.configuration)
  }

  private var rows: Int { runs.rows.count }

  /// Rows that are decoded at once: as many as keep their gates in a core's cache.
  private var blockRows: Int { max(64, min(1024, 393_216 / network.cell.gateWidth / 16 * 16)) }

  /// Decodes all blocks, several at a time, and hands on what comes out.
  ///
  /// - Throws: The first error of the lowest part: an edit that fails must never read as one without effect.
  func run(into writer: some LogitsWriter, progress: @Sendable (Double) -> Void) throws {
    let total = edits.count * rows
    let blocks = (total + blockRows - 1) / blockRows
    // A part has one set of scratch for all its blocks.
    let parts = min(blocks, 8)
    let finished = Atomic(0)
    var failures = [(any Error)?](repeating: nil, count: parts)
    failures.withUnsafeMutableBufferPointer { failures in
      runs.model.withParameters(of: network) { parameters in
        nonisolated(unsafe) let (parameters, writer, failures) = (parameters, writer, failures)
        inParallel(parts) { index in
          let pass = ForwardPass(
            network, rows: min(blockRows, total), encoderSteps: start == nil ? runs.rows.inputs.steps : 0,
            decoderSteps: max(last, runs.steps, fed?.steps ?? 0))
          pass.prepare(parameters)
          do {
            for block in part(index, of: parts, count: blocks) {
              let range = block * blockRows..<min(total, (block + 1) * blockRows)
              try decode(range, pass, parameters, writer)
              let count = finished.wrappingAdd(1, ordering: .relaxed).newValue
              progress(Double(count) / Double(blocks))
            }
          } catch {
            failures[index] = error
          }
        }
      }
    }
    if let failure = failures.lazy.compactMap({ $0 }).first { throw failure }
  }

  private func decode(
    _ range: Range<Int>, _ pass: ForwardPass, _ parameters: UnsafeMutablePointer<Float>,
    _ writer: some LogitsWriter
  ) throws {
    let inputs = start == nil ? runs.rows.inputs : TokenGrid(rows: rows, steps: 0)
    pass.batch.load(inputs: inputs, targets: fed, count: range.count, trimming: false) {
      (range.lowerBound + $0) % rows
    }
    let segments = segments(of: range)
    func apply(_ edits: [PlacedEdit], at step: Int, _ views: (_ layer: Int) -> MatrixView) {
      for placed in edits where placed.edit.steps.contains(step) {
        placed.edit.write(
          step: step, rows: placed.segment.rows,
          to: views(placed.layer).rows(
            placed.segment.offset..<placed.segment.offset + placed.segment.rows.count))
      }
    }
    func placed(_ side: Place.Side, _ isWanted: (Place.Site) -> Bool) -> [PlacedEdit] {
      segments.flatMap { segment in
        edits[segment.variant].filter { $0.edit.place.side == side && isWanted($0.edit.place.site) }
          .map { PlacedEdit(edit: $0.edit, layer: $0.layer, segment: segment) }
      }
    }
    func cellState(_ state: MatrixView) -> MatrixView { state.columns(network.units..<2 * network.units) }
    func gates(_ side: Place.Side) -> [PlacedEdit] {
      placed(side) { if case .gate = $0 { true } else { false } }
    }
    func applyGates(_ edits: [PlacedEdit], _ step: Int, _ layer: Int, _ block: Int, _ values: MatrixView) {
      apply(
        edits.filter { $0.layer == layer && $0.edit.place.site == .gate(network.cell.gates[block]) }, at: step
      ) { _ in values }
    }

    if let start {
      loadStates(start, range, pass)
    } else {
      let (states, cellStates, gates) = (
        placed(.encoder) { $0 == .state }, placed(.encoder) { $0 == .cellState }, gates(.encoder)
      )
      try pass.encode(
        parameters,
        onStep: { step, tapes in
          apply(states, at: step) { tapes[$0].state(step) }
          apply(cellStates, at: step) { cellState(tapes[$0].state(step)) }
        }, gateEdit: gates.isEmpty ? nil : { applyGates(gates, $0, $1, $2, $3) })
    }
    let (states, cellStates) = (placed(.decoder) { $0 == .state }, placed(.decoder) { $0 == .cellState })
    let (outputs, carried) = (placed(.decoder) { $0 == .output }, placed(.decoder) { $0 == .carried })
    let decoderGates = gates(.decoder)
    var hooks = ForwardPass.Edits()
    if !states.isEmpty || !cellStates.isEmpty {
      hooks.states = { step, views in
        apply(states, at: step) { views[$0] }
        apply(cellStates, at: step) { cellState(views[$0]) }
      }
    }
    if !outputs.isEmpty { hooks.output = { step, view in apply(outputs, at: step) { _ in view } } }
    if !carried.isEmpty { hooks.carried = { step, views in apply(carried, at: step) { views[$0] } } }
    if !decoderGates.isEmpty { hooks.gates = { applyGates(decoderGates, $0, $1, $2, $3) } }
    try pass.decode(
      parameters, from: start ?? 0, steps: last, choosing: fed == nil, edits: hooks
    ) { step, _, logits in
      for i in 0..<range.count {
        let row = range.lowerBound + i
        try writer.write(logits.rows(i..<i + 1), variant: members[row / rows], row: row % rows, step: step)
      }
    }
  }

  /// Copies the recorded states of a step to the rows of a block.
  private func loadStates(_ step: Int, _ range: Range<Int>, _ pass: ForwardPass) {
    for (layer, view) in pass.decoderStates(step).enumerated() {
      let recorded = runs.baseline.decoderLayers[layer]
      for (first, traces) in [(0, recorded.states), (network.units, recorded.cellState)] {
        guard let traces else { continue }
        traces.storage.withUnsafeBufferPointer { buffer in
          guard let base = buffer.baseAddress else { return }
          for i in 0..<range.count {
            let row = (range.lowerBound + i) % rows
            (view.base + i * view.stride + first)
              .update(from: base + (row * traces.steps.count + step) * traces.units, count: traces.units)
          }
        }
      }
    }
  }

  /// Consecutive rows of a block that belong to one variant.
  private struct Segment {
    /// The number of the variant among those of the batch.
    let variant: Int
    /// The rows of the data.
    let rows: Range<Int>
    /// The first row's place in the block.
    let offset: Int
  }

  private struct PlacedEdit {
    let edit: Edit
    let layer: Int
    let segment: Segment
  }

  private func segments(of range: Range<Int>) -> [Segment] {
    (range.lowerBound / rows...(range.upperBound - 1) / rows).map { variant in
      let all = (variant * rows..<(variant + 1) * rows).clamped(to: range)
      return Segment(
        variant: variant, rows: all.lowerBound - variant * rows..<all.upperBound - variant * rows,
        offset: all.lowerBound - range.lowerBound)
    }
  }
}
