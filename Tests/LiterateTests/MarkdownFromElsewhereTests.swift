import Foundation
import Testing

@testable import Literate

/// Chapters that were written by the habits of Quarto's users.
@Suite struct MarkdownFromElsewhereTests {
  func chapter(_ markdown: String) async throws -> Chapter {
    let source = Source(text: markdown, path: "a.md", url: URL(filePath: "/nowhere/a.md"))
    return try await Chapter(ScannedChapter(source, profile: .standard), by: Pandoc())
  }

  func problems(_ markdown: String) async throws -> [String] {
    try await chapter(markdown).problems.map { "\($0.location?.line ?? 0): \($0.message) \($0.advice)" }
  }

  /// A picture of one dot.
  private static let dot = Data(
    base64Encoded:
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")

  /// Builds a chapter beside two pictures; gives what was said, the page and the Markdown.
  func built(
    _ markdown: String, status: Int32 = 0
  ) throws -> (error: String, page: String, markdown: String, sections: [String]) {
    try withWorkshop { workshop in
      for name in ["one.png", "two.png"] { try workshop.write(#require(Self.dot), to: name) }
      try workshop.write(markdown, to: "a.md")
      let result = try workshop.neuronbook(
        ["build", "a.md", "--format", "markdown", "--output", "output"])
      #expect(result.status == status, "\(result.error)")
      let page = try workshop.text("output/report.html")
      return (
        result.error, page,
        ((try? workshop.text("output/markdown/a.md")) ?? "").replacing("\u{A0}", with: " "),
        page.matches(of: /<h[1-6].*?>(.*?)<\/h[1-6]>/).map { String($0.1.replacing(/<[^>]*>/, with: "")) }
      )
    }
  }

  // MARK: The head

  @Test func theHeadIsThatOfTheFrontMatter() throws {
    let made = try built(
      """
      ---
      title: "Counting, *slowly*"
      subtitle: Below
      author:
        - name: Ada Lovelace
        - Alan Turing
      date: 2026-02-03
      description: It counts.
      ---

      ## First

      Text.
      """)
    #expect(made.sections == ["Counting, slowly", "1 First"])
    #expect(made.page.contains("<title>Counting, slowly</title>"))
    #expect(!made.page.contains("<p class=\"title\">"))
    let head = made.markdown.split(separator: "\n").prefix(5).map(String.init)
    #expect(
      head == [
        "# Counting, *slowly*", "Below", "Ada Lovelace, Alan Turing · 2026-02-03", "It counts.", "## 1 First",
      ])
  }

  @Test func withAHeaderTheOtherLinesStandBelowIt() throws {
    let made = try built("---\nauthor: Grace Hopper\n---\n\n# A title {.unnumbered}\n\nText.\n")
    #expect(made.markdown.hasPrefix("# A title\n\nGrace Hopper\n\nText."))
  }

  @Test(arguments: [
    ("title: A\n", "\n# B\n", "2: The chapter has two titles"),
    ("date: today\n", "", "2: The date is `today`; a day was expected."),
    ("author: [[A], B]\n", "", "2: `author` must be a name, or a list of names."),
    ("title: [a]\n", "", "2: `title` must be text."),
    ("format: html\n", "", "2: The front matter of a chapter has no `format`. Name formats where you build"),
    ("titel: A\n", "", "2: The front matter of a chapter has no `titel`. Did you mean `title`?"),
    ("toc-depth: 3\n", "", "It holds `parameters`, `environment`, `echo`, `title`"),
  ]) func whatTheHeadCannotHoldIsSaid(_ head: String, _ text: String, _ message: String) async throws {
    let markdown = "---\n\(head)---\n\(text)\nText.\n"
    let said: [String]
    do { said = try await problems(markdown) } catch let problem as Problem {
      said = ["\(problem.location?.line ?? 0): \(problem.message) \(problem.advice)"]
    }
    #expect(said.contains { $0.contains(message) }, "\(said)")
  }

  // MARK: Figures

  @Test func imagesWithLabelsAreFigures() throws {
    let made = try built(
      """
      # A

      ![One *dot*](one.png){#fig-one width=50% fig-alt="A dot"}

      See @fig-one, @fig-both and [-@fig-b].

      ::: {#fig-both layout-ncol=2}
      ![Left](one.png){#fig-a}

      ![Right](two.png){#fig-b}

      Both of them
      :::

      ![Words](two.png){fig-alt="What it shows"}

      ![Only words](two.png)

      ```{swift}
      //| label: fig-drawn
      //| caption: "Drawn"
      //| alt: "A line"
      show(Figure { LineMark(x: [1.0, 2], y: [1.0, 2]) })
      ```
      """)
    let page = made.page
    #expect(made.error.contains("error") == false, "\(made.error)")
    #expect(page.contains("<figure id=\"fig-one\" aria-labelledby=\"fig-one-caption\">"))
    #expect(page.contains(try Regex("<img src=\"data:image/png;base64,[^>]*alt=\"A dot\"")))
    #expect(made.markdown.contains("**Figure 1.** One *dot*"))
    #expect(
      made.markdown.contains("See [Figure 1](#fig-one), [Figure 2](#fig-both) and [2b](#fig-b)."))
    #expect(
      made.markdown.contains("**Figure 2b.** Right") && made.markdown.contains("**Figure 2.** Both of them"))
    #expect(made.markdown.contains("**Figure 3.** Drawn"))
    #expect(page.contains("<div class=\"parts\" style=\"--columns:2\">"))
    // One without a label has its caption, and no number.
    #expect(page.contains("alt=\"What it shows\"") && !page.contains("fig-alt"))
    #expect(made.markdown.contains("\nWords\n") && page.contains("alt=\"Only words\""))
  }

