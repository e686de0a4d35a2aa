import LinearAlgebra
import Networks

/// What a linear machine can read from hidden states, on inputs that it was not fitted on, beside what it reads where
/// there is nothing to read (control 8).
///
/// The machine is `LinearSVM`, one against one, on units standardised over the training rows. A probe shows that
/// something can be read, not that the model reads it.
public struct LinearProbe: Codable, Sendable, Equatable {
  /// The numbers of the procedure.
  public struct Options: Codable, Sendable, Hashable {
    /// C of the machine.
    public var cost: Float
    /// How many times control labels are drawn.
    public var controls: Int
    /// How many times the labels of the tested rows are exchanged for the null.
    public var permutations: Int
    /// Training rows beyond this number are left out, whole inputs at a time and at random.
    public var trainingRows: Int
    /// Fixes the control labels, the permutations and the rows that are kept.
    public var seed: UInt64

    /// Three control labellings and 999 permutations, unless said otherwise.
    public init(
      cost: Float = 1, controls: Int = 3, permutations: Int = 999, trainingRows: Int = 2000, seed: UInt64 = 1
    ) {
      self.cost = cost
      self.controls = controls
      self.permutations = permutations
      self.trainingRows = trainingRows
      self.seed = seed
    }
  }

  /// What the same probe makes of random labels that are fixed for each type of input (Hewitt & Liang 2019).
  ///
  /// For w a type is (w, the input's first token), for the times it is (T, t): finer than the label, and found again in
  /// other inputs.
  public struct Control: Codable, Sendable, Equatable {
    /// How many types the training rows have.
    public let types: Int
    /// The share of the tested rows whose type the probe was fitted on; the others count for nothing.
    public let known: Double
    /// The accuracy for each drawing of labels, over the tested rows of known types.
    public let accuracies: [Double]

    /// The mean over the drawings.
    public var accuracy: Double { accuracies.reduce(0, +) / Double(accuracies.count) }
  }

  /// What is read from the state.
  public let target: ProbeTarget
  /// The numbers of the procedure.
  public let options: Options
  /// The labels, ascending.
  public let classes: [Int]
  /// On the rows that it was fitted to: near 1 with many units and few rows, whatever the states hold.
  public let training: Accuracy
  /// The accuracy on unseen inputs: the mean over inputs of the share of their rows. The null exchanges their labels.
  public let unseenInputs: Effect
  /// The same on pairs (w, T) that the model was not trained on; nil if none were given.
  public let unseenPairs: Effect?
  /// What guessing the most frequent training label would give on the unseen inputs.
  public let chance: Double
  /// Nil if no tested row is of a known type, or the types leave no two labels: then selectivity can't be told.
  public let control: Control?
  /// The accuracy of the same probe fitted to and tested on an untrained model; nil if none was given.
  public let floor: Double?
  /// Inputs that are both fitted on and tested: with any, the accuracy is not one on unseen inputs. Nil, not known, for
  /// states without a recording.
  public let sharedInputs: Int?
  /// How many different inputs the probe was fitted on.
  public let distinctTrainingInputs: Int

  /// Accuracy less control accuracy: what the probe finds rather than learns by heart. Nil if it can't be told.
  public var selectivity: Double? {
    guard let accuracy = unseenInputs.measurement?.estimate, let control else { return nil }
    return accuracy - control.accuracy
  }

  /// Fits and tests a probe.
  ///
  /// - Parameters:
  ///   - training: States of Select.
  ///   - unseenInputs: States of Verify.
  ///   - unseenPairs: States of `Dataset.unseen`. A probe for w then needs several T: at one T it never saw the word.
  ///   - untrained: The same states of Select and Verify in an untrained model of the same shape.
  /// - Throws: `AnalysisError.oneClassOnly`, `.countMismatch`, `.invalidOption`, `.notConverged`.
  public init(
    _ target: ProbeTarget, training: ProbeStates, unseenInputs: ProbeStates, unseenPairs: ProbeStates? = nil,
    untrained: (training: ProbeStates, unseenInputs: ProbeStates)? = nil, _ options: Options = Options()
  ) throws {
    for states in [unseenInputs, unseenPairs].compactMap({ $0 })
    where states.states.columns != training.states.columns {
      throw AnalysisError.countMismatch(
        what: "units in the tested states", expected: training.states.columns, found: states.states.columns)
    }
    for (name, value) in [("controls", options.controls), ("trainingRows", options.trainingRows)]
    where value < 1 {
      throw AnalysisError.invalidOption(name: name, value: "\(value)", expected: "at least 1")
    }
    try AnalysisError.require("permutations", options.permutations, atLeast: 0)
    let fitted = try FittedProbe(target, training, options)
    let tested = try unseenInputs.labelled(target)
    self.target = target
    self.options = options
    classes = fitted.machine.classes
    self.training = fitted.machine.accuracy(on: fitted.examples)
    self.unseenInputs = fitted.effect(on: tested, options)
    self.unseenPairs = try unseenPairs.map { fitted.effect(on: try $0.labelled(target), options) }
    let frequencies = Dictionary(grouping: fitted.examples.labels) { $0 }.mapValues(\.count)
    let guess = frequencies.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
    chance = Double(tested.labels.count { $0 == guess }) / Double(tested.count)
    control = try fitted.control(training, tested: unseenInputs, options)
    floor = try untrained.map { states in
      let fitted = try FittedProbe(target, states.training, options)
      return fitted.machine.accuracy(on: try fitted.standardized(try states.unseenInputs.labelled(target)))
        .share
    }
    sharedInputs = training.inputTokens.flatMap { fitted in
      unseenInputs.inputTokens.map { fitted.intersection($0).count }
    }
    distinctTrainingInputs = fitted.examples.distinctInputs
  }
}

