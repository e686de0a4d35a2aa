import Foundation
import Literate
import Text

/// What is open, and the programs that are made of it.
extension LanguageServer {
  /// The path of a document. One that is no file yet stands where no other does.
  static func path(of uri: String) -> String {
    if let url = URL(string: uri), url.isFileURL { return url.standardizedFileURL.path }
    return "/" + uri.replacing("/", with: "_") + ".md"
  }

  /// The URI of a path, as the editor has it where it has it open.
  func uri(of path: String) -> String {
    documents[path]?.uri ?? URL(filePath: path).absoluteURL.absoluteString
  }

  func open(_ item: JSON) async {
    guard let uri = item["uri"].string, let text = item["text"].string else { return }
    let path = Self.path(of: uri)
    documents[path] = Document(
      uri: uri, language: item["languageId"].string ?? "", version: item["version"].integer, text: text)
    await settle(path)
  }

  func change(_ parameters: JSON) async {
    let path = Self.path(of: parameters["textDocument"]["uri"].string ?? "")
    guard documents[path] != nil else { return }
    documents[path]?.apply(
      parameters["contentChanges"].array ?? [], version: parameters["textDocument"]["version"].integer)
    await weaveChapters(with: path)
  }

  func close(_ uri: String) async {
    let path = Self.path(of: uri)
    guard documents.removeValue(forKey: path) != nil, let home = homes.removeValue(forKey: path) else {
      return
    }
    diagnostics.publish([:], of: "closed " + path, to: self)
    if homes.values.contains(home) {
      // What was not saved is gone.
      await weaveChapters(with: path)
      return
    }
    guard let chapter = chapters.removeValue(forKey: home) else { return }
    for name in ["swift ", "run "] { diagnostics.publish([:], of: name + home, to: self) }
    background.removeValue(forKey: "swift " + home)?.cancel()
    for file in [chapter.main, chapter.declarations, chapter.changedMain, chapter.changedDeclarations] {
      await swift?.close(document: file)
    }
    for folder in [chapter.folder, chapter.changedFolder] {
      await swift?.close(folder: folder.absoluteString)
    }
    let book = Self.name(of: chapter.book)
    if !chapters.values.contains(where: { Self.name(of: $0.book) == book }) {
      endText(of: book)
    }
  }

  /// Files changed on the disk.
  func saved(_ uris: [String]) async {
    let paths = uris.map(Self.path)
    for home in chapters.keys { chapters[home]?.results = nil }
    if paths.contains(where: { $0.hasSuffix(".yml") }) {
      // The book may have other chapters now, and what was wrong with it be mended.
      for name in books.keys.sorted() { endText(of: name) }
      for path in documents.keys.sorted() { await settle(path) }
    } else {
      for home in chapters.keys.sorted() { await weave(home) }
    }
  }

  static func name(of book: EditedBook) -> String {
    book.book.file?.standardizedFileURL.path ?? book.book.chapters.first?.path ?? ""
  }

  /// Finds the chapter that a document belongs to, and makes its program.
  private func settle(_ path: String) async {
    guard let document = documents[path],
      ["md", "markdown", "qmd"].contains((path as NSString).pathExtension)
        || ["markdown", "quarto", "rmd"].contains(document.language)
    else { return }
    let file = URL(filePath: path)
    let known = books.values.first { $0.chapter(of: file, unsaved: unsaved) != nil }
    let book = known ?? EditedBook(holding: file)
    books[Self.name(of: book)] = book
    guard let entry = book.chapter(of: file, unsaved: unsaved) else { return }
    let home = entry.url.standardizedFileURL.path
    homes[path] = home
    if let earlier = chapters[home] {
      chapters[home] = ChapterSession(
        book: book, entry: entry, folder: earlier.folder, changedFolder: earlier.changedFolder)
    } else {
      let slug = (entry.name as NSString).lastPathComponent
      var folders = Array(repeating: URL(filePath: "/nowhere"), count: 2)
      do {
        if let work, let installation {
          folders = try ["", "changes-of-"].map { try work.makeFolder(for: $0 + slug, by: installation) }
        }
      } catch {
        show(Problem(of: error).text, isError: true)
      }
      chapters[home] = ChapterSession(
        book: book, entry: entry, folder: folders[0], changedFolder: folders[1])
      if installation != nil {
        for folder in folders { await swift?.open(folder: folder.absoluteString) }
      }
    }
    await weave(home)
  }

  /// The chapter and those that include it may have changed with a document.
  private func weaveChapters(with path: String) async {
    for (home, chapter) in chapters.sorted(by: { $0.key < $1.key }) {
      let files = chapter.program?.chapter.source.files ?? []
      if home == path || homes[path] == home || files.contains(path) { await weave(home) }
    }
  }

  /// Makes a chapter's program, sends it on where it changed, and has all be looked at again.
  private func weave(_ home: String) async {
    guard let chapter = chapters[home] else { return }
    let (book, unsaved) = (chapter.book, unsaved)
    do {
      let program = try await book.program(of: chapter.entry, unsaved: unsaved, after: chapter.program)
      var maps = [chapter.main: PositionMap(program.main, of: program)]
      if !program.declarations.isEmpty || chapter.maps[chapter.declarations] != nil {
        maps[chapter.declarations] = PositionMap(program.declarations, of: program)
      }
      if program.main != chapter.program?.main || program.declarations != chapter.program?.declarations {
        chapters[home]?.results = nil
        // Where a run stopped is of another program.
        diagnostics.publish([:], of: "run " + home, to: self)
      }
      chapters[home]?.program = program
      chapters[home]?.problem = nil
      chapters[home]?.maps = maps
      if installation != nil, let swift {
        for (uri, map) in maps.sorted(by: { $0.key < $1.key }) { await swift.setText(map.text, of: uri) }
      }
    } catch {
      chapters[home]?.program = nil
      chapters[home]?.maps = [:]
      chapters[home]?.problem = Problem(of: error)
    }
    lookAtSwift(of: home)
    lookAtText(of: Self.name(of: book))
  }

  /// What a request is about: a document, the chapter that it belongs to, and a place in it.
  func place(_ parameters: JSON) throws -> (
    path: String, document: Document, home: String, position: Position
  ) {
    let uri = parameters["textDocument"]["uri"].string ?? ""
    let path = Self.path(of: uri)
    guard let document = documents[path], let home = homes[path], chapters[home] != nil else {
      throw ResponseError.invalid("`\(uri)` is not open as a chapter.")
    }
    guard let position = Position(parameters["position"]) else {
      throw ResponseError.invalid("A position was expected: line and character.")
    }
    return (path, document, home, position)
  }
}
