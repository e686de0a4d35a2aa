import CellRecords

/// What differs between the values of two builds of a book.
///
/// An inline value is known again by its expression, a claim by its name, a table or figure by its cell's label or number, each
/// within its chapter; so text that moved changes nothing.
public struct Comparison: Sendable {
  let first: BuildValues
  let second: BuildValues
  /// How many there are of each kind, and how many of them moved.
  private(set) var tallies: [Kind: Tally] = [:]
  /// Claims whose verdicts are others, or that only one build has, in the order of the book.
  private(set) var verdicts: [Difference] = []
  /// Values that both builds have, the biggest move first.
  private(set) var moves: [Difference] = []
  /// What only one build has, in the order of the book.
  private(set) var lone: [Difference] = []

  enum Kind: String, CaseIterable {
    case values = "inline values"
    case cells = "cells of tables"
    case numbers = "numbers in figures"
    case evidence = "evidence of claims"
    case verdicts
  }

  struct Tally {
    var moved = 0
    var count = 0
    /// The change of each number that moved: of shares itself, of numbers above 1 as a share of the larger.
    var changes: [Double] = []
  }

  struct Difference {
    /// The file and line, in the second build where it has it.
    var place: String
    var name: String
    /// What each build shows; nil where it has none.
    var first: String?
    var second: String?
    var size = Size.unmeasured
  }

  /// How far a value moved.
  enum Size: Equatable {
    /// In halves of the width of the first build's interval, and whether it left that.
    case ofInterval(Double, isOutside: Bool)
    /// A number without an interval: its change as a share of the larger one.
    case share(Double)
    /// Texts, and tables of other shapes.
    case unmeasured
  }

  public init(_ first: BuildValues, _ second: BuildValues) {
    (self.first, self.second) = (first, second)
    let (old, new) = (Self.keyed(first.entries), Self.keyed(second.entries))
    let others = Dictionary(uniqueKeysWithValues: new)
    for (key, entry) in old {
      if let other = others[key] { compare(entry, other, key) } else { addLone(entry, key, isFirst: true) }
    }
    let known = Set(old.map(\.0))
    for (key, entry) in new where !known.contains(key) { addLone(entry, key, isFirst: false) }
    moves = moves.enumerated().sorted {
      ($0.element.size.rank, -$0.element.size.amount, $0.offset)
        < ($1.element.size.rank, -$1.element.size.amount, $1.offset)
    }.map(\.element)
  }

  /// Whether a verdict is another one.
  public var changesVerdicts: Bool { !verdicts.isEmpty }

  // MARK: Which entries are the same

  /// What an entry is known by in another build.
  private struct EntryKey: Hashable {
    var chapter: String
    var kind: String
    var name: String
    /// The number of those of this name before it in the chapter.
    var repetition: Int

    /// As it is told: "tbl-rows", "cell 3: figure 2", "R3 (corrected)".
    var text: String {
      let shown = kind == "value" ? "`\(name)`" : name.hasPrefix("cell ") ? "\(name): \(kind)" : name
      return repetition == 0 ? shown : "\(shown) (\(repetition + 1))"
    }
  }

  private static func keyed(_ entries: [BuildValues.Entry]) -> [(EntryKey, BuildValues.Entry)] {
    var counts: [EntryKey: Int] = [:]
    return entries.map { entry in
      let (kind, name) =
        switch entry.content {
        case .value(let value): ("value", value.expression)
        case .table: ("table", entry.cell ?? "")
        case .figure: ("figure", entry.cell ?? "")
        case .claim(let claim): ("claim", claim.name)
        }
      var key = EntryKey(chapter: entry.chapter, kind: kind, name: name, repetition: 0)
      let count = counts[key, default: 0]
      counts[key] = count + 1
      key.repetition = count
      return (key, entry)
    }
  }

  // MARK: What of them moved

  private mutating func compare(_ old: BuildValues.Entry, _ new: BuildValues.Entry, _ key: EntryKey) {
    let place = new.place
    switch (old.content, new.content) {
    case (.value(let old), .value(let new)):
      compare(old.text, new.text, .values, place, key.text)
    case (.table(let old), .table(let new)): compare(old, new, place, key.text)
    case (.claim(let old), .claim(let new)): compare(old, new, place, key.text)
    case (.figure(let old), .figure(let new)): compare(old, new, place, key.text)
    // The kind is part of the key.
    default: break
    }
  }

  /// - Parameter interval: The first one's, where the text does not give it itself.
  private mutating func compare(
    _ old: String, _ new: String, _ kind: Kind, _ place: String, _ name: String,
    interval: (ends: ClosedRange<Double>, unit: String)? = nil
  ) {
    tallies[kind, default: Tally()].count += 1
    guard old != new else { return }
    tallies[kind, default: Tally()].moved += 1
    var difference = Difference(place: place, name: name, first: old, second: new)
    if let before = Quantity(old), let after = Quantity(new), before.unit == after.unit,
      before.number != after.number
    {
      tallies[kind, default: Tally()].changes.append(Self.change(before, after))
      difference.size = Size(from: before, to: after, interval)
    }
    moves.append(difference)
  }

