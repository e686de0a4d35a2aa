import Foundation
import LinearAlgebra
import PageModel

extension LiveModel {
  /// The goal with its pairs of requests, tried by the kernel that the page carries.
  ///
  /// - Throws: `Fault` where the solution does not meet it, or the experiment that the page opens with does.
  static func goal(
    _ goal: Goal, _ block: Data, _ about: About, _ experiment: Experiment
  ) throws -> About.GoalToMeet {
    guard goal.solution.count <= goal.mostUnits else {
      throw Fault(
        description: "The solution has \(goal.solution.count) units, and the goal allows \(goal.mostUnits).")
    }
    guard (1...goal.pairs).contains(goal.needed) else {
      throw Fault(description: "The goal asks for \(goal.needed) of \(goal.pairs) pairs.")
    }
    let length = about.requests[about.experiment.asked].length
    let last = experiment.steps.upperBound
    let fitting = about.requests.indices.filter {
      about.requests[$0].length == length && about.requests[$0].position > last
    }
    let candidates = fitting.flatMap { asked in
      fitting.filter {
        about.requests[$0].word != about.requests[asked].word
          && about.requests[$0].position != about.requests[asked].position
      }.map { [asked, $0] }
    }
    var generator = SeededGenerator(seed: 1, label: "pairs of a goal")
    let drawn = generator.sample(min(500, candidates.count), of: 0..<candidates.count).map { candidates[$0] }
    return try block.withUnsafeBytes { bytes in
      guard let model = PageModel(bytes, mostSteps: about.steps) else {
        throw Fault(description: "The model does not run as the page would run it.")
      }
      func reaches(_ pair: [Int], _ units: [Int]) -> Bool {
        let (asked, other) = (about.requests[pair[0]], about.requests[pair[1]])
        let edit = StateEdit(
          experiment.given.code, number: experiment.given.number,
          units: units.map { Int32($0 + about.firstState) }, steps: experiment.steps)
        guard model.run(.asked, asked.input, steps: about.steps),
          model.run(.other, other.input, steps: about.steps),
          model.run(.edited, asked.input, steps: about.steps, edits: units.isEmpty ? [] : [edit])
        else { return false }
        return outcome(model.tokens(of: .edited, steps: about.steps), asked, other) == goal.outcome
      }
      let pairs = Array(drawn.lazy.filter { reaches($0, goal.solution) }.prefix(goal.pairs))
      guard pairs.count == goal.pairs else {
        throw Fault(
          description:
            "The solution does what the goal asks in \(pairs.count) of \(drawn.count) pairs of requests; the goal needs \(goal.pairs) in which it does."
        )
      }
      let untouched = pairs.filter { reaches($0, experiment.units) }.count
      if untouched >= goal.needed, experiment.units.count <= goal.mostUnits {
        throw Fault(
          description:
            "The experiment that the page opens with meets the goal already, in \(untouched) of \(goal.pairs) pairs: open it with other units, or none."
        )
      }
      return About.GoalToMeet(
        outcome: goal.outcome.rawValue, needed: goal.needed, mostUnits: goal.mostUnits, pairs: pairs)
    }
  }

  /// What became of a request: the word that is written first, where the other has none of the two; as in the page's script.
  private static func outcome(_ tokens: [Int32], _ asked: About.Row, _ other: About.Row) -> Goal.Outcome? {
    let place = tokens.firstIndex { $0 == asked.word || $0 == other.word }
    guard let place else { return nil }
    if tokens[place] == other.word, place + 1 == asked.position { return .word }
    if tokens[place] == asked.word, place + 1 == other.position { return .place }
    return nil
  }
}
