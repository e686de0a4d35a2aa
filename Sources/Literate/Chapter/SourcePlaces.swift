import Text

/// Where things stand that occur more than once: what is looked for again is found behind the place where it was found last.
///
/// Pandoc says of nothing where it stood. Who goes through a chapter in its order, and asks for the place of each image or class
/// that comes, gets the place of each.
struct SourcePlaces {
  private var last: [String: (line: Int, column: Int)] = [:]

  /// The next place of some words, which end where no letter follows; nil where there is none more.
  mutating func next(of words: String, in source: Source) -> Problem.Location? {
    guard let place = source.place(of: words, after: last[words]) else { return nil }
    last[words] = place
    return source.location(line: place.line, column: place.column)
  }
}

extension Source {
  /// The first place behind another where some words stand; where they end like a name, no further letter of it follows.
  func place(of words: String, after last: (line: Int, column: Int)?) -> (line: Int, column: Int)? {
    guard !words.isEmpty else { return nil }
    func isOfName(_ character: Character) -> Bool {
      character.isLetter || character.isNumber || character == "-" || character == "_"
    }
    let isName = words.last.map(isOfName) ?? false
    for (index, line) in lines.enumerated().dropFirst((last?.line ?? 1) - 1) {
      var rest = line[...]
      while let range = rest.firstUTF8Range(of: words) {
        let column = line.distance(from: line.startIndex, to: range.lowerBound) + 1
        let isBehind = last.map { index + 1 > $0.line || column > $0.column } ?? true
        let isWhole = !isName || range.upperBound == line.endIndex || !isOfName(line[range.upperBound])
        if isBehind, isWhole { return (index + 1, column) }
        rest = line[range.upperBound...]
      }
    }
    return nil
  }
}
