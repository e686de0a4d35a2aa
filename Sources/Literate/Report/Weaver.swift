import CellRecords
import Foundation

/// Puts what a chapter's run produced into the chapter's text.
struct Weaver {
  var chapter: Chapter
  /// The results of the run; nil to check the text alone.
  var run: ChapterRun?
  var labels: Labels
  /// The keys of the bibliography; nil where the book has none.
  var citations: Set<String>?
  var problems: [Problem] = []
  /// The images of the blocks.
  var images = Insertions()
  /// The files that were taken into the page, as they were; nil for one that could not be read.
  var files: [String: FileState?] = [:]
  /// The form of a document to weave for; nil for the page.
  var document: DocumentForm?
  /// How many bytes of the page each of its larger parts takes.
  var weights: [String: Int] = [:]
  var sections: [Int]
  var listingCount = 0

  init(_ chapter: Chapter, run: ChapterRun?, labels: Labels, citations: Set<String>?) {
    self.chapter = chapter
    self.run = run
    self.labels = labels
    self.citations = citations
    self.sections = [chapter.number ?? 0]
  }

  /// The chapter's blocks, ready for the page.
  mutating func weave() -> JSON {
    var weaver = self
    let blocks = chapter.blocks.rewritten { weaver.replacement(for: $0) }
    self = weaver
    return JSON.array((document == nil ? failureNotice() : documentNotice()) + (blocks.array ?? []))
  }

  /// A chapter that stopped, or that was not run as it is, says so at its head, since its reader may not reach the cell.
  private func failureNotice() -> [JSON] {
    guard let run else { return [] }
    if let reason = run.staleBecause {
      return [
        .rawHTML(
          "<div class=\"failure\" role=\"note\"><p><strong>This chapter was not run as it is now:</strong> \(escapedHTML(reason)). What is marked is of an earlier run.</p></div>"
        )
      ]
    }
    guard !run.problems.isEmpty else { return [] }
    let items = run.problems.map { problem in
      "<p><code>\(escapedHTML(problem.location?.description ?? chapter.source.path))</code><br>"
        + escapedHTML(problem.message).replacingOccurrences(of: "\n", with: "<br>") + "</p>"
    }
    return [
      .rawHTML(
        "<div class=\"failure\" role=\"alert\"><p><strong>This chapter did not run to its end.</strong></p>"
          + items.joined() + "</div>")
    ]
  }

  private mutating func replacement(for element: JSON) -> [JSON]? {
    if let document { return documentBlocks(for: element, document) }
    return switch element.tag {
    case "CodeBlock" where element.classes.first == "{swift}": cellBlocks(element)
    case "CodeBlock": [listing(element)]
    case "Code": inlineValue(element)
    case "Cite": references(element)
    case "Header": [numbered(element)]
    case "Para": equation(element)
    case "Table": markdownTable(element)
    case "Span": [aside(element)]
    case "Image": [image(element)]
    case "Div": exercise(element) ?? [callout(aside(element))]
    default: nil
    }
  }

  /// Inlines of an option with values and references resolved.
  mutating func resolved(_ inlines: [JSON]) -> [JSON] {
    var weaver = self
    let woven = JSON.array(inlines).rewritten { weaver.replacement(for: $0) }.array ?? []
    self = weaver
    return woven
  }

  /// Takes a file into the page; nil where it can't be read.
  ///
  /// - Parameter part: The part of the page that it is counted to.
  mutating func embed(_ file: URL, _ type: String, in part: String) -> String? {
    files[file.path] = FileState(file.path)
    guard let content = try? Data(contentsOf: file) else { return nil }
    let text = "data:\(type);base64," + content.base64EncodedString()
    weights[part, default: 0] += text.utf8.count
    return images.name(text, key: file.path)
  }

  // MARK: Values and references

  mutating func inlineValue(_ element: JSON) -> [JSON]? {
    guard let code = element.content[1].string, code.hasPrefix("{swift} "),
      let index = Int(code.dropFirst(8)),
      chapter.values.indices.contains(index)
    else { return nil }
    guard let run else { return [.text("…")] }
    guard let text = run.values[index] else {
      return [.span(["missing-value"], [.text("[not computed]")])]
    }
    let value = chapter.values[index]
    guard text.count <= InlineText.limit else {
      problems.append(
        Problem(
          "This value is a text of more than \(InlineText.limit.formatted()) characters; a line of text can't hold it.",
          at: value.location, advice: "Show a part of it, or its size, such as `.count`."))
      return [.span(["missing-value"], [.text("[too long]")])]
    }
    if run.staleValues.contains(index) {
      return [
        .element(
          "Span",
          .array([
            JSON.attributes(classes: ["value", "stale"], [("title", "of an earlier run")]),
            .array([.text(text)]),
          ]))
      ]
    }
    guard let cell = UninitialisedNames.origin(of: value, in: chapter) else {
      return [.text(text)]
    }
    let name = cell.options.label ?? "cell \(cell.index + 1)"
    return [
      .element(
        "Span",
        .array([
          JSON.attributes(classes: ["value"], [("title", "computed from \(name), \(cell.location)")]),
          .array([.text(text)]),
        ]))
    ]
  }

  mutating func references(_ element: JSON) -> [JSON]? {
    let citations = element.content[0].array ?? []
    let labelled = citations.map { citation -> (key: String, kind: Labels.Kind?, isBare: Bool) in
      let key = citation["citationId"].string ?? ""
      return (key, Labels.Kind(label: key), citation["citationMode"].tag == "SuppressAuthor")
    }
    if labelled.allSatisfy({ $0.kind == nil }) {
      for (key, _, _) in labelled where !(self.citations?.contains(key) ?? false) {
        addUnresolved(citation: key)
      }
      return nil
    }
    var inlines: [JSON] = []
    for (key, kind, isBare) in labelled {
      if !inlines.isEmpty { inlines += [.text(","), .space] }
      guard kind != nil, let target = labels.targets[key] else {
        problems.append(labels.unresolved(key, at: chapter.source.location(of: "@" + key)))
        inlines.append(.span(["missing-value"], [.text("@\(key)?")]))
        continue
      }
      let text =
        target.number.isEmpty ? target.title : isBare ? target.number : "\(target.name)\u{A0}\(target.number)"
      inlines.append(
        target.isShown ? .link([.text(text)], to: "#" + key, classes: ["reference"]) : .text(text))
    }
    return inlines
  }

  private mutating func addUnresolved(citation key: String) {
    let place = chapter.source.location(of: "@" + key)
    guard let citations else {
      problems.append(
        Problem(
          "`@\(key)` cites a source, but the book has no bibliography.", at: place,
          advice:
            "Name one in book.yml: `bibliography: references.bib`; or put a references.bib beside the chapter."
        ))
      return
    }
    let near = nearest(to: key, among: citations).map { "Did you mean `@\($0)`? " } ?? ""
    problems.append(
      Problem(
        "The bibliography has no entry `\(key)`.", at: place, advice: near + "Add it, or correct the key."))
  }
}
