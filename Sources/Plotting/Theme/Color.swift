import Foundation

/// A colour in sRGB, each component in 0...1.
public struct Color: Hashable, Sendable {
  /// From 0 to 1.
  public var red: Double
  /// From 0 to 1.
  public var green: Double
  /// From 0 to 1.
  public var blue: Double
  /// 0 for what can't be seen, 1 for what covers all.
  public var alpha: Double

  /// A colour by its components, which covers what is below unless alpha is given.
  public init(red: Double, green: Double, blue: Double, alpha: Double = 1) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  /// A colour written as `0xRRGGBB`.
  public init(hex: UInt32, alpha: Double = 1) {
    self.init(
      red: Double((hex >> 16) & 0xFF) / 255, green: Double((hex >> 8) & 0xFF) / 255,
      blue: Double(hex & 0xFF) / 255, alpha: alpha)
  }

  /// The same colour, covering only a part (0...1) of what lies below.
  public func opacity(_ alpha: Double) -> Color {
    Color(
      red: red, green: green, blue: blue, alpha: self.alpha * (alpha.isNaN ? 1 : min(max(alpha, 0), 1)))
  }

  /// The opaque colour seen when this one, of that opacity, lies on a background.
  public func over(_ background: Color) -> Color {
    func blend(_ top: Double, _ bottom: Double) -> Double { top * alpha + bottom * (1 - alpha) }
    return Color(
      red: blend(red, background.red), green: blend(green, background.green),
      blue: blend(blue, background.blue))
  }

  /// Relative luminance in 0...1 (WCAG 2.2).
  package var luminance: Double {
    0.2126 * Self.linear(red) + 0.7152 * Self.linear(green) + 0.0722 * Self.linear(blue)
  }

  /// The contrast ratio with another colour, 1...21 (WCAG 2.2).
  package func contrast(with other: Color) -> Double {
    let (a, b) = (luminance, other.luminance)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// `#RRGGBB`, followed by the opacity where it is not 1.
  package var code: String {
    func byte(_ value: Double) -> Int { Int((min(max(value, 0), 1) * 255).rounded()) }
    let digits = String(byte(red) << 16 | byte(green) << 8 | byte(blue), radix: 16, uppercase: true)
    let hex = "#" + String(repeating: "0", count: 6 - digits.count) + digits
    return alpha == 1 ? hex : hex + "@" + NumberFormat.fixed(alpha, decimals: 2)
  }

  package static func linear(_ component: Double) -> Double {
    component <= 0.04045 ? component / 12.92 : pow((component + 0.055) / 1.055, 2.4)
  }

  package static func encoded(_ linear: Double) -> Double {
    linear <= 0.003_130_8 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055
  }
}
