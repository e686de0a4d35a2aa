import Foundation

/// What the text itself holds: headers, equations, tables, images, callouts and exercises.
extension Weaver {
  /// A header with its number and a name that no other chapter has.
  mutating func heading(_ level: Int, _ attributes: Attributes, _ title: [Inline]) -> Heading {
    let attributes = named(attributes)
    var heading = Heading(level: level, attributes: attributes, title: title)
    guard !attributes.classes.contains("unnumbered") else { return heading }
    Labels.count(level: level, in: &sections)
    let number = Labels.sectionNumber(sections, chapter: chapter)
    if !number.isEmpty { heading.number = number }
    return heading
  }

  /// Attributes with the name that no other chapter has.
  func named(_ attributes: Attributes) -> Attributes {
    guard !attributes.identifier.isEmpty else { return attributes }
    var attributes = attributes
    attributes.identifier = labels.anchors.name(of: attributes.identifier, in: chapter)
    return attributes
  }

  /// A display formula with `{#eq-…}` after it gets its number; nil for another paragraph.
  func equation(_ paragraph: [Inline]) -> [Block]? {
    let inlines = paragraph.filter { !$0.isSpace }
    guard inlines.count == 2, case .math(isDisplay: true, _) = inlines[0], case .text(let text) = inlines[1],
      let label = Labels.bracedLabel(text), let target = labels.targets[label]
    else { return nil }
    return medium.equation(inlines[0], number: target.number, label: label)
  }

  /// A table written in Markdown; a caption that ends in `{#tbl-…}` gets its number.
  func table(_ table: Table) -> [Block] {
    var words = table.captionWords
    var identifier = ""
    var target: Labels.Target?
    var widths: [Double] = []
    if let start = words.lastIndex(where: \.beginsAttributes), words.ownText.hasSuffix("}") {
      if case .text(let text) = words[start], let label = Labels.tableLabel(text),
        let found = labels.targets[label]
      {
        (identifier, target) = (label, found)
      }
      widths = Self.widths(in: Array(words[start...]).plainText)
      words.removeSubrange(start...)
      while words.last?.isSpace ?? false { words.removeLast() }
    }
    var bare = table
    (bare.shortCaption, bare.caption) = (nil, [])
    if !widths.isEmpty, widths.count == bare.columns.count {
      for (index, width) in widths.enumerated() { bare.columns[index].width = width }
    }
    let caption = words.isEmpty && target == nil ? nil : Caption(target: target, text: words)
    return medium.table(bare, caption: caption, identifier: identifier)
  }

  /// The shares of the line in `tbl-colwidths="[60,40]"`; none where there are none.
  private static func widths(in text: String) -> [Double] {
    guard let match = text.firstMatch(of: /tbl-colwidths=\W?\[(?<widths>[0-9., ]+)\]/) else { return [] }
    let widths = match.widths.split(whereSeparator: { ", ".contains($0) }).compactMap { Double($0) }
    let sum = widths.reduce(0, +)
    return sum > 0 ? widths.map { $0 / max(100, sum) } : []
  }

  /// A listing of the text; one with a label such as `lst-loop` has a number.
  mutating func listing(_ attributes: Attributes, _ code: String) -> [Block] {
    guard Labels.Kind(label: attributes.identifier) == .listing,
      let target = labels.targets[attributes.identifier]
    else { return medium.listing(named(attributes), code) }
    var inner = attributes
    inner.identifier = ""
    return medium.figure(
      medium.listing(inner, code),
      caption: Caption(target: target, text: []),
      identifier: attributes.identifier, columns: nil)
  }

