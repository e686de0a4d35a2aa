import Base
import CellRecords
import Foundation

/// What the page makes of what is shown: HTML of its own where Pandoc's says too little, and files taken into it.
struct PageMedium: Medium {
  /// The chapter's name, for its listings.
  let slug: String
  /// The chapter's file, for what has no listing.
  let file: String
  /// Whether code is folded away where its cell says nothing of it.
  let foldsCode: Bool
  var problems: [Problem] = []
  /// The images of the blocks.
  private(set) var images = Insertions()
  /// The files that were taken into the page, as they were; nil for one that could not be read.
  private(set) var files: [String: FileState?] = [:]
  /// How many bytes of the page each of its larger parts takes.
  private(set) var weights: [String: Int] = [:]
  /// The numbers of the models that run in the page, base64, by their digests.
  var models: [String: String] = [:]
  /// Whether there is a model that can't.
  var hasStillModels = false
  private var listingCount = 0
  private var tabSetCount = 0

  init(_ chapter: Chapter, foldsCode: Bool = false) {
    self.foldsCode = foldsCode
    (slug, file) = (chapter.slug, chapter.source.url.lastPathComponent)
  }

  /// Takes a file into the page; nil where it can't be read.
  ///
  /// - Parameter part: The part of the page that it is counted to.
  mutating func embed(_ file: URL, _ type: String, in part: String) -> String? {
    files[file.path] = FileState(file.path)
    guard let content = try? Data(ofFile: file.path, limit: 500_000_000) else { return nil }
    let text = "data:\(type);base64," + content.base64EncodedString()
    return insert(text, key: file.path, in: part)
  }

  /// Takes a text into the page, under a name that stands for it until the page is written.
  mutating func insert(_ text: String, key: String, in part: String) -> String {
    count(text, in: part)
    return images.name(text, key: key)
  }

  mutating func count(_ text: String, in part: String) { weights[part, default: 0] += text.utf8.count }

  func notice(_ notice: ChapterNotice) -> [Block] {
    switch notice {
    case .partial(let missing):
      return [
        .html(
          "<div class=\"failure\" role=\"note\"><p><strong>This chapter shows what is there of its sweeps:</strong> \(escapedHTML(missing)).</p></div>"
        )
      ]
    case .stale(let reason):
      return [
        .html(
          "<div class=\"failure\" role=\"note\"><p><strong>This chapter was not run as it is now:</strong> \(escapedHTML(reason)). What is marked is of an earlier run.</p></div>"
        )
      ]
    case .stopped(let problems, let path):
      let items = problems.map { problem in
        "<p><code>\(escapedHTML(problem.location?.description ?? path))</code><br>"
          + escapedHTML(problem.message).replacingOccurrences(of: "\n", with: "<br>") + "</p>"
      }
      return [
        .html(
          "<div class=\"failure\" role=\"alert\"><p><strong>This chapter did not run to its end.</strong></p>"
            + items.joined() + "</div>")
      ]
    }
  }

  // MARK: Text

  /// A listing of the text gets a name of its own, which Pandoc needs for those of its lines.
  mutating func listing(_ attributes: Attributes, _ code: String) -> [Block] {
    listingCount += 1
    var attributes = attributes
    if attributes.identifier.isEmpty { attributes.identifier = "\(slug)-listing-\(listingCount)" }
    return [.code(attributes, code)]
  }

  /// The number is the link to its section.
  func heading(_ heading: Heading) -> Block {
    guard let number = heading.number else {
      return .header(level: heading.level, heading.attributes, heading.title)
    }
    let link = Inline.link(
      [.span(["section-number"], [.text(number)])], to: "#" + heading.attributes.identifier,
      classes: ["permalink"])
    return .header(level: heading.level, heading.attributes, [link, .space] + heading.title)
  }

  func equation(_ formula: Inline, number: String, label: String) -> [Block] {
    [
      .div(
        Attributes(identifier: label, classes: ["equation"]),
        [.plain([formula]), .plain([.span(["equation-number"], [.text("(\(number))")])])])
    ]
  }

  func table(_ table: Table, caption: Caption?, identifier: String) -> [Block] {
    tableFigure([.table(table)], caption: caption, identifier: identifier)
  }

  /// A table in a box that scrolls by itself, below its caption.
  ///
  /// - Parameter fold: What a reader opens to see the table; nil for one that is open.
  func tableFigure(
    _ table: [Block], caption: Caption?, identifier: String, isLong: Bool = false, fold: String? = nil
  ) -> [Block] {
    let name = identifier.isEmpty ? "" : " id=\"\(escapedHTML(identifier))\""
    let start = Block.html("<figure class=\"table\"\(name)>")
    let box =
      [.html("<div class=\"scroll\(isLong ? " long" : "")\" tabindex=\"0\">")] + table + [.html("</div>")]
    let words = caption.map { Block.plain($0.onPage(at: identifier)) }
    guard let fold else {
      let caption = words.map { [.html("<figcaption>"), $0, .html("</figcaption>")] } ?? []
      return [start] + caption + box + [.html("</figure>")]
    }
    let title = (caption?.target.map { "\($0.kind.name) \($0.number): " } ?? "") + fold
    let inside = (words.map { [.html("<div class=\"caption\">"), $0, .html("</div>")] } ?? []) + box
    return [start] + details(title, "closed", inside) + [.html("</figure>")]
  }

