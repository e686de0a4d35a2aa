/// A block of the class `callout-…`.
enum Callout {
  /// What a callout of each kind is called that has no title of its own.
  static let titles = [
    "note": "Note", "tip": "Tip", "important": "Important", "warning": "Warning", "caution": "Caution",
  ]
}
