import Foundation
import Literate
import Text

/// What is wrong, from each of those who look: the editor gets it together, for each file.
struct DiagnosticStore {
  private var found: [String: [String: [JSON]]] = [:]

  /// Puts what somebody found in the place of what they found before.
  ///
  /// - Parameter new: By the paths of the files.
  mutating func publish(_ new: [String: [JSON]], of source: String, to server: isolated LanguageServer) {
    let paths = Set(new.keys).union(found[source, default: [:]].keys)
    let old = found[source, default: [:]]
    found[source] = new.isEmpty ? nil : new
    for path in paths.sorted() where old[path] != new[path] || server.documents[path] != nil {
      var all: [JSON] = []
      for source in found.keys.sorted() {
        for item in found[source]?[path] ?? [] where !all.contains(item) { all.append(item) }
      }
      var parameters: [String: JSON] = [
        "uri": .string(server.uri(of: path)), "diagnostics": .array(all),
      ]
      if let version = server.documents[path]?.version { parameters["version"] = .integer(version) }
      server.editor.notify("textDocument/publishDiagnostics", .object(parameters))
    }
  }
}

extension LanguageServer {
  // MARK: Of the cells

  func lookAtSwift(of home: String) {
    inBackground("swift " + home, after: .milliseconds(60)) { server in
      let isKnown = await server.checkChangedCells(of: home)
      // While somebody types, what changed is enough.
      if isKnown { do { try await Task.sleep(for: .milliseconds(600)) } catch { return } }
      await server.checkWhole(of: home)
    }
  }

  /// Looks at the cells that changed since the whole program was looked at.
  ///
  /// - Returns: Whether the editor was told what is wrong.
  private func checkChangedCells(of home: String) async -> Bool {
    guard let chapter = chapters[home], let program = chapter.program, let known = chapter.known, let swift,
      let changed = ChangedCells(program, since: known)
    else { return false }
    var found = known.diagnostics(in: program, but: changed.changed)
    if !changed.isEmpty {
      await swift.setText(changed.declarations.text, of: chapter.changedDeclarations)
      await swift.setText(changed.main.text, of: chapter.changedMain)
      guard let items = try? await diagnostics(of: chapter.changedMain) else { return false }
      for item in items {
        guard let (path, diagnostic) = placed(item, by: changed.main, in: chapter) else {
          // What is known does not fit any more.
          if item["severity"].integer == 1 { return false }
          continue
        }
        found[path, default: []].append(diagnostic)
      }
    }
    return tell(found, of: home, chapter)
  }

  private func checkWhole(of home: String) async {
    guard let chapter = chapters[home], let program = chapter.program, let swift, installation != nil else {
      return
    }
    var found: [String: [JSON]] = [:]
    for (uri, map) in chapter.maps {
      guard let items = try? await diagnostics(of: uri) else { return }
      for item in items {
        guard let (path, diagnostic) = placed(item, by: map, in: chapter) else { continue }
        found[path, default: []].append(diagnostic)
      }
    }
    guard tell(found, of: home, chapter), let map = chapter.maps[chapter.main] else { return }
    let end = Position(line: map.text.count { $0 == "\n" } + 1, character: 0)
    let hints = try? await swift.request(
      "textDocument/inlayHint",
      .object([
        "textDocument": .object(["uri": .string(chapter.main)]),
        "range": TextRange(Position(line: 0, character: 0), end).json,
      ]))
    guard let hints, chapters[home]?.program?.main == program.main else { return }
    var known = KnownProgram(program, map, hints: hints)
    known.add(found)
    chapters[home]?.known = known
  }

  private func diagnostics(of uri: String) async throws -> [JSON] {
    let document = JSON.object(["textDocument": .object(["uri": .string(uri)])])
    for attempt in 1... {
      guard let swift else { return [] }
      do {
        return try await swift.request("textDocument/diagnostic", document)["items"].array ?? []
      } catch {
        // It is refused while the file's last change is being taken in.
        guard attempt < 5 else { throw error }
        try await Task.sleep(for: .milliseconds(200 * attempt))
      }
    }
    return []
  }

  /// Tells the editor what is wrong in the code of a chapter.
  ///
  /// - Returns: Whether that is still so; where the program is another one by now, it is being looked at already.
  private func tell(_ found: [String: [JSON]], of home: String, _ chapter: ChapterSession) -> Bool {
    guard !Task.isCancelled, chapters[home]?.program?.main == chapter.program?.main else { return false }
    var found = found
    var seen: [String: Set<JSON>] = [:]
    for (path, items) in found { found[path] = items.filter { seen[path, default: []].insert($0).inserted } }
    // Nothing is told too.
    for (path, own) in homes where own == home { found[path, default: []] += [] }
    diagnostics.publish(found, of: "swift " + home, to: self)
    return true
  }

