import Foundation
import Plotting
import Testing

struct ContourTests {
  /// x² + y² on a grid from −2 to 2.
  static let bowl = (0..<41).flatMap { row in
    (0..<41).map { column in
      let (x, y) = (-2 + Double(column) / 10, -2 + Double(row) / 10)
      return x * x + y * y
    }
  }

  @Test func theLineOfOneValueIsAClosedCircle() throws {
    let lines = ContourTracer(values: Self.bowl, rows: 41, columns: 41).lines(at: 1)
    let line = try #require(lines.first)
    #expect(lines.count == 1)
    #expect(line.first == line.last)
    for point in line {
      let (x, y) = (-2 + point.x / 10, -2 + point.y / 10)
      #expect(abs((x * x + y * y).squareRoot() - 1) < 0.01)
    }
  }

  @Test func linesThatLeaveThePlaneAreOpen() {
    let lines = ContourTracer(values: Self.bowl, rows: 41, columns: 41).lines(at: 6)
    #expect(lines.count == 4)
    #expect(lines.allSatisfy { $0.first != $0.last })
  }

  @Test func missingCellsAndFlatPlanesDrawNoLine() {
    var holed = Self.bowl
    holed[20 * 41 + 30] = .nan
    #expect(
      ContourTracer(values: holed, rows: 41, columns: 41).lines(at: 1).allSatisfy { $0.first != $0.last })
    #expect(ContourTracer(values: [1, 1, 1, 1], rows: 2, columns: 2).lines(at: 1).isEmpty)
    #expect(throws: PlottingError.self) {
      try Figure { ContourMark([1, 2], rows: 1, columns: 2, x: 0...1, y: 0...1) }.fixedScene()
    }
  }

  @Test func contoursAreColouredByTheirValue() throws {
    let mark = ContourMark(
      Self.bowl, rows: 41, columns: 41, x: -2...2, y: -2...2, levels: [1, 4], label: "r²")
    let scene = try Figure { mark }.fixedScene()
    let colors = Set(scene.strokes.filter { $0.stroke.cap == .round }.map(\.stroke.color))
    #expect(colors.count == 2)
    #expect(scene.texts.contains { $0.content == "r²" })
  }
}

struct ArrowTests {
  @Test func theHeadEndsAtTheGoal() {
    let arrow = ArrowShape(from: Point(0, 0), to: Point(100, 0), width: 2, startGap: 10, endGap: 5)
    #expect(arrow.head.elements.first == .move(Point(95, 0)))
    #expect(arrow.shaft.elements.first == .move(Point(10, 0)))
  }

  @Test func aBendBowsToTheLeft() {
    // Seen in the direction of the arrow, on a page whose y points down: upwards for an arrow to the right.
    #expect(ArrowShape(from: Point(0, 0), to: Point(100, 0), bend: 0.2, width: 2).middle.y < -5)
  }

  @Test func noLengthIsNoArrow() throws {
    #expect(ArrowShape(from: Point(3, 3), to: Point(3, 3), width: 1).head.elements.isEmpty)
    #expect(ArrowShape(from: Point(3, 3), to: Point(.nan, 3), width: 1).head.elements.isEmpty)
    _ = try Figure { QuiverMark(x: [0, 1], y: [0, 1], dx: [0, 0], dy: [0, 0]) }.render(.svg)
  }

  @Test func unnamedArrowsDoNotGreyUnnamedLines() throws {
    let scene = try Figure {
      LineMark(x: [0, 1, 2], y: [0, 1, 0])
      ArrowMark(x: 0, y: 0.5, toX: 1, toY: 1, label: "up")
    }.fixedScene()
    #expect(scene.strokes.contains { $0.stroke.color == Theme.page.palette(.light).series[0] })
    #expect(scene.texts.contains { $0.content == "up" })
  }

  @Test func arrowsOfAFieldAreInProportion() throws {
    let x = (0..<25).map { Double($0 % 5) }
    let y = (0..<25).map { Double($0 / 5) }
    let dx = (0..<25).map { $0 == 12 ? 0.2 : 0.1 }
    let zero = Array(repeating: 0.0, count: 25)
    let scene = try Figure { QuiverMark(x: x, y: y, dx: dx, dy: zero) }.fixedScene()
    let starts = scene.strokes.filter { $0.stroke.width == 1.1 && $0.stroke.dash.isEmpty }.map {
      $0.path.elements[0].points[0]
    }
    let tips = scene.fills.filter { $0.path.elements.count == 5 }.map { $0.path.elements[0].points[0] }
    try #require(starts.count == tips.count && starts.count >= 20)
    let lengths = zip(starts, tips).map { $1.x - $0.x }.sorted()
    #expect(abs(lengths[lengths.count - 1] / lengths[0] - 2) < 0.01)
  }

  @Test func pathsShowStartEndAndDirection() throws {
    let scene = try Figure {
      PathMark(x: [0, 1, 2, 3], y: [0, 1, 0, 1], series: "orbit", labels: ["0", "", "", "3"])
    }.fixedScene()
    let color = Theme.page.palette(.light).series[0]
    #expect(scene.symbolGroups.contains { $0.style.outline?.color == color })
    #expect(scene.symbolGroups.contains { $0.style.fill == color })
    #expect(scene.fills.count { $0.color == color } == 3)
    #expect(scene.texts.contains { $0.content == "0" && $0.style.size == Theme.page.noteSize })
  }

  @Test func networksRefuseUnknownNodesAndCountWeakEdges() throws {
    let nodes = [NetworkNode("3", role: "storing"), NetworkNode("8", role: "triggering")]
    let lost = Figure { NetworkMark(nodes: nodes, edges: [NetworkEdge("3", "9", weight: 1)]) }
    #expect(throws: PlottingError.self) { try lost.fixedScene() }
    let edges = [
      NetworkEdge("3", "8", weight: 1), NetworkEdge("8", "3", weight: 0.01),
      NetworkEdge("8", "8", weight: -1),
    ]
    let figure = Figure.mechanism(nodes: nodes, edges: edges, label: "weight")
    #expect(try figure.notes() == ["1 weak edge is not drawn."])
    let scene = try figure.fixedScene()
    #expect(
      ["3", "8", "storing", "triggering"].allSatisfy { name in scene.texts.contains { $0.content == name } })
    _ = try Figure { NetworkMark(nodes: [], edges: []) }.render(.svg)
  }
}
