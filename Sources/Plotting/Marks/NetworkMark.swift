import Foundation

/// A unit, a token or a group of units in a network graph.
public struct NetworkNode: Hashable, Sendable {
  /// Edges name the node by it; no two share one.
  public let name: String
  /// The column in which it stands, such as “storing”.
  public let role: String
  /// How prominent the node is.
  public let emphasis: Emphasis

  /// A node in the column of its role.
  public init(_ name: String, role: String, emphasis: Emphasis = .automatic) {
    (self.name, self.role, self.emphasis) = (name, role, emphasis)
  }
}

/// A contribution from one node to another, named as the nodes are.
public struct NetworkEdge: Hashable, Sendable {
  /// The name of the node where it begins.
  public let from: String
  /// The name of the node where it ends.
  public let to: String
  /// Its size is the arrow's width, its sign the arrow's colour.
  public let weight: Double

  /// An edge between nodes of these names; the figure throws a `PlottingError` where one is missing.
  public init(_ from: String, _ to: String, weight: Double) {
    (self.from, self.to, self.weight) = (from, to, weight)
  }
}

/// A mechanism as a graph: roles side by side, units in them, contributions as arrows whose width is the weight's
/// size and whose colour is its sign, or its size where none is below zero.
///
///     Figure {
///       NetworkMark(nodes: units, edges: contributions, label: "contribution to z")
///     }
///     .yAxis(ticks: .hidden)
public struct NetworkMark: Mark {
  private let nodes: [NetworkNode]
  private let edges: [NetworkEdge]
  private let roles: [String]
  private let scale: ColorScale

  /// Roles stand in the order in which the nodes first name them; edges below `least` of the greatest weight
  /// are left out, and a note counts them.
  public init(
    nodes: [NetworkNode], edges: [NetworkEdge], label: String? = nil, leaveOutBelow least: Double = 0
  ) {
    self.nodes = nodes
    let greatest = edges.map { abs($0.weight) }.filter(\.isFinite).max() ?? 0
    self.edges = edges.filter { abs($0.weight) >= least * greatest && $0.weight != 0 }
    leftOut = edges.count - self.edges.count
    roles = PreparedFigure.unique(nodes.map(\.role))
    // Where all weights are of one kind their colours begin at none.
    let isOneSided = self.edges.allSatisfy { $0.weight >= 0 }
    scale = ColorScale(
      values: self.edges.map(\.weight), map: isOneSided ? .sequential : .diverging,
      domain: isOneSided && greatest > 0 ? 0...greatest : nil, label: label)
  }

  private let leftOut: Int

  public func summary() throws(PlottingError) -> MarkSummary {
    let names = Set(nodes.map(\.name))
    if let lost = edges.first(where: { !names.contains($0.from) || !names.contains($0.to) }) {
      throw .wrongShape(
        mark: "NetworkMark", expected: "edges between the nodes \(nodes.map(\.name).joined(separator: ", "))",
        found: "an edge from “\(lost.from)” to “\(lost.to)”")
    }
    var summary = try MarkSummary(
      "network", mark: "NetworkMark",
      columns: [
        NamedColumn("from", .categories(edges.map(\.from))), NamedColumn("to", .categories(edges.map(\.to))),
        NamedColumn("weight", .numbers(edges.map(\.weight), whole: false)),
      ])
    summary.x.categories = roles
    if !nodes.isEmpty { summary.y.reach = [0, 1] }
    summary.grid = .none
    summary.colorScale = edges.isEmpty ? nil : scale
    if leftOut > 0 {
      summary.notes = ["\(leftOut) weak edge\(leftOut == 1 ? " is" : "s are") not drawn."]
    }
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let colors = canvas.colors(for: scale)
    let radius = self.radius(on: canvas)
    var places: [String: Point] = [:]
    for (column, role) in roles.enumerated() {
      let members = nodes.filter { $0.role == role }
      for (index, node) in members.enumerated() {
        let y = 1 - (Double(index) + 0.5) / Double(members.count)
        places[node.name] = Point(canvas.x(Double(column)), canvas.y(y))
      }
    }
    let greatest = edges.map { abs($0.weight) }.filter(\.isFinite).max() ?? 1
    for edge in edges.sorted(by: { abs($0.weight) < abs($1.weight) }) {
      guard let start = places[edge.from], let end = places[edge.to], edge.weight.isFinite else { continue }
      let width = 0.8 + 4.2 * abs(edge.weight) / greatest
      let color = colors.color(edge.weight)?.readable(on: canvas.palette.background) ?? canvas.palette.axis
      if edge.from == edge.to {
        canvas.arrow(ArrowShape(loopOver: start, radius: radius, width: width), color: color)
      } else {
        // Within a column arrows bow outwards; otherwise a little, so that there and back do not coincide.
        let bend = abs(start.x - end.x) < 1 ? 0.42 : 0.1
        canvas.arrow(
          ArrowShape(
            from: start, to: end, bend: bend, width: width, head: 6 + width * 1.3, startGap: radius + 1,
            endGap: radius + 2), color: color)
      }
    }
    for node in nodes {
      guard let place = places[node.name] else { continue }
      draw(node, at: place, radius: radius, on: &canvas)
    }
  }

  /// As large as the fullest column allows, at most 17 points.
  private func radius(on canvas: PlotCanvas) -> Double {
    let most = roles.map { role in nodes.count { $0.role == role } }.max() ?? 1
    return min(17, canvas.plot.height / Double(max(most, 1)) * 0.4)
  }

  private func draw(_ node: NetworkNode, at place: Point, radius: Double, on canvas: inout PlotCanvas) {
    let color =
      node.emphasis == .automatic
      ? canvas.palette.axis : canvas.style(nil, emphasis: node.emphasis).color
    canvas.symbols(
      [place],
      style: SymbolStyle(
        .circle, size: 2 * radius, fill: canvas.palette.boxFill(color), outline: Stroke(color, width: 0.8)))
    let size = min(canvas.theme.tickSize, radius * 0.95, radius * 3.2 / Double(max(node.name.count, 1)))
    guard size >= 4 else { return }
    canvas.text(
      TextRun(
        node.name, style: TextStyle(size: size, weight: .medium, color: canvas.palette.ink), at: place,
        horizontal: .center))
  }
}
