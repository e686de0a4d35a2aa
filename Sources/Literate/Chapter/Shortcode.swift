import Text

/// `{{< name … >}}` in a text: an instruction to whoever makes something of it. There is one, `include`.
struct Shortcode: Sendable {
  var name: String
  /// As it is written, to its end or that of the line.
  var text: String
  var location: Problem.Location

  // A pattern is read anew wherever it stands. Both transform nothing, so that all threads may use them.
  private nonisolated(unsafe) static let includePattern =
    /(?<indentation> *)\{\{<\s*include\s+(?<name>\S.*?)\s*>\}\}\s*/
  private nonisolated(unsafe) static let itemPattern =
    /(?<marker> *(?:[-+*:]|\(?(?:\d+|[a-zA-Z#]|@\w*)[.)])) +/

  /// What a line includes: the name of a file, which may be quoted and may hold spaces. A line that is indented as code is includes
  /// nothing.
  ///
  /// - Parameter before: The lines before it. In a list the included lines are indented as this one is.
  static func include(in line: Substring, after before: [Substring]) -> (indentation: String, name: String)? {
    guard line.containsUTF8("{{<"), let match = line.wholeMatch(of: includePattern) else { return nil }
    let indentation = match.indentation.count
    let list = contentColumn(ofListAbove: indentation, in: before)
    guard indentation < list + 4 else { return nil }
    var name = match.name
    if let quote = name.first, name.count > 2, "\"'".contains(quote), name.last == quote {
      name = name.dropFirst().dropLast()
    }
    return (list > 0 ? String(match.indentation) : "", String(name))
  }

  /// Where the text of the list's item begins that a line with an indentation goes on; 0 outside lists.
  private static func contentColumn(ofListAbove indentation: Int, in lines: [Substring]) -> Int {
    for line in lines.reversed() where line.contains(where: { !$0.isWhitespace }) {
      if let item = line.prefixMatch(of: itemPattern) {
        // White space of five and more begins code within the item.
        let width = item.output.0.count - item.marker.count > 4 ? item.marker.count + 1 : item.output.0.count
        if width <= indentation { return width }
      } else if !line.hasPrefix(" ") {
        return 0
      }
    }
    return 0
  }

  /// The one that begins here.
  init?(at rest: Substring, location: Problem.Location) {
    guard rest.hasPrefix("{{<") else { return nil }
    let end = rest.range(of: ">}}")?.upperBound ?? rest.endIndex
    text = String(rest[..<end])
    name = String(text.dropFirst(3).drop { $0.isWhitespace }.prefix { !$0.isWhitespace && $0 != ">" })
    self.location = location
  }

  /// What is wrong with one that is left after all files were included.
  var problem: Problem {
    guard name != "include" else {
      return Problem(
        "An `include` must stand on a line of its own, with the name of a file.", at: location,
        advice: "Write `{{< include part.md >}}`, with nothing before or after it.")
    }
    let isNear = nearest(to: name, among: ["include"]) != nil
    return Problem(
      "There is no shortcode `\(name)`.", at: location,
      advice: (isNear ? "Did you mean `include`? " : "")
        + "There is `{{< include part.md >}}`; text that is meant as it stands goes between backticks.")
  }
}
