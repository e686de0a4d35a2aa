/// Finds the lines of one value in a grid by marching squares, joined from cell to cell.
package struct ContourTracer {
  package let values: [Double]
  package let rows: Int
  package let columns: Int

  package init(values: [Double], rows: Int, columns: Int) {
    (self.values, self.rows, self.columns) = (values, rows, columns)
  }

  /// An edge between two neighbours of the grid: of a cell's lower side, or of its left side.
  private struct Edge: Hashable {
    let row: Int
    let column: Int
    let isHorizontal: Bool
  }

  /// Lines in grid units: x counts columns, y counts rows. Cells with a value that is not finite are left out.
  package func lines(at level: Double) -> [[Point]] {
    var neighbours: [Edge: [Edge]] = [:]
    var order: [Edge] = []
    func join(_ a: Edge, _ b: Edge) {
      for (from, to) in [(a, b), (b, a)] {
        if neighbours[from] == nil { order.append(from) }
        neighbours[from, default: []].append(to)
      }
    }
    for row in 0..<(rows - 1) {
      for column in 0..<(columns - 1) {
        let corners = [
          at(row, column), at(row, column + 1), at(row + 1, column + 1), at(row + 1, column),
        ]
        guard corners.allSatisfy(\.isFinite) else { continue }
        let above = corners.map { $0 >= level }
        let edges = [
          Edge(row: row, column: column, isHorizontal: true),
          Edge(row: row, column: column + 1, isHorizontal: false),
          Edge(row: row + 1, column: column, isHorizontal: true),
          Edge(row: row, column: column, isHorizontal: false),
        ]
        let crossed = (0..<4).filter { above[$0] != above[($0 + 1) % 4] }
        if crossed.count == 2 {
          join(edges[crossed[0]], edges[crossed[1]])
        } else if crossed.count == 4 {
          // A saddle: the value in the middle says which corners belong together.
          let middle = corners.reduce(0, +) / 4 >= level
          if middle == above[0] {
            join(edges[0], edges[1])
            join(edges[2], edges[3])
          } else {
            join(edges[0], edges[3])
            join(edges[1], edges[2])
          }
        }
      }
    }
    return chains(neighbours, order: order).map { $0.map { point($0, level) } }
  }

  private func at(_ row: Int, _ column: Int) -> Double { values[row * columns + column] }

  private func point(_ edge: Edge, _ level: Double) -> Point {
    let a = at(edge.row, edge.column)
    let b = edge.isHorizontal ? at(edge.row, edge.column + 1) : at(edge.row + 1, edge.column)
    let t = (level - a) / (b - a)
    return edge.isHorizontal
      ? Point(Double(edge.column) + t, Double(edge.row)) : Point(Double(edge.column), Double(edge.row) + t)
  }

  /// Follows neighbours: open chains from their ends first, then the closed ones.
  private func chains(_ neighbours: [Edge: [Edge]], order: [Edge]) -> [[Edge]] {
    var seen: Set<Edge> = []
    var chains: [[Edge]] = []
    let ends = order.filter { neighbours[$0]?.count == 1 }
    for start in ends + order where !seen.contains(start) {
      var chain = [start]
      seen.insert(start)
      while let last = chain.last, let next = neighbours[last]?.first(where: { !seen.contains($0) }) {
        chain.append(next)
        seen.insert(next)
      }
      if let last = chain.last, chain.count > 2, neighbours[last]?.contains(start) == true {
        chain.append(start)
      }
      if chain.count > 1 { chains.append(chain) }
    }
    return chains
  }
}
