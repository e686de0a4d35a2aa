/// What the engine tells a chapter's program through environment variables.
public enum ProgramEnvironment {
  /// The folder of the run.
  public static let runFolder = "NEURONBOOK_RUN_FOLDER"
  /// The folder of the chapter's Markdown, from which `data` reads.
  public static let chapterFolder = "NEURONBOOK_CHAPTER_FOLDER"
  /// The folder of the report.
  public static let output = "NEURONBOOK_OUTPUT"
  /// The folder of kept values.
  public static let cache = "NEURONBOOK_CACHE"
  /// The digests of the modules that kept values depend on, as a JSON object.
  public static let modelSources = "NEURONBOOK_MODEL_SOURCES"
  /// The profile, by its name.
  public static let profile = "NEURONBOOK_PROFILE"
  /// What the program does where it comes to a sweep, a `SweepMode`; computes what is missing where it is not given.
  public static let sweepMode = "NEURONBOOK_SWEEP_MODE"
  /// The name of the sweep whose points a task computes; their keys are in the run's folder.
  public static let sweep = "NEURONBOOK_SWEEP"
  /// The variables of the system that every program has.
  public static let own = [
    "HOME", "LANG", "PATH", "SWIFT_BACKTRACE", "SWIFT_DETERMINISTIC_HASHING", "TMPDIR", "TZ",
  ]
  /// Those that reach it from the command's own environment as they are; they are part of a run's key, and decide how it computes.
  public static let inherited = [
    "LD_LIBRARY_PATH", "NEURONBOOK_THREADS", "OMP_NUM_THREADS", "OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS",
  ]
  /// What the record of a run calls what the kernel could not keep the program from.
  public static let notHeldBack = "not held back"
  /// What it calls OpenBLAS's name for the kernels that the program multiplied with.
  public static let matrixKernels = "matrix kernels"

  /// The status of a program that could not do its own work, such as writing a result; it says why on standard error.
  public static let stopped: Int32 = 70
}

/// What a chapter's program does where it comes to a sweep.
public enum SweepMode: String, Sendable {
  /// Computes the points that are missing.
  case computed
  /// Takes the points that are there, and goes on without the others.
  case kept
  /// Writes down which points there are, and ends at the first sweep that is not complete.
  case planned
  /// Computes some points of one sweep, and ends there.
  case task
}

/// How long the text of an inline value may be, in characters.
public enum InlineText {
  public static let limit = 10_000
}