  /// An image; `fig-alt` says what it shows where the words in its brackets are a caption.
  mutating func image(_ attributes: Attributes, _ alternative: [Inline], _ target: Inline.Target) -> TextImage
  {
    var attributes = attributes
    let alternative = attributes.take("fig-alt").map { [.text($0)] } ?? alternative
    var image = TextImage(
      attributes: attributes, alternative: alternative, target: target, place: place(ofImage: target.url))
    if HTMLRules.scheme(of: target.url) == nil, !target.url.hasPrefix("//") {
      image.file = chapter.source.url.deletingLastPathComponent()
        .appending(path: target.url.removingPercentEncoding ?? target.url)
    }
    return image
  }

  /// Where the address of an image stands, in Markdown or in a tag.
  private mutating func place(ofImage address: String) -> Problem.Location {
    for before in ["](", "src=\"", "src='", "src=", ""] {
      if var place = places.next(of: before + address, in: chapter.source) {
        place.column += before.count
        return place
      }
    }
    return chapter.source.location(line: 1)
  }

  /// An exercise, a solution, a callout, or a note beside the text.
  mutating func div(_ attributes: Attributes, _ content: [Block]) -> [Block] {
    let attributes = named(attributes)
    if attributes.classes.contains(Exercise.className) {
      var numbering = HintNumbering(count: content.count { $0.isDiv(Exercise.hintClass) })
      let question = content.prefix { $0.isText && !$0.isDiv(Exercise.hintClass) && !$0.isDiv("cell") }
      let work = content.dropFirst(question.count).flatMap { inner -> [Block] in
        guard case .div(let attributes, let hint) = inner, attributes.classes.contains(Exercise.hintClass)
        else { return [inner] }
        return medium.folded(numbering.next(), attributes, hint)
      }
      return [
        .div(attributes, numbered(Array(question), as: attributes.identifier) + medium.work(work))
      ]
    }
    if attributes.classes.contains(Exercise.solutionClass) {
      return medium.folded("Solution", attributes, content)
    }
    if ImageFigure.isFloat(attributes) { return figure(attributes, content) }
    if let columns = columns(attributes) {
      var others = attributes
      others.others.removeAll { $0.name.hasPrefix("layout") }
      return [.div(medium.aside(others), medium.row(content, columns: columns))]
    }
    if Statement.isStatement(attributes) { return [.div(attributes, statement(attributes, content))] }
    if attributes.classes.contains(Tab.setClass) {
      let (before, tabs) = Tab.parts(of: content)
      return before + medium.tabs(tabs, group: attributes["group"])
    }
    guard let name = attributes.classes.first(where: { $0.hasPrefix("callout-") }) else {
      return [.div(medium.aside(attributes), content)]
    }
    let kind = String(name.dropFirst("callout-".count))
    guard let usual = Callout.titles[kind] else {
      let near = nearest(to: kind, among: Callout.titles.keys)
      problems.append(
        Problem(
          "There is no callout of the kind `\(kind)`.", at: chapter.source.location(of: name),
          advice: near.map { "Did you mean `callout-\($0)`?" }
            ?? "There are \(Callout.titles.keys.sorted().map { "`callout-\($0)`" }.listed)."))
      return [.div(attributes, content)]
    }
    let (own, rest) = BlockTitle.parts(of: content)
    var words = own ?? [.text(usual)]
    if let target = labels.targets[attributes.identifier] {
      words = [.text("\(target.name)\u{A0}\(target.number)")] + (own.map { [.text(":"), .space] + $0 } ?? [])
    }
    return medium.callout(attributes, title: words, isClosed: isClosed(attributes), rest)
  }

  private mutating func figure(_ attributes: Attributes, _ content: [Block]) -> [Block] {
    let (pictures, words) = ImageFigure.parts(of: content)
    let columns = columns(attributes)
    return medium.figure(
      pictures, caption: Caption(target: labels.targets[attributes.identifier], text: words),
      identifier: attributes.identifier, columns: columns)
  }

