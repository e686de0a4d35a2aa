import Foundation
import Testing

/// What a reader of the page folds, finds and follows, in a real browser.
@Suite struct ReadingThePageTests {
  private static let chapters = [
    "01-first.md": """
    # First {#sec-first}

    ```{swift}
    let first = 1
    ```

    ```{swift}
    let second = first + 1
    ```

    Between, with @tbl-closed and @fig-line.

    ```{swift}
    //| fold: false
    let open = second
    ```

    ```{swift}
    //| label: tbl-closed
    //| caption: "Rows that are closed"
    //| closed: true
    //| echo: false
    show(Table(columns: ["n"], rows: (0..<12).map { [$0] }))
    ```

    ```{swift}
    //| closed: true
    //| echo: false
    for name in ["one", "two"] {
      show(
        Claim(
          name, "It holds", criterion: "always", estimate: 1, interval: Interval(low: 1, high: 1), null: "0", count: 9, isMet: { _ in true }))
    }
    ```

    ```{swift}
    //| label: fig-line
    //| caption: "A line that goes down"
    //| alt: "It falls"
    show(Figure { LineMark(x: [0, 1], y: [1, 0]) })
    ```

    The word zeppelin stands here.
    """,
    "02-second.md": """
    ---
    echo: false
    ---

    # Second {#sec-second}

    ```{swift}
    let hidden = 1
    ```

    ```{swift}
    //| echo: true
    //| fold: false
    let shown = hidden
    ```

    ::: {.callout-note #boxed collapse="true"}
    ## A *leaning* title & more

    Behind a click. [Here](#boxed).
    :::

    ::: {.callout-tip collapse="false"}
    Open.
    :::

    ## Über alles

    Text.
    """,
  ]

  private static let exercise = """
    # Sums

    See @exr-sum.

    ::: {.exercise #exr-sum}
    **A sum.** What is this?

    - One and one.

    ```{swift}
    //| exercise: starter
    let sum = 0
    ```

    ::: {.hint}
    Count on your fingers.
    :::

    ::: {.solution}
    ```{swift}
    let sum = 2
    ```
    :::

    ```{swift}
    //| exercise: check
    try require(sum == 2, "it is not two")
    ```
    :::
    """

  private func withPage(
    _ chapters: [String: String] = Self.chapters, code: String,
    _ body: (BrowserSession, String) throws -> Void
  ) throws {
    try withWorkshop { workshop in
      try workshop.writeBook(
        chapters, more: "description: \"What is \\\"said\\\" of <it>\"\ncode: \(code)\n")
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      let session = try BrowserSession(workshop.url("output/report.html"), in: workshop)
      defer { session.close() }
      // At first the browser shows an empty page.
      try Workshop.wait(for: "the page") {
        try session.value(of: "document.documentElement.className") == "scripted" ? true : nil
      }
      try body(session, try workshop.text("output/report.html"))
    }
  }

  private func expect(
    _ script: String, _ expected: String, _ session: BrowserSession,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let found = try session.value(of: script)
    #expect(found == expected, sourceLocation: location)
  }

  /// A figure is drawn for narrow screens too, whichever colours the reader chooses.
  @Test func narrowScreensGetFiguresOfTheirOwn() throws {
    try withPage(code: "open") { session, page in
      #expect(page.contains("width=\"400\" height=\"400\""))
      let media = """
        const select = document.querySelector("#colours select");
        const media = () => [...document.querySelectorAll("#fig-line source")].map((source) => source.media).join("|");
        [media(), ...["dark", "light", ""].map((choice) => {
          select.value = choice;
          select.dispatchEvent(new Event("change", { bubbles: true }));
          return media();
        })].join("\\n");
        """
      let (narrow, dark) = ("(max-width: 40rem)", "(prefers-color-scheme: dark)")
      let asTheSystem = "screen and \(dark) and \(narrow)|screen and \(narrow)|screen and \(dark)"
      try expect(
        media,
        [
          asTheSystem, "screen and \(narrow)|screen and \(narrow)|screen",
          "not all|screen and \(narrow)|not all",
          asTheSystem,
        ].joined(separator: "\n"), session)
    }
  }

