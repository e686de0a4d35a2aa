import CCairo

/// Draws a scene with Cairo; the same scene gives the same bytes.
package enum CairoRenderer {
  package static func render(_ scene: Scene, as format: ImageFormat) throws(PlottingError) -> [UInt8] {
    switch format {
    case .png(let scale): try png(scene, scale: scale)
    case .pdf: try pdf(scene)
    case .svg: try svg(scene)
    }
  }

  private static func png(_ scene: Scene, scale: Double) throws(PlottingError) -> [UInt8] {
    guard scale > 0, scale.isFinite else {
      throw .renderingFailed(format: "PNG", reason: "the scale \(scale) is not a positive number")
    }
    let (width, height) = ((scene.width * scale).rounded(.up), (scene.height * scale).rounded(.up))
    guard width >= 1, height >= 1, width <= 32_000, height <= 32_000 else {
      throw .renderingFailed(format: "PNG", reason: "\(width) × \(height) pixels is not a possible size")
    }
    let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
    defer { cairo_surface_destroy(surface) }
    try draw(scene, on: surface, scale: scale, format: "PNG")
    let sink = ByteSink()
    let status = cairo_surface_write_to_png_stream(surface, ByteSink.write, sink.pointer)
    try check(status, "PNG")
    return PNGDensity.adding(dotsPerInch: 72 * scale, to: sink.bytes)
  }

  private static func pdf(_ scene: Scene) throws(PlottingError) -> [UInt8] {
    let sink = ByteSink()
    let surface = cairo_pdf_surface_create_for_stream(ByteSink.write, sink.pointer, scene.width, scene.height)
    defer { cairo_surface_destroy(surface) }
    // Cairo would write the time of day.
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z")
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, MathText.plain(scene.title))
    try draw(scene, on: surface, scale: 1, format: "PDF")
    cairo_surface_finish(surface)
    try check(cairo_surface_status(surface), "PDF")
    return sink.bytes
  }

  private static func svg(_ scene: Scene) throws(PlottingError) -> [UInt8] {
    let sink = ByteSink()
    let surface = cairo_svg_surface_create_for_stream(ByteSink.write, sink.pointer, scene.width, scene.height)
    defer { cairo_surface_destroy(surface) }
    cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX)
    try draw(scene, on: surface, scale: 1, format: "SVG")
    cairo_surface_finish(surface)
    try check(cairo_surface_status(surface), "SVG")
    return SVGIdentifiers.unique(SVGCompaction.compacted(sink.bytes))
  }

  private static func check(_ status: cairo_status_t, _ format: String) throws(PlottingError) {
    guard status != CAIRO_STATUS_SUCCESS else { return }
    throw .renderingFailed(format: format, reason: String(cString: cairo_status_to_string(status)))
  }

  private static func draw(
    _ scene: Scene, on surface: OpaquePointer?, scale: Double, format: String
  ) throws(PlottingError) {
    try check(cairo_surface_status(surface), format)
    let context = cairo_create(surface)
    defer { cairo_destroy(context) }
    cairo_scale(context, scale, scale)
    let pen = CairoPen(
      context: context, isVector: format != "PNG", scale: scale, cloudScale: format == "PDF" ? 3 : 2)
    pen.paint(scene.background)
    for item in scene.items { pen.draw(item) }
    try check(cairo_status(context), format)
  }
}

/// Collects what Cairo writes.
private final class ByteSink {
  var bytes: [UInt8] = []

  var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static let write: cairo_write_func_t = { closure, data, length in
    guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
    let sink = Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue()
    sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
    return CAIRO_STATUS_SUCCESS
  }
}