  /// How many blocks stand side by side: by `layout-ncol`, or the longest row of `layout`; nil where nothing is said.
  private mutating func columns(_ attributes: Attributes) -> Int? {
    guard let name = ["layout-ncol", "layout-nrow", "layout"].first(where: { attributes[$0] != nil }),
      let written = attributes[name]
    else { return nil }
    let place = ["=\"", "='", "="].compactMap { chapter.source.place(of: name + $0 + written) }.first
    func bad(_ expected: String) -> Int {
      problems.append(
        Problem(
          "`\(name)` is `\(written)`.",
          at: place.map { chapter.source.location(line: $0.line, column: $0.column) }
            ?? chapter.source.location(of: name),
          advice: expected))
      return 1
    }
    if name == "layout" {
      let rows =
        (try? JSONDecoder().decode([[Double]].self, from: Data(written.utf8)))
        ?? (try? JSONDecoder().decode([Double].self, from: Data(written.utf8))).map { [$0] }
      // A negative number is a gap.
      guard let longest = rows?.map({ $0.count { $0 > 0 } }).max(), 1...6 ~= longest else {
        return bad("Give the widths of each row's blocks, such as `layout=\"[[1,1],[1]]\"`: 1 to 6 in a row.")
      }
      return longest
    }
    // Rows were made columns when the chapter was read.
    guard name == "layout-ncol", let count = Int(written), 1...6 ~= count else {
      return bad(
        name == "layout-nrow" ? "Give a number of rows." : "Give how many stand side by side: 1 to 6.")
    }
    return count
  }

  /// "Theorem 4.1 (Line)." before the first words of a statement.
  private func statement(_ attributes: Attributes, _ content: [Block]) -> [Block] {
    let (title, rest) = BlockTitle.parts(of: content)
    let words = title.map { [.space, .text("(")] + $0 + [.text(")")] } ?? []
    if let target = labels.targets[attributes.identifier] {
      let number = Inline.text("\(target.name)\u{A0}\(target.number)")
      return Self.beginning(rest, with: .span(["label"], [.strong([number] + words + [.text(".")])]))
    }
    let name = attributes.classes.lazy.compactMap { Statement.unnumbered[$0] }.first ?? ""
    return Self.beginning(rest, with: .emphasised([.text(name)] + words + [.text(".")]))
  }

  /// Whether a callout that can be closed is; nil for one that can't.
  private mutating func isClosed(_ attributes: Attributes) -> Bool? {
    guard let value = attributes["collapse"] else { return nil }
    if let isClosed = ["true": true, "false": false][value] { return isClosed }
    problems.append(
      Problem(
        "`collapse` is `\(value)`.", at: chapter.source.location(of: "collapse"),
        advice: "Give `true`, for a callout that is closed at first, or `false`, for one that is open."))
    return nil
  }

  /// "Exercise 4.1." before the first words.
  private func numbered(_ blocks: [Block], as label: String) -> [Block] {
    guard let target = labels.targets[label] else { return blocks }
    return Self.beginning(blocks, with: medium.exerciseNumber(target))
  }

  private static func beginning(_ blocks: [Block], with name: Inline) -> [Block] {
    guard case .paragraph(let inlines)? = blocks.first else { return [.paragraph([name])] + blocks }
    return [.paragraph([name, .space] + inlines)] + blocks.dropFirst()
  }
}

extension Inline {
  /// Whether it begins what a table's caption may end with, such as `{#tbl-loss .striped}`.
  fileprivate var beginsAttributes: Bool {
    if case .text(let text) = self { text.prefixMatch(of: /\{(?:[#.][\w-]|[\w-]+=)/) != nil } else { false }
  }
}

extension [Inline] {
  /// The text of the last of them.
  fileprivate var ownText: String { last?.ownText ?? "" }
}

/// "Hint" for the only one, else "Hint 1", "Hint 2".
struct HintNumbering {
  let count: Int
  private var last = 0

  init(count: Int) { self.count = count }

  mutating func next() -> String {
    last += 1
    return count > 1 ? "Hint \(last)" : "Hint"
  }
}
