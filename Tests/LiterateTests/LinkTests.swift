import CellRecords
import Foundation
import Testing

@testable import Literate

/// What a link leads to, what a line includes, and what is neither is said.
@Suite struct LinkTests {
  private let pandoc = Pandoc()

  private func chapter(_ markdown: String, named name: String = "a") async throws -> Chapter {
    let source = Source(text: markdown, path: "\(name).md", url: URL(filePath: "/nowhere/\(name).md"))
    return try await Chapter(ScannedChapter(source, profile: .standard), by: pandoc)
  }

  /// The links and names of the first chapter in a medium, with what is wrong.
  private func woven(
    _ markdown: String, beside others: [String] = [], lone: Bool = false
  ) async throws -> (links: [String], names: [String], problems: [Problem]) {
    var chapters = [try await chapter(markdown)]
    for (index, other) in others.enumerated() {
      chapters.append(try await chapter(other, named: "b\(index)"))
    }
    let labels = Labels(chapters, lone: lone ? "a.md" : nil)
    var found: [[String]] = []
    var weaver = Weaver(
      chapters[0], run: ChapterRun(), labels: labels, citations: nil, for: PageMedium(chapters[0]))
    let page = weaver.weave()
    var second = Weaver(
      chapters[0], run: ChapterRun(), labels: labels, citations: nil, for: DocumentMedium(.plain))
    for blocks in [page, second.weave()] {
      var links: [String] = []
      blocks.walk { node in
        if case .inline(.link(_, let words, let target)) = node, words.plainText.first?.isLetter ?? false {
          links.append("\(words.plainText): \(target.url)")
        }
        return true
      }
      found.append(links)
    }
    // A link leads to the same place in every medium.
    #expect(found[0] == found[1])
    return (
      found[0], Anchors.all(in: page).map(\.identifier),
      chapters[0].problems + labels.problems + weaver.problems
    )
  }

