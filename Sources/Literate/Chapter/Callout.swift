/// A block of the class `callout-…`.
enum Callout {
  /// Whether a block is a callout of the kind that its label begins with.
  static func isCallout(_ block: Block, _ kind: Labels.Kind) -> Bool {
    block.isDiv("callout-" + kind.name.lowercased())
  }

  static func isCallout(_ attributes: Attributes) -> Bool {
    attributes.classes.contains { $0.hasPrefix("callout-") }
  }

  /// What a callout of each kind is called that has no title of its own.
  static let titles = [
    "note": "Note", "tip": "Tip", "important": "Important", "warning": "Warning", "caution": "Caution",
  ]
}
