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
        let end = source.lines[(lineIndex + 1)...].firstIndex {
          fence.isClosed(by: $0) || fence.isLeft(by: $0)
        }
        guard let end, fence.isClosed(by: source.lines[end]) else {
          problems.append(
            Problem(
              "The code block that starts here is never closed.",
              at: source.location(line: lineIndex + 1, column: fence.indentation + 1),
              advice: "Add a line of \(fence.continuation)\(fence.marker) after its last line."))
          return
        }
        if let language = fence.otherLanguage {
          problems.append(
            Self.problem(language, at: source.location(line: lineIndex + 1, column: fence.indentation + 1)))
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
        if !isInComment { checkFrontMatter(at: lineIndex) }
        pandocLines.append(replaceValues(in: String(line), at: (lineIndex + 1, 1)))
        lineIndex += 1
      }
    }
  }

  /// Front matter in the midst of the text, such as that of an included file, would be neither read nor shown.
  private mutating func checkFrontMatter(at index: Int) {
    let lines = source.lines
    guard FrontMatter.isRule(lines[index]), index == 0 || lines[index - 1].allSatisfy(\.isWhitespace),
      index + 1 < lines.count, lines[index + 1].prefixMatch(of: /[A-Za-z_][\w-]*[ \t]*:(?:[ \t]|$)/) != nil,
      lines[(index + 1)...].contains(where: { FrontMatter.isRule($0) || FrontMatter.isEnd($0) })
    else { return }
    problems.append(
      Problem(
        "Front matter stands in the midst of the text.", at: source.location(line: index + 1, column: 1),
        advice: "Move it to the head of the chapter; for a rule, leave an empty line below the dashes."))
  }

  // MARK: Cells

  private mutating func addCell(_ fence: Fence, openedAt lineIndex: Int, body: ArraySlice<Substring>) {
    let index = cells.count
    let inner = fence.continuation
    pandocLines += [fence.prefix + fence.marker + "{swift}", inner + "\(index)", inner + fence.marker]

    if let extra = fence.unknownAttributes {
      problems.append(
        Problem(
          "A cell's fence holds nothing but `{swift}`; found `\(extra)`.",
          at: source.location(line: lineIndex + 1, column: fence.indentation + 1),
          advice: "Write options as `//| name: value` lines at the head of the cell."))
    }
    let stripped = body.map(fence.content)
    let optionLines = Array(stripped.lazy.map(CellOption.text).prefix { $0 != nil }.compactMap { $0 })
    let firstBodyLine = lineIndex + 2
    var options = CellOptions()
    do {
      options = try CellOptions.parse(optionLines.map { String($0.text) }) { line, column in
        let mark = optionLines.indices.contains(line) ? optionLines[line].mark : 3
        return source.location(line: firstBodyLine + line, column: fence.indentation + mark + 1 + column)
      } misread: {
        problems.append($0)
      }
    } catch let problem as Problem {
      problems.append(problem)
    } catch {
      problems.append(Problem("\(error)", at: source.location(line: firstBodyLine)))
    }
    let codeLines = stripped.dropFirst(optionLines.count)
    if let last = options.highlight.map(\.upperBound).max(), last > codeLines.count {
      problems.append(
        Problem(
          "The option `highlight` names line \(last), but the cell has \(codeLines.count) below its options.",
          at: source.location(
            of: options.writtenNames["highlight"] ?? "highlight", fromLine: firstBodyLine),
          advice: CellOption.highlight.advice))
    }
    let code = codeLines.joined(separator: "\n")
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
      let place = source.location(of: options.writtenNames[name] ?? name, fromLine: firstBodyLine)
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

  private static func problem(_ language: String, at place: Problem.Location) -> Problem {
    Problem(
      "Nothing here runs `{\(language)}`: cells and values are of Swift.", at: place,
      advice:
        "Write it in Swift, as `{swift}`; a listing that is shown and not run begins with ```\(language).")
  }

  /// Replaces each inline value's expression by its number.
  private mutating func replaceValues(
    in line: String, at start: (line: Int, column: Int), isOption: Bool = false
  ) -> String {
    var result = ""
    var rest = line[...]
    var runs = TickRuns(line)
    while let first = rest.first {
      if isInComment {
        guard let end = rest.range(of: "-->") else { return result + rest }
        result += rest[..<end.upperBound]
        rest = rest[end.upperBound...]
        isInComment = false
      } else if rest.hasPrefix("<!--") {
        isInComment = true
      } else if first == "\\", !rest.dropFirst().isEmpty {
        result += rest.prefix(2)
        rest = rest.dropFirst(2)
      } else if first == "`" {
        let ticks = rest.prefix { $0 == "`" }
        let afterTicks = rest[ticks.endIndex...]
        guard let end = runs.first(of: ticks.count, from: ticks.endIndex) else {
          if afterTicks.hasPrefix("{swift}") {
            addUnclosed(ticks, at: place(of: rest.startIndex, in: line, from: start, isOption: isOption))
          }
          result += rest[..<ticks.endIndex]
          rest = afterTicks
          continue
        }
        let content = afterTicks[..<end]
        if content.hasPrefix("{swift}") {
          let expression = content.dropFirst("{swift}".count).drop { $0 == " " }
          let location = place(of: expression.startIndex, in: line, from: start, isOption: isOption)
          result += ticks + ValueMark.text(addValue(String(expression), at: location)) + ticks
        } else {
          if let language = Fence.otherLanguage(content), content.contains(" ") {
            problems.append(
              Self.problem(
                language, at: place(of: rest.startIndex, in: line, from: start, isOption: isOption)))
          }
          result += ticks + content + ticks
        }
        rest = afterTicks[end...].dropFirst(ticks.count)
      } else {
        // Where it stands is looked for only of those that are any.
        if first == "{", rest.hasPrefix("{{<"), !result.hasSuffix("{"),
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
      return source.location(
        of: String(line[index...].prefix(200).prefix { $0 != "`" }), fromLine: start.line)
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

  private mutating func addUnclosed(_ ticks: Substring, at place: Problem.Location) {
    problems.append(
      ticks.count < 3
        ? Problem(
          "This inline value is not closed on its line.", at: place,
          advice: "Close it with \(ticks) on the same line.")
        : Problem(
          "A cell can't begin here.", at: place,
          advice: "Put its fence at the beginning of a line, or behind the mark of a list or a quotation."))
  }
}

/// Where the runs of back-ticks in a line start, by their lengths: to search the line for each would take too long.
private struct TickRuns {
  private var starts: [Int: ArraySlice<String.Index>] = [:]

  init(_ line: String) {
    var index = line.startIndex
    while let start = line[index...].firstIndex(of: "`") {
      let run = line[start...].prefix { $0 == "`" }
      starts[run.count, default: []].append(start)
      index = run.endIndex
    }
  }

  /// The first run of so many from a place on; places never come back.
  mutating func first(of count: Int, from place: String.Index) -> String.Index? {
    guard var places = starts[count] else { return nil }
    places = places.drop { $0 < place }
    starts[count] = places
    return places.first
  }
}
