import Foundation
import Lab
import PageModel
import Testing

/// The model in a page computes what Networks computes.
@Suite struct PageModelTests {
  struct Shape: CustomTestStringConvertible {
    var cell: CellKind
    var encoderLayers: Int
    var decoderLayers: Int
    var testDescription: String { "\(cell) \(encoderLayers)–\(decoderLayers)" }
  }

  static let shapes =
    CellKind.allCases.map { Shape(cell: $0, encoderLayers: 1, decoderLayers: 1) }
    + [
      Shape(cell: .gru, encoderLayers: 1, decoderLayers: 2),
      Shape(cell: .lstm, encoderLayers: 3, decoderLayers: 2),
      Shape(cell: .resetAfterGRU, encoderLayers: 2, decoderLayers: 3),
      Shape(cell: .gru, encoderLayers: 3, decoderLayers: 1),
    ]

  private static func made(_ shape: Shape) throws -> (model: Seq2Seq, data: Dataset, live: LiveModel) {
    let data = try TokenPositioning(words: 5, lengths: 3...8).balanced(seed: 3)
    var model = Seq2Seq(
      Configuration(
        units: 7, vocabulary: data.vocabulary, cell: shape.cell, encoderLayers: shape.encoderLayers,
        decoderLayers: shape.decoderLayers), seed: 11)
    // Far from zero, so that gates saturate and words differ; larger recurrent kernels would make it chaotic.
    for view in model.layout.views where !view.name.hasSuffix("recurrent") {
      var matrix = try model.parameter(view.name)
      for row in 0..<matrix.rows { for column in 0..<matrix.columns { matrix[row, column] *= 8 } }
      try model.setParameter(view.name, to: matrix)
    }
    return (model, data, try LiveModel(model, rows: data.verify, vocabulary: data.vocabulary))
  }