/// A machine with what it was fitted on.
private struct FittedProbe {
  let target: ProbeTarget
  /// The rows of the training states that were taken.
  let rows: [Int]
  /// Standardised.
  let examples: LabelledStates
  let standardize: Standardization
  let machine: LinearSVM

  init(_ target: ProbeTarget, _ training: ProbeStates, _ options: LinearProbe.Options) throws {
    self.target = target
    rows = Self.sample(training, options)
    let taken = try training.labelled(target).rows(rows)
    standardize = Standardization(taken.states)
    examples = try LabelledStates(
      states: standardize(taken.states), labels: taken.labels, inputs: taken.inputs,
      sentences: taken.sentences)
    machine = try LinearSVM(examples, cost: options.cost)
  }

  /// As many inputs, with all their rows, as the limit allows.
  private static func sample(_ states: ProbeStates, _ options: LinearProbe.Options) -> [Int] {
    if states.count <= options.trainingRows { return Array(0..<states.count) }
    let rowsOfInput = Dictionary(grouping: 0..<states.count) { states.inputs[$0] }
    var generator = SeededGenerator(seed: options.seed, label: "training rows of a probe")
    var taken: [Int] = []
    for input in generator.shuffled(rowsOfInput.keys.sorted()) {
      taken += rowsOfInput[input] ?? []
      if taken.count >= options.trainingRows { break }
    }
    return taken.sorted()
  }

  func standardized(_ examples: LabelledStates) throws -> LabelledStates {
    try LabelledStates(
      states: standardize(examples.states), labels: examples.labels, inputs: examples.inputs,
      sentences: examples.sentences)
  }

  func effect(on tested: LabelledStates, _ options: LinearProbe.Options) -> Effect {
    let predicted = machine.predict(standardize(tested.states))
    let exchange = LabelExchange(tested)
    let inputs = exchange.rowsOfInput
    func shares(_ labels: [Int]) -> [Double] {
      inputs.map { rows in Double(rows.count { predicted[$0] == labels[$0] }) / Double(rows.count) }
    }
    let own = InputValues(shares(tested.labels), sentences: inputs.map { tested.sentences[$0[0]] })
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    var generator = SeededGenerator(seed: options.seed, label: "exchanged labels of tested rows")
    let null = (0..<max(0, options.permutations)).map { _ in mean(shares(exchange.draw(using: &generator))) }
    return Effect(
      meanOf: own, null: null, ofDraws: "exchanges of the tested rows' labels", seed: options.seed)
  }

  func control(
    _ training: ProbeStates, tested: ProbeStates, _ options: LinearProbe.Options
  ) throws -> LinearProbe.Control? {
    let allTypes = training.types(target)
    let types = rows.map { allTypes[$0] }
    let testedTypes = tested.types(target)
    let seen = Set(types)
    let known = testedTypes.indices.filter { seen.contains(testedTypes[$0]) }
    if known.isEmpty { return nil }
    var generator = SeededGenerator(seed: options.seed, label: "control labels")
    let states = standardize(tested.states.rows(known))
    var accuracies: [Double] = []
    for _ in 0..<options.controls {
      let labels = ControlLabels(types: types, labels: examples.labels, using: &generator)
      guard labels.hasTwoLabels else { return nil }
      let machine = try LinearSVM(
        examples.relabelled(types.map { labels[$0] ?? 0 }), cost: options.cost)
      let right = zip(machine.predict(states), known).count { $0 == labels[testedTypes[$1]] }
      accuracies.append(Double(right) / Double(known.count))
    }
    return LinearProbe.Control(
      types: seen.count, known: Double(known.count) / Double(testedTypes.count), accuracies: accuracies)
  }
}
