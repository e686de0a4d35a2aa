/// Lays out a whole figure in a frame.
package protocol SceneComposer {
  /// The primitives of the figure.
  /// - Throws: `PlottingError.tooSmall` where the labels leave no room for a plot.
  func compose(in frame: Rect) throws(PlottingError) -> [Primitive]
}

extension SceneComposer {
  /// A size, at least the given one, at which the figure has room; labels grow with the figure, so one
  /// that is too small can't tell at once.
  package func enough(from size: Size) -> Size {
    var size = size
    for _ in 0..<30 where size.width < 20_000 && size.height < 20_000 {
      do throws(PlottingError) {
        _ = try compose(in: Rect(x: 0, y: 0, width: size.width, height: size.height))
        return size
      } catch .tooSmall(_, _, let width, let height) {
        size = Size(width: max(size.width, width), height: max(size.height, height))
      } catch {
        return size
      }
    }
    return size
  }
}
