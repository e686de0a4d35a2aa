/// How much a build computes: enough for a classroom, for a reader, or for a reviewer.
public enum Profile: String, Codable, Sendable, CaseIterable {
  /// Minutes: few trainings and draws, for a first look.
  case quick
  /// What a build does if nothing is said.
  case standard
  /// Hours: more trainings, sizes and text.
  case full
}
