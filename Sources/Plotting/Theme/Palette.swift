/// The colours of a figure in one appearance.
public struct Palette: Sendable {
  /// Sizes of letters, lines and symbols.
  public let theme: Theme
  /// Light or dark.
  public let appearance: Appearance
  /// The colour of the page.
  public let background: Color
  /// Titles.
  public let ink: Color
  /// Axis labels, ticks' labels, legends.
  public let secondaryInk: Color
  /// Lines of axes and their ticks.
  public let axis: Color
  /// Lines behind the data.
  public let grid: Color
  /// Nulls and controls.
  public let null: Color
  /// Cells of a heat map without a value.
  public let missing: Color
  /// The colours of series in order of appearance; the first is the accent.
  public let series: [Color]

  /// Seven hues for seven series, the same hues in both appearances.
  ///
  /// Found by simulated annealing over OKLab lightness, chroma and hue: every pair is at least 0.10 apart in
  /// OKLab to normal sight and under simulated protanopia, deuteranopia and tritanopia (Machado et al. 2009,
  /// severity 1), and each has a contrast of at least 3:1 with the page. `PaletteTests` measures both.
  private static let lightSeries: [UInt32] = [
    0x3661C5, 0xE87322, 0x225428, 0xAB5D74, 0x319BCD, 0x681F7E, 0x76690F,
  ]
  private static let darkSeries: [UInt32] = [
    0x5B8DF9, 0xD9660D, 0xB5F0B8, 0xD89FAD, 0x5DC7FC, 0xA07DAD, 0xF8E03F,
  ]

  package init(theme: Theme, appearance: Appearance) {
    self.theme = theme
    self.appearance = appearance
    switch appearance {
    case .light:
      background = Color(hex: 0xFFFFFF)
      ink = Color(hex: theme.isInkBlack ? 0x000000 : 0x1A1C20)
      secondaryInk = Color(hex: theme.isInkBlack ? 0x1C1E22 : 0x4A4F57)
      axis = Color(hex: 0x6B717A)
      grid = Color(hex: 0xE6E8EB)
      null = Color(hex: 0x8E949C)
      missing = Color(hex: 0xD4D6DA)
      series = Self.lightSeries.map { Color(hex: $0) }
    case .dark:
      background = Color(hex: 0x16181C)
      ink = Color(hex: 0xF1F2F4)
      secondaryInk = Color(hex: 0xBFC4CB)
      axis = Color(hex: 0x8A9099)
      grid = Color(hex: 0x2D3036)
      null = Color(hex: 0x868C95)
      missing = Color(hex: 0x44484F)
      series = Self.darkSeries.map { Color(hex: $0) }
    }
  }

  /// Ink that can be read on a colour.
  public func ink(on color: Color) -> Color {
    let (dark, light) = (Color(hex: 0x1A1C20), Color(hex: 0xFFFFFF))
    return color.contrast(with: dark) >= color.contrast(with: light) ? dark : light
  }

  package var tickStyle: TextStyle { TextStyle(size: theme.tickSize, color: secondaryInk) }
  package var labelStyle: TextStyle { TextStyle(size: theme.labelSize, weight: .medium, color: secondaryInk) }
  package var noteStyle: TextStyle { TextStyle(size: theme.noteSize, color: axis) }
}
