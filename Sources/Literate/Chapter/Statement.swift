/// A theorem, a definition, an example: a block with a label such as `thm-line`; or what goes with one and has no number.
enum Statement {
  /// What stands before the first words of those without a number, by their class.
  static let unnumbered = ["proof": "Proof", "remark": "Remark"]

  static func isStatement(_ attributes: Attributes) -> Bool {
    let isUnnumbered = attributes.classes.contains { unnumbered[$0] != nil }
    guard let kind = Labels.Kind(label: attributes.identifier) else { return isUnnumbered }
    // An exercise that nothing checks is words alone.
    return kind.isStatement || kind == .exercise && !attributes.classes.contains(Exercise.className)
  }
}
