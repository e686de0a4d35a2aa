import Plotting
import Testing

/// What a colour looks like to someone whose cones of one kind are missing: Machado, Oliveira and Fernandes,
/// "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), severity 1.
enum Sight: String, CaseIterable {
  case normal, protanopia, deuteranopia, tritanopia

  var matrix: [[Double]] {
    switch self {
    case .normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    case .protanopia:
      [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    case .deuteranopia:
      [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    case .tritanopia:
      [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    }
  }

  func seen(_ color: Color) -> OKLab {
    let linear = [Color.linear(color.red), Color.linear(color.green), Color.linear(color.blue)]
    let mixed = matrix.map { row in
      min(max(row[0] * linear[0] + row[1] * linear[1] + row[2] * linear[2], 0), 1)
    }
    return OKLab(linearRed: mixed[0], green: mixed[1], blue: mixed[2])
  }
}

struct PaletteTests {
  @Test(arguments: Appearance.allCases, Sight.allCases)
  func seriesColoursStayApart(appearance: Appearance, sight: Sight) {
    let seen = Theme.page.palette(appearance).series.map { sight.seen($0) }
    for i in seen.indices {
      for j in seen.indices where j > i {
        let distance = seen[i].distance(to: seen[j])
        #expect(distance > 0.095, "series \(i) and \(j) are \(distance) apart")
      }
    }
  }

  @Test(arguments: Appearance.allCases)
  func everySeriesStandsOutFromThePage(appearance: Appearance) {
    let palette = Theme.page.palette(appearance)
    for color in palette.series { #expect(color.contrast(with: palette.background) >= 3) }
    #expect(palette.null.contrast(with: palette.background) >= 3)
    for ink in [palette.ink, palette.secondaryInk, palette.axis] {
      #expect(ink.contrast(with: palette.background) >= 4.5)
    }
  }

  @Test(arguments: Appearance.allCases)
  func nullsAreGrey(appearance: Appearance) {
    let null = OKLab(Theme.page.palette(appearance).null)
    #expect((null.a * null.a + null.b * null.b).squareRoot() < 0.02)
  }
}

struct ColorMapTests {
  @Test(arguments: Appearance.allCases)
  func sequentialLightnessIsMonotoneAwayFromThePage(appearance: Appearance) {
    let lightness = ColorRamp.sequential(appearance).colors.map { OKLab($0).lightness }
    let sign: Double = appearance == .light ? -1 : 1
    for (before, after) in zip(lightness, lightness.dropFirst()) { #expect((after - before) * sign > 0) }
    let page = OKLab(Theme.page.palette(appearance).background).lightness
    #expect(abs(lightness[0] - page) < 0.1)
    #expect(abs(lightness[255] - page) > 0.6)
  }

  @Test(arguments: Appearance.allCases)
  func stepsLookEquallyLarge(appearance: Appearance) {
    for ramp in [ColorRamp.sequential(appearance), .diverging(appearance)] {
      let seen = ramp.colors.map { OKLab($0) }
      let steps = zip(seen, seen.dropFirst()).map { $0.distance(to: $1) }
      // The two middle colours of a diverging map are the same but for their hue.
      let inner = steps.enumerated().filter { $0.offset != 127 }.map(\.element).sorted()
      let median = inner[inner.count / 2]
      #expect(inner[0] > 0.6 * median)
      #expect(inner[inner.count - 1] < 1.6 * median)
    }
  }

  @Test(arguments: Appearance.allCases, Sight.allCases)
  func divergingEndsDifferToEveryEye(appearance: Appearance, sight: Sight) {
    let ramp = ColorRamp.diverging(appearance)
    #expect(sight.seen(ramp[0]).distance(to: sight.seen(ramp[1])) > 0.12)
    for place in stride(from: 0.0, to: 0.5, by: 0.05) {
      let difference = OKLab(ramp[place]).lightness - OKLab(ramp[1 - place]).lightness
      #expect(abs(difference) < 0.02)
    }
  }

  @Test func divergingRangesAreSymmetricAroundZero() {
    let scale = ColorScale(values: [-1, 3, .nan], map: .automatic, domain: nil, label: nil)
    let resolved = ResolvedColorScale(scale, appearance: .light)
    #expect(resolved.domain == -3...3)
    #expect(resolved.color(.nan) == nil)
    #expect(resolved.color(3) == ColorRamp.diverging(.light)[1])
  }

  @Test func amountsAreSequential() {
    let scale = ColorScale(values: [0, 3], map: .automatic, domain: nil, label: nil)
    #expect(ResolvedColorScale(scale, appearance: .light).ramp == .sequential(.light))
  }
}
