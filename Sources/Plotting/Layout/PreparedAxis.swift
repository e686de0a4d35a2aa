/// One axis with its scale chosen from the data.
package struct PreparedAxis: Sendable {
  package let name: String
  package let spec: AxisSpec
  package let scale: any PositionScale
  package let categories: [String]?
  package let isWhole: Bool
  package let isReversed: Bool
  package let hasData: Bool
  /// The smallest and the largest value that can be shown; nil for names and where there is none.
  package let dataRange: ClosedRange<Double>?
  private let places: [String: Double]

  package init(
    _ name: String, spec: AxisSpec, summaries: [MarkSummary], demand: (MarkSummary) -> AxisDemand,
    notes: inout [String]
  ) throws(PlottingError) {
    self.name = name
    self.spec = spec
    let demands = summaries.map(demand)
    let named = demands.firstIndex { $0.categories != nil }
    let numbered = demands.firstIndex { $0.categories == nil && !$0.values.isEmpty && !$0.isAnnotation }
    if let named, let numbered {
      throw .mixedAxis(axis: name, numbers: summaries[numbered].kind, categories: summaries[named].kind)
    }
    isReversed = demands.contains { $0.isReversed }
    if named != nil {
      let names = PreparedFigure.unique(demands.flatMap { $0.categories ?? [] })
      categories = names
      places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, Double($0.offset)) })
      scale = CategoryScale(names: names)
      isWhole = false
      hasData = !names.isEmpty
      dataRange = nil
      return
    }
    categories = nil
    places = [:]
    isWhole = demands.allSatisfy { $0.values.isEmpty || $0.isWhole || $0.isAnnotation }
    let type = spec.scale.type
    var range: ClosedRange<Double>?
    var hasData = false
    for demand in demands {
      for values in demand.values {
        if let found = Self.range(of: values, on: type) {
          range =
            range.map { min($0.lowerBound, found.lowerBound)...max($0.upperBound, found.upperBound) } ?? found
          hasData = hasData || !demand.isAnnotation
        }
      }
    }
    self.hasData = hasData
    dataRange = range
    Self.noteMissing(demands, on: type, axis: name, notes: &notes)
    if let domain = spec.domain {
      guard domain.lowerBound < domain.upperBound, type.accepts(domain.lowerBound),
        type.accepts(domain.upperBound)
      else {
        throw .invalidDomain(
          axis: name, lower: domain.lowerBound, upper: domain.upperBound, scale: type.name)
      }
      scale = type.init(domain: domain)
      return
    }
    scale = Self.automatic(type, range: range, demands: demands, name: name)
  }

  private static func automatic(
    _ type: any ContinuousScale.Type, range: ClosedRange<Double>?, demands: [AxisDemand], name: String
  ) -> any PositionScale {
    guard var range else { return type.init(domain: type.accepts(0) ? 0...1 : 1...10) }
    if demands.contains(where: \.isTight), range.lowerBound < range.upperBound {
      return type.init(domain: range)
    }
    let growsFromZero = demands.contains(where: \.includesZero) && type.accepts(0)
    if growsFromZero { range = min(range.lowerBound, 0)...max(range.upperBound, 0) }
    let margin = name == "x" ? 0.03 : 0.05
    let lower = growsFromZero && range.lowerBound == 0 ? 0 : margin
    let upper = growsFromZero && range.upperBound == 0 ? 0 : margin
    return type.init(domain: type.domain(covering: range, margins: (lower, upper)))
  }

  private static func range(of values: [Double], on type: any ContinuousScale.Type) -> ClosedRange<Double>? {
    var (low, high) = (Double.infinity, -Double.infinity)
    for value in values where type.accepts(value) {
      low = min(low, value)
      high = max(high, value)
    }
    return low <= high ? low...high : nil
  }

  private static func noteMissing(
    _ demands: [AxisDemand], on type: any ContinuousScale.Type, axis: String, notes: inout [String]
  ) {
    var (missing, refused, total) = (0, 0, 0)
    for demand in demands {
      for values in demand.values {
        total += values.count
        for value in values where !type.accepts(value) {
          if LinearScale.accepts(value) { refused += 1 } else { missing += 1 }
        }
      }
    }
    let verb = { (count: Int) in count == 1 ? "is" : "are" }
    if missing > 0 {
      notes.append("\(missing) of \(total) \(axis) values \(verb(missing)) missing or not finite.")
    }
    if refused > 0 {
      notes.append(
        "\(refused) of \(total) \(axis) values \(verb(refused)) not above zero, which a log axis cannot show."
      )
    }
  }

  /// The numbers of a column on this axis; names become their categories' positions.
  package func values(of column: PlotColumn) -> [Double] {
    switch column {
    case .numbers(let numbers, _): numbers
    case .categories(let names): names.map { places[$0] ?? .nan }
    }
  }
}
