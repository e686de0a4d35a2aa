import CellRecords
import Foundation

/// The text of a Markdown or YAML file, and the places in it.
public struct Source: Sendable, Hashable {
  /// The file's path as messages print it.
  public var path: String
  public var url: URL
  public var text: String
  public var lines: [Substring]
  /// Where each line comes from, if some of them come from included files.
  private var origins: [Problem.Location] = []

  /// Reads a file.
  ///
  /// - Throws: `Problem` where the file is missing, empty, can't be read or is not UTF-8.
  public init(reading url: URL, path: String) throws {
    let whole = Problem.Location(file: path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw Problem("The file does not exist.", at: whole, advice: "Create it, or correct its name.")
    }
    guard !isFolder.boolValue else {
      throw Problem("This is a folder; a file was expected.", at: whole)
    }
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw Problem(
        "The file can't be read: \(error.localizedDescription)", at: whole, advice: "Check its permissions.")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
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

  public init(text: String, path: String, url: URL) {
    self.path = path
    self.url = url
    self.text =
      text.utf8.contains(UInt8(ascii: "\r")) ? text.replacingOccurrences(of: "\r\n", with: "\n") : text
    self.lines = self.text.split(separator: "\n", omittingEmptySubsequences: false)
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
  var files: Set<String> { Set(origins.map(\.file)).union([path]) }

  /// The text with each line `{{< include file.md >}}` outside code replaced by that file, looked for beside the
  /// file that includes it; in a list, with the line's indentation.
  ///
  /// - Throws: `Problem` where an included file can't be read, or includes itself.
  func includingFiles(within including: [String] = []) throws -> Source {
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
        let inner = try Source(
          reading: included,
          path: ((path as NSString).deletingLastPathComponent as NSString).appendingPathComponent(name)
        ).includingFiles(within: stack)
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

  /// The first place where some text stands, searching from a line on.
  func location(of needle: String, fromLine first: Int = 1) -> Problem.Location {
    place(of: needle, fromLine: first).map { location(line: $0.line, column: $0.column) }
      ?? location(line: first)
  }

  /// The line and the column of that place, in the text with what it includes.
  func place(of needle: String, fromLine first: Int = 1) -> (line: Int, column: Int)? {
    for (index, line) in lines.enumerated().dropFirst(first - 1) {
      if let range = line.range(of: needle) {
        return (index + 1, line.distance(from: line.startIndex, to: range.lowerBound) + 1)
      }
    }
    return nil
  }

  private static func firstInvalidByte(in data: Data) -> (line: Int, column: Int) {
    var line = 1
    for bytes in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if String(validating: bytes, as: UTF8.self) == nil {
        let decoded = String(decoding: bytes, as: UTF8.self)
        let column = decoded.prefix { $0 != "\u{FFFD}" }.count + 1
        return (line, column)
      }
      line += 1
    }
    return (line, 1)
  }
}
