import CCairo

/// Draws one primitive after the other on a Cairo context.
struct CairoPen {
  let context: OpaquePointer?
  let isVector: Bool
  /// Pixels to a point.
  let scale: Double
  /// Pixels to a point of clouds inside PDF and SVG.
  let cloudScale: Double
  private let text = PangoText()

  init(context: OpaquePointer?, isVector: Bool, scale: Double, cloudScale: Double = 2) {
    self.context = context
    self.isVector = isVector
    self.scale = scale
    self.cloudScale = cloudScale
  }

  func paint(_ color: Color) {
    set(color)
    cairo_paint(context)
  }

  func draw(_ primitive: Primitive) {
    switch primitive {
    case .fill(let path, let color):
      add(path)
      set(color)
      cairo_fill(context)
    case .stroke(let path, let stroke): draw(path, stroke)
    case .symbols(let points, let style):
      if points.count < SymbolCloud.least {
        draw(points, style)
      } else {
        draw(SymbolCloud(points: points, colors: [style.fill], style: style))
      }
    case .coloredSymbols(let points, let colors, let style):
      if points.count < SymbolCloud.least {
        var style = style
        for (point, color) in zip(points, colors) {
          style.fill = color
          draw([point], style)
        }
      } else {
        draw(SymbolCloud(points: points, colors: colors, style: style))
      }
    case .raster(let raster, let rect): draw(raster, in: rect)
    case .text(let run): draw(run)
    case .linked: break
    }
  }

  private func set(_ color: Color) {
    cairo_set_source_rgba(context, color.red, color.green, color.blue, color.alpha)
  }

  /// Cairo's time for the pixels of one stroke grows faster than its points, where it crosses itself all over, so
  /// a long one is drawn piece by piece; where a line is opaque and not dashed the seams can't be seen.
  private func draw(_ path: Path, _ stroke: Stroke) {
    let most = 64
    guard !isVector, path.elements.count > 4 * most, stroke.color.alpha == 1, stroke.dash.isEmpty,
      !path.elements.contains(.close)
    else {
      add(path)
      apply(stroke)
      return
    }
    var start = 0
    while start < path.elements.count {
      let end = min(start + most, path.elements.count)
      var piece = Path()
      if start > 1, case .line = path.elements[start - 1], let before = path.elements[start - 2].points.last {
        // The last line of the piece before comes again, so that its end is joined and not cut off.
        piece.elements = [.move(before), path.elements[start - 1]]
      }
      piece.elements += path.elements[start..<end]
      add(piece)
      apply(stroke)
      start = end
    }
  }

  private func add(_ path: Path, at origin: Point = Point(0, 0)) {
    cairo_new_path(context)
    let (x, y) = (origin.x, origin.y)
    for element in path.elements {
      switch element {
      case .move(let p): cairo_move_to(context, x + p.x, y + p.y)
      case .line(let p): cairo_line_to(context, x + p.x, y + p.y)
      case .curve(let a, let b, let p):
        cairo_curve_to(context, x + a.x, y + a.y, x + b.x, y + b.y, x + p.x, y + p.y)
      case .close: cairo_close_path(context)
      }
    }
  }