  @Test func whatIsWrongWithFiguresOfFilesIsSaid() throws {
    let made = try built(
      "# A\n\n![](one.png){#fig-none}\n\n![x](three.png){#fig-missing}\n\n::: {#fig-two layout-ncol=two}\n![x](one.png)\n\ny\n:::\n\n@fig-twa\n",
      status: 1)
    for words in [
      "a.md:3:5: error: The image `one.png` has no alternative text.",
      "a.md:5:6: error: The image `three.png` can't be read.",
      "a.md:7:15: error: `layout-ncol` is `two`.", "a.md:13:1: error: Nothing has the label `fig-twa`.",
      "Did you mean `@fig-two`?",
    ] { #expect(made.error.contains(words), "\(words) in \(made.error)") }
  }

  // MARK: Statements, listings, tabs

  @Test func statementsAndListingsAreNumberedByKind() throws {
    let made = try built(
      """
      # A

      ::: {#thm-line}
      ## The *line*

      It is straight.
      :::

      ::: {#def-slope name="Slope"}
      It is $m$.
      :::

      ::: {#thm-second}
      - a list first
      :::

      ::: {.proof}
      By @thm-line, @thm-second, @def-slope and @lst-loop.
      :::

      ## Next

      ```{.python #lst-loop lst-cap="A loop"}
      pass
      ```
      """)
    #expect(made.sections == ["A", "1 Next"])
    for words in [
      "**Theorem 1 (The *line*).** It is straight.", "**Definition 1 (Slope).** It is $m$.",
      "**Theorem 2.**\n\n- a list first",
      "*Proof.* By [Theorem 1](#thm-line), [Theorem 2](#thm-second), [Definition 1](#def-slope) and [Listing 1](#lst-loop).",
      "**Listing 1.** A loop",
    ] {
      let plain = made.markdown.replacing(/\n- +/, with: "\n- ")
      #expect(plain.contains(words), "\(words) in \(plain)")
    }
  }

  @Test func wordsInAttributesAreMarkdown() throws {
    let made = try built(
      """
      # A

      ::: {.callout-note title="1. The *state* at $t$ keeps `x` <b>"}
      It does.
      :::

      ::: {#thm-sum name="of *sums*, by **all** of @lst-loop"}
      They add up.
      :::

      ::: {.remark name="on *all*"}
      It ends.
      :::

      ```{.python #lst-loop lst-cap="A *loop*, as in @thm-sum"}
      pass
      ```

      ::: {#tbl-one tbl-cap="- no list, # no heading"}
      | a |
      |---|
      | 1 |
      :::
      """)
    for words in [
      "**Note", "1. The *state* at $t$ keeps `x` \\<b\\>",
      "**Theorem 1 (of *sums*, by all of [Listing 1](#lst-loop)).**", "*Remark (on all).*",
      "**Listing 1.** A *loop*, as in [Theorem 1](#thm-sum)", "**Table 1.** - no list, \\# no heading",
    ] {
      #expect(made.markdown.contains(words), "\(words) in \(made.markdown)")
    }
  }

  @Test func tablesWithinATableHaveLetters() throws {
    let made = try built(
      """
      # A

      ::: {#tbl-both layout-ncol=2}
      | a |
      |---|
      | 1 |

      : First {#tbl-first}

      | b |
      |---|
      | 2 |

      : Second {#tbl-second .striped}

      Both of *them*.
      :::

      | c |
      |---|
      | 3 |

      : Another {#tbl-other}

      See @tbl-both, @tbl-second and @tbl-other.
      """)
    for words in [
      "**Table 1.** Both of *them*.", "**Table 1a.** First", "**Table 1b.** Second", "**Table 2.** Another",
      "See [Table 1](#tbl-both), [Table 1b](#tbl-second) and [Table 2](#tbl-other).",
    ] {
      #expect(made.markdown.contains(words), "\(words) in \(made.markdown)")
    }
  }

  @Test func aLabelOfAStatementIsTakenOnce() async throws {
    let chapter = try await chapter("# A\n\n::: {#lem-a}\nx\n:::\n\n::: {#lem-a}\ny\n:::\n")
    let problems = Labels([chapter], lone: nil).problems.map(\.message)
    #expect(problems.contains { $0.contains("The label `lem-a` is already taken") })
  }

  @Test func tabsAreNoSections() throws {
    let made = try built(
      "# A\n\n## B\n\n::: {.panel-tabset}\nBefore.\n\n### One\n\n1 and `{swift} 1 + 1`\n\n#### Within\n\n### Two\n\n2\n:::\n\n## C\n\nText.\n"
    )
    #expect(made.sections == ["A", "1 B", "Within", "2 C"])
    let name = try #require(made.page.firstMatch(of: /<details name="([^"]*)"/)?.1)
    #expect(made.page.matches(of: /<details name="a-tabs-1"/).count == 2, "\(name)")
    #expect(made.page.contains(try Regex("<details name=\"a-tabs-1\" id=\"[^\"]*\" open><summary>\\s*One")))
    #expect(made.markdown.contains("Before.") && made.markdown.contains("**One**\n\n1 and 2"))
  }

  /// Each is told at its own place, also where another stands before it that is right.
  @Test func theSecondOfAKindIsToldAtItsPlace() async throws {
    let made = try built(
      """
      # A

      ![x](one.png)

      ![](one.png)

      And ![x](one.png) ![](one.png)

      ::: {.column-page}
      @fig-no
      :::

      ::: {.colum}
      a
      :::

      [@fig-no]

      ::: {.colum}
      b
      :::

      ::: {#thm-a}
      c
      :::

      ::: {#thm-a}
      d
      :::
      """, status: 1)
    for place in [
      "5:5: error: The image", "7:23: error: The image", "10:1: error: Nothing has",
      "13:6: error: No block has",
      "17:2: error: Nothing has", "19:6: error: No block has",
      "27:6: error: The label `thm-a` is already taken at a.md:23:6",
    ] { #expect(made.error.contains("a.md:" + place), "\(place) in \(made.error)") }
    #expect(made.error.matches(of: /There are `aside`/).count == 1)
  }

  @Test(arguments: [
    ("```{python}\nprint(1)\n```", "3:1: Nothing here runs `{python}`"),
    ("```{r, echo=FALSE}\nx\n```", "3:1: Nothing here runs `{r}`"),
    ("Text `{python} x` and `r` and `{r}`.", "3:6: Nothing here runs `{python}`"),
    ("::: {.grid}\nx\n:::", "3:6: No block has the class `grid`. Write `::: {layout-ncol=2}`"),
    (
      "::: {.column-page-left}\nx\n:::",
      "3:6: No block has the class `column-page-left`. Write `column-page`."
    ),
    ("::: {layout-ncol=0}\nx\n:::", "3:6: `layout-ncol` is `0`."),
    ("::: {layout-nrow=none}\nx\n:::", "3:6: `layout-nrow` is `none`."),
    ("::: {layout=\"[]\"}\nx\n:::", "3:6: `layout` is `[]`."),
  ]) func whatGuidesShowAndIsNotHereIsSaid(_ text: String, _ message: String) async throws {
    let made = try built("# A\n\n\(text)\n", status: 1)
    let said = made.error.replacing("\n  ", with: " ")
    let (place, words) = (message.prefix { $0 != " " }, message.drop { $0 != " " }.dropFirst())
    #expect(said.contains("a.md:\(place) error: \(words)"), "\(message) in \(said)")
    #expect(said.matches(of: /error:/).count == 1, "\(said)")
  }

  @Test func allThatFrontMatterCannotHoldIsSaidAtOnce() async throws {
    do {
      _ = try await problems("---\ntitle: A\ntheme: cosmo\ntoc: true\n---\n\nText.\n")
      Issue.record("it was read")
    } catch let problem as Problem {
      #expect(problem.message == "The front matter of a chapter has no `theme` and `toc`.")
      #expect(problem.advice.contains("`toc`: Every page has its contents.") && problem.location?.line == 3)
    }
  }

  /// What only some editions have can't be counted, whatever it is.
  @Test func labelsInSolutionsAreSaid() async throws {
    for labelled in [
      "::: {#thm-in}\nIt is.\n:::", "![x](one.png){#fig-in}", "```{.python #lst-in}\npass\n```",
      "::: {#nte-in .callout-note}\nIt is.\n:::", "| a |\n|---|\n| 1 |\n\n: x {#tbl-in .striped}",
      "::: {.panel-tabset}\n## Tab\n\n::: {#def-in}\n## Title\n\nIt is.\n:::\n:::",
    ] {
      let text =
        "# A\n\n::: {.exercise #exr-a}\nWhat?\n\n```{swift}\n//| exercise: starter\nlet a = 0\n```\n\n::: {.solution}\n\(labelled)\n\n```{swift}\nlet a = 1\n```\n:::\n\n```{swift}\n//| exercise: check\ntry require(a == 1, \"no\")\n```\n:::\n"
      let said = try await problems(text)
      #expect(said.count == 1 && said[0].contains("-in` stands in an exercise"), "\(labelled): \(said)")
      // In a question or a hint it is in every edition.
      let inHint = text.replacing("\(labelled)\n\n", with: "").replacing(
        "::: {.solution}",
        with: "::: {.hint}\n\(labelled)\n\n::: {.proof}\nIt is.\n:::\n:::\n\n::: {.solution}")
      #expect(try await problems(inHint).isEmpty, "\(labelled)")
    }
  }

  // MARK: Options

  @Test func optionsHaveOtherNames() async throws {
    let chapter = try await chapter(
      "# A\n\n```{swift}\n#| label: fig-a\n//| fig-cap: \"Seen `{swift} 1 + 1`\"\n#| fig-subcap: [\"a\", \"b\"]\n#| layout-ncol: 2\n#| fig-alt: [x, y]\n#| code-fold: true\n#| code-line-numbers: 1\nlet a = 1\n```\n"
    )
    let options = chapter.cells[0].options
    #expect(chapter.problems.isEmpty, "\(chapter.problems)")
    #expect(options.caption == "Seen `{swift} 1 + 1`" && options.subcaptions == ["a", "b"])
    #expect(options.columns == 2 && options.alt == ["x", "y"] && options.fold == true)
    #expect(options.highlight == [1...1] && chapter.cells[0].code == "let a = 1")
    #expect(chapter.values.map(\.location.line) == [5])
  }

  @Test(arguments: [
    ("#| fig-cap: a\n#| caption: b", "5: The option `caption` is given twice."),
    ("#| fig-capt: a", "4: There is no cell option `fig-capt`."),
    ("//| label: fig-a\n#| eval: false", "5: There is no cell option `eval`. A listing that is not run"),
    ("#| layout-ncol: many", "4: The option `columns` must be a whole number"),
  ]) func wrongOptionsAreSaidAtTheirPlaces(_ options: String, _ message: String) async throws {
    let said = try await problems("# A\n\n```{swift}\n\(options)\nlet a = 1\n```\n")
    #expect(said.contains { $0.hasPrefix(message) }, "\(said)")
  }

  @Test func placesInOptionsAreThoseOfTheFile() async throws {
    for mark in ["//|", "#|"] {
      let chapter = try await chapter("# A\n\n```{swift}\n\(mark) colums: 2\nlet a = 1\n```\n")
      #expect(chapter.problems.map(\.location?.column) == [mark.count + 2])
    }
  }

  // MARK: Drawings

  @Test func graphvizDraws() throws {
    let made = try built(
      "# A\n\n@fig-way\n\n```{dot}\n//| label: fig-way\n//| fig-cap: \"The way\"\n//| fig-alt: \"a leads to b\"\ndigraph { a -> b }\n```\n\n```{dot}\n//| alt: \"c\"\ngraph { c }\n```\n"
    )
    #expect(
      made.page.matches(of: /<img src="data:image\/svg\+xml;base64,[^"]*" alt="a leads to b"/).count == 1)
    #expect(made.page.matches(of: /<img src="data:image\/svg\+xml;base64,[^"]*" alt="c"/).count == 1)
    #expect(made.markdown.contains("![a leads to b](figures/a-1.svg)"))
    #expect(made.markdown.contains("**Figure 1.** The way"))
  }

  @Test(arguments: [
    ("//| alt: \"x\"\ndigraph {\n a -> ->\n}", "6: Graphviz can't draw this:"),
    (
      "//| alt: \"x\"\ngraph { a }\n```\n\n```{dot}\n//| alt: \"x\"\ngraph { -- }",
      "10: Graphviz can't draw this:"
    ),
    ("digraph { a }", "4: The drawing does not say what it shows."),
    ("//| alt: \"x\"\n//| echo: false\ngraph { a }", "4: A drawing has no option `echo`."),
  ]) func whatGraphvizCannotDrawIsSaid(_ code: String, _ message: String) async throws {
    let said = try await problems("# A\n\n```{dot}\n\(code)\n```\n")
    #expect(said.count == 1 && said[0].hasPrefix(message), "\(said)")
  }

  @Test func whatNobodyHereCanDrawIsSaid() throws {
    let made = try built("# A\n\n```{mermaid}\nflowchart LR\n```\n", status: 1)
    #expect(made.error.contains("a.md:4: error: A drawing of Mermaid needs a browser"), "\(made.error)")
  }

  @Test func withoutGraphvizItIsSaidWhatToInstall() throws {
    try withWorkshop { workshop in
      // All tools but one.
      let path = try #require(ProcessInfo.processInfo.environment["PATH"])
      for folder in path.split(separator: ":") where folder != "bin" {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: String(folder))) ?? []
        where name != "dot" {
          let link = workshop.url("tools/\(name)")
          try FileManager.default.createDirectory(
            at: link.deletingLastPathComponent(), withIntermediateDirectories: true)
          symlink("\(folder)/\(name)", link.path)
        }
      }
      try workshop.write("# A\n\n```{dot}\n//| alt: \"x\"\ngraph { a }\n```\n", to: "a.md")
      let result = try workshop.neuronbook(
        ["check", "a.md"], environment: ["PATH": workshop.url("tools").path])
      #expect(result.error.contains("apt-get install graphviz"), "\(result.error)")
    }
  }
}
