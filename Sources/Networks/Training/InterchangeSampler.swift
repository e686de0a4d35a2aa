import LinearAlgebra
import Tasks

/// Draws the batches of interchange training: what is exchanged, at which step, between which rows.
package struct InterchangeSampler {
  package struct Draw {
    package var inputs: TokenGrid
    package var targets: TokenGrid
    package var exchanges: [StateExchange]
    package var teacherForced: Bool
  }

  let rows: CounterfactualRows
  let roles: [InterchangeRole]
  let options: InterchangeTrainingOptions
  let steps: ClosedRange<Int>
  /// What is exchanged in one batch: each role alone, and those that can be exchanged together.
  private let kinds: [[InterchangeRole]]
  private var generator: SeededGenerator

  package init(
    _ rows: CounterfactualRows, _ roles: [InterchangeRole], _ options: InterchangeTrainingOptions,
    steps: ClosedRange<Int>
  ) {
    self.rows = rows
    self.roles = roles
    self.options = options
    self.steps = steps
    kinds =
      roles.map { [$0] }
      + [[.word, .place], [.word, .start]].map { moved in roles.filter { moved.contains($0.moves) } }
      .filter { $0.count == 2 }
    generator = SeededGenerator(seed: options.seed, label: "interchange")
  }

  /// The batch of one update, counted from 0.
  package mutating func next(_ update: Int) -> Draw {
    let teacherForced = generator.unit() < options.teacherForcing
    let isExchanged = generator.unit() < options.exchanged
    let chosen = kinds[generator.integer(below: kinds.count)]
    let moved = Set(chosen.map(\.moves))
    let isAtStart = steps.contains(0) && generator.unit() < options.atStart
    var step = isAtStart ? 0 : steps.lowerBound + generator.integer(below: steps.count)
    // The state after the next step, which writes what the others decide.
    if moved == [.token] { step += 1 }
    let isLate = Double(update) >= (1 - options.fromEarlierSteps) * Double(options.updates)
    let isEarlier = generator.unit() < 0.5
    var sourceStep = step
    if isLate, isEarlier, step > steps.lowerBound, moved.isSubset(of: [.word, .place]) {
      sourceStep = steps.lowerBound + generator.integer(below: step - steps.lowerBound)
    }
    let pool = rows.after(isExchanged ? roles.latest(step, moved) : 0)
    // Else few rows would have a word that is due.
    let due = isExchanged ? roles.due(step, moved).map { rows.due(at: $0) } ?? [] : []
    let batch = (0..<options.batchSize).map { _ in
      let pool = !due.isEmpty && generator.unit() < 0.5 ? due : pool
      return pool[pool.startIndex + generator.integer(below: pool.count)]
    }
    var exchanges = [(moves: InterchangeRole.Moved, partners: [Int?])]()
    var states = [StateExchange]()
    let isPartial = generator.unit() < options.leftOut
    for role in chosen where isExchanged {
      func partners() -> [Int?] { rows.partners(of: batch, from: sourceStep, to: step, using: &generator) }
      let given = partners()
      var units = role.units
      if isPartial && chosen.count == 1 {
        units.remove(at: generator.integer(below: units.count))
        exchanges.append((role.moves, partners()))
      } else {
        exchanges.append((role.moves, given))
      }
      states.append(
        StateExchange(
          units: units, partners: given.enumerated().map { $1 ?? $0 }, step: step, sourceStep: sourceStep,
          reader: role.moves.reader))
    }
    let outcomes = batch.indices.map { rows.outcome($0, of: batch, exchanges, from: sourceStep, to: step) }
    let (inputs, targets) = rows.grids(batch, outcomes)
    return Draw(inputs: inputs, targets: targets, exchanges: states, teacherForced: teacherForced)
  }
}

extension [InterchangeRole] {
  /// The step after which the word of a row must come for an exchange at `step` of what is moved to say something of it. Where
  /// a trigger has a role, the place is decided two steps ahead: its own step has the trigger already.
  func latest(_ step: Int, _ moved: Set<InterchangeRole.Moved>) -> Int {
    if moved == [.token] { return step - 1 }
    return moved.contains(.place) && contains { $0.moves == .start } ? step + 1 : step
  }

  /// The position at which the word is due in the rows on which the exchange turns; nil if it turns on none.
  func due(_ step: Int, _ moved: Set<InterchangeRole.Moved>) -> Int? {
    moved == [.token] ? step : moved.contains(.start) ? step + 1 : nil
  }
}
