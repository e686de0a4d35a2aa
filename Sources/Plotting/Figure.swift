/// A figure as a description: marks, axes and words, drawn only when it is rendered.
///
///     Figure { LineMark(x: steps, y: losses, series: "training") }
///       .xAxis("Training step")
///       .yAxis("Loss", scale: .log)
public struct Figure: Sendable {
  /// In points, which are pixels at 1×.
  public private(set) var width: Double
  /// In points, axes, legend and titles included.
  public private(set) var height: Double
  package var marks: [any Mark]
  package var title: String?
  package var subtitle: String?
  package var xAxis = AxisSpec()
  package var yAxis = AxisSpec()
  package var legend: Legend = .automatic
  /// Whether a unit is as long on both axes.
  package var hasEqualScales = false
  package var theme: Theme = .page
  /// What the reader should know besides what follows from the data.
  package var remarks: [String] = []
  /// The panels of a figure made by `stack` or `grid`, which has no marks of its own.
  package var arrangement: PanelArrangement?

  /// A figure of that size in points (pixels at 1×) with the marks drawn in order, the first at the back.
  public init(
    width: Double = 640, height: Double = 400, @FigureBuilder _ content: () -> [any Mark]
  ) {
    self.width = width
    self.height = height
    marks = content()
  }

  package init(width: Double, height: Double, arrangement: PanelArrangement) {
    (self.width, self.height, self.arrangement) = (width, height, arrangement)
    marks = []
  }

  /// The headline, left-aligned above the plot; `$h_t$` sets mathematics.
  public func title(_ text: String) -> Figure { with { $0.title = text } }

  /// A quieter line below the title.
  public func subtitle(_ text: String) -> Figure { with { $0.subtitle = text } }

  /// Labels the horizontal axis (put the unit into the label) and sets its scale, its ends and its ticks.
  public func xAxis(
    _ label: String? = nil, scale: AxisScale = .linear, domain: ClosedRange<Double>? = nil,
    ticks: AxisTicks = .automatic
  ) -> Figure {
    with { $0.xAxis = AxisSpec(label: label, scale: scale, domain: domain, ticks: ticks) }
  }

  /// Labels the vertical axis (put the unit into the label) and sets its scale, its ends and its ticks.
  public func yAxis(
    _ label: String? = nil, scale: AxisScale = .linear, domain: ClosedRange<Double>? = nil,
    ticks: AxisTicks = .automatic
  ) -> Figure {
    with { $0.yAxis = AxisSpec(label: label, scale: scale, domain: domain, ticks: ticks) }
  }

  /// Makes a unit as long on one axis as on the other, where both have numbers on linear scales: for planes of states, in which
  /// distances and angles are looked at. The axis that has room shows more than its data or its domain. Panels keep their own scales.
  public func equalScales() -> Figure { with { $0.hasEqualScales = true } }

  /// Says where the legend stands; `.automatic` looks for an empty corner.
  public func legend(_ legend: Legend) -> Figure { with { $0.legend = legend } }

  /// Sets type, weights and colours.
  public func theme(_ theme: Theme) -> Figure { with { $0.theme = theme } }

  /// The finished image, the same bytes at every call.
  /// - Throws: `PlottingError` where arrays don't fit together, a domain is impossible, or there is no room.
  public func render(_ format: ImageFormat, appearance: Appearance = .light) throws -> [UInt8] {
    let measurer = PangoMeasurer()
    guard measurer.hasFonts else { throw PlottingError.noFonts }
    var scene = try scene(appearance: appearance, measurer: measurer)
    let letters = measurer.lettersWithoutFont(in: scene)
    if !letters.isEmpty {
      // Named by their numbers: the letters themselves would be boxes here too.
      let names = letters.prefix(8).map(Self.codes).joined(separator: ", ") + (letters.count > 8 ? ", …" : "")
      let remark = "Boxes stand for letters that no font of the machine has: \(names)."
      scene = try with { $0.remarks.append(remark) }.scene(appearance: appearance, measurer: measurer)
    }
    return try CairoRenderer.render(scene, as: format)
  }

  /// The letters of the figure's words for which this machine has no font: boxes are drawn for them.
  /// - Throws: `PlottingError` as `render` does.
  public func lettersWithoutFont() throws -> [String] {
    let measurer = PangoMeasurer()
    let scene = try scene(appearance: .light, measurer: measurer)
    return measurer.lettersWithoutFont(in: scene).map { "\($0) (\(Self.codes($0)))" }
  }