  @Test func linksLeadToHeadersAndOtherNames() async throws {
    let (links, names, problems) = try await woven(
      """
      # One {#one}

      To [results](#results), [the title](#one), [a span](#s), [a block](#d), [twice](#results), [full](#a-results),
      <a href="#results">by a tag</a>, [the équation](#eq-x), [raw](#r), [coded](#%C3%A9t%C3%A9), [out](https://a.example/#x), [up](#).

      ## Results

      [here]{#s} <b id="r">x</b>

      ## Été

      $$ x $$ {#eq-x}

      ::: {#d}
      Block
      :::
      """)
    #expect(problems.isEmpty, "\(problems)")
    #expect(
      links == [
        "results: #a-results", "the title: #one", "a span: #s", "a block: #d", "twice: #a-results",
        "full: #a-results",
        "by a tag: #a-results", "the équation: #eq-x", "raw: #r", "coded: #a-été",
        "out: https://a.example/#x", "up: #",
      ], "\(links)")
    for name in ["one", "a-results", "s", "d", "r", "a-été"] {
      #expect(names.contains(name), "\(name) in \(names)")
    }
  }

  @Test func deadLinksAreSaidWithTheNearestName() async throws {
    let (links, _, problems) = try await woven(
      "# One\n\nJump to [results](#results) and\n[gone](#nowhere-at-all) or [near](#reslts).\n\n## Results\n\nText.\n"
    )
    #expect(links == ["results: #a-results"])
    #expect(problems.map(\.location?.line) == [4, 4], "\(problems)")
    #expect(problems[0].message == "The link leads nowhere: nothing here is named `nowhere-at-all`.")
    #expect(problems[1].advice == "Did you mean `#results`?")
  }

  @Test func aLinkToAnotherChaptersFileLeadsToTheChapter() async throws {
    let text =
      "# One\n\n[there](b0.md), [part](b0.md#part), [own](#part), [file](c.md), [lost](b0.md#lost)\n\n## Part\n"
    let (links, _, problems) = try await woven(text, beside: ["# Two {#two}\n\n## Part\n"])
    #expect(links == ["there: #two", "part: #b0-part", "own: #a-part", "file: c.md"], "\(links)")
    #expect(problems.map(\.message) == ["The link leads nowhere: `b0.md` has nothing that is named `lost`."])
    // What a chapter that is built by itself does not show is no link.
    let alone = try await woven(text, beside: ["# Two {#two}\n\n## Part\n"], lone: true)
    #expect(alone.links == ["own: #a-part", "file: c.md"], "\(alone.links)")
  }

  /// Each name is there once, of the chapters and of the page.
  @Test func namesOfChaptersDoNotMeet() async throws {
    let one = "# Text\n\n[here](#text), [x](#x)\n\n[a]{#x}\n\n## Contents\n"
    let chapters = [try await chapter(one), try await chapter(one, named: "b0")]
    let anchors = Anchors(chapters, lone: nil)
    let names = chapters.map { chapter in
      ["text", "x", "contents"].map { anchors.name(of: $0, in: chapter) }
    }
    #expect(names == [["a-text", "x", "a-contents"], ["b0-text", "b0-x", "b0-contents"]])
    let (links, found, problems) = try await woven(one, beside: [one])
    #expect(links == ["here: #a-text", "x: #x"] && found.contains("a-text") && problems.isEmpty)
  }

  @Test func identifiersThatAreThereTwiceAreSaid() async throws {
    let (_, _, problems) = try await woven(
      "# A\n\n## One {#same}\n\n[b]{#same}\n\n## Two {#other}\n\n## Other\n")
    #expect(problems.map(\.message).count == 1 && problems[0].message.contains("`same` twice"), "\(problems)")
    #expect(problems.first?.location == Problem.Location(file: "a.md", line: 5, column: 5))
  }

  // MARK: Shortcodes and classes

  @Test func filesAreIncludedHoweverTheLineIsSpaced() async throws {
    let workshop = try Workshop()
    defer { workshop.close() }
    try workshop.write("Of my part.\n", to: "my part.md")
    try workshop.write("Of the part.\n\n```{swift}\nlet a = 1\n```\n", to: "part.md")
    try workshop.write(
      """
      # S

      {{< include my part.md >}}

      {{<include part.md>}}

        {{<  include   part.md  >}}

      {{< include "my part.md" >}}

      - In a list:

          {{< include part.md >}}

      1. Code in a list:

             {{< include part.md >}}

         and outside:

          {{< include part.md >}}

      After.

          {{< include part.md >}}
      """, to: "s.md")
    let chapter = try await Chapter.read(workshop.url("s.md"), path: "s.md", by: pandoc)
    #expect(chapter.problems.isEmpty, "\(chapter.problems)")
    let text = chapter.blocks.plainText
    #expect(text.components(separatedBy: "Of my part.").count == 3)
    #expect(text.components(separatedBy: "Of the part.").count == 5)
    #expect(chapter.cells.map(\.code) == ["let a = 1", "let a = 1", "let a = 1", "let a = 1"])
    // What is indented as code is code.
    let code = chapter.blocks.plainCode
    #expect(code == ["{{< include part.md >}}", "{{< include part.md >}}"], "\(code)")
    #expect(chapter.cells[2].location == Problem.Location(file: "part.md", line: 3, column: 5))
    let isInList = chapter.blocks.contains { block in
      if case .bulletList(let items) = block { items.joined().contains { $0.cellNumber == 2 } } else { false }
    }
    #expect(isInList)
  }

  @Test func unknownShortcodesAreSaidButNotInCode() async throws {
    let problems = try await chapter(
      """
      # S

      {{< pagebreak >}} and {{<video https://a.example/b.mp4>}}

      `{{< inline >}}`, <!-- {{< comment >}} --> and {{{< braces >}}}.

      ```
      {{< fenced >}}
      ```

          {{< indented >}}

      > ```
      > {{< quoted >}}
      > ```

      In the line {{< include a.md >}}, {{< inclde a.md >}}.

      - item

          {{< listed >}}
      """
    ).problems
    #expect(
      problems.map(\.message) == [
        "There is no shortcode `pagebreak`.", "There is no shortcode `video`.",
        "An `include` must stand on a line of its own, with the name of a file.",
        "There is no shortcode `inclde`.",
        "There is no shortcode `listed`.",
      ], "\(problems)")
    #expect(
      problems.map { [$0.location?.line, $0.location?.column] } == [
        [3, 1], [3, 23], [17, 13], [17, 35], [21, 5],
      ])
    #expect(problems[3].advice.contains("Did you mean `include`?"))
  }

  @Test func unknownClassesOfBlocksAreSaid() async throws {
    let problems = try await chapter(
      "# C\n\n::: {.colum-margin}\na\n:::\n\n::: warning\nb\n:::\n\n::: {.callout-tip}\nc\n:::\n\n[d]{.column-margin} [e]{.own}\n"
    ).problems
    #expect(
      problems.map(\.message) == [
        "No block has the class `colum-margin`.", "No block has the class `warning`.",
      ])
    #expect(problems.map(\.location?.line) == [3, 7])
    #expect(problems[0].advice.hasPrefix("Did you mean `column-margin`?"))
    #expect(problems[1].advice.contains("`callout-warning`"))
  }
}

extension [Block] {
  /// The code of blocks that are no cells.
  fileprivate var plainCode: [String] {
    var code: [String] = []
    walk { node in
      if case .block(let block) = node, block.cellNumber == nil, case .code(_, let text) = block {
        code.append(text)
      }
      return true
    }
    return code
  }
}
