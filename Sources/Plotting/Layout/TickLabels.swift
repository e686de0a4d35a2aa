/// The ticks of an axis with labels that fit beside each other.
package struct TickLabels: Sendable {
  package var ticks: [Tick] = []
  /// Clockwise, in degrees; 0 unless the labels had to be turned.
  package var angle = 0.0
  /// Labels wrap at this width, in points.
  package var maxWidth: Double?
  package var maxLines = 1
  /// The room that the labels take away from the plot, in points.
  package var extent = 0.0
  /// How far the labels reach beyond the axis's ends, in points.
  package var overhang: (start: Double, end: Double) = (0, 0)
}

/// Fits tick labels to the length of an axis: first fewer ticks, then wrapped labels, then turned ones, at last
/// only every second, third, … label.
package struct TickFitter {
  package let measurer: any TextMeasurer
  package let style: TextStyle
  /// The most room that labels may take away from the plot, in points.
  package let limit: Double

  private static let gap = 7.0

  private var lineHeight: Double { measurer.size("0", style: style).height }

  /// The height of a label, or of the highest of them: as many lines as its author has given it.
  private func height(of ticks: [Tick]) -> Double {
    let broken = ticks.compactMap(\.label).filter { $0.contains(where: \.isNewline) }
    return broken.map { measurer.size($0, style: style).height }.reduce(lineHeight, max)
  }

  /// Labels below a plot of that width.
  package func horizontal(_ axis: PreparedAxis, length: Double) -> TickLabels {
    guard let candidates = candidates(axis, length: length, spacing: 78, least: 4) else {
      return TickLabels()
    }
    for ticks in candidates where fits(ticks, axis: axis, length: length) {
      return upright(ticks, axis: axis, length: length)
    }
    let ticks = candidates.last ?? []
    guard axis.categories != nil || axis.hasLabelledTicks else {
      return upright(thinned(ticks, axis: axis, length: length), axis: axis, length: length)
    }
    return words(ticks, axis: axis, length: length)
  }

  /// Labels at the left of a plot of that height.
  package func vertical(_ axis: PreparedAxis, length: Double) -> TickLabels {
    guard let candidates = candidates(axis, length: length, spacing: 54, least: 3) else {
      return TickLabels()
    }
    var result = TickLabels()
    let spacing = smallestDistance(candidates.last ?? [], axis: axis, length: length)
    if axis.categories != nil || axis.hasLabelledTicks {
      result.maxWidth = limit
      let height = height(of: candidates.last ?? [])
      result.maxLines = max(1, min(3, Int(spacing / height)))
      let stride = max(1, Int((height * 0.95 / max(spacing, 0.01)).rounded(.up)))
      result.ticks = every(stride, of: candidates.last ?? [])
    } else {
      let fitting = candidates.first { smallestDistance($0, axis: axis, length: length) >= lineHeight * 1.2 }
      result.ticks = fitting ?? candidates.last ?? []
    }
    for tick in result.ticks {
      let size = size(tick, result)
      result.extent = max(result.extent, size.width)
      let place = axis.scale.position(tick.value) * length
      result.overhang.start = max(result.overhang.start, size.height / 2 - place)
      result.overhang.end = max(result.overhang.end, size.height / 2 - (length - place))
    }
    return result
  }

  // MARK: Candidates

  /// Sets of ticks, the most detailed first; nil where the author hid them.
  private func candidates(_ axis: PreparedAxis, length: Double, spacing: Double, least: Int) -> [[Tick]]? {
    let domain = axis.scale.domain
    let visible = { (value: Double) in
      let place = axis.scale.position(value)
      return place >= -1e-6 && place <= 1 + 1e-6
    }
    switch axis.spec.ticks {
    case .hidden: return nil
    case .at(let values):
      let shown = values.filter(visible).sorted()
      let step =
        zip(shown, shown.dropFirst()).map { $1 - $0 }.filter { $0 > 0 }.min() ?? abs(shown.first ?? 1)
      return [zip(shown, NumberFormat.ticks(shown, step: step)).map { Tick($0, label: $1) }]
    case .labelled(let values, let labels):
      return [zip(values, labels).filter { visible($0.0) }.map { Tick($0, label: $1) }]
    case .automatic:
      if axis.categories != nil { return [axis.scale.ticks(target: 0, whole: false)] }
      guard domain.lowerBound < domain.upperBound else { return [[]] }
      // Powers stand where they stand: there try as many as fit.
      let isCurved = [LogScale.name, SymlogScale.name].contains(axis.spec.scale.type.name)
      let most = max(least, Int(length / spacing * (isCurved ? 2 : 1)))
      return stride(from: most, through: 1, by: -1).map { axis.ticks(target: $0) }
    }
  }

  // MARK: Labels below the plot

  private func upright(_ ticks: [Tick], axis: PreparedAxis, length: Double) -> TickLabels {
    var result = TickLabels()
    result.ticks = ticks
    finish(&result, axis: axis, length: length)
    return result
  }

  /// Names too wide to stand in one line beside each other.
  private func words(_ ticks: [Tick], axis: PreparedAxis, length: Double) -> TickLabels {
    let spacing = smallestDistance(ticks, axis: axis, length: length)
    let names = ticks.compactMap(\.label)
    let widest = names.map { measurer.size($0, style: style).width }.max() ?? 0
    var result = TickLabels()
    result.ticks = ticks
    let room = spacing - Self.gap
    let widestWord =
      names.flatMap { $0.split(separator: " ") }.map { measurer.size(String($0), style: style).width }.max()
      ?? 0
    let wrapped =
      names.map { measurer.size($0, style: style, maxWidth: room, maxLines: 99).height }.max() ?? 0
    if room >= widestWord, wrapped <= min(limit, lineHeight * 5) {
      result.maxWidth = room
      result.maxLines = 5
    } else if spacing < lineHeight * 1.2, widest < 50 {
      result.ticks = every(Int(((widest + Self.gap) / spacing).rounded(.up)), of: ticks)
    } else {
      let diagonal = 0.5.squareRoot()
      // At 45° lines of text are `spacing × sin 45°` apart.
      let apart = spacing * diagonal
      result.ticks = every(max(1, Int((height(of: ticks) / apart).rounded(.up))), of: ticks)
      result.angle = -45
      result.maxLines = max(1, min(3, Int(apart / height(of: ticks))))
      result.maxWidth = min(widest + 1, limit / diagonal - lineHeight)
    }
    finish(&result, axis: axis, length: length)
    return result
  }

  private func finish(_ result: inout TickLabels, axis: PreparedAxis, length: Double) {
    for tick in result.ticks {
      let size = size(tick, result)
      let place = axis.scale.position(tick.value) * length
      if result.angle == 0 {
        result.extent = max(result.extent, size.height)
        result.overhang.start = max(result.overhang.start, size.width / 2 - place)
        result.overhang.end = max(result.overhang.end, size.width / 2 - (length - place))
      } else {
        let reach = (size.width + size.height) * 0.5.squareRoot()
        result.extent = max(result.extent, reach)
        result.overhang.start = max(result.overhang.start, reach - place)
      }
    }
  }

  // MARK: Distances

  private func size(_ tick: Tick, _ labels: TickLabels) -> Size {
    guard let label = tick.label else { return Size(width: 0, height: 0) }
    return measurer.size(label, style: style, maxWidth: labels.maxWidth, maxLines: labels.maxLines)
  }

  private func fits(_ ticks: [Tick], axis: PreparedAxis, length: Double) -> Bool {
    // Tokens at the steps of a sequence may stand closer than numbers.
    let gap = axis.hasLabelledTicks ? 3 : Self.gap
    var end = -Double.infinity
    for tick in ticks.sorted(by: { $0.value < $1.value }) {
      guard let label = tick.label else { continue }
      let half = measurer.size(label, style: style).width / 2
      let place = axis.scale.position(tick.value) * length
      if place - half < end + gap { return false }
      end = place + half
    }
    return true
  }

  /// The ticks without those labels that would touch the one before.
  private func thinned(_ ticks: [Tick], axis: PreparedAxis, length: Double) -> [Tick] {
    var end = -Double.infinity
    return ticks.map { tick in
      guard let label = tick.label else { return tick }
      let half = measurer.size(label, style: style).width / 2
      let place = axis.scale.position(tick.value) * length
      guard place - half >= end + Self.gap else { return Tick(tick.value, label: nil) }
      end = place + half
      return tick
    }
  }

  private func smallestDistance(_ ticks: [Tick], axis: PreparedAxis, length: Double) -> Double {
    let places = ticks.filter { $0.label != nil }.map { axis.scale.position($0.value) * length }.sorted()
    return zip(places, places.dropFirst()).map { $1 - $0 }.min() ?? length
  }

  private func every(_ stride: Int, of ticks: [Tick]) -> [Tick] {
    guard stride > 1 else { return ticks }
    let round = [2, 3, 4, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000]
    let stride = round.first { $0 >= stride } ?? stride
    return ticks.enumerated().map { index, tick in
      index % stride == 0 ? tick : Tick(tick.value, label: nil)
    }
  }
}

extension PreparedAxis {
  package var hasLabelledTicks: Bool {
    if case .labelled = spec.ticks { return true }
    return false
  }
}