  private static func codes(_ letter: Character) -> String {
    letter.unicodeScalars.map { scalar in
      let digits = String(scalar.value, radix: 16, uppercase: true)
      return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }.joined(separator: " ")
  }

  /// The primitives of the figure, laid out with the text sizes of a measurer.
  package func scene(appearance: Appearance, measurer: any TextMeasurer) throws(PlottingError) -> Scene {
    let palette = theme.palette(appearance)
    var scene = Scene(width: width, height: height, background: palette.background)
    scene.title = title ?? textDescription()
    let composer = try composer(palette: palette, measurer: measurer)
    do {
      scene.items = try composer.compose(in: Rect(x: 0, y: 0, width: width, height: height))
    } catch .tooSmall(_, _, let neededWidth, let neededHeight) {
      let enough = composer.enough(from: Size(width: neededWidth, height: neededHeight))
      throw .tooSmall(
        width: width, height: height, neededWidth: enough.width, neededHeight: enough.height)
    }
    return scene
  }

  /// What a reader should know of data that could not be drawn as they are, such as gaps at NaN.
  /// - Throws: `PlottingError` as `render` does.
  public func notes() throws -> [String] {
    if let arrangement { return try PreparedPanels(self, arrangement).notes }
    return try PreparedFigure(self).notes
  }

  private func composer(
    palette: Palette, measurer: any TextMeasurer
  ) throws(PlottingError) -> any SceneComposer {
    if let arrangement {
      let panels = try PreparedPanels(self, arrangement)
      return PanelComposer(prepared: panels, palette: palette, measurer: measurer)
    }
    return FigureComposer(figure: try PreparedFigure(self), palette: palette, measurer: measurer)
  }

  /// The width of one for narrow screens, at which letters keep their size.
  package static let narrowWidth = 400.0

  /// The same for narrow screens; nil for one that is narrow, or a single plot whose axes have one scale.
  package var narrow: Figure? {
    guard width > Self.narrowWidth else { return nil }
    if let arrangement { return narrow(arrangement) }
    guard !hasEqualScales else { return nil }
    // Names beside rows get three lines, instead of most of the width.
    let names = Set(marks.flatMap { (try? $0.summary())?.y.categories ?? [] })
    let rows = names.contains { $0.count > 18 } ? 110 + 46 * Double(names.count) : 0
    return with { ($0.width, $0.height) = (Self.narrowWidth, max(height, rows)) }
  }

  /// Panels keep their height and most of their width: where they stand side by side, fewer do.
  private func narrow(_ arrangement: PanelArrangement) -> Figure {
    let columns = max(
      1, min(arrangement.columns, Int(Self.narrowWidth * Double(arrangement.columns) / (0.8 * width))))
    func rows(_ columns: Int) -> Double { Double((arrangement.panels.count + columns - 1) / columns) }
    // Legend, common labels and margins are there once.
    let once = min(height, 90)
    let height = once + (height - once) * rows(columns) / max(1, rows(arrangement.columns))
    return with {
      ($0.width, $0.height) = (Self.narrowWidth, height)
      $0.arrangement = PanelArrangement(
        panels: arrangement.panels, columns: columns, shared: arrangement.shared, isStack: arrangement.isStack
      )
    }
  }

  private func with(_ change: (inout Figure) -> Void) -> Figure {
    var copy = self
    change(&copy)
    return copy
  }
}

/// Whether a figure is drawn for a light or a dark page.
public enum Appearance: String, CaseIterable, Sendable {
  /// Dark ink on white.
  case light
  /// Light ink on near-black.
  case dark
}

/// The file format of a rendered figure.
public enum ImageFormat: Hashable, Sendable {
  /// Pixels, `scale` of them to a point.
  case png(scale: Double)
  /// One tight page with text as text and embedded fonts.
  case pdf
  /// For an `<img>` or inline: identifiers differ between figures, letters are outlines.
  case svg
}

/// Where the legend stands.
public enum Legend: Hashable, Sendable {
  /// In an empty corner of the plot, else above it, else at its right; absent where no series has a name.
  case automatic
  /// Nowhere: series are told by words in the figure, or by its caption.
  case hidden
  /// Above the plot, in one or more lines.
  case above
  /// At the right of the plot, one series below the other.
  case right
}