  /// On paper each tab is open; afterwards all is as it was.
  @Test func tabsAreAllOpenOnPaper() throws {
    let tabs = "# A\n\n::: {.panel-tabset}\n## One\n\n1\n\n## Two\n\n2\n\n## Three\n\n3\n:::\n"
    try withPage(["a.md": tabs], code: "open") { session, _ in
      let open = "[...document.querySelectorAll('.tabs > details')].map((tab) => tab.open).join()"
      try expect(
        "document.querySelectorAll('.tabs summary')[1].click(); \(open)", "false,true,false", session)
      try expect("dispatchEvent(new Event('beforeprint')); \(open)", "true,true,true", session)
      try expect("dispatchEvent(new Event('afterprint')); \(open)", "false,true,false", session)
      let other = "document.querySelectorAll('.tabs summary')[2].click(); \(open)"
      try expect(other, "false,false,true", session)
    }
    try withWorkshop { workshop in
      try workshop.write(tabs.replacing("\n2\n", with: "\nSECONDTAB\n"), to: "a.md")
      try #require(workshop.neuronbook(["build", "a.md", "--format", "pdf"]).status == 0)
      let text = try Workshop.run("/usr/bin/pdftotext", ["output/report.pdf", "-"], in: workshop.folder)
      #expect(text.output.contains("SECONDTAB"))
    }
  }

  /// Sets of one group go together by their titles, whatever their order; others, and sets that lack the title, stay.
  @Test func tabsOfOneGroupOpenTogether() throws {
    func set(_ group: String, _ titles: String...) -> String {
      let tabs = titles.map { "## \($0)\n\nOf \($0).\n" }.joined(separator: "\n")
      return "::: {.panel-tabset\(group)}\n\(tabs):::\n"
    }
    let chapter = [
      "# A\n", set(" group=language", "Swift", "Python"),
      set(" group=language", "C", "*Python*", "Swift"), set(" group=\"<a> & b\"", "Swift", "Python"),
      set("", "Swift", "Python"), set(" group=language", "C", "D"),
    ].joined(separator: "\n")
    try withPage(["a.md": chapter], code: "open") { session, _ in
      let open =
        "[...document.querySelectorAll('.tabs > details[open] > summary')].map((one) => one.innerText).join()"
      try expect(open, "Swift,C,Swift,Swift,C", session)
      func click(_ tab: Int) -> String {
        "document.querySelectorAll('.tabs summary')[\(tab)].click(); \(open)"
      }
      try expect(click(1), "Python,Python,Swift,Swift,C", session)
      try expect(click(4), "Swift,Swift,Swift,Swift,C", session)
      try expect(click(6), "Swift,Swift,Python,Swift,C", session)
    }
  }

  @Test func aBookFoldsItsCode() throws {
    try withPage(code: "folded") { session, page in
      #expect(page.contains("name=\"description\" content=\"What is &quot;said&quot; of &lt;it&gt;\""))
      // Two cells with nothing between them are one fold; one that says so stays open.
      try expect("document.querySelectorAll('details.code').length", "2", session)
      let inFirst = "document.querySelector('details.code').querySelectorAll('div.sourceCode').length"
      try expect(inFirst, "2", session)
      let second = "document.querySelector('#sec-second').innerText.includes('let shown')"
      try expect("String(\(second)) + document.querySelectorAll('#sec-second pre').length", "true1", session)
      let hidden =
        "[...document.querySelectorAll('#sec-first div.sourceCode')].map((box) => box.checkVisibility()).join()"
      try expect(hidden, "false,false,true,false", session)
      let all = "document.querySelector('#code input').click(); \(hidden)"
      try expect(all, "true,true,true,true", session)
    }
    try withPage(code: "open") { session, _ in
      try expect("document.querySelectorAll('details.code').length", "0", session)
      try expect("String(document.getElementById('code').hidden)", "true", session)
    }
  }

  @Test func whatIsClosedOpensForThoseWhoComeToIt() throws {
    try withPage(code: "open") { session, _ in
      let summaries =
        "[...document.querySelectorAll('details.closed > summary')].map((fold) => fold.textContent).join('|')"
      try expect(summaries, "Table 1.1: 12 rows|The 2 claims", session)
      let open = "[...document.querySelectorAll('details.closed')].map((fold) => fold.open).join()"
      try expect(open, "false,false", session)
      let follow = """
        (async () => {
          document.querySelector("p a[href='#tbl-closed']").click();
          await new Promise((resolve) => setTimeout(resolve, 300));
          return \(open);
        })()
        """
      try expect(follow, "true,false", session)
      let printed = "dispatchEvent(new Event('beforeprint')); \(open)"
      try expect(printed, "true,true", session)
      try expect("dispatchEvent(new Event('afterprint')); \(open)", "true,false", session)
    }
  }

