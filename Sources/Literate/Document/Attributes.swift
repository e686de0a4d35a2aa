/// The name, the classes and the other attributes of an element.
struct Attributes: Hashable, Sendable {
  struct Pair: Hashable, Sendable {
    var name: String
    var value: String
  }

  /// How the classes begin that no author writes: of blocks that reading made of others.
  static let madeClass = "neuronbook-"

  var identifier: String
  var classes: [String]
  /// In their order.
  var others: [Pair]

  init(identifier: String = "", classes: [String] = [], _ others: [(String, String)] = []) {
    (self.identifier, self.classes) = (identifier, classes)
    self.others = others.map { Pair(name: $0.0, value: $0.1) }
  }

  /// Takes out one of the other attributes.
  mutating func take(_ name: String) -> String? {
    others.firstIndex { $0.name == name }.map { others.remove(at: $0).value }
  }

  /// The value of one of the other attributes.
  subscript(name: String) -> String? { others.first { $0.name == name }?.value }
}
