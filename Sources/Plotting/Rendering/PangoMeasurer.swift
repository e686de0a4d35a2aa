import CCairo
import Foundation

/// Measures with Pango, at no resolution in particular: letters are neither hinted nor rounded to pixels, so
/// PNG, PDF and SVG share one layout.
package final class PangoMeasurer: TextMeasurer {
  private struct Key: Hashable {
    let content: String
    let size: Double
    let weight: TextStyle.Weight
    let maxWidth: Double?
    let maxLines: Int
  }

  private let context: PangoText
  private var known: [Key: Size] = [:]

  package init() { context = PangoText() }

  /// Whether the machine has any font; without one Pango measures empty boxes.
  package var hasFonts: Bool {
    let style = TextStyle(size: 10, color: Color(hex: 0))
    return context.withLayout("0", style: style, maxWidth: nil, maxLines: 1) { layout in
      pango_layout_get_unknown_glyphs_count(layout) == 0
    }
  }

  /// The letters of a scene's words for which the machine has no font, in their order: boxes are drawn for them.
  package func lettersWithoutFont(in scene: Scene) -> [Character] {
    var (letters, seen) = ([Character](), Set<String>())
    for case .text(let run) in scene.items where seen.insert(run.content).inserted && isUnknown(run.content) {
      for letter in MathText.plain(run.content)
      where !letters.contains(letter) && isUnknown(letter == "$" ? "\\$" : String(letter)) {
        letters.append(letter)
      }
    }
    return letters
  }

  private func isUnknown(_ content: String) -> Bool {
    context.withLayout(
      content, style: TextStyle(size: 10, color: Color(hex: 0)), maxWidth: nil, maxLines: 1
    ) { pango_layout_get_unknown_glyphs_count($0) > 0 }
  }

  package func size(_ content: String, style: TextStyle, maxWidth: Double?, maxLines: Int) -> Size {
    let key = Key(
      content: content, size: style.size, weight: style.weight, maxWidth: maxWidth, maxLines: maxLines)
    if let size = known[key] { return size }
    let size = context.withLayout(content, style: style, maxWidth: maxWidth, maxLines: maxLines) { layout in
      PangoText.size(of: layout)
    }
    known[key] = size
    return size
  }
}

/// Sine and cosine of an angle in degrees, exact at right angles.
package enum Rotation {
  package static func of(_ degrees: Double) -> (sine: Double, cosine: Double) {
    switch degrees {
    case 0: (0, 1)
    case 90: (1, 0)
    case -90: (-1, 0)
    default: (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
    }
  }
}

/// The one way in which words become a Pango layout, for measuring and for drawing.
final class PangoText {
  /// Inter where it is installed, DejaVu Sans for it and for letters it lacks.
  static let family = "Inter, DejaVu Sans, sans-serif"

  private let context: OpaquePointer?

  init() {
    context = pango_font_map_create_context(pango_cairo_font_map_get_default())
    let options = cairo_font_options_create()
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    pango_cairo_context_set_font_options(context, options)
    cairo_font_options_destroy(options)
    pango_cairo_context_set_resolution(context, 72)
    pango_context_set_round_glyph_positions(context, 0)
  }

  deinit { g_object_unref(UnsafeMutableRawPointer(context)) }

  func withLayout<Result>(
    _ content: String, style: TextStyle, maxWidth: Double?, maxLines: Int,
    _ body: (OpaquePointer?) -> Result
  ) -> Result {
    let layout = pango_layout_new(context)
    defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
    let description = pango_font_description_new()
    pango_font_description_set_family(description, Self.family)
    pango_font_description_set_absolute_size(description, style.size * Double(PANGO_SCALE))
    pango_font_description_set_weight(description, PangoWeight(rawValue: UInt32(style.weight.rawValue)))
    pango_layout_set_font_description(layout, description)
    pango_font_description_free(description)
    let markup = "<span font_features=\"tnum=1\">\(MathText.markup(content))</span>"
    pango_layout_set_markup(layout, markup, -1)
    if let maxWidth {
      let width = min(max(maxWidth, 1), 100_000)
      pango_layout_set_width(layout, Int32((width * Double(PANGO_SCALE)).rounded(.up)))
      pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
      pango_layout_set_height(layout, Int32(-maxLines))
      pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END)
    }
    pango_layout_set_line_spacing(layout, 1.1)
    return body(layout)
  }

  static func size(of layout: OpaquePointer?) -> Size {
    var rect = PangoRectangle()
    pango_layout_get_extents(layout, nil, &rect)
    return Size(
      width: Double(rect.width) / Double(PANGO_SCALE), height: Double(rect.height) / Double(PANGO_SCALE))
  }
}
