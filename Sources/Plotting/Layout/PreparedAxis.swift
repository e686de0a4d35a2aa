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
  /// What is taken off all its ticks.
  package let offset: TickOffset?
  private let places: [String: Double]

  package init(
    _ name: String, spec: AxisSpec, summaries: [MarkSummary], demand: (MarkSummary) -> AxisDemand,
    notes: inout [String]
  ) throws(PlottingError) {
    self.name = name
    self.spec = spec
    let demands = summaries.map(demand)
    let named = demands.firstIndex { $0.categories != nil }
    let numbered = demands.firstIndex { $0.categories == nil && $0.hasNumbers && !$0.isAnnotation }
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
      offset = nil
      dataRange = nil
      return
    }
    categories = nil
    places = [:]
    isWhole = demands.allSatisfy { !$0.hasNumbers || $0.isWhole || $0.isAnnotation }
    let type = spec.scale.type
    let survey = AxisSurvey(demands, on: type, domain: spec.domain)
    hasData = survey.hasData
    dataRange = survey.range
    notes += survey.notes(axis: name)
    if let domain = spec.domain {
      guard domain.lowerBound < domain.upperBound, type.accepts(domain.lowerBound),
        type.accepts(domain.upperBound)
      else {
        throw .invalidDomain(
          axis: name, lower: domain.lowerBound, upper: domain.upperBound, scale: type.name)
      }
      scale = type.init(domain: domain)
      offset = Self.offset(domain, spec)
      return
    }
    scale = Self.automatic(type, range: survey.range, demands: demands, name: name)
    offset = Self.offset(scale.domain, spec)
  }

  private static func offset(_ domain: ClosedRange<Double>, _ spec: AxisSpec) -> TickOffset? {
    guard case .automatic = spec.ticks, spec.scale.type.name != SymlogScale.name else { return nil }
    return TickOffset(domain)
  }

  /// About as many ticks as the target.
  package func ticks(target: Int) -> [Tick] {
    offset?.ticks(in: scale.domain, target: target, whole: isWhole)
      ?? scale.ticks(target: target, whole: isWhole)
  }

  /// The author's label, with what is taken off the ticks.
  package var label: String? { offset.map { $0.label(spec.label) } ?? spec.label }

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

  /// The numbers of a column on this axis; names become their categories' positions.
  package func values(of column: PlotColumn) -> [Double] {
    switch column {
    case .numbers(let numbers, _): numbers
    case .categories(let names): names.map { places[$0] ?? .nan }
    }
  }
}
