import Base
import CellRecords
import Foundation
import Text

/// The text of a Markdown or YAML file, and the places in it.
public struct Source: Sendable, Hashable {
  /// The file's path as messages print it.
  public var path: String
  public var url: URL
  public var text: String
  public var lines: [Substring]
  /// Where each line comes from, if some of them come from included files.
  private var origins: [Problem.Location] = []

  /// More than anybody writes, in bytes.
  private static let largest = 50_000_000

  /// Reads a file.
  ///
  /// - Throws: `Problem` where the file is missing, empty, too large, can't be read or is not UTF-8.
  public init(reading url: URL, path: String) throws {
    let whole = Problem.Location(file: path)
    var data: Data
    do {
      data = try Data(ofFile: url.path, limit: Self.largest)
    } catch {
      switch error {
      case .missing:
        throw Problem("The file does not exist.", at: whole, advice: "Create it, or correct its name.")
      case .isFolder: throw Problem("This is a folder; a file was expected.", at: whole)
      case .isNoFile, .tooLarge:
        throw Problem(
          "This can't be read as text: \(error.reason).", at: whole, advice: "Name a file of text.")
      case .system, .becameShorter:
        throw Problem("The file can't be read: \(error.reason).", at: whole, advice: "Check its permissions.")
      }
    }
    // The byte order mark of some editors.
    if data.starts(with: [0xEF, 0xBB, 0xBF]) { data = data.dropFirst(3) }
    if data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]) || data.prefix(4).contains(0) {
      throw Problem(
        "The file is UTF-16 or UTF-32; UTF-8 was expected.",
        at: Problem.Location(file: path, line: 1, column: 1), advice: "Save it as UTF-8.")
    }
    guard let text = String(validating: data, as: UTF8.self), !text.containsUTF8("\0") else {
      let position = Source.firstInvalidByte(in: data)
      throw Problem(
        "The file is not UTF-8 text.",
        at: Problem.Location(file: path, line: position.line, column: position.column),
        advice: "Save it as UTF-8.")
    }
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw Problem(
        "The file is empty.", at: whole, advice: "Write something into it, or remove it from the book.")
    }
    self.init(text: text, path: path, url: url)
  }

  /// Takes the text of a file that is not saved yet, or reads it.
  package init(_ url: URL, path: String, unsaved: [String: String]) throws {
    if let text = unsaved[url.standardizedFileURL.path] {
      self.init(text: text, path: path, url: url)
    } else {
      try self.init(reading: url, path: path)
    }
  }

  public init(text: String, path: String, url: URL) {
    self.path = path
    self.url = url
    // Lines end as on any system.
    self.text =
      text.containsUTF8("\r")
      ? text.replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(of: "\r", with: "\n") : text
    self.lines = self.text.linesBetweenLineFeeds
  }

  public func hash(into hasher: inout Hasher) {
    // Equal texts have equal lengths; to go through all texts would take longer than to compare two.
    hasher.combine(path)
    hasher.combine(text.utf8.count)
  }

  func location(line: Int, column: Int = 0) -> Problem.Location {
    guard origins.indices.contains(line - 1) else {
      return Problem.Location(file: path, line: line, column: column)
    }
    var origin = origins[line - 1]
    origin.column = column
    return origin
  }

  /// Names its lines and their places.
  var digest: String {
    var digest = Digest()
    digest.add(path, lines.joined(separator: "\n"))
    digest.add("origins", Set(origins.map(\.file)).count > 1 ? origins.map(\.description).joined() : "")
    return digest.hexadecimal
  }

  /// The file itself and those that it includes.
  package var files: Set<String> { Set(origins.map(\.file)).union([path]) }

  /// The text with each line `{{< include file.md >}}` outside code replaced by that file, looked for beside the
  /// file that includes it; in a list, with the line's indentation.
  ///
  /// - Parameter unsaved: Texts that stand for what files hold, by the files' paths.
  /// - Throws: `Problem` where an included file can't be read, or includes itself, or where all would be too long.
  package func includingFiles(unsaved: [String: String] = [:]) throws -> Source {
    var known: [String: Source] = [:]
    return try includingFiles(within: [], unsaved: unsaved, known: &known)
  }

  /// More lines than anybody reads; a few files that include one another several times make more than a machine can hold.
  private static let mostLines = 200_000

  /// - Parameter known: The files that were included before, with what they include, by their paths.
  private func includingFiles(
    within including: [String], unsaved: [String: String], known: inout [String: Source]
  ) throws -> Source {
    guard text.containsUTF8("{{<"), text.containsUTF8("include") else { return self }
    var fence: Fence?
    var result: [Substring] = []
    var places: [Problem.Location] = []
    for (index, line) in lines.enumerated() {
      let place = Problem.Location(file: path, line: index + 1)
      if let open = fence {
        if open.isClosed(by: line) { fence = nil }
      } else if let open = Fence(opening: line) {
        fence = open
      } else if let include = Shortcode.include(in: line, after: result) {
        let name = include.name
        let included = url.deletingLastPathComponent().appending(path: name)
        let stack = including + [url.standardizedFileURL.path]
        guard !stack.contains(included.standardizedFileURL.path) else {
          throw Problem(
            "`\(name)` includes itself.", at: location(line: index + 1, column: 1),
            advice: "Remove one of the includes that lead from it back to it.")
        }
        guard FileManager.default.fileExists(atPath: included.path) else {
          throw Problem(
            "The included file `\(name)` does not exist.", at: location(line: index + 1, column: 1),
            advice: "It is looked for beside \(path).")
        }
        let innerPath = ((path as NSString).deletingLastPathComponent as NSString).appendingPathComponent(
          name)
        let inner =
          try known[innerPath]
          ?? Source(included, path: innerPath, unsaved: unsaved).includingFiles(
            within: stack, unsaved: unsaved, known: &known)
        known[innerPath] = inner
        guard result.count + inner.lines.count <= Self.mostLines else {
          throw Problem(
            "With what it includes, the text has more than \(Self.mostLines) lines.",
            at: location(line: index + 1, column: 1),
            advice: "Include `\(name)` less often.")
        }
        for innerIndex in inner.lines.indices {
          let innerLine = inner.lines[innerIndex]
          result.append(
            innerLine.isEmpty || include.indentation.isEmpty
              ? innerLine : Substring(include.indentation + innerLine))
          places.append(inner.location(line: innerIndex + 1))
        }
        continue
      }
      result.append(line)
      places.append(place)
    }
    guard result.count != lines.count || places.contains(where: { $0.file != path }) else { return self }
    var source = self
    source.lines = result
    source.origins = places
    return source
  }

  /// The paths of the files that one includes, whether they are there or not.
  ///
  /// - Parameter known: What files were found to include themselves, by their paths: those that did not change are not read again.
  static func included(by url: URL, known: inout [String: Included]) -> Set<String> {
    var found: Set<String> = []
    var waiting = [url]
    while let next = waiting.popLast() {
      guard let state = FileState(next.path) else { continue }
      if known[next.path]?.state != state {
        known[next.path] = Included(state: state, files: included(in: next))
      }
      for file in known[next.path]?.files ?? [] where found.insert(file.path).inserted {
        waiting.append(file)
      }
    }
    return found
  }

  /// What a file in some state includes itself.
  struct Included {
    var state: FileState
    var files: [URL]
  }

  /// The files that one names itself.
  private static func included(in url: URL) -> [URL] {
    guard let source = try? Source(reading: url, path: url.path), source.text.containsUTF8("{{<") else {
      return []
    }
    return source.lines.indices.compactMap { index in
      guard source.lines[index].containsUTF8("{{<"),
        let include = Shortcode.include(in: source.lines[index], after: Array(source.lines[..<index]))
      else { return nil }
      return url.deletingLastPathComponent().appending(path: include.name).standardizedFileURL
    }
  }

  /// The first place where some text stands, searching from a line on.
  package func location(of needle: String, fromLine first: Int = 1) -> Problem.Location {
    place(of: needle, fromLine: first).map { location(line: $0.line, column: $0.column) }
      ?? location(line: first)
  }

  /// The line and the column of that place, in the text with what it includes.
  func place(of needle: String, fromLine first: Int = 1) -> (line: Int, column: Int)? {
    if needle.isEmpty { return nil }
    for (index, line) in lines.enumerated().dropFirst(first - 1) {
      if let range = line.firstUTF8Range(of: needle) {
        return (index + 1, line.distance(from: line.startIndex, to: range.lowerBound) + 1)
      }
    }
    return nil
  }

  private static func firstInvalidByte(in data: Data) -> (line: Int, column: Int) {
    var line = 1
    for bytes in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if String(validating: bytes, as: UTF8.self) == nil || bytes.contains(0) {
        let decoded = String(decoding: bytes, as: UTF8.self)
        let column = decoded.prefix { $0 != "\u{FFFD}" && $0 != "\0" }.count + 1
        return (line, column)
      }
      line += 1
    }
    return (line, 1)
  }
}
