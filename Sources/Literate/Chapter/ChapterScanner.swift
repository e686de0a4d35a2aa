/// Finds the cells and the inline values of a chapter, with their places, and rewrites the text for Pandoc.
///
/// Pandoc's tree has no line numbers, so cells and inline values reach it as numbers: a cell's code is replaced
/// by the cell's number, an inline value's expression by its own.
struct ChapterScanner {
  private let source: Source
  private(set) var cells: [Cell] = []
  private(set) var values: [InlineValue] = []
  private(set) var problems: [Problem] = []
  /// Where each exercise begins.
  private(set) var exercisePlaces: [Problem.Location] = []
  /// What looks like a shortcode; some may stand in code.
  private(set) var shortcodes: [Shortcode] = []
  private var pandocLines: [String] = []
  private var captions: [String] = []
  private var isInComment = false

  /// - Parameter firstLine: The lines before it, counted from 0, are the front matter.
  init(_ source: Source, firstLine: Int = 0) {
    self.source = source
    scan(from: firstLine)
  }

  /// The chapter for Pandoc; each caption and alternative text follows in a div named for its cell.
  var pandocText: String { (pandocLines + captions).joined(separator: "\n") + "\n" }

  private mutating func scan(from firstLine: Int) {
    var lineIndex = firstLine
    while lineIndex < source.lines.count {
      let line = source.lines[lineIndex]
      if !isInComment, let fence = Fence(opening: line) {
        let end = source.lines[(lineIndex + 1)...].firstIndex { fence.isClosed(by: $0) }
        guard let end else {
          problems.append(
            Problem(
              "The code block that starts here is never closed.",
              at: source.location(line: lineIndex + 1, column: fence.indentation + 1),
              advice: "Add a line of \(fence.marker) after its last line."))
          return
        }
        if fence.isCell {
          addCell(fence, openedAt: lineIndex, body: source.lines[(lineIndex + 1)..<end])
        } else {
          pandocLines += source.lines[lineIndex...end].map(String.init)
        }
        lineIndex = end + 1
      } else {
        if !isInComment, line.hasPrefix(":::"), line.contains(/^:{3,} *(?:\{[^}]*\.exercise[ }]|exercise\b)/)
        {
          exercisePlaces.append(source.location(line: lineIndex + 1, column: 1))
        }
        pandocLines.append(replaceValues(in: String(line), at: (lineIndex + 1, 1)))
        lineIndex += 1
      }
    }
  }

  // MARK: Cells

  private mutating func addCell(_ fence: Fence, openedAt lineIndex: Int, body: ArraySlice<Substring>) {
    let index = cells.count
    let indent = String(repeating: " ", count: fence.indentation)
    pandocLines += [indent + fence.marker + "{swift}", indent + "\(index)", indent + fence.marker]

    if let extra = fence.unknownAttributes {
      problems.append(
        Problem(
          "A cell's fence holds nothing but `{swift}`; found `\(extra)`.",
          at: source.location(line: lineIndex + 1, column: fence.indentation + 1),
          advice: "Write options as `//| name: value` lines at the head of the cell."))
    }
    let stripped = body.map { line in
      line.dropFirst(min(fence.indentation, line.prefix { $0 == " " }.count))
    }
    let optionLines = stripped.prefix { $0.hasPrefix("//|") }
    let firstBodyLine = lineIndex + 2
    var options = CellOptions()
    do {
      options = try CellOptions.parse(optionLines.map { String($0.dropFirst(3)) }) { line, column in
        source.location(line: firstBodyLine + line, column: fence.indentation + 4 + column)
      }
    } catch let problem as Problem {
      problems.append(problem)
    } catch {
      problems.append(Problem("\(error)", at: source.location(line: firstBodyLine)))
    }
    let code = stripped.dropFirst(optionLines.count).joined(separator: "\n")
    cells.append(
      Cell(
        index: index, options: options, code: code,
        namesSet: options.fileScope ? [] : UninitialisedNames.namesSet(by: code),
        location: source.location(line: lineIndex + 1, column: fence.indentation + 1),
        fenceLine: lineIndex + 1, codeLocation: source.location(line: firstBodyLine + optionLines.count),
        indentation: fence.indentation))
    let texts =
      [("caption", 0, options.caption)] + options.alt.enumerated().map { ("alt", $0, $1) }
      + options.subcaptions.enumerated().map { ("subcaptions", $0, $1) }
    for (name, part, text) in texts {
      guard let text else { continue }
      let place = source.location(of: name, fromLine: firstBodyLine)
      captions += ["", "::: {#\(Self.identifier(name, part, cell: index))}"]
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        captions.append(replaceValues(in: String(line), at: (place.line, 0), isOption: true))
      }
      captions += [":::"]
    }
  }

  /// The identifier of the div that carries the text of an option through Pandoc; of a list, the text at a place.
  static func identifier(_ option: String, _ part: Int = 0, cell: Int) -> String {
    "neuronbook-\(option)-\(cell)-\(part)"
  }

  /// The cell that such an identifier is of.
  static func cell(ofIdentifier identifier: String) -> Int? {
    identifier.split(separator: "-").dropFirst(2).first.flatMap { Int($0) }
  }

  // MARK: Inline values

  /// Replaces each inline value's expression by its number.
  private mutating func replaceValues(
    in line: String, at start: (line: Int, column: Int), isOption: Bool = false
  ) -> String {
    var result = ""
    var rest = line[...]
    while let first = rest.first {
      if isInComment {
        guard let end = rest.range(of: "-->") else { return result + rest }
        result += rest[..<end.upperBound]
        rest = rest[end.upperBound...]
        isInComment = false
      } else if rest.hasPrefix("<!--") {
        isInComment = true
      } else if first == "\\", rest.count > 1 {
        result += rest.prefix(2)
        rest = rest.dropFirst(2)
      } else if first == "`" {
        let ticks = rest.prefix { $0 == "`" }
        let afterTicks = rest[ticks.endIndex...]
        guard let end = Self.closing(ticks, in: afterTicks) else {
          if afterTicks.hasPrefix("{swift}") {
            problems.append(
              Problem(
                "This inline value is not closed on its line.",
                at: place(of: rest.startIndex, in: line, from: start, isOption: isOption),
                advice: "Close it with \(ticks) on the same line."))
          }
          result += rest[..<ticks.endIndex]
          rest = afterTicks
          continue
        }
        let content = afterTicks[..<end]
        if content.hasPrefix("{swift}") {
          let expression = content.dropFirst("{swift}".count).drop { $0 == " " }
          let location = place(of: expression.startIndex, in: line, from: start, isOption: isOption)
          result += "\(ticks){swift} \(addValue(String(expression), at: location))\(ticks)"
        } else {
          result += ticks + content + ticks
        }
        rest = afterTicks[end...].dropFirst(ticks.count)
      } else {
        if first == "{", !result.hasSuffix("{"),
          let shortcode = Shortcode(
            at: rest, location: place(of: rest.startIndex, in: line, from: start, isOption: isOption))
        {
          shortcodes.append(shortcode)
        }
        result.append(first)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  private func place(
    of index: String.Index, in line: String, from start: (line: Int, column: Int), isOption: Bool
  ) -> Problem.Location {
    // The text of an option went through YAML: search for the expression where it stands in the file.
    if isOption {
      return source.location(of: String(line[index...].prefix { $0 != "`" }), fromLine: start.line)
    }
    return source.location(
      line: start.line, column: start.column + line.distance(from: line.startIndex, to: index))
  }

  private mutating func addValue(_ expression: String, at location: Problem.Location) -> Int {
    let trimmed = expression.reversed().drop { $0 == " " }.reversed()
    if trimmed.isEmpty {
      problems.append(
        Problem("This inline value has no expression.", at: location, advice: "Write `{swift} expression`."))
    }
    let index = values.count
    values.append(
      InlineValue(index: index, expression: String(trimmed), location: location, cellsBefore: cells.count))
    return index
  }

  /// Where a run of exactly as many back-ticks starts.
  private static func closing(_ ticks: Substring, in text: Substring) -> Substring.Index? {
    var position = text.startIndex
    while let start = text[position...].firstIndex(of: "`") {
      let run = text[start...].prefix { $0 == "`" }
      if run.count == ticks.count { return start }
      position = run.endIndex
    }
    return nil
  }
}

/// The opening line of a fenced code block.
struct Fence {
  var indentation: Int
  var marker: String
  var info: Substring

  init?(opening line: Substring) {
    let content = line.drop { $0 == " " }
    guard let mark = content.first, mark == "`" || mark == "~" else { return nil }
    let run = content.prefix { $0 == mark }
    let rest = content.dropFirst(run.count)
    guard run.count >= 3, mark == "~" || !rest.contains("`") else { return nil }
    indentation = line.count - content.count
    marker = String(run)
    info = Substring(rest.drop { $0 == " " })
  }

  var isCell: Bool { info.hasPrefix("{swift") && info.dropFirst(6).first.map { " ,}".contains($0) } ?? false }

  /// What the braces hold besides `swift`.
  var unknownAttributes: String? {
    let trimmed = info.filter { $0 != " " }
    return trimmed == "{swift}" ? nil : String(info)
  }

  func isClosed(by line: Substring) -> Bool {
    let content = line.drop { $0 == " " }
    let run = content.prefix { $0 == marker.first }
    return run.count >= marker.count && content.dropFirst(run.count).allSatisfy(\.isWhitespace)
  }
}
