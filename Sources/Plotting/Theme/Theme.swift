/// Type sizes, weights and spacing of a figure, in points, with the colours for either appearance.
public struct Theme: Sendable {
  package var titleSize = 15.0
  package var subtitleSize = 12.0
  package var labelSize = 12.0
  package var tickSize = 11.0
  package var noteSize = 10.0
  package var lineWidth = 1.9
  package var symbolSize = 6.5
  package var axisWidth = 1.0
  package var gridWidth = 0.75
  package var tickLength = 4.0
  package var margin = 12.0

  /// For a column of text on a screen.
  public static let page = Theme()

  package func palette(_ appearance: Appearance) -> Palette {
    switch appearance {
    case .light: Palette(theme: self, appearance: .light)
    case .dark: Palette(theme: self, appearance: .dark)
    }
  }
}