  /// Something wrong in the program, at its place in the chapter; nil where it is not the author's to mend.
  private func placed(
    _ item: JSON, by map: PositionMap, in chapter: ChapterSession
  ) -> (path: String, diagnostic: JSON)? {
    guard let range = TextRange(item["range"]), case .object(var diagnostic) = item else { return nil }
    let related = (item["relatedInformation"].array ?? []).compactMap { placed(location: $0, in: chapter) }
    var place = map.markdown(range)
    if place == nil, item["severity"].integer == 1 {
      // The end of the program is nobody's line; what it should have matched is.
      if let first = related.first, let range = TextRange(first["location"]["range"]),
        let uri = first["location"]["uri"].string
      {
        place = (Self.path(of: uri), range)
      } else if let last = map.lastMarkdown(before: range.start) {
        place = (last.path, TextRange(last.position, last.position))
      }
    }
    guard let place else { return nil }
    // Behind the fence of a cell that is not closed, text is taken for code.
    if let open = chapter.program?.openCell, place.path == chapter.entry.path,
      place.range.start.line >= open
    {
      return nil
    }
    // What must fail does so.
    if chapter.cell(at: place.range.start.line, in: place.path)?.options.error ?? false { return nil }
    diagnostic["range"] = place.range.json
    diagnostic["source"] = .string("swift")
    diagnostic["relatedInformation"] = related.isEmpty ? nil : .array(related)
    for name in ["codeActions", "data"] { diagnostic[name] = nil }
    return (place.path, .object(diagnostic))
  }

  /// Something with a location, at its place in the chapter; as it is where it is in another file.
  private func placed(location item: JSON, in chapter: ChapterSession) -> JSON? {
    guard case .object(var members) = item, let place = placed(item["location"], in: chapter) else {
      return nil
    }
    members["location"] = place
    return .object(members)
  }

  // MARK: Of the text

  func lookAtText(of book: String) {
    let first = "first text " + book
    if manuscripts[book] == nil, background[first] == nil {
      // No change ends this: who types on and on would get no labels.
      background[first] = Task { await checkText(of: book) }
    } else {
      inBackground("text " + book, after: .milliseconds(200)) { await $0.checkText(of: book) }
    }
  }

  /// Waits until the book of a document was read once.
  ///
  /// - Parameter isCurrent: Whether what changed since has to be read too.
  func readText(around document: JSON, isCurrent: Bool = false) async {
    guard let uri = document["uri"].string, let home = homes[Self.path(of: uri)],
      let chapter = chapters[home]
    else { return }
    let name = Self.name(of: chapter.book)
    await background["first text " + name]?.value
    while isCurrent, let reading = background["text " + name] {
      await reading.value
      // Another change may have come meanwhile.
      if background["text " + name] == reading { break }
    }
  }

  /// Forgets what is read of a book.
  func endText(of book: String) {
    for name in ["text " + book, "first text " + book] { background.removeValue(forKey: name)?.cancel() }
    (books[book], manuscripts[book]) = (nil, nil)
    diagnostics.publish([:], of: "text " + book, to: self)
  }

  private func checkText(of name: String) async {
    guard let book = books[name] else { return }
    let place = book.book.file?.path ?? book.book.chapters.first?.path ?? name
    var problems = book.problem.map { [$0] } ?? []
    do {
      let manuscript = try await book.read(unsaved: unsaved)
      manuscripts[name] = manuscript
      problems += manuscript.problems
    } catch {
      guard !Task.isCancelled else { return }
      problems.append(Problem(of: error))
    }
    guard !Task.isCancelled else { return }
    publish(problems, of: "text " + name, at: place)
  }

  /// - Parameter place: The path of the file to blame for what has no place.
  func publish(_ problems: [Problem], of source: String, at place: String) {
    var found: [String: [JSON]] = [:]
    for problem in problems {
      let path = problem.location.map { URL(filePath: $0.file).standardizedFileURL.path } ?? place
      found[path, default: []].append(
        .object([
          "range": range(of: problem.location, in: path).json, "severity": .integer(1),
          "source": .string("neuronbook"),
          "message": .string(problem.message + (problem.advice.isEmpty ? "" : "\n" + problem.advice)),
        ]))
    }
    found[place, default: []] += []
    diagnostics.publish(found, of: source, to: self)
  }

  /// The word at a place, or its line where no column is known.
  private func range(of location: Problem.Location?, in path: String) -> TextRange {
    guard let location, location.line > 0 else { return TextRange(line: 0, 0..<0) }
    let lines = lines(of: path)
    let number = location.line - 1
    guard lines.indices.contains(number) else { return TextRange(line: number, 0..<0) }
    let line = lines[number]
    guard location.column > 0 else { return TextRange(line: number, 0..<line.utf16.count) }
    let start = line.utf16Column(ofCharacter: location.column - 1)
    let rest = line.dropFirst(location.column - 1)
    // What begins with a sign, such as `@`, goes on with its name.
    let word = rest.prefix(1) + rest.dropFirst().prefix { $0.isLetter || $0.isNumber || "_-:".contains($0) }
    let end = start + word.utf16.count
    return TextRange(line: number, start..<end)
  }

  /// The lines of a file, as it stands in the editor where it is open there.
  func lines(of path: String) -> [Substring] {
    documents[path]?.lines ?? (try? Source(reading: URL(filePath: path), path: path))?.lines ?? []
  }
}