  private func apply(_ stroke: Stroke) {
    set(stroke.color)
    cairo_set_line_width(context, stroke.width)
    cairo_set_dash(context, stroke.dash, Int32(stroke.dash.count), 0)
    cairo_set_line_cap(context, stroke.cap == .round ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    cairo_stroke(context)
  }

  private func draw(_ cloud: SymbolCloud) {
    if isVector {
      cloud.place(on: context, pixelsPerPoint: cloudScale)
    } else {
      cloud.stamp(on: context, scale: scale)
    }
  }

  func draw(_ points: [Point], _ style: SymbolStyle) {
    let path = style.symbol.path(size: style.size)
    for point in points {
      add(path, at: point)
      if let outline = style.outline {
        // The outline goes around the fill, so that it does not eat into small symbols.
        var doubled = outline
        doubled.width *= 2
        apply(doubled)
        add(path, at: point)
      }
      set(style.fill)
      cairo_fill(context)
    }
  }

  /// Viewers smooth enlarged images, so cells are enlarged here, by a whole factor, with hard edges.
  private func draw(_ raster: Raster, in rect: Rect) {
    guard raster.rows > 0, raster.columns > 0, rect.width > 0, rect.height > 0 else { return }
    let wanted = isVector ? 4.0 : scale
    let across = max(1, Int((rect.width * wanted / Double(raster.columns)).rounded(.up)))
    let down = max(1, Int((rect.height * wanted / Double(raster.rows)).rounded(.up)))
    let factorX = isVector ? min(across, 24) : 1
    let factorY = isVector ? min(down, 24) : 1
    let (width, height) = (raster.columns * factorX, raster.rows * factorY)
    let image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
    defer { cairo_surface_destroy(image) }
    guard cairo_surface_status(image) == CAIRO_STATUS_SUCCESS, let bytes = cairo_image_surface_get_data(image)
    else { return }
    let stride = Int(cairo_image_surface_get_stride(image))
    cairo_surface_flush(image)
    for row in 0..<height {
      let line = UnsafeMutableRawPointer(bytes + row * stride).bindMemory(to: UInt32.self, capacity: width)
      for column in 0..<width {
        line[column] = Self.packed(raster.colors[row / factorY * raster.columns + column / factorX])
      }
    }
    cairo_surface_mark_dirty(image)
    cairo_save(context)
    cairo_rectangle(context, rect.minX, rect.minY, rect.width, rect.height)
    if !isVector { cairo_set_antialias(context, CAIRO_ANTIALIAS_NONE) }
    cairo_clip(context)
    cairo_translate(context, rect.minX, rect.minY)
    cairo_scale(context, rect.width / Double(width), rect.height / Double(height))
    cairo_set_source_surface(context, image, 0, 0)
    let shrinks = Double(raster.columns) > rect.width * scale || Double(raster.rows) > rect.height * scale
    cairo_pattern_set_filter(cairo_get_source(context), shrinks ? CAIRO_FILTER_GOOD : CAIRO_FILTER_NEAREST)
    cairo_pattern_set_extend(cairo_get_source(context), CAIRO_EXTEND_PAD)
    cairo_paint(context)
    cairo_restore(context)
  }

  private static func packed(_ color: Color) -> UInt32 {
    func byte(_ value: Double) -> UInt32 { UInt32((min(max(value, 0), 1) * 255).rounded()) }
    return byte(color.red) << 16 | byte(color.green) << 8 | byte(color.blue)
  }

  private func draw(_ run: TextRun) {
    text.withLayout(run.content, style: run.style, maxWidth: run.maxWidth, maxLines: run.maxLines) { layout in
      let alignment: PangoAlignment =
        switch run.horizontal {
        case .left: PANGO_ALIGN_LEFT
        case .center: PANGO_ALIGN_CENTER
        case .right: PANGO_ALIGN_RIGHT
        }
      pango_layout_set_alignment(layout, alignment)
      var logical = PangoRectangle()
      pango_layout_get_extents(layout, nil, &logical)
      let unit = Double(PANGO_SCALE)
      let size = PangoText.size(of: layout)
      let (sine, cosine) = Rotation.of(run.angle)
      cairo_save(context)
      cairo_translate(context, run.position.x, run.position.y)
      var turn = cairo_matrix_t(xx: cosine, yx: sine, xy: -sine, yy: cosine, x0: 0, y0: 0)
      cairo_transform(context, &turn)
      // The logical rectangle may begin to the right of the layout's origin, where it is aligned within a width.
      let x = -size.width * run.horizontal.rawValue - Double(logical.x) / unit
      let y = -size.height * run.vertical.rawValue - Double(logical.y) / unit
      cairo_move_to(context, x, y)
      if let halo = run.halo {
        pango_cairo_layout_path(context, layout)
        apply(Stroke(halo, width: 3))
        cairo_move_to(context, x, y)
      }
      set(run.style.color)
      pango_cairo_show_layout(context, layout)
      cairo_restore(context)
    }
  }
}