  /// A callout with `collapse` is closed or open; the heading that it begins with is its title, and no section.
  @Test func calloutsCloseAndTheirHeadingsAreTitles() throws {
    try withPage(code: "open") { session, _ in
      let contents = "document.querySelector('nav').textContent.includes('leaning')"
      try expect("String(\(contents))", "false", session)
      let state = "[...document.querySelectorAll('.callout > details')].map((fold) => fold.open).join()"
      try expect(state, "false,true", session)
      let summaries =
        "[...document.querySelectorAll('.callout summary')].map((one) => one.textContent.trim() + one.querySelectorAll('em').length).join('|')"
      try expect(summaries, "A leaning title & more1|Tip0", session)
      try expect("dispatchEvent(new Event('beforeprint')); \(state)", "true,true", session)
      try expect("dispatchEvent(new Event('afterprint')); \(state)", "false,true", session)
      let follow = """
        (async () => {
          location.hash = "#boxed";
          await new Promise((resolve) => setTimeout(resolve, 300));
          return \(state);
        })()
        """
      try expect(follow, "true,true", session)
    }
  }

  /// Of an exercise the question is open, and what is done for it folded: until one comes to it by a link, or prints.
  @Test func anExerciseIsAQuestionWithItsWorkFolded() throws {
    try withPage(["01.md": Self.exercise], code: "open") { session, _ in
      let seen = "document.querySelector('.exercise').innerText.replace(/\\s+/g, ' ').trim()"
      try expect(seen, "Exercise 1. A sum. What is this? One and one. Try it", session)
      let open = "String(document.querySelector('.exercise > .work').open)"
      try expect("dispatchEvent(new Event('beforeprint')); \(open)", "true", session)
      let all = "document.querySelector('.work').textContent"
      try expect(
        "String(\(all).includes('let sum = 0') && \(all).includes('Count on your fingers'))", "true", session)
      try expect("dispatchEvent(new Event('afterprint')); \(open)", "false", session)
      let follow = """
        (async () => {
          document.querySelector("p a[href='#exr-sum']").click();
          await new Promise((resolve) => setTimeout(resolve, 300));
          return \(open);
        })()
        """
      try expect(follow, "true", session)
    }
  }

  @Test func contentsFollowSectionsInAnyLetters() throws {
    try withPage(code: "open") { session, _ in
      let current = """
        (async () => {
          document.body.style.paddingBottom = "2000px";
          document.getElementById("02-second-über-alles").scrollIntoView({ behavior: "instant" });
          await new Promise((resolve) => setTimeout(resolve, 300));
          return document.querySelector("nav a[aria-current]").textContent;
        })()
        """
      try expect(current, "2.1 Über alles", session)
    }
  }

  @Test func aChapterEndsWithTheWayOn() throws {
    try withPage(code: "open") { session, _ in
      let links = """
        [...document.querySelectorAll(".between")].map((way) => [...way.querySelectorAll("a")]
          .map((link) => link.closest("main > section[id]").id + " " + link.rel + " " + link.hash + " " + link.textContent).join()).join("|")
        """
      try expect(links, "sec-first next #sec-second 2 Second →|sec-second prev #sec-first ← 1 First", session)
    }
  }

  @Test func referencesShowWhatTheyLeadTo() throws {
    try withPage(code: "open") { session, _ in
      let preview = """
        (() => {
          document.querySelector("p a[href='#fig-line']").focus();
          const shown = document.querySelector("body > .preview");
          const found = [shown.querySelectorAll("img").length, shown.textContent.trim(), shown.querySelectorAll("[id]").length].join("|");
          document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
          return found + "|" + document.querySelectorAll("body > .preview").length;
        })()
        """
      try expect(preview, "1|Figure 1.1. A line that goes down|0|0", session)
    }
  }

  @Test func whatIsFoundIsMarkedAndGoneThroughByArrowKeys() throws {
    try withPage(code: "folded") { session, _ in
      let search = """
        (() => {
          const query = document.getElementById("query");
          query.focus();
          query.value = "zéppelin";
          query.dispatchEvent(new Event("input"));
          const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
          const at = () => document.activeElement.id || document.activeElement.tagName;
          press("ArrowDown");
          const first = at();
          press("ArrowUp");
          const back = at();
          press("ArrowDown");
          const marks = document.querySelectorAll("#found mark").length;
          press("Escape");
          return [marks, first, back, at(), query.value].join("|");
        })()
        """
      try expect(search, "1|A|query|query|", session)
      let marks = """
        (() => {
          const query = document.getElementById("query");
          query.value = "zeppelin word";
          query.dispatchEvent(new Event("input"));
          return [...document.querySelectorAll("#found mark")].map((mark) => mark.textContent).join(" ");
        })()
        """
      try expect(marks, "word zeppelin", session)
    }
  }
}
