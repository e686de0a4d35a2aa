/// Where a chapter's program may write and read.
public struct ProgramRules: Codable, Sendable {
  /// It may write to these files, and below these folders.
  public var writable: [String]
  /// It may read below these; everywhere, where there are none.
  public var readable: [String]
  /// What it reads below these is no input of the chapter.
  public var passedOver: [String]

  public init(writable: [String], readable: [String], passedOver: [String]) {
    (self.writable, self.readable, self.passedOver) = (writable, readable, passedOver)
  }
}
