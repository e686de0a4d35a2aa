import Analyses

extension Effect {
  /// The estimate, which equals nothing if it is not determined.
  var estimate: Double { measurement?.estimate ?? .nan }
}
