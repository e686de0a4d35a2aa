import Analyses
import LinearAlgebra
import Networks
import Tasks

extension KnownRoles {
  /// What is known of a model, for readers that have nothing of this project.
  public struct Card: Codable, Sendable, Equatable {
    /// A sentence that the model reads, and what it writes.
    public struct Example: Codable, Sendable, Equatable {
      /// Tokens, without padding.
      public let input: [Int32]
      /// Tokens up to EOS.
      public let written: [Int32]
      /// w, T and L.
      public let word: Int32
      /// T, counted from 1.
      public let position: Int
      /// L: how many tokens are written before EOS.
      public let length: Int
    }

    /// A role's units taken from another row at one step, and what the model then writes.
    public struct ExchangeExample: Codable, Sendable, Equatable {
      /// Storing or counting.
      public let role: Role
      /// The units that are exchanged, counted from 0.
      public let units: [Int]
      /// t: h_t of the decoder is edited; t = 0 is the encoder's last state.
      public let step: Int
      /// The row that is edited, as it is without the edit.
      public let row: Example
      /// The row whose state the units are given: another w at another T, of the same L.
      public let source: Example
      /// Tokens up to EOS.
      public let written: [Int32]
    }

    /// Which construction the model is of.
    public let family: Family
    /// What the family's roles are, in a sentence.
    public let description: String
    /// How its weights came about, in a sentence.
    public let howMade: String
    /// The licence of the files, "MIT".
    public let licence: String
    /// The network's equations, in plain text, one or several to a line, with how the tensors are laid out.
    public let equations: [String]
    /// What the model reads and must write, in plain text.
    public let task: String
    /// How many units the layer of encoder and of decoder has.
    public let units: Int
    /// The name of each token; 0 is PAD, 1 SOS, 2 EOS.
    public let vocabulary: [String]
    /// Fixes the places of the units and the rows.
    public let seed: UInt64
    /// By role, units counted from 0.
    public let roles: [Role: [Int]]
    /// Units of the trained roles without which the rest of their role does not do what all do; nil if not measured.
    public let needed: [Int]?
    /// Whether every unit of a role is needed for what the role does; nil for models that are not trained.
    public let isTight: Bool?
    /// The share of rows of Verify with their word in its place.
    public let tokenAccuracy: Double
    /// The least share of exchanges that do what the role says, over roles and steps; nil if not measured.
    public let exchangeAccuracy: Double?
    /// The claims that the design decides, with their known answers and reasons.
    public let expected: [Expectation]
    /// Rows of Verify and what the model writes for them, at most 12: rows first, then their sources.
    public let examples: [Example]
    /// At t = 0 and t = 2, for storing and counting units.
    public let exchanges: [ExchangeExample]

    init(_ known: KnownRoles) throws {
      family = known.family
      description = known.family.description
      howMade = known.family.howMade
      licence = "MIT"
      equations =
        known.model.configuration.cell.equations + [
          "h' = z * h + (1 - z) * c", "logits = h' V + v; x is a row of the embedding",
          "the encoder starts from 0, the decoder from the encoder's last state and the token SOS, then reads what it wrote",
        ]
      let lengths = known.options.lengths
      task =
        "Input: L words (\(lengths.lowerBound) to \(lengths.upperBound)), EOS, a word w, a token @T. Output: L tokens, w at "
        + "place T and · elsewhere, then EOS. Rows of each w, T and L are equally frequent."
      units = known.options.units
      vocabulary = known.data.vocabulary.names
      seed = known.options.seed
      roles = known.roles
      needed = known.training?.needed
      isTight = known.training?.isTight
      tokenAccuracy = try known.model.evaluate(known.data.verify).token.share
      exchangeAccuracy = known.training?.evaluation.points.map(\.accuracy.share).min()
      expected = known.expected
      let pairs = try known.examplePairs(count: 6)
      let written = try known.model.decode(pairs.rows).tokens
      let all = (0..<pairs.rows.count).map { number in
        let row = pairs.rows[number]
        return Example(
          input: row.input, written: written.row(number).throughEnd, word: row.word, position: row.position,
          length: row.length)
      }
      examples = all
      let half = all.count / 2
      exchanges = try [Role.storing, .counting].flatMap { role -> [ExchangeExample] in
        guard let set = known.roles[role], !set.isEmpty else { return [] }
        return try [0, 2].flatMap { step -> [ExchangeExample] in
          let edited = try known.model.decode(pairs.rows) { now, states in
            guard now == step else { return }
            for row in 0..<half { for unit in set { states[row, unit] = states[row + half, unit] } }
          }.tokens
          return (0..<half).map { row in
            ExchangeExample(
              role: role, units: set, step: step, row: all[row], source: all[row + half],
              written: edited.row(row).throughEnd)
          }
        }
      }
    }
  }

  /// Rows of Verify, then as many sources of another word and place, all of one length, and with what is exchanged at t = 2
  /// still to decide about the place: a trigger is set a step before the word.
  fileprivate func examplePairs(count: Int) throws -> (rows: Rows, count: Int) {
    let length = data.verify.lengths.max() ?? 0
    let first = roles[.triggering] == nil ? 3 : 4
    let eligible = data.verify.indices { _, position, own in
      own == length && position >= first && position < length
    }
    var generator = SeededGenerator(seed: options.seed, label: "examples of known roles")
    var (rows, sources) = ([Int](), [Int]())
    for row in generator.shuffled(eligible) where rows.count < count {
      let fitting = eligible.filter {
        data.verify.words[$0] != data.verify.words[row]
          && data.verify.positions[$0] != data.verify.positions[row]
      }
      if fitting.isEmpty { continue }
      rows.append(row)
      sources.append(fitting[generator.integer(below: fitting.count)])
    }
    guard !rows.isEmpty else {
      throw AnalysisError.tooFewRows(
        condition: "a partner with another word and place from \(first) on", found: 0, needed: 1)
    }
    return (data.verify.rows(rows + sources), rows.count)
  }
}

extension CellKind {
  /// Of the two GRUs, in Keras's names.
  fileprivate var equations: [String] {
    self == .resetAfterGRU
      ? [
        "z = s(x Wz + bz + h Uz + dz)", "r = s(x Wr + br + h Ur + dr)",
        "c = tanh(x Wc + bc + r * (h Uc + dc))",
        "s(a) = 1 / (1 + exp(-a))",
        "kernel = [Wz Wr Wc], recurrent_kernel = [Uz Ur Uc], bias = [bz br bc; dz dr dc]",
        "pyTorch.safetensors is for torch.nn.GRU",
      ]
      : [
        "z = s(x Wz + h Uz + bz)", "r = s(x Wr + h Ur + br)", "c = tanh(x Wc + (r * h) Uc + bc)",
        "s(a) = clip(0.2 a + 0.5, 0, 1)",
        "kernel = [Wz Wr Wc], recurrent_kernel = [Uz Ur Uc], bias = [bz br bc]",
      ]
  }
}

extension Collection<Int32> {
  /// Through the first EOS.
  fileprivate var throughEnd: [Int32] {
    Array(prefix { $0 != Vocabulary.eos }) + (contains(Vocabulary.eos) ? [Vocabulary.eos] : [])
  }
}
