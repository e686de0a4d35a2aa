import LinearAlgebra
import Networks
import Tasks

/// R0: the token is at its place, beside the same outputs held against the requests of other rows.
struct R0PositionsTokens: ClaimTest {
  let name = "R0"
  let statement = "The model positions tokens"

  func quantities(_ criteria: Criteria) -> [ClaimQuantity] {
    [.init("token accuracy", criteria.token), .init("token accuracy of each (w, T)", criteria.pair)]
  }

  func measure(on bench: ClaimBench) throws -> [Measured] {
    let rows = bench.data.verify
    let accuracy = try RequestAccuracy(
      bench.model, rows, draws: bench.options.randomSets, seed: bench.options.seed)
    var found = [Measured("all", "token accuracy", accuracy.effect(of: Array(0..<rows.count)), best: 1)]
    for word in Set(rows.words).sorted() {
      for position in bench.options.positions {
        let own = rows.indices { asked, last, _ in asked == word && last == position }
        if own.isEmpty { continue }
        found.append(
          Measured(
            "w = \(bench.name(word)), T = \(position)", "token accuracy of each (w, T)",
            accuracy.effect(of: own), best: 1))
      }
    }
    return found
  }

  /// On copies of the training rows, of which each input counts once.
  func measureAsPublished(on bench: PublishedBench) throws -> [Measured] {
    let rows = bench.data.verify.distinct
    let accuracy = try RequestAccuracy(bench.model, rows, draws: bench.randomSets, seed: bench.seed)
    return [
      Measured(
        "copies of the training rows", "token accuracy", accuracy.effect(of: Array(0..<rows.count)), best: 1)
    ]
  }

  var notJudgedAsPublished: String? { nil }
}

/// The tokens that a model writes, held against the rows' own requests and against those of other rows.
private struct RequestAccuracy {
  private let tokens: TokenGrid
  private let rows: Rows
  private let orders: [[Int]]
  private let inputs: [Int]
  private let sentences: [Int]
  private let seed: UInt64

  init(_ model: Seq2Seq, _ rows: Rows, draws: Int, seed: UInt64) throws {
    tokens = try model.decode(rows, steps: rows.targets.steps).tokens
    self.rows = rows
    (inputs, sentences) = (rows.inputNumbers, rows.sentenceNumbers)
    self.seed = seed
    var generator = SeededGenerator(seed: seed, label: "requests of other rows")
    let all = 0..<rows.count
    orders = (0..<draws).map { _ in generator.shuffled(all) }
  }

  private func isRight(_ row: Int, asking other: Int) -> Bool {
    let (word, position) = (rows.words[other], rows.positions[other])
    return position <= tokens.steps && tokens[row, at: position] == word
  }

  func effect(of own: [Int]) -> Effect {
    Effect(
      meanOf: InputValues(
        ofRows: own.map { isRight($0, asking: $0) ? 1 : 0 }, inputs: own.map { inputs[$0] },
        sentences: own.map { sentences[$0] }),
      null: orders.map { order in
        Double(own.count { isRight($0, asking: order[$0]) }) / Double(own.count)
      }, ofDraws: "requests of other rows", seed: seed)
  }
}
