import Foundation
import Plotting
import Testing

/// An infinite value is not painted as the end of the scale.
struct InfinityTests {
  private let palette = Palette(theme: .page, appearance: .light)
  private static let values = [1.0, .infinity, -.infinity, 2, .nan, 1.5]

  @Test(arguments: [true, false]) func cellsHaveASign(showsValues: Bool) throws {
    let figure = Figure(height: 240) {
      HeatMapMark(Self.values, rows: 2, columns: 3, label: "v", showsValues: showsValues)
    }
    #expect(
      try figure.notes() == [
        "1 of 6 values shown by colour are missing or not finite.",
        "2 of 6 values shown by colour are infinite: ▲ is ∞, ▼ is −∞.",
      ])
    let scene = try figure.fixedScene()
    let cells = try #require(scene.rasters.first { $0.raster.rows == 2 })
    #expect([1, 2, 4].allSatisfy { cells.raster.colors[$0] == palette.missing })
    #expect([0, 3, 5].allSatisfy { cells.raster.colors[$0] != palette.missing })
    func isInCell(_ point: Point, _ column: Int) -> Bool {
      let width = cells.rect.width / 3
      return abs(point.x - cells.rect.minX - (Double(column) + 0.5) * width) < 1e-9
        && abs(point.y - cells.rect.minY - cells.rect.height / 4) < 1e-9
    }
    if showsValues {
      for (word, column) in [("∞", 1), ("−∞", 2)] {
        #expect(scene.texts.contains { $0.content == word && isInCell($0.position, column) })
      }
    } else {
      for (symbol, column) in [(Symbol.triangle, 1), (.invertedTriangle, 2)] {
        #expect(
          scene.symbolGroups.contains {
            $0.style.symbol == symbol && $0.points.count == 1 && isInCell($0.points[0], column)
          })
      }
    }
    // The bar says what the signs are, beyond its own ends.
    let bar = try #require(scene.rasters.first { $0.raster.columns == 1 })
    for (word, isAbove) in [("∞", true), ("−∞", false)] {
      let key = try #require(scene.texts.first { $0.content == word && $0.position.x > bar.rect.maxX })
      #expect(isAbove ? key.position.y < bar.rect.minY : key.position.y > bar.rect.maxY)
    }
  }

  @Test func onlyWhatOccursIsExplained() throws {
    let scene = try Figure { HeatMapMark([1, .infinity, 2, 3], rows: 2, columns: 2) }.fixedScene()
    #expect(scene.texts.contains { $0.content == "∞" } && !scene.texts.contains { $0.content == "−∞" })
    let finite = try Figure { HeatMapMark([1, 4, 2, 3], rows: 2, columns: 2) }.fixedScene()
    #expect(!finite.texts.contains { $0.content == "∞" } && finite.symbolGroups.isEmpty)
  }

  @Test func blanksOnPurposeDoNotHideInfinities() throws {
    let figure = Figure { HeatMapMark([1, .infinity, .nan, 3], rows: 2, columns: 2, leavesBlanks: true) }
    #expect(try figure.notes() == ["1 of 3 values shown by colour is infinite: ▲ is ∞, ▼ is −∞."])
    let colors = try #require(try figure.fixedScene().rasters.first { $0.raster.rows == 2 }).raster.colors
    #expect(colors[1] == palette.missing && colors[2] == palette.background)
  }

  @Test func pointsHaveASign() throws {
    let figure = Figure { ScatterMark(x: 0..<6, y: 0..<6, values: Self.values, label: "v") }
    let groups = try figure.fixedScene().symbolGroups
    let plotted = groups.filter { $0.style.size == 6.5 }
    #expect(plotted.count { $0.style.symbol == .circle } == 4)
    for symbol in [Symbol.triangle, .invertedTriangle] {
      #expect(plotted.count { $0.style.symbol == symbol && $0.style.fill == palette.missing } == 1)
    }
    #expect(try figure.notes().count == 2)
  }
}
