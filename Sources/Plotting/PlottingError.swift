/// What an author can get wrong in a figure; thrown when the figure is rendered.
public enum PlottingError: Error, Equatable, CustomStringConvertible {
  /// Two arrays of one mark that must run in step have different lengths.
  case mismatchedLengths(
    mark: String, series: String?, first: String, firstCount: Int, second: String, secondCount: Int)
  /// A flat array does not hold rows × columns values, or a row is shorter or longer than the first.
  case wrongShape(mark: String, expected: String, found: String)
  /// A domain whose ends are equal, not finite, or not on the scale (zero on a logarithmic axis).
  case invalidDomain(axis: String, lower: Double, upper: Double, scale: String)
  /// Numbers in one mark and names in another on the same axis.
  case mixedAxis(axis: String, numbers: String, categories: String)
  /// The figure has no room for its labels; sizes in points.
  case tooSmall(width: Double, height: Double, neededWidth: Double, neededHeight: Double)
  /// A figure larger than can be drawn; sizes in points.
  case tooLarge(width: Double, height: Double, most: Double)
  /// The machine has no font with which words could be measured.
  case noFonts
  /// Cairo reported a failure.
  case renderingFailed(format: String, reason: String)

  public var description: String {
    switch self {
    case .mismatchedLengths(let mark, let series, let first, let firstCount, let second, let secondCount):
      let name = series.map { " of series “\($0)”" } ?? ""
      return "\(mark)\(name): \(first) has \(firstCount) values but \(second) has \(secondCount); "
        + "give both the same length"
    case .wrongShape(let mark, let expected, let found):
      return "\(mark): expected \(expected), found \(found)"
    case .invalidDomain(let axis, let lower, let upper, let scale):
      return "\(axis) axis: the domain \(lower)...\(upper) has no room on a \(scale) scale; "
        + "give two different finite ends" + (scale == "log" ? " above zero" : "")
    case .mixedAxis(let axis, let numbers, let categories):
      return "\(axis) axis: \(numbers) gives numbers but \(categories) gives names; use one kind for both"
    case .tooSmall(let width, let height, let neededWidth, let neededHeight):
      return "a figure of \(Int(width)) × \(Int(height)) points has no room for its labels; "
        + "make it at least \(Int(neededWidth)) × \(Int(neededHeight)), or shorten them"
    case .tooLarge(let width, let height, let most):
      return "a figure of \(width) × \(height) points is too large; give at most \(Int(most)) for both"
    case .noFonts:
      return "no fonts were found; install fonts-inter or fonts-dejavu-core"
    case .renderingFailed(let format, let reason):
      return "Cairo could not write the \(format): \(reason)"
    }
  }
}
