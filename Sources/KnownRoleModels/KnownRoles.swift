import Analyses
import LinearAlgebra
import Networks
import Tasks

/// A GRU whose roles are known, as it was built by hand or trained into them: a method that is to find roles can be asked to
/// find these.
///
///     let known = try KnownRoles.registerAndCountdown(units: 32, copies: 2, seed: 3)
///     let found = try RoleTest(.word, known.model, known.data, at: 1)
///     found.units == known.roles[.storing]
///
/// Every model is the GRU of the paper (`PaperGRU`, its equations untouched) unless it is trained as PyTorch's. Those built by hand solve `TokenPositioning` by
/// themselves: each token of each target, with a margin of about `Options.strength` in the logits; their decoders do not look at
/// the tokens that they are fed. Trained ones (`trained`) solve it nearly always. The same seed gives the same model; another
/// one puts the roles into other units.
public struct KnownRoles: Codable, Sendable, Equatable {
  /// How a model puts the word in its place.
  public enum Family: String, Codable, Sendable, CaseIterable {
    /// The paper's claim: separate units store the word, count the time left, start the output and write it.
    case registerAndCountdown
    /// Separate units hold T, and the time gone is counted up to it.
    case registerAndUpCounter
    /// The word is handed from unit to unit, one place a step; nothing counts.
    case delayLine
    /// One unit for each pair of word and time left.
    case jointCode
    /// The word and the time left lie in two subspaces at right angles, which no neuron is along.
    case rotated
    /// As the first, with a second register that tells the word if the first says nothing.
    case redundant
    /// Random initial values: no role, and no solution of the task.
    case nothing
    /// Learnt weights; given units move the word where they are exchanged, others its place.
    case trained
    /// Trained with the targets of other rows: no role, and no solution of the task.
    case shuffledRequests

    /// The families that no training makes: `KnownRoles(_:_:)` builds them.
    public static let handMade: [Family] = [
      .registerAndCountdown, .registerAndUpCounter, .delayLine, .jointCode, .rotated, .redundant, .nothing,
    ]
  }

  /// What a unit is for.
  public enum Role: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
    /// Holds the word that was asked for.
    case storing
    /// Holds when it is due: the time left, or T where the model counts up.
    case counting
    /// Is on from step T − 1 on, and starts the output.
    case triggering
    /// Is read by the logits of the words, and holds the word at step T.
    case outputting
    /// Holds word and time left together: the word at one time left, or some of both codes.
    case mixed
    /// Holds the word a second time, and is outvoted by the storing units.
    case backup
    /// Holds the time gone, with which counting units that hold T are compared.
    case elapsed
    /// Ends the sentence after as many tokens as the input has words.
    case ending
    /// Reads the state through random weights, so that word and time can be decoded from it, and is read by nothing.
    case noise
  }

  /// Which construction the model is of.
  public let family: Family
  /// Sizes, rows and seed.
  public let options: Options
  /// One layer of the paper's GRU on each side.
  public let model: Seq2Seq
  /// Balanced, with Select, Tune and Verify.
  public let data: Dataset
  /// The units of each role in ascending order; no entry for what the model does without units of its own.
  public let roles: [Role: [Int]]
  /// The subspaces of the storing and counting roles where these are in no units, `[dimensions, units]`.
  public let subspaces: [Role: Basis]
  /// A rotation of the whole space some of whose coordinates are the roles of `subspaces`; nil where roles are in units.
  public let rotation: Basis?
  /// Which coordinates of `rotation` have which role, in ascending order.
  public let coordinates: [Role: [Int]]
  /// What training made of the given units; nil for models that are not trained into roles.
  public let training: Training?
  /// What theory, or training, says of each claim that it decides, R0 first.
  public var expected: [Expectation] {
    family.expected(copies: options.copies) + (training?.fromStepBefore == nil ? [] : [.late])
  }

  /// The units that have a role in the task, in ascending order: all but noise and idle ones.
  public var used: [Int] {
    roles.filter { $0.key != .noise }.flatMap(\.value).sorted()
  }

  /// Builds the model of a family by hand.
  ///
  /// - Throws: `AnalysisError.invalidOption` for options that can't be, such as fewer units than the roles take, and
  ///   for families that are trained;
  ///   `TaskError` where the lengths have too few distinct sentences.
  public init(_ family: Family, _ options: Options) throws {
    guard Family.handMade.contains(family) else {
      throw AnalysisError.invalidOption(
        name: "family", value: family.rawValue,
        expected: "one that is built by hand; others come from trained and trainedOnShuffledRequests")
    }
    try options.validate()
    training = nil
    (self.family, self.options) = (family, options)
    let task = try TokenPositioning(words: options.words, lengths: options.lengths)
    data = try task.balanced(seed: options.seed, rowsPerCell: options.rowsPerCell)
    if family == .nothing {
      model = Seq2Seq(
        Configuration(units: options.units, vocabulary: data.vocabulary), seed: options.seed)
      (roles, subspaces, rotation, coordinates) = ([:], [:], nil, [:])
      return
    }
    var network = try HandMadeNetwork(family, options, data.vocabulary)
    var rotated: RotatedRoles?
    switch family {
    case .registerAndCountdown, .registerAndUpCounter, .redundant: try network.buildRegister()
    case .delayLine, .jointCode: try network.buildLine()
    case .rotated: rotated = try network.buildRotated()
    case .nothing, .trained, .shuffledRequests: break
    }
    try network.addNoise()
    model = network.builder.model
    roles = network.roles.mapValues { $0.sorted() }
    subspaces = rotated?.subspaces ?? [:]
    rotation = rotated?.rotation
    coordinates = rotated?.coordinates ?? [:]
  }

  /// A model that is there.
  init(
    _ family: Family, _ options: Options, model: Seq2Seq, data: Dataset, roles: [Role: [Int]],
    training: Training?
  ) {
    (self.family, self.options, self.model, self.data) = (family, options, model, data)
    (self.roles, self.training) = (roles, training)
    (subspaces, rotation, coordinates) = ([:], nil, [:])
  }
}
