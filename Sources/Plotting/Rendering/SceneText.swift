extension Scene {
  /// The scene as text, one primitive a line, coordinates to a tenth of a point: for snapshots.
  package var snapshot: String {
    var lines = ["scene \(Self.short(width))×\(Self.short(height)) \(background.code)"]
    lines += items.map(\.snapshot)
    return lines.joined(separator: "\n") + "\n"
  }

  fileprivate static func short(_ value: Double) -> String {
    guard value.isFinite else { return "not-finite" }
    let text = NumberFormat.fixed(value, decimals: 1)
    let trimmed = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    return trimmed == "-0" ? "0" : trimmed
  }

  fileprivate static func short(_ point: Point) -> String { "\(short(point.x)),\(short(point.y))" }
}

extension Primitive {
  fileprivate var snapshot: String {
    switch self {
    case .fill(let path, let color): "fill \(color.code) \(path.snapshot)"
    case .stroke(let path, let stroke): "stroke \(stroke.snapshot) \(path.snapshot)"
    case .symbols(let points, let style):
      "symbols \(style.symbol) size \(Scene.short(style.size)) \(style.fill.code) "
        + points.map { Scene.short($0) }.joined(separator: " ")
    case .coloredSymbols(let points, let colors, let style):
      "symbols \(style.symbol) size \(Scene.short(style.size)) "
        + zip(points, colors).map { "\($1.code) \(Scene.short($0))" }.joined(separator: " ")
    case .raster(let raster, let rect):
      "raster \(raster.rows)×\(raster.columns) \(rect.snapshot) "
        + raster.colors.prefix(16).map(\.code).joined(separator: " ") + (raster.colors.count > 16 ? " …" : "")
    case .text(let run): run.snapshot
    case .linked(let data):
      "linked \(data.kind) " + data.names.keys.map(\.rawValue).sorted().joined(separator: " ")
    }
  }
}

extension Stroke {
  fileprivate var snapshot: String {
    "\(color.code) \(Scene.short(width))"
      + (dash.isEmpty ? "" : " dash " + dash.map { Scene.short($0) }.joined(separator: ","))
  }
}

extension Rect {
  fileprivate var snapshot: String {
    "\(Scene.short(minX)),\(Scene.short(minY)) \(Scene.short(width))×\(Scene.short(height))"
  }
}

extension Path {
  fileprivate var snapshot: String {
    elements.map { element in
      switch element {
      case .move(let p): "M\(Scene.short(p))"
      case .line(let p): "L\(Scene.short(p))"
      case .curve(let a, let b, let p): "C\(Scene.short(a)) \(Scene.short(b)) \(Scene.short(p))"
      case .close: "Z"
      }
    }.joined(separator: " ")
  }
}

extension TextRun {
  fileprivate var snapshot: String {
    "text “\(content)” \(Scene.short(style.size)) \(style.weight) \(style.color.code) "
      + "at \(Scene.short(position)) \(horizontal) \(vertical)"
      + (angle == 0 ? "" : " angle \(Scene.short(angle))")
      + (maxWidth.map { " within \(Scene.short($0))" } ?? "")
  }
}
