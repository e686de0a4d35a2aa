import Foundation

/// Turns values into colours: `sequential` for amounts, `diverging` for values around zero.
///
/// Both are constructed in OKLab rather than copied: a path of hues and chromas over a lightness that only
/// rises or only falls, walked at equal perceived distances. The weak end of either map is next to the
/// page's background, so the map runs from light to dark on a light page and from dark to light on a dark one.
public struct ColorMap: Hashable, Sendable {
  package enum Kind: Hashable, Sendable { case automatic, sequential, diverging }
  package let kind: Kind

  /// Diverging where the values go well to both sides of zero, sequential otherwise.
  public static let automatic = ColorMap(kind: .automatic)
  /// From the page's background to a strong blue, by way of green.
  public static let sequential = ColorMap(kind: .sequential)
  /// Blue below the middle, orange above it, the background's shade between them.
  public static let diverging = ColorMap(kind: .diverging)
}

/// The colours of a map for one appearance, 256 of them at equal perceived distances.
package struct ColorRamp: Hashable, Sendable {
  package let colors: [Color]

  /// The colour at a place in 0...1.
  package subscript(position: Double) -> Color {
    let index = (min(max(position, 0), 1) * Double(colors.count - 1)).rounded()
    return colors[Int(index)]
  }

  /// Control points (lightness, chroma, hue in degrees) of the sequential maps, weak end first.
  private static let sequentialLight = [
    (0.975, 0.020, 110.0), (0.90, 0.075, 128), (0.79, 0.105, 158), (0.66, 0.100, 205), (0.52, 0.120, 248),
    (0.38, 0.130, 272), (0.26, 0.095, 285),
  ]
  private static let sequentialDark = [
    (0.24, 0.035, 280.0), (0.33, 0.100, 277), (0.45, 0.130, 262), (0.58, 0.110, 235), (0.70, 0.100, 195),
    (0.82, 0.115, 155), (0.94, 0.100, 112),
  ]
  /// One arm of the diverging maps, from the middle outwards; the hue is given by the side.
  private static let armLight = [(0.970, 0.004), (0.87, 0.065), (0.74, 0.115), (0.60, 0.135), (0.46, 0.125)]
  private static let armDark = [(0.245, 0.006), (0.36, 0.065), (0.50, 0.110), (0.64, 0.130), (0.79, 0.115)]
  private static let coldHue = 255.0
  private static let warmHue = 52.0

  package static func sequential(_ appearance: Appearance) -> ColorRamp {
    let points = appearance == .light ? sequentialLight : sequentialDark
    return ColorRamp(
      colors: evenly(points.map { OKLab(lightness: $0.0, chroma: $0.1, hue: $0.2) }, count: 256))
  }

  package static func diverging(_ appearance: Appearance) -> ColorRamp {
    let arm = appearance == .light ? armLight : armDark
    func side(_ hue: Double) -> [Color] {
      evenly(arm.map { OKLab(lightness: $0.0, chroma: $0.1, hue: hue) }, count: 128)
    }
    return ColorRamp(colors: side(coldHue).reversed() + side(warmHue))
  }

  /// Colours at equal distances along a smooth path through the control points.
  private static func evenly(_ controls: [OKLab], count: Int) -> [Color] {
    var fine: [OKLab] = []
    let perSegment = 200
    for segment in 0..<(controls.count - 1) {
      for step in 0..<perSegment {
        fine.append(spline(controls, segment, Double(step) / Double(perSegment)))
      }
    }
    fine.append(controls[controls.count - 1])
    let shown = fine.map { OKLab($0.color) }
    var travelled = [0.0]
    for index in 1..<shown.count {
      travelled.append(travelled[index - 1] + shown[index].distance(to: shown[index - 1]))
    }
    let total = travelled[travelled.count - 1]
    var at = 0
    return (0..<count).map { index in
      let goal = total * Double(index) / Double(count - 1)
      while at < travelled.count - 1, travelled[at] < goal { at += 1 }
      return fine[at].color
    }
  }

  /// Catmull-Rom through a and b, a straight line in lightness so that it stays monotone.
  private static func spline(_ p: [OKLab], _ i: Int, _ t: Double) -> OKLab {
    let (p0, p1, p2, p3) = (p[max(i - 1, 0)], p[i], p[i + 1], p[min(i + 2, p.count - 1)])
    func mix(_ value: (OKLab) -> Double) -> Double {
      let (a, b, c, d) = (value(p0), value(p1), value(p2), value(p3))
      let linear = 2 * b + (c - a) * t
      let square = (2 * a - 5 * b + 4 * c - d) * t * t
      let cube = (3 * b - a - 3 * c + d) * t * t * t
      return 0.5 * (linear + square + cube)
    }
    let lightness = p1.lightness + (p2.lightness - p1.lightness) * t
    return OKLab(lightness: lightness, a: mix(\.a), b: mix(\.b))
  }
}
