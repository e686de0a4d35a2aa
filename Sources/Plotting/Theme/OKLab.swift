import Foundation

/// A colour in OKLab (Ottosson 2020, https://bottosson.github.io/posts/oklab/), in which equal distances
/// look about equally large.
package struct OKLab: Sendable {
  package var lightness: Double
  package var a: Double
  package var b: Double

  package init(lightness: Double, a: Double, b: Double) {
    self.lightness = lightness
    self.a = a
    self.b = b
  }

  /// Lightness and chroma, with the hue as an angle in degrees.
  package init(lightness: Double, chroma: Double, hue: Double) {
    let angle = hue * Double.pi / 180
    self.init(lightness: lightness, a: chroma * cos(angle), b: chroma * sin(angle))
  }

  package init(_ color: Color) {
    self.init(
      linearRed: Color.linear(color.red), green: Color.linear(color.green), blue: Color.linear(color.blue))
  }

  package init(linearRed red: Double, green: Double, blue: Double) {
    let l = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    let m = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    let s = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
    a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s
    b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
  }

  package func distance(to other: OKLab) -> Double {
    let (dl, da, db) = (lightness - other.lightness, a - other.a, b - other.b)
    return (dl * dl + da * da + db * db).squareRoot()
  }

  /// The nearest sRGB colour of the same lightness and hue: chroma is lowered until it fits.
  package var color: Color {
    var scale = 1.0
    while scale > 0 {
      let linear = linearComponents(chromaScale: scale)
      if linear.allSatisfy({ $0 >= -0.000_1 && $0 <= 1.000_1 }) {
        let encoded = linear.map { Color.encoded(min(max($0, 0), 1)) }
        return Color(red: encoded[0], green: encoded[1], blue: encoded[2])
      }
      scale -= 0.01
    }
    let grey = Color.encoded(min(max(lightness * lightness * lightness, 0), 1))
    return Color(red: grey, green: grey, blue: grey)
  }

  private func linearComponents(chromaScale: Double) -> [Double] {
    let (a, b) = (a * chromaScale, b * chromaScale)
    let lRoot = lightness + 0.3963377774 * a + 0.2158037573 * b
    let mRoot = lightness - 0.1055613458 * a - 0.0638541728 * b
    let sRoot = lightness - 0.0894841775 * a - 1.2914855480 * b
    let l = lRoot * lRoot * lRoot
    let m = mRoot * mRoot * mRoot
    let s = sRoot * sRoot * sRoot
    return [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    ]
  }
}
