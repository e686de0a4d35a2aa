/// A chapter's program tells what it did in a file that its cells can write to too, so what it tells is looked at before it is believed.
extension Record {
  /// What of it can't be; nil where all can.
  ///
  /// - Parameters:
  ///   - cells: How many cells the chapter has.
  ///   - values: How many inline values it has.
  public func fault(cells: Int, values: Int) -> String? {
    guard 0..<max(1, cells) ~= cell else { return "a cell \(cell) of \(cells)" }
    switch event {
    case .started(let offsets):
      return cell < cells ? offsets.fault : "a cell of a chapter without cells"
    case .ended(let seconds, let offsets):
      if !(0...1e9 ~= seconds) { return "a cell that took \(seconds) seconds" }
      return cell < cells ? offsets.fault : "a cell of a chapter without cells"
    case .shown(let shown): return cell < cells ? shown.fault : "what a cell shows in a chapter without cells"
    case .value(let index, _): return 0..<values ~= index ? nil : "a value \(index) of \(values)"
    case .failed(let failure):
      return failure.line >= 0 && failure.column >= 0 ? nil : "a failure at line \(failure.line)"
    case .finished(let peakMemory):
      return 0...(1 << 50) ~= peakMemory ? nil : "a program that held \(peakMemory) bytes"
    case .sweep(let event): return event.fault
    case .progress, .cached, .noted, .expectedFailure: return nil
    }
  }

  /// With numbers that can be shown.
  public var showable: Record {
    switch event {
    case .progress(let progress): return Record(cell: cell, event: .progress(progress.showable))
    case .shown(.claim(var claim)):
      claim.numbers = claim.numbers.showable
      return Record(cell: cell, event: .shown(.claim(claim)))
    default: return self
    }
  }
}

extension SweepEvent {
  fileprivate var fault: String? {
    switch self {
    case .reached(_, let folder, let plan, let points, let kept):
      if let fault = nameFault(folder) ?? nameFault(plan) { return fault }
      return 0...SweepKey.mostPoints ~= points && 0...points ~= kept
        ? nil : "a sweep with \(kept) of \(points) points"
    case .advanced(_, let done, let count):
      return 0...SweepKey.mostPoints ~= count && 0...count ~= done ? nil : "\(done) of \(count) points"
    case .began(let key), .ended(let key, _):
      return SweepKey.isKey(key) ? nil : "a point `\(key.prefix(200))`"
    case .stopped: return nil
    }
  }
}

extension OutputOffsets {
  fileprivate var fault: String? {
    let range = 0...(1 << 50)
    return range ~= standardOutput && range ~= standardError ? nil : "outputs of less than no bytes"
  }
}

extension Shown {
  fileprivate var fault: String? {
    switch self {
    case .figure(let figure): figure.fault
    case .liveModel(let model): model.figure.fault ?? nameFault(model.about) ?? nameFault(model.weights)
    case .table(let table):
      table.rows.enumerated().first { $1.count != table.columns.count }.map { index, row in
        "a table whose row \(index + 1) has \(row.count) of \(table.columns.count) cells"
      }
        ?? table.columns.lazy.compactMap(\.link).first { !$0.isKnown }.map {
          "a table of things of a kind `\($0.thing)`"
        }
    case .question(let question): question.fault
    case .text, .claim: nil
    }
  }
}

extension ShownQuestion {
  fileprivate var fault: String? {
    let isDigest = digests.allSatisfy { $0.utf8.count == 64 && $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
    return 0...6 ~= decimals && 1...2 ~= digests.count && isDigest
      ? nil : "a question with \(digests.count) answers to \(decimals) decimals"
  }
}

extension ShownTable.Column.Link {
  /// The page makes an attribute of it.
  fileprivate var isKnown: Bool { ["unit", "step", "token", "position"].contains(thing) }
}

extension ShownFigure {
  /// The largest side of a picture, in CSS pixels.
  public static let largest = 100_000.0

  fileprivate var fault: String? {
    for side in [width, height] where !(1...Self.largest ~= side) { return "a figure with a side of \(side)" }
    return files.lazy.compactMap(nameFault).first
  }
}

/// A file of a run lies in the run's folder.
private func nameFault(_ name: String) -> String? {
  name.isEmpty || name.hasPrefix(".") || name.utf8.count > 200 || name.contains { $0 == "/" || $0 == "\0" }
    ? "a file `\(name.prefix(200))`" : nil
}

extension ShownClaim.Numbers {
  fileprivate var showable: ShownClaim.Numbers {
    var numbers = self
    for path in [\Self.estimate, \.low, \.high, \.null, \.criterion] {
      numbers[keyPath: path] = numbers[keyPath: path].flatMap { $0.isFinite ? $0 : nil }
    }
    return numbers
  }
}
