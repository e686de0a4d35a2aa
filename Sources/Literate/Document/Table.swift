/// A table, as Pandoc has it.
struct Table: Hashable, Sendable {
  var attributes = Attributes()
  /// The short form of the caption, for lists of tables.
  var shortCaption: [Inline]?
  var caption: [Block] = []
  var columns: [Column]
  var head: Section
  var bodies: [Body]
  var foot = Section(rows: [])

  enum Alignment: String, Hashable, Sendable {
    case byDefault = "AlignDefault"
    case left = "AlignLeft"
    case centre = "AlignCenter"
    case right = "AlignRight"
  }

  struct Column: Hashable, Sendable {
    var alignment: Alignment
    /// The share of the line; nil for what it needs.
    var width: Double?
  }

  struct Cell: Hashable, Sendable {
    var attributes = Attributes()
    var alignment = Alignment.byDefault
    var rows = 1
    var columns = 1
    var content: [Block]
  }

  struct Row: Hashable, Sendable {
    var attributes = Attributes()
    var cells: [Cell]
  }

  struct Section: Hashable, Sendable {
    var attributes = Attributes()
    var rows: [Row]
  }

  struct Body: Hashable, Sendable {
    var attributes = Attributes()
    /// How many columns are heads of their rows.
    var headColumns = 0
    var head: [Row] = []
    var rows: [Row]
  }
}
