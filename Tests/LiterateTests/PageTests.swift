import Foundation
import Testing

/// A real browser.
enum Browser {
  /// What headless Chromium makes of a page, and what it says on the console.
  static func open(
    _ page: URL, in workshop: Workshop, flags: [String] = []
  ) throws -> (tree: String, console: [Substring]) {
    let result = try Workshop.run(
      "/usr/bin/chromium",
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0", "--dump-dom",
        "--user-data-dir=" + workshop.url("profile").path,
      ] + flags + [page.absoluteString], in: workshop.folder)
    try #require(result.status == 0, "Chromium: \(result.error)")
    return (result.output, result.error.split(separator: "\n").filter { $0.contains("CONSOLE") })
  }
}

/// The page in a real browser; `make accessibility` does what needs one that is driven.
@Suite struct PageTests {
  /// A chapter with each part of the page, in whose labels, captions, values and code is what would end an element.
  static let nasty = "</script></figcaption><script>console.log(1)</script><img src=x onerror=console.log(2)>"
  static let chapter = """
    # Parts {#sec-parts}

    Text.[^one] [A note in the margin]{.column-margin}

    [^one]: The note is long.

    ::: {.callout-tip title="Mind <this>"}
    A tip.
    :::

    ```{swift}
    //| label: fig-line
    //| caption: "A line \(nasty) `\(nasty)`"
    //| alt: "It rises \(nasty.replacingOccurrences(of: "\"", with: ""))"
    let nasty = "\(nasty), \\"x\\""
    show(Figure { LineMark(x: [0, 1, 2], y: [1, 2, 4], series: nasty) }.xAxis(nasty))
    show(Table(columns: [nasty, "n"], rows: (0..<5).map { ["\\(nasty) \\($0)", $0] }))
    print(nasty)
    ```

    `{swift} nasty`

    ```{swift}
    //| label: fig-explorer
    //| caption: "Units of an untrained model"
    //| alt: "A map of 4 units"
    //| echo: false
    let data = LastTokenAutoencoder().heldOut(seed: 1)
    let model = Seq2Seq(Configuration(units: 4, vocabulary: data.vocabulary), seed: 1)
    show(Explorer(of: try model.record(data.test.distinct), vocabulary: data.vocabulary))
    ```
    """

  @Test func isWholeWithoutScriptsAndTheSameWithoutANetwork() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": Self.chapter])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      let page = workshop.url("output/report.html")
      let (tree, console) = try Browser.open(page, in: workshop)
      #expect(console.isEmpty, "\(console)")
      for part in [
        "class=\"sort\"", "class=\"copy\"", "role=\"listbox\" tabindex", "aria-expanded=\"false\"", "Enlarge",
      ] {
        #expect(tree.contains(part), "scripts do not add \(part)")
      }
      let (offline, _) = try Browser.open(page, in: workshop, flags: ["--proxy-server=127.0.0.1:9"])
      #expect(offline == tree)

      // A page whose policy lets no script run.
      let text = try String(contentsOf: page, encoding: .utf8)
      try workshop.write(
        text.replacing(/script-src 'sha256-[^']*'/, with: "script-src 'none'"), to: "output/plain.html")
      let (plain, _) = try Browser.open(workshop.url("output/plain.html"), in: workshop)
      for part in [
        "The note is long.", "A note in the margin", "Mind &lt;this&gt;", "alt=\"A map of 4 units\"",
        "download=\"fig-explorer.pdf\"", "download=\"fig-line.csv\"", "href=\"#01-cell-1\"", ">01.md:23<",
        "Data",
      ] {
        #expect(plain.contains(part), "missing without scripts: \(part)")
      }
      for part in ["class=\"sort\"", "role=\"listbox\" tabindex"] { #expect(!plain.contains(part)) }
    }
  }

  @Test func whatWouldEndAnElementIsText() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": Self.chapter])
      try workshop.neuronbook(["build", "chapters"])
      let (tree, console) = try Browser.open(workshop.url("output/report.html"), in: workshop)
      #expect(console.isEmpty, "\(console)")
      #expect(!tree.contains("<img src=\"x\""))
      #expect(tree.matches(of: /<script/).count == 2, "the page's own, and the traces")
      // In the table of the data the quotes of the CSV are gone.
      #expect(tree.contains("onerror=console.log(2)&gt;, \"x\"</td>"))
      #expect(!tree.contains("let model"), "a cell with echo: false shows its code")
    }
  }

  @Test func saysWhenItIsTooLargeAndByWhat() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": "# P\n\n![A drawing](large.svg)\n"])
      let drawing =
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><!--\(String(repeating: "x", count: 20_000_000))--></svg>"
      try workshop.write(drawing, to: "chapters/large.svg")
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0)
      for part in ["warning: report.html has 26.", "more than the 10.0 MB", "26.7 MB: the image large.svg"] {
        #expect(built.error.contains(part), "\(built.error)")
      }
    }
  }

  @Test func refusesToLoadWhatAnAuthorSmugglesIn() throws {
    try withWorkshop { workshop in
      let text =
        "<img src=\"http://127.0.0.1:9/x.png\" alt=\"\">\n\n<script>document.title = \"run\"</script>\n"
      try workshop.writeBook(["01.md": "# P\n\n\(text)\nText\n"])
      try workshop.neuronbook(["build", "chapters"])
      let (tree, console) = try Browser.open(workshop.url("output/report.html"), in: workshop)
      #expect(console.count { $0.contains("Content Security Policy") } == 2, "\(console)")
      #expect(tree.contains("<title>Test</title>"))
    }
  }
}
