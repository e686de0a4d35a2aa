import CellRecords
import Foundation

/// How a chapter is woven for formats other than the page: without HTML of our own, so that Pandoc can write each.
struct DocumentMedium: Medium {
  enum Form: Sendable {
    /// For readers that show what they are given: an EPUB, slides.
    case plain
    /// For those that show HTML within Markdown, and set formulas by MathJax.
    case markdown
    /// The same, with each cell's code and outputs in a block that Pandoc makes a cell of.
    case notebook

    var isMarkdown: Bool { self != .plain }
  }

  let form: Form
  var problems: [Problem] = []

  init(_ form: Form) { self.form = form }

  func notice(_ notice: ChapterNotice) -> [Block] {
    switch notice {
    case .partial(let missing): [.emphasised("This chapter shows what is there of its sweeps: \(missing).")]
    case .stale(let reason): [.emphasised("This chapter was not run as it is now: \(reason).")]
    case .stopped: [.emphasised("This chapter did not run to its end.")]
    }
  }

  // MARK: Text

  func listing(_ attributes: Attributes, _ code: String) -> [Block] { [.code(attributes, code)] }

  func heading(_ heading: Heading) -> Block {
    .header(
      level: heading.level, heading.attributes,
      (heading.number.map { [.text($0), .space] } ?? []) + heading.title)
  }

  func equation(_ formula: Inline, number: String, label: String) -> [Block] {
    var content = [formula, .space, .text("(\(number))")]
    if form.isMarkdown, case .math(let isDisplay, let text) = formula {
      content = [.math(isDisplay: isDisplay, text + " \\tag{\(number)}")]
    }
    return [.div(Attributes(identifier: label, classes: ["equation"]), [.paragraph(content)])]
  }

  /// A table's caption is a paragraph before it, since not every format has captions.
  func table(_ table: Table, caption: Caption?, identifier: String) -> [Block] {
    guard let caption else { return [.table(table)] }
    return [
      .div(
        Attributes(identifier: identifier, classes: ["table"]),
        [.paragraph(caption.inDocument), .table(table)])
    ]
  }

  /// An image by its file; its words where the page can't have it either, so that nobody looks for it on the web.
  func image(_ image: TextImage) -> Inline {
    if image.isInText { return .image(image.attributes, image.alternative, image.target) }
    guard image.flaw == nil, let file = image.file else { return .emphasised(image.alternative) }
    return .image(image.attributes, image.alternative, .init(url: file.path))
  }

  func figure(_ content: [Block], caption: Caption, identifier: String, columns: Int?) -> [Block] {
    let content = columns.map { row(content, columns: $0) } ?? content
    let words = caption.inDocument
    return [
      .div(
        Attributes(identifier: identifier, classes: ["figure"]),
        content + (words.isEmpty ? [] : [.paragraph(words)]))
    ]
  }

  /// Where HTML is shown as it is. Markdown has one column.
  func row(_ content: [Block], columns: Int) -> [Block] {
    guard form == .plain else { return content }
    let style = "display: inline-block; width: \(100 / columns - 2)%; margin-right: 1.5%; vertical-align: top"
    return content.map { .div(Attributes([("style", style)]), [$0]) }
  }

  /// One below the other, each with its title.
  func tabs(_ tabs: [Tab], group: String?) -> [Block] {
    tabs.map { tab in
      .div(Attributes(identifier: tab.identifier), [.paragraph([.strong(tab.title)])] + tab.content)
    }
  }

  func callout(_ attributes: Attributes, title: [Inline], isClosed: Bool?, _ content: [Block]) -> [Block] {
    // Nothing but its words says of what kind it is.
    let kind =
      attributes.classes.lazy.compactMap { Callout.titles[String($0.dropFirst("callout-".count))] }.first
      ?? ""
    let words = title.plainText.hasPrefix(kind) ? title : [.text(kind + ":"), .space] + title
    let quote = Block.quote([.paragraph([.strong(words)])] + content)
    return [
      attributes.identifier.isEmpty ? quote : .div(Attributes(identifier: attributes.identifier), [quote])
    ]
  }

  func exerciseNumber(_ target: Labels.Target) -> Inline {
    .span(["label"], [.text("\(target.name)\u{A0}\(target.number).")])
  }

  func work(_ content: [Block]) -> [Block] { content }

  func folded(_ title: String, _ attributes: Attributes, _ content: [Block]) -> [Block] {
    // What is folded can't reach over cells.
    guard form.isMarkdown, !content.contains(where: { $0.isDiv("cell") }) else {
      return [.div(attributes, [.strong(title + ".")] + content)]
    }
    return [.html("<details><summary>\(title)</summary>")] + content + [.html("</details>")]
  }

  func aside(_ attributes: Attributes) -> Attributes { attributes }
}

extension Caption {
  /// "Figure 2.1." before the words.
  var inDocument: [Inline] {
    guard let target else { return text }
    return [.strong([.text("\(target.kind.name)\u{A0}\(target.number).")]), .space] + text
  }
}