  /// An image of the text is put into the page, which loads nothing; the words alone stay of one that can't be.
  mutating func image(_ image: TextImage) -> Inline {
    var target = image.target
    if image.isInText { return .image(image.attributes, image.alternative, target) }
    // It may come, or change, until the page is made again.
    if let file = image.file { files[file.path] = FileState(file.path) }
    if let flaw = image.flaw {
      problems.append(flaw)
      return .emphasised(image.alternative)
    }
    guard let file = image.file, let type = image.type,
      let name = embed(file, type, in: "the image \(image.path)")
    else { return .emphasised(image.alternative) }
    if image.alternative.plainText.isEmpty {
      problems.append(
        Problem(
          "The image `\(image.path)` has no alternative text.", at: image.place,
          advice: "Write it in the brackets: `![what it shows](\(image.path))`."))
    }
    target.url = name
    return .image(image.attributes, image.alternative, target)
  }

  func figure(_ content: [Block], caption: Caption, identifier: String, columns: Int?) -> [Block] {
    return framed(
      columns.map { row(content, columns: $0) } ?? content, caption: caption.onPage(at: identifier),
      identifier: identifier, isBroad: false, tools: "")
  }

  func row(_ content: [Block], columns: Int) -> [Block] {
    [.html("<div class=\"parts\" style=\"--columns:\(columns)\">")] + content + [.html("</div>")]
  }

  /// Folds of one name: a browser opens one of them at a time. The page's script opens those of one title in all sets of a
  /// group together.
  mutating func tabs(_ tabs: [Tab], group: String?) -> [Block] {
    tabSetCount += 1
    let name = "\(slug)-tabs-\(tabSetCount)"
    let folds = tabs.enumerated().flatMap { index, tab -> [Block] in
      let identifier = tab.identifier.isEmpty ? "" : " id=\"\(escapedHTML(tab.identifier))\""
      return [
        .html("<details name=\"\(name)\"\(identifier)\(index == 0 ? " open" : "")><summary>"),
        .plain(tab.title), .html("</summary>"),
      ] + tab.content + [.html("</details>")]
    }
    let data = group.map { " data-group=\"\(escapedHTML($0))\"" } ?? ""
    return [.html("<div class=\"tabs\"\(data) style=\"--tabs:\(tabs.count)\">")] + folds + [.html("</div>")]
  }

  func callout(_ attributes: Attributes, title: [Inline], isClosed: Bool?, _ content: [Block]) -> [Block] {
    let name = attributes.classes.first { $0.hasPrefix("callout-") } ?? ""
    let outer = Attributes(identifier: attributes.identifier, classes: ["callout", name], [("role", "note")])
    guard let isClosed else { return [.div(outer, [.paragraph([.strong(title)])] + content)] }
    return [
      .div(
        outer,
        [
          .html("<details\(isClosed ? "" : " open")><summary>"), .plain([.strong(title)]),
          .html("</summary>"),
        ]
          + content + [.html("</details>")])
    ]
  }

  func exerciseNumber(_ target: Labels.Target) -> Inline {
    .span(["label"], [.text("\(target.name)\u{A0}\(target.number).")])
  }

  func work(_ content: [Block]) -> [Block] { content.isEmpty ? [] : details("Try it", "work", content) }

  func folded(_ title: String, _ attributes: Attributes, _ content: [Block]) -> [Block] {
    let name = [Exercise.hintClass, Exercise.solutionClass].first(where: attributes.classes.contains)
    return details(title, name ?? "", content)
  }

  func details(_ title: String, _ name: String, _ content: [Block]) -> [Block] {
    [.html("<details class=\"\(name)\"><summary>\(title)</summary>")] + content + [.html("</details>")]
  }

  /// A note beside the text: `[…]{.column-margin}` or a block of that class.
  func aside(_ attributes: Attributes) -> Attributes {
    guard attributes.classes.contains(where: { ["column-margin", "aside"].contains($0) }) else {
      return attributes
    }
    var attributes = attributes
    attributes.classes = attributes.classes.map { $0 == "aside" ? "column-margin" : $0 }
    attributes.others.append(.init(name: "role", value: "note"))
    return attributes
  }
}

extension Caption {
  /// "Figure 2.1." before the words, as a link to itself.
  func onPage(at identifier: String) -> [Inline] {
    guard let target else { return text }
    let label = Inline.span(["label"], [.text("\(target.kind.name) \(target.number).")])
    return [.link([label], to: "#" + identifier, classes: ["permalink"]), .space] + text
  }
}
