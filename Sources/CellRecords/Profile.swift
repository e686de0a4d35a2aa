/// How much a build computes: enough for a classroom, for a reader, or for a reviewer.
public enum Profile: String, Codable, Sendable, CaseIterable {
  case quick, standard, full
}
