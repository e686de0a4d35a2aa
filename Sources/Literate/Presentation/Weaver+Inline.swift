import CellRecords

/// Values and references in running text.
extension Weaver {
  /// What stands in the place of an inline value; nil where the chapter has no such value.
  mutating func value(_ index: Int) -> [Inline]? {
    guard chapter.values.indices.contains(index) else { return nil }
    guard let run else { return [.text("…")] }
    guard let text = run.values[index] else { return [.span(["missing-value"], [.text("[not computed]")])] }
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
        .span(Attributes(classes: ["value", "stale"], [("title", "of an earlier run")]), [.text(text)])
      ]
    }
    guard let cell = UninitialisedNames.origin(of: value, in: chapter.scanned) else { return [.text(text)] }
    let name = cell.options.label ?? "cell \(cell.index + 1)"
    return [
      .span(
        Attributes(classes: ["value"], [("title", "computed from \(name), \(cell.location.onPage)")]),
        [.text(text)])
    ]
  }

  /// References to what the book has; nil for a citation of a source.
  mutating func references(_ citations: [Inline.Citation]) -> [Inline]? {
    let written = citations.map {
      places.next(of: "@" + $0.key, in: chapter.source) ?? chapter.source.location(of: "@" + $0.key)
    }
    // `@Fig-states` begins a sentence elsewhere; here every reference is written so.
    let citations = citations.map { citation in
      var citation = citation
      let small = citation.key.prefix(1).lowercased() + citation.key.dropFirst()
      if Labels.Kind(label: small) != nil, labels.targets[citation.key] == nil { citation.key = small }
      return citation
    }
    if citations.allSatisfy({ Labels.Kind(label: $0.key) == nil }) {
      for (citation, place) in zip(citations, written)
      where !(self.citations?.contains(citation.key) ?? false) {
        addUnresolved(citation: citation.key, at: place)
      }
      return nil
    }
    var inlines: [Inline] = []
    for (citation, place) in zip(citations, written) {
      if !inlines.isEmpty { inlines += [.text(","), .space] }
      let key = citation.key
      guard Labels.Kind(label: key) != nil, let target = labels.targets[key] else {
        problems.append(labels.unresolved(key, at: place))
        inlines.append(.span(["missing-value"], [.text("@\(key)?")]))
        continue
      }
      // `[Fig. @fig-a]` names it itself.
      let isBare = citation.mode == .withoutAuthor || target.isNamed(by: citation.prefix)
      let text =
        target.number.isEmpty ? target.title : isBare ? target.number : "\(target.name)\u{A0}\(target.number)"
      if !citation.prefix.isEmpty {
        inlines += citation.prefix + [target.isNamed(by: citation.prefix) ? .text("\u{A0}") : .space]
      }
      inlines.append(
        target.isShown ? .link([.text(text)], to: "#" + key, classes: ["reference"]) : .text(text))
      inlines += citation.suffix
    }
    return inlines
  }

  private mutating func addUnresolved(citation key: String, at place: Problem.Location) {
    guard let citations else {
      guard !labels.lacksBibliography else { return }
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

  /// A link as the book has it: to a place in this chapter or another. Where it leads nowhere its words stay.
  mutating func link(_ attributes: Attributes, _ content: [Inline], _ target: Inline.Target) -> [Inline] {
    let link = Inline.link(attributes, content, target)
    guard HTMLRules.scheme(of: target.url) == nil, target.url != "#" else { return [link] }
    let parts = target.url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map {
      String($0).removingPercentEncoding ?? String($0)
    }
    let (file, identifier) = (parts.first ?? "", parts.count > 1 ? parts[1] : "")
    let name: String?
    if file.isEmpty {
      guard parts.count > 1 else { return [link] }
      name = place(named: identifier)
    } else if let found = labels.anchors.name(ofFile: file, identifier, from: chapter) {
      name = found
    } else {
      return [link]
    }
    guard let name else {
      addDead(target.url, identifier, in: file)
      return content
    }
    let isShown =
      labels.targets[name]?.isShown ?? (labels.anchors.home(of: name) == nil || labels.anchors.isShown(name))
    return isShown ? [.link(attributes, content, .init(url: "#" + name, title: target.title))] : content
  }

  /// What the book calls something that this chapter, or any, has by this name.
  private func place(named identifier: String) -> String? {
    if labels.anchors.identifiers(in: chapter).contains(identifier) {
      return labels.anchors.name(of: identifier, in: chapter)
    }
    if labels.targets[identifier] != nil || labels.anchors.home(of: identifier) != nil { return identifier }
    if identifier.hasPrefix("ref-"), citations?.contains(String(identifier.dropFirst(4))) ?? false {
      return identifier
    }
    let isCell = chapter.cells.contains {
      let name = "\(chapter.slug)-cell-\($0.index + 1)"
      return identifier == name || identifier.hasPrefix(name + "-")
    }
    return isCell ? identifier : nil
  }

  private mutating func addDead(_ address: String, _ identifier: String, in file: String) {
    let known = labels.anchors.identifiers(in: chapter) + labels.targets.keys
    let near = file.isEmpty ? nearest(to: identifier, among: known) : nil
    problems.append(
      Problem(
        file.isEmpty
          ? "The link leads nowhere: nothing here is named `\(identifier)`."
          : "The link leads nowhere: `\(file)` has nothing that is named `\(identifier)`.",
        at: chapter.source.location(
          of: chapter.source.place(of: address) == nil ? "#" + identifier : address),
        advice: near.map { "Did you mean `#\($0)`?" }
          ?? "A header gets a name by `## Title {#name}`; without one it is made of its words, such as `#the-title`."
      ))
  }
}
