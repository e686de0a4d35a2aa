import Analyses
import LinearAlgebra
import Networks
import Tasks

extension KnownRoles {
  /// A GRU with learnt weights whose roles are known all the same: trained, on batches in which the storing units of two
  /// rows are exchanged, and the words of their targets with them, and so the counting units and the places
  /// (`Seq2Seq.train(on:withRoles:_:)`).
  ///
  /// Triggering and outputting units can have their roles too: exchanged, the first start the word or keep it from starting, the
  /// second are what is written. Other units may hold word and place too, but nothing reads these there. Whether all of a role's units are needed is
  /// `training`'s `isTight`. In some seconds, and in a minute or less:
  ///
  ///     try KnownRoles.trained(units: 32, words: 4, lengths: 4...7, roles: .init(storing: 2, counting: 2))
  ///     try KnownRoles.trained(units: 64, .init(isTight: true))
  ///     try KnownRoles.trained(units: 64, roles: .fourRoles(of: 64))
  ///     try KnownRoles.trained(cell: .resetAfterGRU)  // `torch.nn.GRU` takes its weights
  ///
  /// - Parameters:
  ///   - sizes: How many units are given each role.
  ///   - cell: One of the two GRUs.
  ///   - seed: Of the places of the units, the rows, the first weights and the batches.
  /// - Throws: `TrainedRolesError` where a share on Verify is below .99 (token) or .95 (an exchange at some t), or a unit of
  ///   what should be tight is not needed; `AnalysisError`, `NetworkError` and `TaskError` for what can't be.
  public static func trained(
    units: Int = 64, words: Int = 8, lengths: ClosedRange<Int> = 5...8, roles sizes: RoleSizes = RoleSizes(),
    _ training: TrainingOptions = TrainingOptions(), cell: CellKind = .gru,
    rowsPerCell: RowsPerCell = RowsPerCell(), seed: UInt64 = 1
  ) throws -> KnownRoles {
    guard cell == .gru || cell == .resetAfterGRU else {
      throw AnalysisError.invalidOption(
        name: "cell", value: cell.rawValue, expected: "one of the two GRUs, gru or resetAfterGRU")
    }
    let options = Options(
      units: units, words: words, lengths: lengths, noiseUnits: 0, rowsPerCell: rowsPerCell, seed: seed)
    let (model, data) = try options.untrained(cell)
    var trainer = try RoleTrainer(model, data, sizes, training, seed: seed)
    let made = try trainer.run()
    return KnownRoles(
      .trained, options, model: trainer.model, data: data, roles: trainer.units, training: made)
  }

  /// A GRU trained with the targets of other rows, drawn at random among those of sentences as long: it learns to write
  /// sentences of the right length, but no word in its place. No units have a role, though the state holds what was asked.
  ///
  /// - Throws: `AnalysisError` and `TaskError` for options that can't be; `NetworkError`.
  public static func trainedOnShuffledRequests(
    units: Int = 32, words: Int = 8, lengths: ClosedRange<Int> = 5...8, updates: Int = 1000,
    rowsPerCell: RowsPerCell = RowsPerCell(training: 16), seed: UInt64 = 1
  ) throws -> KnownRoles {
    let options = Options(
      units: units, words: words, lengths: lengths, noiseUnits: 0, rowsPerCell: rowsPerCell, seed: seed)
    let (initial, data) = try options.untrained()
    guard updates >= 1 else {
      throw AnalysisError.invalidOption(name: "updates", value: "\(updates)", expected: "at least 1")
    }
    // What validation says is asked for nothing.
    let shuffled = Dataset(
      task: data.task, form: data.form, vocabulary: data.vocabulary,
      training: data.training.withTargetsShuffled(seed: seed), validation: data.tune.prefix(1),
      test: data.verify)
    var model = initial
    try model.train(on: shuffled, TrainingOptions.ofShuffledRequests(updates: updates, seed: seed))
    return KnownRoles(.shuffledRequests, options, model: model, data: data, roles: [:], training: nil)
  }
}

extension KnownRoles.TrainingOptions {
  fileprivate static func ofShuffledRequests(updates: Int, seed: UInt64) -> Networks.TrainingOptions {
    Networks.TrainingOptions(
      epochs: 1, stepsPerEpoch: updates, goal: 2, seed: seed, objective: .crossEntropy, batching: .shuffled,
      teacherForcing: 1, learningRate: 0.003)
  }
}

extension KnownRoles.Options {
  /// The task's data, and a model with random initial values.
  fileprivate func untrained(_ cell: CellKind = .gru) throws -> (model: Seq2Seq, data: Dataset) {
    try validate()
    let data = try TokenPositioning(words: words, lengths: lengths).balanced(
      seed: seed, rowsPerCell: rowsPerCell)
    return (Seq2Seq(Configuration(units: units, vocabulary: data.vocabulary, cell: cell), seed: seed), data)
  }
}

extension Rows {
  /// The same inputs with the targets of other rows of the same length.
  fileprivate func withTargetsShuffled(seed: UInt64) -> Rows {
    var generator = SeededGenerator(seed: seed, label: "shuffled requests")
    var rows = (0..<count).map { self[$0] }
    for members in groupedPlaces(of: lengths) {
      for (row, other) in zip(members, generator.shuffled(members)) {
        rows[row] = Row(
          input: self[row].input, target: self[other].target, word: words[other],
          position: positions[other], length: lengths[other])
      }
    }
    return Rows(rows, inputSteps: inputs.steps, targetSteps: targets.steps)
  }
}
