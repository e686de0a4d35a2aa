import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Units that are trained into roles.
struct InterchangeTrainingTests {
  static let task = Result { try TokenPositioning(words: 4, lengths: 5...6).balanced(seed: 1) }
  static let roles = [
    InterchangeRole(units: [2, 7, 9], moves: .word), InterchangeRole(units: [0, 15, 4], moves: .place),
  ]
  let data: Dataset
  let options = InterchangeTrainingOptions(batchSize: 16, updates: 12, evaluateEvery: 5)

  init() throws { data = try Self.task.get() }

  private func fresh(_ seed: UInt64 = 1) -> Seq2Seq {
    Seq2Seq(Configuration(units: 16, vocabulary: data.vocabulary), seed: seed)
  }

  /// What an exchange should make is what the task makes of the same sentence, asked for the other word or place.
  @Test func batchesAskForWhatTheExchangeMakes() throws {
    let rows = try CounterfactualRows(data.training, of: "targets")
    let task = try TokenPositioning(words: 4, lengths: 5...6)
    var all = InterchangeTrainingOptions(batchSize: 64, fromEarlierSteps: 1)
    all.steps = 0...4
    var sampler = InterchangeSampler(rows, Self.roles, all, steps: 0...4)
    var kinds = [String: Int]()
    for update in 0..<400 {
      let draw = sampler.next(update)
      let exchanged = draw.exchanges.map { exchange in Self.roles.first { $0.units == exchange.units }?.moves
      }
      kinds[exchanged.map { $0?.rawValue ?? "?" }.joined(separator: "+"), default: 0] += 1
      func asked(_ row: Int) -> (sentence: [Int32], word: Int32, position: Int) {
        let input = Array(draw.inputs.row(row).drop { $0 == Vocabulary.pad })
        let place = task.vocabulary.name(of: input[input.count - 1]).dropFirst()
        return (Array(input.dropLast(3)), input[input.count - 2], Int(place) ?? 0)
      }
      let wrong = (0..<64).filter { row in
        let own = asked(row)
        var (word, position) = (own.word, own.position)
        for (exchange, moves) in zip(draw.exchanges, exchanged) {
          let other = asked(exchange.partners[row])
          guard other.sentence.count == own.sentence.count, min(own.position, other.position) > exchange.step
          else { return true }
          if moves == .word {
            word = other.word
          } else {
            position = other.position + exchange.step - exchange.sourceStep
          }
        }
        let target = Array(draw.targets.row(row).filter { $0 != Vocabulary.pad })
        // Nothing is asked where no partner's word would come before the end.
        return target.isEmpty
          ? !draw.exchanges.contains { $0.sourceStep < $0.step }
          : target != task.row(sentence: own.sentence, word: word, position: position).target
      }
      #expect(wrong == [], "\(draw.exchanges)")
      for exchange in draw.exchanges where exchange.sourceStep == exchange.step {
        #expect(exchange.partners.sorted() == Array(0..<64))
      }
    }
    #expect(Set(kinds.keys) == ["", "word", "place", "word+place"])
    for (_, count) in kinds { #expect((60...140).contains(count)) }
  }

  /// With four roles: what another row's start and token make of a target, and which rows they are asked of.
  @Test func batchesAskForTheStartAndTheToken() throws {
    let rows = try CounterfactualRows(data.training, of: "targets")
    let task = try TokenPositioning(words: 4, lengths: 5...6)
    let filler = Int32(try #require(task.vocabulary.names.firstIndex(of: "·")))
    let roles =
      Self.roles + [
        InterchangeRole(units: [1, 3], moves: .start), InterchangeRole(units: [5], moves: .token),
      ]
    var sampler = InterchangeSampler(rows, roles, InterchangeTrainingOptions(batchSize: 64), steps: 0...4)
    var (kinds, turned) = ([Set<InterchangeRole.Moved>: Int](), [InterchangeRole.Moved: Int]())
    for update in 0..<600 {
      let draw = sampler.next(update)
      let exchanges = draw.exchanges.compactMap { exchange in
        roles.first { $0.units == exchange.units }.map { (moves: $0.moves, exchange: exchange) }
      }
      kinds[Set(exchanges.map(\.moves)), default: 0] += 1
      for (moves, exchange) in exchanges {
        #expect(
          exchange.reader == (moves == .token ? .output : .nextStep) && exchange.sourceStep == exchange.step)
        #expect(exchange.partners.sorted() == Array(0..<64))
      }
      func asked(_ row: Int) -> (sentence: [Int32], word: Int32, position: Int) {
        let input = Array(draw.inputs.row(row).drop { $0 == Vocabulary.pad })
        let place = task.vocabulary.name(of: input[input.count - 1]).dropFirst()
        return (Array(input.dropLast(3)), input[input.count - 2], Int(place) ?? 0)
      }
      let wrong = (0..<64).filter { row in
        let own = asked(row)
        var (word, position, asks) = (own.word, own.position, own.sentence.count + 1)
        var token: (place: Int, token: Int32)?
        for (moves, exchange) in exchanges {
          let (other, step) = (asked(exchange.partners[row]), exchange.step)
          // The word is still to come in both, and the place to be decided.
          let least = moves == .token ? step : moves == .place ? step + 2 : step + 1
          if min(own.position, other.position) < least || own.sentence.count != other.sentence.count {
            return true
          }
          switch moves {
          case .word: word = other.word
          case .place: position = other.position
          case .start where (other.position == step + 1) != (own.position == step + 1):
            position = other.position == step + 1 ? step + 1 : 0
            asks = step + 1
            turned[moves, default: 0] += 1
          case .start: break
          case .token:
            token = (step, other.position == step ? other.word : filler)
            if other.position == step || own.position == step { turned[moves, default: 0] += 1 }
          }
        }
        var expected = (1...own.sentence.count).map { $0 == position ? word : filler } + [Vocabulary.eos]
        if let token { expected[token.place - 1] = token.token }
        return draw.targets.row(row).filter { $0 != Vocabulary.pad } != Array(expected.prefix(asks))
      }
      #expect(wrong == [], "\(draw.exchanges)")
    }
    #expect(kinds.keys.count == 7 && kinds[[.word, .start]] ?? 0 > 40 && kinds[[.token]] ?? 0 > 40)
    // About half of the rows are due, or far fewer would turn on the exchange.
    let (starts, tokens) = (turned[.start] ?? 0, turned[.token] ?? 0)
    #expect(starts > 64 * 36 && tokens > 64 * 30, "\(starts) \(tokens)")
  }

  /// With one unit left out, what should come is another row's, and no longer that of the row that gives.
  @Test func whatAPartMovesIsDrawn() throws {
    let rows = try CounterfactualRows(data.training, of: "targets")
    let options = InterchangeTrainingOptions(batchSize: 64, exchanged: 1, leftOut: 1)
    var sampler = InterchangeSampler(rows, Self.roles, options, steps: 0...3)
    var (sizes, agreeing, all) = ([Int: Int](), 0, 0)
    for update in 0..<200 {
      let draw = sampler.next(update)
      for exchange in draw.exchanges { sizes[exchange.units.count, default: 0] += 1 }
      guard draw.exchanges.count == 1, draw.exchanges[0].units.allSatisfy(Self.roles[0].units.contains) else {
        continue
      }
      for (row, partner) in draw.exchanges[0].partners.enumerated() {
        let word = draw.inputs.row(partner).suffix(2).first ?? 0
        agreeing += draw.targets.row(row).contains(word) ? 1 : 0
        all += 1
      }
    }
    // One role alone in two of three batches; both together are whole.
    #expect(Set(sizes.keys) == [2, 3] && abs((sizes[2] ?? 0) - 133) < 30)
    #expect(abs(Double(agreeing) / Double(all) - 0.25) < 0.04)
  }

  @Test func aSeedFixesEveryBit() throws {
    func train(_ seed: UInt64, threads: Int = 2) throws -> (Seq2Seq, InterchangeTrainingHistory) {
      try Threads.$count.withValue(threads) {
        var (model, options) = (fresh(), options)
        options.seed = seed
        let history = try model.train(on: data, withRoles: Self.roles, options)
        return (model, history)
      }
    }
    let (first, again, one, other) = (try train(1), try train(1), try train(1, threads: 1), try train(2))
    #expect(first.0 == again.0 && first.0 == one.0 && first.0 != other.0)
    #expect(first.1.checkpoints.map(\.loss) == one.1.checkpoints.map(\.loss))
    #expect(first.1.checkpoints.map(\.update) == [5, 10, 12])
    #expect(first.1.checkpoints[2].loss < first.1.checkpoints[0].loss)
  }

  @Test func badOptionsAreNamed() throws {
    func name(
      roles: [InterchangeRole] = Self.roles, _ change: (inout InterchangeTrainingOptions) -> Void = { _ in }
    ) throws -> String? {
      var (model, options) = (fresh(), options)
      change(&options)
      let error = #expect(throws: NetworkError.self) { try model.train(on: data, withRoles: roles, options) }
      #expect(model == fresh())
      guard case .invalidOption(let name, _, _) = error else { return nil }
      return name
    }
    for count in [0, -1, .max] {
      #expect(try name { $0.batchSize = count } == "batchSize")
      #expect(try name { $0.updates = count } == "updates")
      #expect(try name { $0.evaluateEvery = count } == "evaluateEvery")
    }
    for value in [Double.nan, .infinity, -.infinity, -1] {
      #expect(try name { $0.goal = value } == "goal")
      #expect(try name { $0.exchanged = value } == "exchanged")
      #expect(try name { $0.atStart = value } == "atStart")
      #expect(try name { $0.fromEarlierSteps = value } == "fromEarlierSteps")
      #expect(try name { $0.teacherForcing = value } == "teacherForcing")
      #expect(try name { $0.learningRate = Float(value) } == "learningRate")
      #expect(try name { $0.finalRate = Float(value) } == "finalRate")
      #expect(try name { $0.leftOut = value } == "leftOut")
    }
    #expect(try name { $0.steps = 0...6 } == "steps")
    #expect(try name { $0.steps = -1...3 } == "steps")
    let (word, place) = (Self.roles[0], Self.roles[1])
    for roles in [
      [], [InterchangeRole(units: [], moves: .word)], [InterchangeRole(units: [16], moves: .word)],
      [InterchangeRole(units: [-1], moves: .word)], [InterchangeRole(units: [1, 1], moves: .word)],
      [word, InterchangeRole(units: [9], moves: .place)], [word, InterchangeRole(units: [1], moves: .word)],
    ] {
      #expect(try name(roles: roles) == "roles")
      #expect(throws: NetworkError.self) { try fresh().interchangeEvaluation(of: roles, on: data.tune) }
    }
    #expect(throws: NetworkError.self) {
      try fresh().interchangeEvaluation(of: [word, place], on: data.tune, steps: 2...6)
    }
    #expect(throws: NetworkError.self) {
      try fresh().interchangeEvaluation(of: [word, place], on: data.tune, delay: -1)
    }
    #expect(throws: NetworkError.emptyRows("what should be evaluated")) {
      try fresh().interchangeEvaluation(of: [word], on: data.tune.prefix(0))
    }
    var deep = Seq2Seq(Configuration(units: 16, vocabulary: data.vocabulary, decoderLayers: 2), seed: 1)
    #expect(throws: NetworkError.self) { try deep.train(on: data, withRoles: Self.roles, options) }
    // Where the words around w are the sentence's, what should stand in its old place is not known.
    let copied = try TokenPositioning(words: 4, lengths: 5...6, context: .copied).balanced(seed: 1)
    var model = fresh()
    let error = #expect(throws: NetworkError.self) {
      try model.train(on: copied, withRoles: Self.roles, options)
    }
    guard case .invalidOption("the training targets of control-signal", _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func anInfiniteLossStopsAndKeepsTheLastEvaluatedParameters() throws {
    var model = fresh()
    var wild = options
    wild.learningRate = 1e30
    let error = #expect(throws: NetworkError.self) {
      try model.train(on: data, withRoles: Self.roles, wild)
    }
    guard case .lossNotFinite(_, _, 0) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(model == fresh())
  }
}
