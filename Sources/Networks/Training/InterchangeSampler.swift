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
  private var generator: SeededGenerator

  package init(
    _ rows: CounterfactualRows, _ roles: [InterchangeRole], _ options: InterchangeTrainingOptions,
    steps: ClosedRange<Int>
  ) {
    self.rows = rows
    self.roles = roles
    self.options = options
    self.steps = steps
    generator = SeededGenerator(seed: options.seed, label: "interchange")
  }

  /// The batch of one update, counted from 0.
  package mutating func next(_ update: Int) -> Draw {
    let teacherForced = generator.unit() < options.teacherForcing
    let isExchanged = generator.unit() < options.exchanged
    // Each role alone, and all of them.
    let kind = generator.integer(below: roles.count == 1 ? 1 : roles.count + 1)
    let chosen = kind == roles.count ? roles : [roles[kind]]
    let isAtStart = steps.contains(0) && generator.unit() < options.atStart
    let step = isAtStart ? 0 : steps.lowerBound + generator.integer(below: steps.count)
    let isLate = Double(update) >= (1 - options.fromEarlierSteps) * Double(options.updates)
    let isEarlier = generator.unit() < 0.5
    var sourceStep = step
    if isLate, isEarlier, step > steps.lowerBound {
      sourceStep = steps.lowerBound + generator.integer(below: step - steps.lowerBound)
    }
    let pool = rows.after(isExchanged ? step : 0)
    let batch = (0..<options.batchSize).map { _ in
      pool[pool.startIndex + generator.integer(below: pool.count)]
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
          units: units, partners: given.enumerated().map { $1 ?? $0 }, step: step, sourceStep: sourceStep))
    }
    let outcomes = batch.indices.map { rows.outcome($0, of: batch, exchanges, from: sourceStep, to: step) }
    let (inputs, targets) = rows.grids(batch, outcomes)
    return Draw(inputs: inputs, targets: targets, exchanges: states, teacherForced: teacherForced)
  }
}
