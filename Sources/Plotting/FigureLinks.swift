import Foundation

extension Figure {
  /// Whether it has marks whose data are linked with those of other figures.
  package var hasLinks: Bool {
    (marks + (arrangement?.panels.flatMap(\.marks) ?? [])).contains { $0 is LinkedMark }
  }

  /// Where the figure's linked data lie, what they are of and their numbers, as JSON for the page's script; nil where no mark
  /// is linked.
  ///
  /// - Throws: `PlottingError` as `render` does.
  public func links() throws -> Data? {
    guard hasLinks else { return nil }
    let scene = try scene(appearance: .light, measurer: PangoMeasurer())
    let linked = scene.items.compactMap { if case .linked(let data) = $0 { LinkJSON(data) } else { nil } }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(linked)
  }
}

/// The form in which the page's script reads linked data (links.js).
private struct LinkJSON: Encodable {
  struct Named: Encodable {
    /// Each name once.
    var names: [String]
    /// For each datum the number of its name.
    var index: [Int]
  }
  struct Numbers: Encodable {
    var label: String
    /// Of four digits; nil for what is no number.
    var values: [Double?]
  }

  var kind: String
  var series: String?
  var model: String
  /// x and y of each datum, in points; nil where it can't be seen.
  var points: [Double?]?
  /// x, y, width and height of each.
  var rectangles: [Double?]?
  /// x, y, width, height, rows, columns.
  var cells: [Double]?
  var things: [String: Named]
  var numbers: [Numbers]

  init(_ data: LinkedData) {
    (kind, series, model) = (data.kind, data.series, data.model)
    switch data.places {
    case .points(let places):
      points = places.flatMap { $0.isFinite ? [Self.tenth($0.x), Self.tenth($0.y)] : [nil, nil] }
    case .rectangles(let places): rectangles = places.flatMap(Self.sides)
    case .cells(let rect, let rows, let columns):
      cells = Self.sides(rect).compactMap { $0 } + [Double(rows), Double(columns)]
    }
    things = Dictionary(
      uniqueKeysWithValues: data.names.map { thing, names in
        var numbers: [String: Int] = [:]
        var distinct: [String] = []
        let index = names.map { name in
          if let number = numbers[name] { return number }
          numbers[name] = distinct.count
          distinct.append(name)
          return distinct.count - 1
        }
        return (thing.rawValue, Named(names: distinct, index: index))
      })
    numbers = data.numbers.map { Numbers(label: $0.label, values: $0.values.map(Self.fourDigits)) }
  }

  private static func sides(_ rect: Rect) -> [Double?] {
    let sides = [rect.minX, rect.minY, rect.width, rect.height]
    return sides.allSatisfy(\.isFinite) ? sides.map(tenth) : [nil, nil, nil, nil]
  }

  private static func tenth(_ value: Double) -> Double { (value * 10).rounded() / 10 }

  private static func fourDigits(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    guard value != 0 else { return 0 }
    let scale = pow(10, 3 - floor(log10(abs(value))))
    let rounded = (value * scale).rounded() / scale
    return rounded.isFinite ? rounded : value
  }
}
