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
  /// Black words instead of dark grey ones, for paper.
  package var isInkBlack = false

  /// For a column of text on a screen.
  public static let page = Theme()

  /// For a column of a paper, where a figure of 252 points is as wide as it will be printed: small type, thin
  /// lines, black words, hardly any margin.
  public static let print: Theme = {
    var theme = Theme()
    theme.titleSize = 10
    theme.subtitleSize = 8.5
    theme.labelSize = 8.5
    theme.tickSize = 7.5
    theme.noteSize = 7
    theme.lineWidth = 1.2
    theme.symbolSize = 4.2
    theme.axisWidth = 0.6
    theme.gridWidth = 0.4
    theme.tickLength = 2.5
    theme.margin = 3
    theme.isInkBlack = true
    return theme
  }()

  /// For the back row of a lecture room, in a figure of 960 × 540 points: large type, heavy lines.
  public static let slide: Theme = {
    var theme = Theme()
    theme.titleSize = 30
    theme.subtitleSize = 21
    theme.labelSize = 21
    theme.tickSize = 19
    theme.noteSize = 15
    theme.lineWidth = 3.6
    theme.symbolSize = 12
    theme.axisWidth = 1.6
    theme.gridWidth = 1.2
    theme.tickLength = 7
    theme.margin = 26
    return theme
  }()

  package func palette(_ appearance: Appearance) -> Palette {
    Palette(theme: self, appearance: appearance)
  }
}
