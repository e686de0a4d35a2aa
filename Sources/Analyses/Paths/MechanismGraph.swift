import LinearAlgebra
import Networks
import Tasks

/// The mechanism as a graph with measured weights, ready to be drawn: sets of units, and what passes between them
/// through each gate.
///
/// A node is a set with a role, or the logits. The weight of an edge from a set through a gate to a set is what the
/// margin of w at T loses if the receivers' gates see the senders as they are in other rows, at all steps before T
/// (`PathPatching` with free continuation); that to the logits is what they lose if they alone see them so.
public struct MechanismGraph: Codable, Sendable, Equatable {
  /// A set of units, or the logits.
  public struct Node: Codable, Sendable, Hashable {
    /// What the node is called; edges name it.
    public let name: String
    /// The column in which it stands.
    public let role: String
    /// Empty for the logits.
    public let units: [Int]

    /// A set whose column is that of its own name, unless a role is given.
    public init(_ name: String, role: String? = nil, units: [Int]) {
      (self.name, self.role, self.units) = (name, role ?? name, units)
    }
  }

  /// What passes from one node to another, measured.
  public struct Edge: Codable, Sendable, Equatable {
    /// The name of the set that sends.
    public let from: String
    /// The name of the set, or of the logits, that receives.
    public let to: String
    /// The gate through which it goes; nil to the logits.
    public let gate: Gate?
    /// What the margin loses, beside random senders and receivers of the same numbers.
    public let effect: Effect

    /// Whether more is lost than the criterion asks, such as `Criteria.differ`: beside random edges, and above 0.
    public func isFound(by criterion: Criterion) -> Bool { criterion.isMet(by: effect) == true }
  }

  /// How much more passes from one set to another than back.
  public struct Asymmetry: Codable, Sendable, Equatable {
    /// The name of the earlier of the two sets.
    public let from: String
    /// The name of the later one.
    public let to: String
    /// What the margin loses from one to the other, through all gates at once, less what it loses the other way, input by
    /// input; beside two random sets of these sizes. That an edge is not found does not make it smaller than one that is:
    /// this does, if the interval lies above 0.
    public let difference: Effect
  }

  /// The nodes in the order given, then the logits.
  public let nodes: [Node]
  /// From every set through every gate to every set, and to the logits.
  public let edges: [Edge]
  /// For each pair of sets, in the order given: the earlier one is `from`.
  public let asymmetries: [Asymmetry]
  /// T.
  public let position: Int
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// The name of the last node.
  public static let logits = "logits"

  /// Measures every edge between the sets, each set with itself included, through each gate, and to the logits.
  ///
  /// - Parameters:
  ///   - runs: Rows with one T.
  ///   - sets: Disjoint sets with different names.
  ///   - value: What senders are given at steps 0 … T: values of rows that ask for another word, later, such as
  ///     `EditValue.laterRows` gives.
  /// - Throws: As `PathPatching`; `AnalysisError.repeatedUnit` for sets with a common unit, `.invalidOption` for a name
  ///   given twice or that of the logits.
  public init(
    _ runs: Counterfactuals, sets: [Node], _ value: EditValue, gates: [Gate] = [.update, .reset, .candidate],
    randomSets: Int = 200, seed: UInt64 = 1, progress: (Double) -> Void = { _ in }
  ) throws {
    let units = runs.model.configuration.units
    _ = try unitSet(sets.flatMap(\.units), of: units)
    let names = sets.map(\.name) + [Self.logits]
    guard Set(names).count == names.count else {
      throw AnalysisError.invalidOption(
        name: "the names of the sets", value: "\(names)", expected: "each once")
    }
    let position = try PathPatcher(runs, steps: 0...0, value, .margin, .lost, at: nil).position
    let patcher = try PathPatcher(runs, steps: 0...position - 1, value, .margin, .lost, at: position)
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
    var edges: [Edge] = []
    func random(_ size: Int, _ number: Int) -> [[Int]] {
      RandomSets.uniform(count: randomSets, size: size, of: units, seed: seed &+ UInt64(number))
    }
    for (number, sender) in sets.enumerated() {
      let senders = random(sender.units.count, 2 * number)
      func append(_ to: String, _ gate: Gate?, _ description: String, _ effects: [[Double]]) {
        let effect = patcher.effect(effects[0], null: effects[1...].map(mean), description, seed)
        edges.append(Edge(from: sender.name, to: to, gate: gate, effect: effect))
        progress(Double(edges.count) / Double(sets.count * (sets.count * gates.count + 1)))
      }
      for (other, receiver) in sets.enumerated() {
        let receivers = random(receiver.units.count, 2 * other + 1)
        let (from, to) = ([sender.units] + senders, [receiver.units] + receivers)
        for gate in gates {
          let paths = zip(from, to).map { Path(from: $0, [Path.Hop(gate, of: $1)], to: .everything) }
          try paths[0].check(patcher.run.equations)
          let description = "\(sender.units.count) random senders, \(receiver.units.count) random receivers"
          append(receiver.name, gate, description, try patcher.effects(paths))
        }
      }
      append(
        Self.logits, nil, "random sets of \(sender.units.count) units",
        try patcher.direct([sender.units] + senders, value))
    }
    asymmetries = try sets.indices.flatMap { first in
      try sets.indices.dropFirst(first + 1).map { second in
        let (a, b) = (
          [sets[first].units] + random(sets[first].units.count, 2 * first),
          [sets[second].units] + random(sets[second].units.count, 2 * second + 1)
        )
        func passed(_ senders: [[Int]], _ receivers: [[Int]]) throws -> [[Double]] {
          try patcher.effects(
            zip(senders, receivers).map { Path(from: $0, [Path.Hop(gates, of: $1)], to: .everything) })
        }
        let differences = zip(try passed(a, b), try passed(b, a)).map { zip($0, $1).map { $0 - $1 } }
        return Asymmetry(
          from: sets[first].name, to: sets[second].name,
          difference: patcher.effect(
            differences[0], null: differences[1...].map(mean), "pairs of random sets of these sizes", seed))
      }
    }
    nodes = sets + [Node(Self.logits, units: [])]
    (self.edges, self.position) = (edges, position)
    distinctInputs = runs.rows.distinctInputs
  }
}

extension EditValue {
  /// What units are in rows of `others` that ask for another word at a later position, one for each edited row, at the
  /// same step: a change of word and time at once.
  ///
  /// - Throws: `AnalysisError.tooFewRows` for an edited row without such a partner.
  public static func laterRows(of others: Counterfactuals, for rows: Rows, seed: UInt64) throws -> EditValue {
    var generator = SeededGenerator(seed: seed, label: "later rows")
    let partners = try (0..<rows.count).map { row in
      let fitting = others.rows.indices { word, position, _ in
        word != rows.words[row] && position > rows.positions[row]
      }
      guard !fitting.isEmpty else {
        throw AnalysisError.tooFewRows(
          condition: "another word than \(rows.words[row]) after position \(rows.positions[row])", found: 0,
          needed: 1)
      }
      return fitting[generator.integer(below: fitting.count)]
    }
    return .exchanged(with: others.baseline.decoder.states, rows: partners)
  }
}
