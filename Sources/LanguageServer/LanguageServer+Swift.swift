import Foundation
import Literate
import Text

/// What the language server of Swift is asked, at the places of the chapter.
extension LanguageServer {
  // MARK: Places

  /// A location of the program in its chapter; as it is where it is in another file. Nil for what the program alone has.
  func placed(_ location: JSON, in chapter: ChapterSession) -> JSON? {
    guard let uri = location["uri"].string, let range = TextRange(location["range"]) else { return nil }
    guard let map = chapter.maps[uri] else { return location }
    guard let place = map.markdown(range) else { return nil }
    return .object(["uri": .string(self.uri(of: place.path)), "range": place.range.json])
  }

  /// A request's parameters at the place in the program; nil where that is not code.
  private func forwarded(
    _ parameters: JSON, to place: (uri: String, position: Position)
  ) -> JSON {
    guard case .object(var members) = parameters else { return .null }
    members["textDocument"] = .object(["uri": .string(place.uri)])
    members["position"] = place.position.json
    members["workDoneToken"] = nil
    members["partialResultToken"] = nil
    return .object(members)
  }

  /// Asks about a place; nil where that is not code or nobody can be asked.
  func ask(
    _ method: String, _ parameters: JSON, in chapter: ChapterSession, _ path: String, _ position: Position
  ) async throws -> (answer: JSON, map: PositionMap)? {
    guard let swift, installation != nil, let place = chapter.program(position, in: path),
      let map = chapter.maps[place.uri]
    else { return nil }
    return (try await swift.request(method, forwarded(parameters, to: place)), map)
  }

  /// An edit at its place in a file of the chapter; nil where it belongs elsewhere.
  private func placed(_ edit: JSON, by map: PositionMap, in path: String?) -> (path: String, edit: JSON)? {
    guard case .object(var members) = edit, let range = TextRange(edit["range"]),
      let place = map.markdown(range), path == nil || path == place.path
    else { return nil }
    members["range"] = place.range.json
    return (place.path, .object(members))
  }

  // MARK: Completion

  func completion(_ parameters: JSON) async throws -> JSON {
    let (path, document, home, position) = try place(parameters)
    let trigger = parameters["context"]["triggerCharacter"].string
    if let items = ownCompletions(in: document, at: position, home) {
      return .object(["isIncomplete": .bool(false), "items": .array(items)])
    }
    let none = JSON.object(["isIncomplete": .bool(false), "items": .array([])])
    if let trigger, !Capabilities.swiftTriggers.contains(trigger) { return none }
    guard let chapter = chapters[home],
      let (answer, map) = try await ask("textDocument/completion", parameters, in: chapter, path, position)
    else { return none }
    let items = (answer["items"].array ?? answer.array ?? []).compactMap { item -> JSON? in
      guard case .object(var members) = item else { return nil }
      if item["textEdit"] != .null {
        guard let (_, edit) = placed(item["textEdit"], by: map, in: path) else { return nil }
        members["textEdit"] = edit
      }
      // What would be added elsewhere, such as an import, has no place in a chapter.
      members["additionalTextEdits"] = nil
      return .object(members)
    }
    return .object([
      "isIncomplete": answer["isIncomplete"] == .bool(true) ? .bool(true) : .bool(false),
      "items": .array(items),
    ])
  }

  /// More of an item, such as its documentation; its edit stays.
  func resolve(_ item: JSON) async throws -> JSON {
    guard item["data"]["uri"].string != nil, let swift, case .object(var members) = item,
      let answer = try? await swift.request("completionItem/resolve", item)
    else { return item }
    for name in ["documentation", "detail"] where answer[name] != .null { members[name] = answer[name] }
    return .object(members)
  }

  func signatureHelp(_ parameters: JSON) async throws -> JSON {
    let (path, _, home, position) = try place(parameters)
    guard let chapter = chapters[home] else { return .null }
    return try await ask("textDocument/signatureHelp", parameters, in: chapter, path, position)?.answer
      ?? .null
  }

  // MARK: Looking up

  /// What Swift says of a name, and its place in the chapter.
  func swiftHover(
    _ parameters: JSON, in chapter: ChapterSession, _ path: String, _ position: Position
  ) async throws -> (text: String, range: TextRange?)? {
    guard
      let (answer, map) = try await ask("textDocument/hover", parameters, in: chapter, path, position),
      let text = answer["contents"]["value"].string ?? answer["contents"].string
    else { return nil }
    return (text, TextRange(answer["range"]).flatMap { map.markdown($0)?.range })
  }

  func definition(_ parameters: JSON) async throws -> JSON {
    let (path, document, home, position) = try place(parameters)
    if let own = ownDefinition(in: document, at: position, home) { return .array([own]) }
    guard let chapter = chapters[home],
      let (answer, _) = try await ask("textDocument/definition", parameters, in: chapter, path, position)
    else { return .null }
    let locations = answer.array ?? (answer == .null ? [] : [answer])
    return .array(locations.compactMap { placed($0, in: chapter) })
  }

  func references(_ parameters: JSON) async throws -> JSON {
    let (path, document, home, position) = try place(parameters)
    if let own = ownReferences(in: document, at: position, home) { return .array(own) }
    guard let chapter = chapters[home] else { return .null }
    let places = try await occurrences(parameters, in: chapter, path, position)
    return .array(
      places.map { .object(["uri": .string(uri(of: $0.path)), "range": $0.range.json]) })
  }

