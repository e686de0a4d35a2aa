import Base
import Foundation

/// What a user should know about an input or a run that is not as it must be: where, what was found, what was
/// expected, and what to do.
public struct Problem: Error, Sendable, Hashable {
  public var location: Location?
  /// What was found and what was expected.
  public var message: String
  /// What to do about it; empty where the message says it.
  public var advice: String

  public init(_ message: String, at location: Location? = nil, advice: String = "") {
    self.location = location
    self.message = message
    self.advice = advice
  }

  /// What went wrong where nobody thought of it.
  public init(of error: any Error) {
    if let problem = error as? Problem {
      self = problem
      return
    }
    let path = (error as NSError).userInfo[NSFilePathErrorKey] as? String
    self.init(
      "Something could not be done: \(systemReason(of: error)).",
      at: path.map { Location(file: URL(filePath: $0).displayPath) })
  }

  /// The problem as compilers print one, with the advice on a line of its own.
  public var text: String {
    let place = location.map { "\($0): " } ?? ""
    return "\(place)error: \(message)" + (advice.isEmpty ? "" : "\n  \(advice)")
  }

  /// A place in a file, as compilers print it: lines and columns counted from 1, zero where unknown.
  public struct Location: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var file: String
    public var line: Int
    public var column: Int

    public init(file: String, line: Int = 0, column: Int = 0) {
      self.file = file
      self.line = line
      self.column = column
    }

    public var description: String {
      line == 0 ? file : (column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)")
    }

    /// As a page shows it: without the folders of this machine.
    var onPage: Location {
      guard file.hasPrefix("/") || file.hasPrefix("..") else { return self }
      return Location(
        file: file.split(separator: "/").suffix(2).joined(separator: "/"), line: line, column: column)
    }

    public static func < (left: Location, right: Location) -> Bool {
      (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
  }
}

/// The candidate most like a word, for "did you mean"; nil where none is close, and for what is too long to be a word.
func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  let longest = 200
  guard word.utf8.count <= longest else { return nil }
  let scored = candidates.filter { $0.utf8.count <= longest }.map {
    (candidate: $0, distance: editDistance(word, $0))
  }
  guard let best = scored.min(by: { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }) else {
    return nil
  }
  return best.distance <= max(2, word.count / 2) ? best.candidate : nil
}

private func editDistance(_ left: String, _ right: String) -> Int {
  let left = Array(left)
  let right = Array(right)
  var row = Array(0...right.count)
  for i in left.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in right.indices {
      let cost = min(row[j] + 1, row[j + 1] + 1, diagonal + (left[i] == right[j] ? 0 : 1))
      diagonal = row[j + 1]
      row[j + 1] = cost
    }
  }
  return row[right.count]
}

extension Sequence<String> {
  /// "a, b and c".
  var listed: String {
    let all = Array(self)
    guard let last = all.last, all.count > 1 else { return all.first ?? "" }
    return all.dropLast().joined(separator: ", ") + " and " + last
  }
}
