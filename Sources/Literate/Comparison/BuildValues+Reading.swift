import Base
import Foundation
import Text

extension BuildValues {
  /// Why a file is no `values.json` that can be compared.
  enum Fault: Error, Equatable {
    case isForeign
    case isOfVersion(Int)
    /// What is wrong, as a sentence without its end.
    case isDamaged(String)
  }

  /// The name of the file beside a report.
  public static let fileName = "values.json"
  /// More than any book's, in bytes.
  private static let largest = 256 << 20

  /// Reads the values of a build.
  ///
  /// - Parameter path: The folder that it wrote its report to, or the file itself.
  /// - Throws: `Problem` where there is none, or where it is damaged, foreign, or of another version.
  public init(reading path: String) throws {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let file = isFolder.boolValue ? (path as NSString).appendingPathComponent(Self.fileName) : path
    let place = Problem.Location(file: file)
    guard exists else {
      throw Problem(
        "There is no such file or folder.", at: place,
        advice: "Name a folder that a build wrote its report to, or a \(Self.fileName).")
    }
    let data: Data
    do {
      data = try Data(ofFile: file, limit: Self.largest)
    } catch {
      if error == .missing {
        throw Problem(
          "The folder has no \(Self.fileName): no build was written here, or one before there were such files.",
          at: place, advice: "Build it: neuronbook build chapters --output \(path)")
      }
      throw Problem(
        "The values can't be read: \(error.reason).", at: place,
        advice: "Name a folder that a build wrote its report to, or a \(Self.fileName).")
    }
    do {
      self = try BuildValues(data)
    } catch {
      throw error.problem(at: place)
    }
  }

  /// - Throws: `Fault` for anything but the bytes of such a file.
  init(_ data: Data) throws(Fault) {
    do {
      self = try JSONDecoder().decode(BuildValues.self, from: data)
    } catch let fault as Fault {
      throw fault
    } catch let error as DecodingError {
      throw Fault(error)
    } catch {
      throw .isDamaged(systemReason(of: error))
    }
  }
}

extension BuildValues.Fault {
  init(_ error: DecodingError) {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map { "\($0 + 1)" } ?? $0.stringValue }
      return path.isEmpty ? "it" : "`\(path.joined(separator: "."))`"
    }
    switch error {
    case .keyNotFound(let key, let context):
      self = .isDamaged("\(place(context)) has no `\(key.stringValue)`")
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      self = context.codingPath.isEmpty ? .isForeign : .isDamaged("\(place(context)) is of another kind")
    case .dataCorrupted(let context): self = .isDamaged("\(place(context)) can't be read as JSON")
    @unknown default: self = .isDamaged("it can't be read")
    }
  }

  func problem(at place: Problem.Location) -> Problem {
    switch self {
    case .isForeign:
      Problem(
        "This holds no values of a build.", at: place,
        advice: "Name a folder that a build wrote its report to, or its \(BuildValues.fileName).")
    case .isOfVersion(let version):
      Problem(
        "These values are of version \(version); this command reads version \(BuildValues.version).",
        at: place,
        advice: version < BuildValues.version
          ? "Build them anew." : "Compare them with the command that made them, or a newer one.")
    case .isDamaged(let what):
      Problem("The values are damaged: \(what).", at: place, advice: "Build them anew.")
    }
  }
}
