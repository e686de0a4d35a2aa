import CellRecords
import Foundation
import Yams

/// What `book.yml` says: the chapters, in order, and what they share.
public struct Book: Sendable {
  public var title: String
  public var subtitle: String
  /// What the book says, for those who find it.
  public var description = ""
  public var authors: [String]
  /// Whether the code of cells is folded away.
  public var foldsCode = false
  /// Each chapter's file, with the path that messages print.
  public var chapters: [Entry]
  /// The `book.yml`; nil where there is none.
  package var file: URL?
  /// The path of the one chapter that is built by itself; nil where all are.
  var lone: String?
  public var bibliography: Entry?
  /// Parameters of every chapter; a chapter's own of the same name take their place.
  public var parameters: [Parameter] = []
  public var profile = Profile.standard
  /// Where the report goes.
  public var output: URL
  /// The book's cache, which a chapter that is built by itself shares; nil for one in `output`.
  private var bookCache: URL?
  /// Where the labelled figures go.
  public var figures: URL

  public struct Entry: Sendable {
    /// The file as the book names it.
    public var name: String
    public var url: URL
    public var path: String
    /// Where the book names the file.
    public var mention: Problem.Location?
  }

  /// The chapters that the report shows.
  public var shownChapters: [Entry] { chapters.filter { shows($0.path) } }

  /// Whether the report shows the chapter of a path.
  func shows(_ path: String) -> Bool { lone == nil || path == lone }

  /// Where runs and values are kept.
  var cache: URL { bookCache ?? output.appending(path: "cache") }

  /// A short name for each chapter, for its run folder and its progress: the file's name, with its folders where two
  /// files have one name.
  var slugs: [String] {
    let short = chapters.map { (($0.name as NSString).lastPathComponent as NSString).deletingPathExtension }
    var slugs: [String] = []
    for (entry, name) in zip(chapters, short) {
      let isAlone = short.count { $0 == name } == 1
      let long = (entry.name as NSString).deletingPathExtension.replacingOccurrences(of: "/", with: "-")
      var slug = isAlone ? name : long
      while slugs.contains(slug) { slug += "-again" }
      slugs.append(slug)
    }
    return slugs
  }