  func highlights(_ parameters: JSON) async throws -> JSON {
    let (path, _, home, position) = try place(parameters)
    guard let chapter = chapters[home] else { return .null }
    let places = try await occurrences(parameters, in: chapter, path, position)
    return .array(places.filter { $0.path == path }.map { .object(["range": $0.range.json]) })
  }

  /// Where a chapter uses the name at a place. Its two files are compiled together, but each is asked by itself.
  private func occurrences(
    _ parameters: JSON, in chapter: ChapterSession, _ path: String, _ position: Position
  ) async throws -> [(path: String, range: TextRange)] {
    guard let place = chapter.program(position, in: path) else { return [] }
    var found: [(path: String, range: TextRange)] = []
    for place in try await [place] + otherPlaces(of: place, in: chapter) {
      guard let swift, let map = chapter.maps[place.uri] else { continue }
      let answer = try await swift.request(
        "textDocument/documentHighlight", forwarded(parameters, to: place))
      for item in answer.array ?? [] {
        guard let range = TextRange(item["range"]), let place = map.markdown(range),
          !found.contains(where: { $0 == place })
        else { continue }
        found.append(place)
      }
    }
    return found.sorted { ($0.path, $0.range.start) < ($1.path, $1.range.start) }
  }

  /// A place in each other file of the program where the same thing is named: the first that leads to the same definition.
  private func otherPlaces(
    of place: (uri: String, position: Position), in chapter: ChapterSession
  ) async throws -> [(uri: String, position: Position)] {
    guard chapter.maps.count > 1, let swift,
      let word = chapter.maps[place.uri].flatMap({ Self.word(at: place.position, in: $0.text) })
    else { return [] }
    func definition(of place: (uri: String, position: Position)) async throws -> JSON {
      try await swift.request("textDocument/definition", forwarded(.object([:]), to: place))
    }
    let wanted = try await definition(of: place)
    guard wanted.array?.isEmpty == false else { return [] }
    var found: [(uri: String, position: Position)] = []
    for (uri, map) in chapter.maps where uri != place.uri {
      for position in Self.places(of: word, in: map.text) {
        guard try await definition(of: (uri, position)) == wanted else { continue }
        found.append((uri, position))
        break
      }
    }
    return found
  }

  /// The name at a place in code.
  static func word(at position: Position, in text: String) -> String? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.indices.contains(position.line) else { return nil }
    func isOfName(_ character: Character) -> Bool {
      character.isLetter || character.isNumber || character == "_"
    }
    let line = lines[position.line]
    let before = line.prefix(utf16: position.character)
    let start = before.reversed().prefix(while: isOfName).count
    let word = line[before.index(before.endIndex, offsetBy: -start)...].prefix(while: isOfName)
    return word.isEmpty ? nil : String(word)
  }

  /// Where code names something: each whole word.
  private static func places(of word: String, in text: String) -> [Position] {
    var places: [Position] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard let regex = try? Regex("\\b" + word + "\\b") else { continue }
      for range in line.ranges(of: regex) {
        places.append(Position(line: number, character: line[..<range.lowerBound].utf16.count))
      }
    }
    return places
  }

  // MARK: Renaming

  func prepareRename(_ parameters: JSON) async throws -> JSON {
    let (path, _, home, position) = try place(parameters)
    guard let chapter = chapters[home],
      let (answer, map) = try await ask(
        "textDocument/prepareRename", parameters, in: chapter, path, position),
      case .object(var members) = answer,
      let range = TextRange(answer["range"] == .null ? answer : answer["range"]),
      let place = map.markdown(range)
    else { return .null }
    guard members["placeholder"] != nil else { return place.range.json }
    members["range"] = place.range.json
    return .object(members)
  }

  /// Renames something everywhere in its chapter.
  func rename(_ parameters: JSON) async throws -> JSON {
    let (path, _, home, position) = try place(parameters)
    guard let chapter = chapters[home], let swift, let place = chapter.program(position, in: path) else {
      throw ResponseError.failed("Only names in cells and inline values can be renamed.")
    }
    // What is declared elsewhere would be renamed only where the chapter uses it.
    let declared = try await swift.request("textDocument/definition", forwarded(parameters, to: place))
    guard (declared.array ?? []).contains(where: { chapter.maps[$0["uri"].string ?? ""] != nil }) else {
      throw ResponseError.failed("The chapter does not declare this name: it can't rename it.")
    }
    var edits: [String: [JSON]] = [:]
    for place in try await [place] + otherPlaces(of: place, in: chapter) {
      let answer = try await swift.request("textDocument/rename", forwarded(parameters, to: place))
      guard case .object(let changes) = answer["changes"] else { continue }
      for (uri, items) in changes {
        guard let map = chapter.maps[uri] else { continue }
        for item in items.array ?? [] {
          guard let (path, edit) = placed(item, by: map, in: nil) else {
            throw ResponseError.failed("This name also stands where the chapter does not write it.")
          }
          guard chapter.program?.chapter.source.files.contains(path) ?? false else {
            throw ResponseError.failed(
              "The parameter is declared in \(URL(filePath: path).displayPath), for other chapters too: rename it there."
            )
          }
          let all = manuscripts[Self.name(of: chapter.book)]?.chapters ?? []
          guard all.count(where: { $0.source.files.contains(path) }) <= 1 else {
            throw ResponseError.failed(
              "Other chapters include \(URL(filePath: path).displayPath) too, where this name stands.")
          }
          if !edits[self.uri(of: path), default: []].contains(edit) {
            edits[self.uri(of: path), default: []].append(edit)
          }
        }
      }
    }
    return .object(["changes": .object(edits.mapValues(JSON.array))])
  }

}