  private static func run<T>(_ live: LiveModel, steps: Int, _ body: (PageModel) throws -> T) throws -> T {
    try live.block.withUnsafeBytes { try body(#require(PageModel($0, mostSteps: steps))) }
  }

  /// Each token has the largest logit, up to what two ways to add the same numbers differ by.
  private func expectSame(
    _ tokens: [Int32], _ expected: ArraySlice<Int32>, probability: (_ word: Int32, _ step: Int) -> Float
  ) {
    guard let (index, pair) = zip(tokens, expected).enumerated().first(where: { $1.0 != $1.1 }) else {
      return
    }
    let difference = probability(pair.0, index + 1) - probability(pair.1, index + 1)
    #expect(abs(difference) < 1e-5, "step \(index + 1): \(pair.0), not \(pair.1)")
  }

  @Test(arguments: shapes) func computesStatesGatesAndProbabilities(_ shape: Shape) throws {
    let (model, data, live) = try Self.made(shape)
    let rows = data.verify.prefix(20)
    let recording = try model.record(rows)
    let steps = rows.targets.steps
    try Self.run(live, steps: steps) { page in
      for row in 0..<rows.count {
        #expect(page.run(.asked, rows[row].input, steps: steps))
        expectSame(page.tokens(of: .asked, steps: steps), recording.tokens.row(row)) {
          recording.probability(of: $0, row: row, at: $1)
        }
        for step in 0...steps {
          let states = page.states(of: .asked, at: step)
          let expected = recording.decoderLayers.flatMap { layer in
            Array(layer.states.units(row: row, step: step))
              + (layer.cellState.map { Array($0.units(row: row, step: step)) } ?? [])
          }
          #expect(states.count == expected.count)
          #expect(zip(states, expected).allSatisfy { abs($0 - $1) < 1e-5 }, "row \(row), step \(step)")
        }
        let kinds = recording.decoder.gates.keys.sorted {
          Gate.allCases.firstIndex(of: $0)! < Gate.allCases.firstIndex(of: $1)!
        }
        let order: [Gate] = shape.cell == .lstm ? [.input, .forget, .candidate, .output] : kinds
        for step in 1...steps {
          let expected = recording.decoderLayers.flatMap { layer in
            order.flatMap { Array(layer[$0]?.units(row: row, step: step) ?? []) }
          }
          #expect(zip(page.gates(of: .asked, at: step), expected).allSatisfy { abs($0 - $1) < 1e-5 })
          #expect(page.gates(of: .asked, at: step).count == expected.count)
          for word in 0..<data.vocabulary.count {
            let expected = recording.probability(of: Int32(word), row: row, at: step)
            #expect(abs(page.probabilities(of: .asked, at: step)[word] - expected) < 1e-5)
          }
        }
      }
    }
  }

  @Test(arguments: shapes) func editsAsNetworksDoes(_ shape: Shape) throws {
    let (model, data, live) = try Self.made(shape)
    let steps = data.verify.targets.steps
    var generator = SeededGenerator(seed: 5, label: "edits")
    let means = try model.record(data.verify)
    try Self.run(live, steps: steps) { page in
      for _ in 0..<60 {
        let (asked, other) = (
          data.verify[generator.integer(below: data.verify.count)].input,
          data.verify[generator.integer(below: data.verify.count)].input
        )
        let value = StateEdit.Value.allCases[generator.integer(below: 4)]
        let from = generator.integer(below: steps + 1)
        let to = min(steps, from + generator.integer(below: 3))
        let units = generator.sample(1 + generator.integer(below: page.shape.width), of: 0..<page.shape.width)
        let number = Float(generator.integer(below: 9)) / 4 - 1
        func grid(_ input: [Int32]) -> TokenGrid { TokenGrid(rows: 1, steps: input.count, storage: input) }
        func states(_ input: [Int32]) throws -> [Int: Matrix] {
          var found: [Int: Matrix] = [:]
          _ = try model.decode(grid(input), steps: steps) { found[$0] = $1 }
          return found
        }
        let (before, source) = (try states(asked), try states(other))
        var after: [Int: Matrix] = [:]
        let decoding = try model.decode(grid(asked), steps: steps) { step, states in
          if (from...to).contains(step) {
            let mean = means.decoderLayers.flatMap { layer in
              layer.states.step(step).columnMeans + (layer.cellState?.step(step).columnMeans ?? [])
            }
            for unit in units {
              states[0, unit] =
                switch value {
                case .constant: number
                case .mean: mean[unit]
                case .stepBefore: before[max(0, step - 1)]![0, unit]
                case .other: source[step]![0, unit]
                }
            }
          }
          after[step] = states
        }
        #expect(page.run(.asked, asked, steps: steps) && page.run(.other, other, steps: steps))
        let edit = StateEdit(value, number: number, units: units.map(Int32.init), steps: from...to)
        #expect(page.run(.edited, asked, steps: steps, edits: [edit]))
        let tokens = page.tokens(of: .edited, steps: steps)
        expectSame(tokens, decoding.tokens.row(0)) { decoding.probability(of: $0, row: 0, at: $1) }
        // Where two words were as likely, what follows may differ.
        guard (0..<steps).allSatisfy({ tokens[$0] == decoding.tokens[0, at: $0 + 1] }) else { continue }
        for step in 0...steps {
          let states = page.states(of: .edited, at: step)
          #expect(
            states.indices.allSatisfy { abs(states[$0] - after[step]![0, $0]) < 1e-5 },
            "\(value) at \(from)–\(to), step \(step)")
        }
      }
    }
  }

  @Test func refusesWhatThereIsNot() throws {
    let (_, data, live) = try Self.made(Self.shapes[0])
    let input = data.verify[0].input
    try Self.run(live, steps: 9) { page in
      #expect(page.run(.asked, input, steps: 9))
      #expect(!page.run(.asked, input, steps: 10))
      #expect(!page.run(.asked, input, steps: 0))
      #expect(!page.run(.asked, [Int32(data.vocabulary.count)], steps: 3))
      #expect(!page.run(.asked, [-1], steps: 3))
      #expect(!page.run(.edited, input, steps: 3, edits: [StateEdit(.mean, units: [7], steps: 1...2)]))
      #expect(!page.run(.edited, input, steps: 3, edits: [StateEdit(.mean, units: [-1], steps: 1...2)]))
    }
    #expect(
      live.block.withUnsafeBytes { PageModel(UnsafeRawBufferPointer(rebasing: $0.dropLast(4)), mostSteps: 3) }
        == nil)
    #expect(live.block.withUnsafeBytes { PageModel($0, mostSteps: 0) } == nil)
    var other = live.block
    other[4] = 200
    #expect(other.withUnsafeBytes { PageModel($0, mostSteps: 3) } == nil)
  }