  /// A book of a folder with a `book.yml`, of a `book.yml` itself, or of a single Markdown chapter, which may be one of
  /// the book beside it.
  ///
  /// - Parameters:
  ///   - path: The folder or file as the user gave it.
  ///   - output: The folder for what is made; overrides the book's own, and puts the figures inside it.
  /// - Throws: `Problem` for a book that is missing or not as it must be.
  public static func open(_ path: String, output: String?, profile: Profile = .standard) throws -> Book {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Problem(
        "There is no such file or folder.", at: Problem.Location(file: path),
        advice: "Name a chapter, or a folder with a book.yml.")
    }
    var book: Book
    if isFolder.boolValue {
      book = try read(
        path.hasSuffix("/") ? path + "book.yml" : path + "/book.yml", profile, isOwnOutput: output == nil)
    } else if path.hasSuffix(".yml") || path.hasSuffix(".yaml") {
      book = try read(path, profile, isOwnOutput: output == nil)
    } else {
      book = try chapter(path, profile, isOwnOutput: output == nil) ?? single(path)
    }
    book.profile = profile
    book.output = book.output.standardizedFileURL
    book.figures = book.figures.standardizedFileURL
    if let output {
      book.output = URL(filePath: output, directoryHint: .isDirectory)
      book.figures = book.output.appending(path: "figures", directoryHint: .isDirectory)
    }
    return book
  }

  /// A chapter by itself with what its book gives to it; nil where the folder has no book that names it.
  private static func chapter(_ path: String, _ profile: Profile, isOwnOutput: Bool) throws -> Book? {
    let file = URL(filePath: path).standardizedFileURL
    let place = ((path as NSString).deletingLastPathComponent as NSString).appendingPathComponent("book.yml")
    guard FileManager.default.fileExists(atPath: place) else { return nil }
    var book = try read(place, profile, isOwnOutput: isOwnOutput)
    guard let index = book.chapters.firstIndex(where: { $0.url.standardizedFileURL == file }) else {
      return nil
    }
    book.lone = book.chapters[index].path
    (book.title, book.subtitle, book.description) = ("", "", "")
    book.bookCache = book.cache.standardizedFileURL
    book.output.append(path: book.slugs[index], directoryHint: .isDirectory)
    book.figures = book.output.appending(path: "figures", directoryHint: .isDirectory)
    return book
  }

  /// A book of one chapter; a `references.bib` beside it is its bibliography.
  static func single(_ path: String) -> Book {
    let url = URL(filePath: path)
    let bibliography = url.deletingLastPathComponent().appending(path: "references.bib")
    let bibliographyPath = (path as NSString).deletingLastPathComponent
    let output = URL(filePath: "output", directoryHint: .isDirectory)
    return Book(
      title: "", subtitle: "", authors: [],
      chapters: [Entry(name: url.lastPathComponent, url: url, path: path)],
      bibliography: FileManager.default.fileExists(atPath: bibliography.path)
        ? Entry(
          name: "references.bib", url: bibliography,
          path: (bibliographyPath as NSString).appendingPathComponent("references.bib"))
        : nil,
      output: output, figures: output.appending(path: "figures", directoryHint: .isDirectory))
  }

  /// - Parameter isOwnOutput: Whether what is made goes where the book says.
  private static func read(_ path: String, _ profile: Profile, isOwnOutput: Bool) throws -> Book {
    let url = URL(filePath: path)
    let source = try Source(reading: url, path: path)
    let folder = url.deletingLastPathComponent()
    let prefix = (path as NSString).deletingLastPathComponent
    func entry(_ name: String, _ mark: Mark?) -> Entry {
      Entry(
        name: name, url: folder.appending(path: name),
        path: (prefix as NSString).appendingPathComponent(name),
        mention: source.location(line: mark?.line ?? 0, column: mark?.column ?? 0))
    }

    let root = try YAML.compose(source.text, "The book is") { line, column in
      source.location(line: line + 1, column: column + 1)
    }
    guard case .mapping(let mapping)? = root else {
      throw Problem("A book must be a list of `name: value`.", at: source.location(line: 1))
    }
    var book = Book(
      title: "", subtitle: "", authors: [], chapters: [], bibliography: nil,
      output: folder.appending(path: "output", directoryHint: .isDirectory),
      figures: folder.appending(path: "figures", directoryHint: .isDirectory))
    book.file = url
    for (keyNode, value) in mapping {
      let name = keyNode.string ?? ""
      let place = source.location(line: keyNode.mark?.line ?? 1, column: keyNode.mark?.column ?? 1)
      func text() throws -> String {
        guard let text = value.string else { throw Problem("`\(name)` must be text.", at: place) }
        return text
      }
      guard let key = BookKey(rawValue: name) else {
        let names = BookKey.allCases.map(\.rawValue)
        let advice = nearest(to: name, among: names).map { "Did you mean `\($0)`? " } ?? ""
        throw Problem("A book has no `\(name)`.", at: place, advice: advice + "A book has \(names.listed).")
      }
      switch key {
      case .title: book.title = try text()
      case .subtitle: book.subtitle = try text()
      case .description: book.description = try text()
      case .code:
        guard let isFolded = ["folded": true, "open": false][try text()] else {
          throw Problem("`code` must be `folded` or `open`; found `\(try text())`.", at: place)
        }
        book.foldsCode = isFolded
      case .authors:
        guard let items = value.sequence else { throw Problem("`authors` must be a list.", at: place) }
        book.authors = try items.map { item in
          guard let author = item.string else {
            throw Problem("Each of the `authors` must be text.", at: place)
          }
          return author
        }
      case .chapters:
        guard let items = value.sequence else {
          throw Problem("`chapters` must be a list of files.", at: place)
        }
        book.chapters = try items.map { item in
          let mention = source.location(line: item.mark?.line ?? place.line, column: item.mark?.column ?? 1)
          guard let name = item.string, !name.isEmpty else {
            throw Problem("A chapter must be the name of a file.", at: mention)
          }
          return entry(name, item.mark)
        }
      case .parameters:
        book.parameters += try Parameter.parse(value, profile: profile, at: place) { mark in
          source.location(line: mark.line, column: mark.column)
        }
      case .criteria:
        book.parameters.append(
          try Parameter.criteria(value, at: place) { mark in
            source.location(line: mark.line, column: mark.column)
          })
      case .bibliography: book.bibliography = entry(try text(), keyNode.mark)
      case .output, .figures:
        let made = URL(filePath: try text(), directoryHint: .isDirectory, relativeTo: folder.absoluteURL)
        if isOwnOutput, !Repository(of: folder).holds(made) {
          throw Problem(
            "The book's `\(name)` leads out of its repository, to \(made.displayPath).", at: place,
            advice: "Name a folder within it, or say yourself where everything goes: `--output FOLDER`.")
        }
        if key == .output { book.output = made } else { book.figures = made }
      }
    }
    guard !book.chapters.isEmpty else {
      throw Problem(
        "The book has no chapters.", at: source.location(line: 1),
        advice: "List their files under `chapters:`.")
    }
    return book
  }
}

extension Book {
  /// What the book calls each chapter's file, by its path.
  var names: [String: String] {
    Dictionary(chapters.map { ($0.path, $0.name) }, uniquingKeysWith: { first, _ in first })
  }
}

extension Chapter {
  /// A path from the folder from which the book calls this chapter by a name; as it is where it is not within.
  func path(_ path: String, calledFromWhere name: String) -> String {
    let folder = source.path.hasSuffix(name) ? source.path.dropLast(name.count) : ""
    return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
  }
}
