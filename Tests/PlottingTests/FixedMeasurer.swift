import Plotting

/// Every letter half as wide as high: layouts that don't depend on the machine's fonts.
struct FixedMeasurer: TextMeasurer {
  func size(_ content: String, style: TextStyle, maxWidth: Double?, maxLines: Int) -> Size {
    let letter = style.size * 0.5
    let line = style.size * 1.2
    let sizes = MathText.plain(content).split(separator: "\n", omittingEmptySubsequences: false).map { part in
      let width = Double(part.count) * letter
      guard let maxWidth, width > maxWidth else { return Size(width: width, height: line) }
      let lines = min(Double(maxLines), (width / max(maxWidth, letter)).rounded(.up))
      return Size(width: maxWidth, height: lines * line)
    }
    return Size(width: sizes.map(\.width).max() ?? 0, height: sizes.map(\.height).reduce(0, +))
  }
}

extension Scene {
  var texts: [TextRun] {
    items.compactMap { if case .text(let run) = $0 { run } else { nil } }
  }

  var strokes: [(path: Path, stroke: Stroke)] {
    items.compactMap { if case .stroke(let path, let stroke) = $0 { (path, stroke) } else { nil } }
  }

  var symbolGroups: [(points: [Point], style: SymbolStyle)] {
    items.flatMap { item -> [(points: [Point], style: SymbolStyle)] in
      switch item {
      case .symbols(let points, let style): return [(points, style)]
      case .coloredSymbols(let points, let colors, let style):
        return zip(points, colors).map { point, color in
          var one = style
          one.fill = color
          return ([point], one)
        }
      default: return []
      }
    }
  }

  var rasters: [(raster: Raster, rect: Rect)] {
    items.compactMap { if case .raster(let raster, let rect) = $0 { (raster, rect) } else { nil } }
  }

  var fills: [(path: Path, color: Color)] {
    items.compactMap { if case .fill(let path, let color) = $0 { (path, color) } else { nil } }
  }
}

extension Figure {
  func fixedScene(_ appearance: Appearance = .light) throws -> Scene {
    try scene(appearance: appearance, measurer: FixedMeasurer())
  }
}
