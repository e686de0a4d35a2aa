/// What in a book a link can lead to, besides labels: headers and other things with an identifier, each by the name that it has in its
/// chapter. What is made of all chapters together gives each a name of its own.
struct Anchors: Sendable {
  /// A thing with an identifier in a chapter.
  struct Anchor: Sendable {
    var identifier: String
    /// The level of a header.
    var level: Int?
  }

  /// The names of the page's own parts, which its style and scripts use.
  private static let reserved: Set<String> = [
    "colours", "contents", "found", "found-count", "place", "query", "refs", "search", "text",
  ]

  /// By the chapter's path and the identifier in it.
  private var names: [String: [String: String]] = [:]
  /// The chapter's path that a name is in.
  private var homes: [String: String] = [:]
  /// By the chapter's path, the name of its title.
  private var titles: [String: String] = [:]
  /// By the path of a chapter's file on the disk, its own.
  private var paths: [String: String] = [:]

  /// The path of the chapter that is shown by itself; nil where all are.
  private let lone: String?

  init(_ chapters: [Chapter], lone: String?) {
    self.lone = lone
    var taken = Self.reserved
    for chapter in chapters {
      let path = chapter.source.path
      var own: [String: String] = [:]
      for anchor in chapter.anchors where own[anchor.identifier] == nil {
        let isLabel = Labels.Kind(label: anchor.identifier) != nil
        let long = "\(chapter.slug)-\(anchor.identifier)"
        // Pandoc makes identifiers from titles, chapter by chapter.
        let name =
          isLabel
          ? anchor.identifier
          : anchor.level ?? 1 > 1 || taken.contains(anchor.identifier) ? long : anchor.identifier
        own[anchor.identifier] = name
        taken.insert(name)
        homes[name] = path
        if anchor.level == 1, titles[path] == nil { titles[path] = name }
      }
      names[path] = own
      paths[chapter.source.url.standardizedFileURL.path] = path
    }
  }

  /// The name that an identifier of a chapter has in the book.
  func name(of identifier: String, in chapter: Chapter) -> String {
    names[chapter.source.path]?[identifier] ?? identifier
  }

  /// All identifiers of a chapter, as it has them.
  func identifiers(in chapter: Chapter) -> [String] {
    names[chapter.source.path].map { Array($0.keys) } ?? []
  }

  /// The path of the chapter that has a name of the book.
  func home(of name: String) -> String? { homes[name] }

  /// Whether what has a name of the book is shown; a chapter that is built by itself may name what is in another.
  func isShown(_ name: String) -> Bool { lone == nil || homes[name] == lone }

  /// The name that a link to a file and an identifier in it leads to; nil where the file is no chapter.
  ///
  /// - Parameter identifier: Empty for the chapter itself.
  func name(ofFile file: String, _ identifier: String, from chapter: Chapter) -> String?? {
    let url = chapter.source.url.deletingLastPathComponent().appending(path: file).standardizedFileURL
    guard let path = paths[url.path] else { return nil }
    return .some(identifier.isEmpty ? titles[path] : names[path]?[identifier])
  }

  /// What a chapter's text depends on.
  func seen(by chapter: Chapter) -> [String: String] {
    var seen = names[chapter.source.path] ?? [:]
    guard chapter.leadsToFiles else { return seen }
    for (path, names) in names { for (identifier, name) in names { seen[path + "#" + identifier] = name } }
    return seen
  }

  /// The things with an identifier in some text, in its order.
  static func all(in blocks: [Block]) -> [Anchor] {
    var found: [Anchor] = []
    func add(_ attributes: Attributes, level: Int? = nil) {
      if !attributes.identifier.isEmpty {
        found.append(Anchor(identifier: attributes.identifier, level: level))
      }
    }
    blocks.walk { node in
      switch node {
      case .block(.header(let level, let attributes, _)): add(attributes, level: level)
      case .block(.raw(_, let html)), .inline(.raw(_, let html)):
        for case .open(let tag) in HTMLToken.tokens(in: html) { add(Attributes(identifier: tag["id"] ?? "")) }
      case .block(let block): if let attributes = block.attributes { add(attributes) }
      case .inline(.span(let attributes, _)), .inline(.code(let attributes, _)),
        .inline(.link(let attributes, _, _)),
        .inline(.image(let attributes, _, _)):
        add(attributes)
      case .inline: break
      }
      return true
    }
    return found
  }

  /// Identifiers that a chapter has twice; those of labels are told by `Labels`.
  static func repeated(in chapter: Chapter) -> [Problem] {
    var seen: Set<String> = []
    return chapter.anchors.compactMap { anchor in
      guard !seen.insert(anchor.identifier).inserted, Labels.Kind(label: anchor.identifier) == nil else {
        return nil
      }
      let mark = "#" + anchor.identifier
      let first = chapter.source.place(of: mark)
      let second = first.flatMap { chapter.source.place(of: mark, fromLine: $0.line + 1) } ?? first
      let place = second.map { chapter.source.location(line: $0.line, column: $0.column) }
      return Problem(
        "The chapter has the identifier `\(anchor.identifier)` twice; a link could lead to one alone.",
        at: place ?? chapter.source.location(line: 1), advice: "Give one of the two another name.")
    }
  }
}
