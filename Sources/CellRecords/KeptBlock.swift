/// Some lines of a chapter in which `cached` computes a value, named by their code and all that it names in the chapter.
public struct KeptBlock: Codable, Sendable, Equatable {
  public var file: String
  public var firstLine: Int
  public var lastLine: Int
  /// The digest of the code.
  public var digest: String

  public init(file: String, firstLine: Int, lastLine: Int, digest: String) {
    (self.file, self.firstLine, self.lastLine, self.digest) = (file, firstLine, lastLine, digest)
  }
}
