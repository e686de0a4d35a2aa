import Base
import CellRecords
import Foundation

/// A book, the values that its repository ships, and a place in which it is built afresh to be compared with them.
public struct Verification: Sendable {
  /// What the repository ships: a `values.json` beside the `book.yml`.
  public let shipped: BuildValues
  /// Its path as messages print it.
  public let path: String
  /// The book with the profile of the shipped values, in a folder of its own where nothing is kept.
  public let book: Book
  public let edition: Edition

  /// - Parameter path: The folder of the book, or its `book.yml`.
  /// - Throws: `Problem` where there is no book, or none of its values.
  public init(of path: String) throws {
    let shown = try Book.open(path, output: nil)
    guard let folder = shown.file?.deletingLastPathComponent(), shown.lone == nil else {
      throw Problem(
        "A chapter by itself has no values to compare with; a whole book was expected.",
        at: Problem.Location(file: path), advice: "Name the folder of a book.yml.")
    }
    self.path = folder.appending(path: BuildValues.fileName).displayPath
    guard FileManager.default.fileExists(atPath: self.path) else {
      throw Problem(
        "The book ships no values to compare with.", at: Problem.Location(file: self.path),
        advice:
          "Put those of a build there: neuronbook build \(path) --profile quick, then copy its \(BuildValues.fileName)."
      )
    }
    shipped = try BuildValues(reading: self.path)
    guard let profile = Profile(rawValue: shipped.origin.profile),
      let edition = Edition(rawValue: shipped.origin.edition)
    else {
      throw Problem(
        "These values are of a profile `\(shipped.origin.profile)` or an edition `\(shipped.origin.edition)` that there is not.",
        at: Problem.Location(file: self.path), advice: "Build them anew.")
    }
    self.edition = edition
    book = try Book.open(path, output: shown.output.appending(path: "verify").displayPath, profile: profile)
  }

  /// The folder that the fresh build writes to.
  public var output: String { OutputFolder(book: book, edition: edition).folder.displayPath }

  /// Removes what an earlier verification left, so that nothing of it is used.
  ///
  /// - Throws: `Problem` where that can't be removed.
  public func clear() throws {
    guard FileManager.default.fileExists(atPath: book.output.path) else { return }
    do {
      try FileManager.default.removeItem(at: book.output)
    } catch {
      throw Problem(
        "What an earlier verification left can't be removed.",
        at: Problem.Location(file: book.output.displayPath),
        advice: "Check its permissions.")
    }
  }

  /// Has this process, and the programs of the fresh build, take the kernels of the shipped values, where this processor can run
  /// them and the user has chosen none.
  public func takeKernels() {
    let chosen = ProcessInfo.processInfo.environment[ProductKernels.variable, default: ""]
    guard chosen.isEmpty, let name = shipped.origin.kernels.first, shipped.origin.kernels.count == 1,
      ProductKernels.canRun(name)
    else { return }
    setenv(ProductKernels.variable, name, 1)
  }

  /// What moved from the shipped values to those of the fresh build.
  ///
  /// - Throws: `Problem` where the build wrote none.
  public func comparison() throws -> Comparison {
    Comparison(shipped, try BuildValues(reading: output))
  }
}
