/// The environment variables that tell a chapter program about kept values.
public enum CacheEnvironment {
  /// The folder of kept values.
  public static let folder = "NEURONBOOK_CACHE"
  /// The digest of the sources that kept values depend on.
  public static let modelSources = "NEURONBOOK_MODEL_SOURCES"
}