  private mutating func compare(
    _ old: BuildValues.Table, _ new: BuildValues.Table, _ place: String, _ name: String
  ) {
    guard old.columns == new.columns, old.rows.count == new.rows.count else {
      let count = max(old.rows.count * old.columns.count, new.rows.count * new.columns.count)
      tallies[.cells, default: Tally()].count += count
      tallies[.cells, default: Tally()].moved += count
      moves.append(Difference(place: place, name: name, first: old.shape, second: new.shape))
      return
    }
    for (row, cells) in old.rows.enumerated() {
      for (column, title) in old.columns.enumerated() {
        compare(
          cells[column], new.rows[row][column], .cells, place,
          "\(name), row \(row + 1)" + (title.isEmpty ? "" : ", \(title)"),
          interval: old.interval(of: column, in: cells))
      }
    }
  }

  private mutating func compare(_ old: ShownClaim, _ new: ShownClaim, _ place: String, _ name: String) {
    tallies[.verdicts, default: Tally()].count += 1
    if old.verdict != new.verdict {
      tallies[.verdicts, default: Tally()].moved += 1
      verdicts.append(
        Difference(place: place, name: name, first: old.verdict.words, second: new.verdict.words))
    }
    let interval = old.numbers.low.flatMap { low in
      old.numbers.high.flatMap { low <= $0 ? (ends: low...$0, unit: "") : nil }
    }
    let others = Dictionary(new.evidence.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    var seen: Set<String> = []
    for part in old.evidence where seen.insert(part.name).inserted {
      guard let other = others[part.name] else {
        lone.append(Difference(place: place, name: "\(name), \(part.name)", first: part.value))
        continue
      }
      compare(
        part.value, other, .evidence, place, "\(name), \(part.name)",
        interval: part.name == "estimate" ? interval : nil)
    }
    for part in new.evidence where seen.insert(part.name).inserted {
      lone.append(Difference(place: place, name: "\(name), \(part.name)", second: part.value))
    }
  }

  private mutating func compare(
    _ old: BuildValues.Figure, _ new: BuildValues.Figure, _ place: String, _ name: String
  ) {
    let found = FigureDifference(old, new)
    tallies[.numbers, default: Tally()].count += found.count
    guard let words = found.words else { return }
    tallies[.numbers, default: Tally()].moved += found.moved
    tallies[.numbers, default: Tally()].changes += found.changes
    moves.append(
      Difference(
        place: place, name: name + words, first: found.farthest?.first, second: found.farthest?.second,
        size: found.farthest.map { .share($0.share) } ?? .unmeasured))
  }

  private mutating func addLone(_ entry: BuildValues.Entry, _ key: EntryKey, isFirst: Bool) {
    let words =
      switch entry.content {
      case .value(let value): value.text
      case .table(let table): table.shape
      case .figure: "a figure"
      case .claim(let claim): claim.verdict.words
      }
    let difference = Difference(
      place: entry.place, name: key.text, first: isFirst ? words : nil, second: isFirst ? nil : words)
    guard case .claim = entry.content else {
      lone.append(difference)
      return
    }
    tallies[.verdicts, default: Tally()].count += 1
    tallies[.verdicts, default: Tally()].moved += 1
    verdicts.append(difference)
  }

  private static func change(_ old: Quantity, _ new: Quantity) -> Double {
    let scale = old.unit == "%" ? 0.01 : 1
    return change(old.number * scale, new.number * scale)
  }

  /// Of shares the change itself, of larger numbers as a share of the larger.
  static func change(_ old: Double, _ new: Double) -> Double {
    abs(new - old) / max(1, abs(old), abs(new))
  }
}

extension Comparison.Size {
  /// - Parameter interval: The first one's, where its text does not give it.
  fileprivate init(
    from old: Quantity, to new: Quantity, _ interval: (ends: ClosedRange<Double>, unit: String)?
  ) {
    let given = interval.flatMap { $0.unit == old.unit ? $0.ends : nil }
    let change = abs(new.number - old.number)
    // Another column's interval does not hold it.
    guard let ends = old.interval ?? given, ends.contains(old.number) else {
      self = .share(change / max(abs(old.number), abs(new.number)))
      return
    }
    let half = (ends.upperBound - ends.lowerBound) / 2
    self = .ofInterval(
      half > 0 && half.isFinite ? change / half : .infinity, isOutside: !ends.contains(new.number))
  }

  /// What left its interval goes first, then what stayed within, what has none, and texts.
  var rank: Int {
    switch self {
    case .ofInterval(_, let isOutside): isOutside ? 0 : 1
    case .share: 2
    case .unmeasured: 3
    }
  }

  var amount: Double {
    switch self {
    case .ofInterval(let amount, _), .share(let amount): amount
    case .unmeasured: 0
    }
  }
}

extension BuildValues.Entry {
  /// Such as `04-storing.md:43`.
  var place: String { "\(part ?? chapter):\(line)" }
}

extension BuildValues.Table {
  var shape: String { "\(rows.count) rows of \(columns.count) columns" }

  /// The interval that a row gives for the number in a column: that of the next column behind it which is called one.
  func interval(of column: Int, in row: [String]) -> (ends: ClosedRange<Double>, unit: String)? {
    for index in columns.indices.dropFirst(column + 1)
    where columns[index].lowercased().contains("interval") {
      return Quantity.interval(row[index])
    }
    return nil
  }
}
