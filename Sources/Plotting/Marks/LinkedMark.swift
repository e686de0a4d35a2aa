/// What a datum of a figure is of. In the page, data of one thing are linked across figures, tables and models that run.
public enum LinkedThing: String, Codable, Sendable, CaseIterable {
  /// A neuron, counted from 0.
  case unit
  /// A step t, with its own number.
  case step
  /// A word of the vocabulary.
  case token
  /// A position T, counted from 1.
  case position
}

/// A mark each of whose data has a place of its own, so that it can be linked.
public protocol LinkableMark: Mark {
  /// Where the data lie, in the order of the mark's columns.
  func places(on canvas: PlotCanvas) -> DataPlaces
}

/// Where data lie in a figure, in points.
public enum DataPlaces: Hashable, Sendable {
  /// Not finite where a datum can't be shown.
  case points([Point])
  /// One rectangle a datum, such as a bar.
  case rectangles([Rect])
  /// A grid that fills a rectangle, row by row from the top.
  case cells(in: Rect, rows: Int, columns: Int)
}

/// A channel of a mark, by the name that its column has in the CSV.
public enum Channel: String, Sendable, CaseIterable {
  /// The horizontal values.
  case x
  /// The vertical values.
  case y
  /// The rows of a heat map, from the top.
  case row
  /// The columns of a heat map.
  case column
  /// The names along an axis of categories.
  case category
  /// The name of the series.
  case series
}

extension LinkableMark {
  /// Says that the values of a channel are names of units, steps, tokens or positions.
  ///
  ///     HeatMapMark(states, rows: 32, columns: 15).linked(.unit, by: .row).linked(.step, by: .column)
  ///
  /// - Parameter model: Of which model, where a chapter has several: units of two models are not linked. Said once, it holds for
  ///   all things of the mark; by default it is "model".
  public func linked(_ thing: LinkedThing, by channel: Channel, of model: String? = nil) -> LinkedMark {
    LinkedMark(mark: self).linked(thing, by: channel, of: model)
  }

  /// Names the unit, step, token or position that each datum is of, in the order of the mark's columns.
  ///
  ///     ScatterMark(x: storing, y: counting).linked(.unit, each: units)
  ///
  /// - Parameter model: Of which model, where a chapter has several: units of two models are not linked. Said once, it holds for
  ///   all things of the mark; by default it is "model".
  public func linked(
    _ thing: LinkedThing, each names: [some LosslessStringConvertible], of model: String? = nil
  ) -> LinkedMark {
    LinkedMark(mark: self).linked(thing, each: names, of: model)
  }
}

/// A mark whose data are of named things.
public struct LinkedMark: Mark {
  private enum Names: Sendable {
    case channel(Channel)
    case each([String])
  }

  private let mark: any LinkableMark
  private var things: [(thing: LinkedThing, names: Names)] = []
  private var model = "model"

  fileprivate init(mark: any LinkableMark) { self.mark = mark }

  /// As `LinkableMark.linked`: a further thing that the same data are of.
  public func linked(_ thing: LinkedThing, by channel: Channel, of model: String? = nil) -> LinkedMark {
    adding(thing, .channel(channel), model)
  }

  /// As `LinkableMark.linked`: a further thing that the same data are of.
  public func linked(
    _ thing: LinkedThing, each names: [some LosslessStringConvertible], of model: String? = nil
  ) -> LinkedMark {
    adding(thing, .each(names.map { String($0) }), model)
  }

  private func adding(_ thing: LinkedThing, _ names: Names, _ model: String?) -> LinkedMark {
    var linked = self
    linked.things.append((thing, names))
    linked.model = model ?? linked.model
    return linked
  }

  /// More data than a reader could point at.
  private static let most = 20_000

  public func summary() throws(PlottingError) -> MarkSummary {
    let summary = try mark.summary()
    let count = summary.columns.first?.column.count ?? 0
    guard count <= Self.most else {
      throw .wrongShape(
        mark: "linked \(summary.kind)", expected: "at most \(Self.most) data to link", found: "\(count)")
    }
    for (thing, names) in things {
      switch names {
      case .channel(let channel):
        guard Self.names(channel, summary) == nil else { continue }
        let all = Channel.allCases.filter { Self.names($0, summary) != nil }.map(\.rawValue)
        throw .wrongShape(
          mark: "linked \(summary.kind)", expected: "a channel that it has: \(all.joined(separator: ", "))",
          found: channel.rawValue)
      case .each(let names):
        guard names.count != count else { continue }
        throw .mismatchedLengths(
          mark: "linked \(summary.kind)", series: summary.series, first: "the mark", firstCount: count,
          second: "each \(thing.rawValue)", secondCount: names.count)
      }
    }
    return summary
  }

  /// The names in a channel, one for each datum; nil for a channel that the mark does not have.
  private static func names(_ channel: Channel, _ summary: MarkSummary) -> [String]? {
    if channel == .series, let series = summary.series {
      return Array(repeating: series, count: summary.columns.first?.column.count ?? 0)
    }
    return summary.columns.first { $0.name == channel.rawValue }.map { named in
      switch named.column {
      case .numbers(let values, _): values.map { NumberFormat.exact($0) }
      case .categories(let names): names
      }
    }
  }

  public func draw(on canvas: inout PlotCanvas) {
    mark.draw(on: &canvas)
    guard let summary = try? summary() else { return }
    var linked = LinkedData(
      kind: summary.kind, series: summary.series, model: model, places: mark.places(on: canvas))
    var shown = Set<String>()
    for (thing, names) in things {
      switch names {
      case .channel(let channel):
        shown.insert(channel.rawValue)
        linked.names[thing] = Self.names(channel, summary)
      case .each(let names): linked.names[thing] = names
      }
    }
    for column in summary.columns where !shown.contains(column.name) {
      guard case .numbers(let values, _) = column.column else { continue }
      linked.numbers.append(.init(label: canvas.label(of: column.name, summary), values: values))
    }
    canvas.link(linked)
  }
}

/// The data of one mark, with where they lie and what they are of.
public struct LinkedData: Hashable, Sendable {
  package struct Numbers: Hashable, Sendable {
    package let label: String
    package let values: [Double]
  }

  package let kind: String
  package let series: String?
  package let model: String
  package var places: DataPlaces
  /// For each datum.
  package var names: [LinkedThing: [String]] = [:]
  package var numbers: [Numbers] = []
}

extension PlotCanvas {
  /// What the numbers of a column are called where a reader sees them: as at their axis or colour bar.
  fileprivate func label(of column: String, _ summary: MarkSummary) -> String {
    let label: String? =
      switch column {
      case "x": figure.x.label
      case "y": figure.y.label
      case "value": summary.colorScale?.label
      default: nil
      }
    return label ?? column
  }
}
