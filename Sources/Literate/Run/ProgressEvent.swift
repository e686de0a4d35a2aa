import CellRecords

/// What a build does at the moment, for those who wait.
public enum ProgressEvent: Encodable, Sendable {
  case compiling(chapter: String)
  case kept(chapter: String)
  /// A cell begins; the rest of the chapter took so many seconds the last time.
  case cell(chapter: String, number: Int, of: Int, label: String?, secondsLeft: Double?)
  case progress(chapter: String, cell: Int, CellProgress)
  /// The chapter's program wrote this to standard error, or the compiler warned of this.
  case said(chapter: String, String)
  case ended(chapter: String, failed: Bool)
}
