import CCairo

/// Draws very many symbols by stamping one small picture, at sixteen offsets between pixels, instead of filling a
/// path for each; inside PDF and SVG the cloud is one image, or the file would hold every point.
struct SymbolCloud {
  /// Fewer symbols are drawn as shapes.
  static let least = 3_000
  /// Stamps stand at multiples of a pixel divided by this.
  private static let phases = 4

  let points: [Point]
  /// One for each point, or one for all.
  let colors: [Color]
  let style: SymbolStyle

  /// Draws on a page of pixels, whose matrix must be a mere scale.
  func stamp(on context: OpaquePointer?, scale: Double, origin: Point = Point(0, 0)) {
    cairo_save(context)
    cairo_identity_matrix(context)
    defer { cairo_restore(context) }
    var stamps: [Key: OpaquePointer] = [:]
    defer { for stamp in stamps.values { cairo_surface_destroy(stamp) } }
    let reach = (style.size * 0.75 + (style.outline?.width ?? 0)) * scale
    let margin = Int(reach.rounded(.up)) + 1
    var taken: Set<Place> = []
    for (index, point) in points.enumerated() {
      let color = colors[colors.count == 1 ? 0 : index]
      let x = Int(((point.x - origin.x) * scale * Double(Self.phases)).rounded())
      let y = Int(((point.y - origin.y) * scale * Double(Self.phases)).rounded())
      // An opaque symbol on its like changes nothing.
      if color.alpha == 1, colors.count == 1, !taken.insert(Place(x: x, y: y)).inserted { continue }
      let column = x.quotient(Self.phases)
      let row = y.quotient(Self.phases)
      let key = Key(color: color, x: x - column * Self.phases, y: y - row * Self.phases)
      let stamp = stamps[key] ?? self.stamp(key, margin: margin, scale: scale)
      stamps[key] = stamp
      cairo_set_source_surface(context, stamp, Double(column - margin), Double(row - margin))
      cairo_paint(context)
    }
  }

  /// Draws on a page of shapes, as one image.
  func place(on context: OpaquePointer?, pixelsPerPoint: Double) {
    let reach = style.size * 0.75 + (style.outline?.width ?? 0) + 1
    let xs = points.map(\.x)
    let ys = points.map(\.y)
    guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max() else { return }
    let origin = Point(left - reach, top - reach)
    let width = ((right - left + 2 * reach) * pixelsPerPoint).rounded(.up)
    let height = ((bottom - top + 2 * reach) * pixelsPerPoint).rounded(.up)
    let image = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, Int32(width), Int32(height))
    defer { cairo_surface_destroy(image) }
    guard cairo_surface_status(image) == CAIRO_STATUS_SUCCESS else { return }
    let inner = cairo_create(image)
    stamp(on: inner, scale: pixelsPerPoint, origin: origin)
    cairo_destroy(inner)
    cairo_save(context)
    cairo_translate(context, origin.x, origin.y)
    cairo_scale(context, 1 / pixelsPerPoint, 1 / pixelsPerPoint)
    cairo_set_source_surface(context, image, 0, 0)
    cairo_paint(context)
    cairo_restore(context)
  }

  private struct Key: Hashable {
    let color: Color
    let x: Int
    let y: Int
  }

  private struct Place: Hashable {
    let x: Int
    let y: Int
  }

  private func stamp(_ key: Key, margin: Int, scale: Double) -> OpaquePointer? {
    let size = Int32(2 * margin + 2)
    let surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, size, size)
    let context = cairo_create(surface)
    defer { cairo_destroy(context) }
    cairo_translate(
      context, Double(margin) + Double(key.x) / Double(Self.phases),
      Double(margin) + Double(key.y) / Double(Self.phases))
    cairo_scale(context, scale, scale)
    var style = style
    style.fill = key.color
    CairoPen(context: context, isVector: false, scale: scale).draw([Point(0, 0)], style)
    return surface
  }
}

extension Int {
  /// Division that rounds down, also below zero.
  fileprivate func quotient(_ divisor: Int) -> Int {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