  // MARK: What a chapter can get wrong

  @Test func saysWhatIsWrong() throws {
    let (model, data, _) = try Self.made(Self.shapes[0])
    func fault(_ make: () throws -> LiveModel) -> String {
      do {
        _ = try make()
        return ""
      } catch { return "\(error)" }
    }
    let rows = data.verify
    let vocabulary = data.vocabulary
    #expect(
      fault { try LiveModel(model, rows: rows, vocabulary: vocabulary, sets: ["storing": [1, 7]]) }
        == "The set “storing” has the unit 7; the model has the units 0 to 6.")
    #expect(
      fault { try LiveModel(model, rows: rows, vocabulary: vocabulary, experiment: .init(units: [9])) }
        .contains("the unit 9"))
    #expect(
      fault { try LiveModel(model, rows: rows, vocabulary: vocabulary, experiment: .init(.ask("z", at: 2))) }
        .contains("No row asks for “z” at 2"))
    #expect(
      fault { try LiveModel(model, rows: rows, vocabulary: vocabulary, experiment: .init(steps: 3...40)) }
        .contains("the decoder has 0 to"))
    #expect(
      fault { try LiveModel(model, rows: rows.prefix(0), vocabulary: vocabulary) }.contains("`rows` is empty")
    )
    #expect(
      fault { try LiveModel(model, rows: rows, vocabulary: Vocabulary(words: ["a"])) }.contains(
        "the vocabulary has 4"))
    let large = Seq2Seq(Configuration(units: 256, vocabulary: vocabulary), seed: 1)
    #expect(
      fault { try LiveModel(large, rows: rows, vocabulary: vocabulary) }.contains("a page can carry 500,000"))
    var broken = model
    var bias = try broken.parameter("output.bias")
    bias[0, 1] = .nan
    try broken.setParameter("output.bias", to: bias)
    #expect(fault { try LiveModel(broken, rows: rows, vocabulary: vocabulary) }.contains("can't run"))
  }

  /// A goal that its solution does not meet, or that is met before anything was done, is refused.
  @Test func aGoalCanBeMetAndIsNotMetYet() throws {
    // Words and places are written by units of their own.
    let family = try KnownRoles.registerAndCountdown(units: 32)
    let rows = family.data.verify
    let (storing, counting) = (family.roles[.storing] ?? [], family.roles[.counting] ?? [])
    func made(_ goal: LiveModel.Goal, _ units: [Int] = []) throws -> LiveModel {
      try LiveModel(
        family.model, rows: rows, vocabulary: family.data.vocabulary, experiment: .init(units: units, at: 2),
        goal: goal)
    }
    let live = try made(.init(.word, in: 9, units: storing.count, solution: storing))
    #expect(live.about.goal?.pairs.count == 10)
    func fault(_ body: () throws -> LiveModel) -> String {
      do {
        _ = try body()
        return ""
      } catch { return "\(error)" }
    }
    #expect(fault { try made(.init(.word, in: 9, units: 32, solution: counting)) }.contains("in 0 of"))
    #expect(
      fault { try made(.init(.word, in: 9, units: 32, solution: storing), storing) }.contains(
        "meets the goal already"))
    #expect(
      fault { try made(.init(.word, in: 9, units: 1, solution: storing)) }.contains("the goal allows 1"))
    #expect(fault { try made(.init(.word, in: 11, units: 32, solution: storing)) }.contains("11 of 10 pairs"))
    #expect(
      fault { try made(.init(.place, in: 9, units: 32, solution: counting)) } == "",
      "the counting set moves the place")
  }

  /// A model of 32 units adds at most 120 KB to a page, one of 64 at most 350.
  @Test(arguments: [(32, 120_000), (64, 350_000)]) func isSmall(_ units: Int, _ limit: Int) throws {
    let data = try TokenPositioning(words: 8).balanced(seed: 1)
    let model = Seq2Seq(Configuration(units: units, vocabulary: data.vocabulary), seed: 1)
    let live = try LiveModel(
      model, rows: data.verify, vocabulary: data.vocabulary, sets: ["storing": Array(0..<8)])
    let about = try JSONEncoder().encode(live.about)
    #expect(live.block.base64EncodedData().count + about.count < limit, "\(about.count)")
  }
}
