import Foundation
import Testing

@testable import Literate

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
    //| label: fig-units
    //| caption: "Units of no model"
    //| alt: "A map of 2 units"
    //| echo: false
    let states = [[0.1, 0.2, 0.3], [0.6, 0.5, 0.4]]
    show(Figure { HeatMapMark(states, rowLabels: [nasty, "1"]).linked(.unit, by: .row, of: nasty) })
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
        "class=\"sort\"", "class=\"copy\"", "role=\"application\"", "aria-expanded=\"false\"", "Enlarge",
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
        "The note is long.", "A note in the margin", "Mind &lt;this&gt;", "alt=\"A map of 2 units\"",
        "download=\"fig-units.pdf\"", "download=\"fig-line.csv\"", "href=\"#01-cell-1\"", ">01.md:23<",
        "Data",
      ] {
        #expect(plain.contains(part), "missing without scripts: \(part)")
      }
      for part in ["class=\"sort\"", "role=\"application\""] { #expect(!plain.contains(part)) }
    }
  }

  @Test func whatWouldEndAnElementIsText() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": Self.chapter])
      try workshop.neuronbook(["build", "chapters"])
      let (tree, console) = try Browser.open(workshop.url("output/report.html"), in: workshop)
      #expect(console.isEmpty, "\(console)")
      #expect(!tree.contains("<img src=\"x\""))
      #expect(tree.matches(of: /<script/).count == 2, "the page's own, and the links")
      // In the table of the data the quotes of the CSV are gone.
      #expect(tree.contains("onerror=console.log(2)&gt;, \"x\"</td>"))
      #expect(!tree.contains("let states"), "a cell with echo: false shows its code")
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

  /// What acts in authors' texts, bibliographies and settings is refused at its place, and nothing of it is in any format: nothing runs, and
  /// nothing is fetched.
  @Test func whatActsIsInNoFormat() throws {
    func mark(_ name: String) -> String { "document.documentElement.setAttribute('data-\(name)','1')" }
    let chapter = """
      # Head {#sec-x}

      Raw: <img src=x onerror="\(mark("tag"))"> <a href="javascript:\(mark("link"))">a</a> [b](javascript:\(mark("words")))

      <script>\(mark("script"))</script>

      <meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/gone">

      <base href="http://127.0.0.1:9/">

      <form action="http://127.0.0.1:9/"><input name=q></form>

      ![away](http://127.0.0.1:9/secret.png)

      ![up](../../../../../../etc/hostname.png)

      ![drawn](pic.svg){onload="\(mark("attribute"))"}

      ::: {.callout-tip title="<script>\(mark("title"))</script>" onmouseover="\(mark("div"))"}
      Kept<br>word, [span]{onclick="\(mark("span"))" style="position:fixed;inset:0"}
      :::

      Cite [@evil]. $x \\text{<script>\(mark("formula"))</script>}$ <!-- SECRET -->

      ```{swift}
      //| label: tbl-a
      //| caption: "cap <script>\(mark("caption"))</script><!-- SECRET -->"
      print("</pre><script>\(mark("printed"))</script>")
      show(Table(columns: ["<script>\(mark("column"))</script>"], rows: [["<img src=x onerror=\(mark("cell"))>"]]))
      ```

      It is `{swift} "<script>\(mark("value"))</script>"`.
      """
    let bibliography =
      "@article{evil, title={Evil \\href{javascript:\(mark("entry"))}{x}}, author={K<img src=x onerror=a>, C.}, journal={J}, year={2014}, url={javascript:\(mark("url"))}}\n"
    let settings = """
      subtitle: "S <script>\(mark("subtitle"))</script>"
      authors: ["A\\"><script>\(mark("author"))</script>"]
      bibliography: references.bib
      parameters:
        p: "</td><script>\(mark("parameter"))</script>"

      """
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": chapter], more: settings)
      try workshop.write(bibliography, to: "chapters/references.bib")
      try workshop.write(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"\(mark("drawing"))\"/>", to: "chapters/pic.svg")
      let built = try workshop.neuronbook(["build", "chapters", "--format", "all"])
      #expect(built.status == 1)
      for place in [
        "01.md:3:15", "01.md:3:17", "01.md:5:1", "01.md:7:1", "01.md:9:1", "01.md:11:1", "01.md:13:9",
        "01.md:15:7",
        "01.md:17:10", "01.md:19", "01.md:20", "references.bib:1:",
      ] {
        #expect(built.error.contains("chapters/" + place), "\(place) in \(built.error)")
      }

      func read(_ arguments: [String]) throws -> String {
        let read = try Workshop.run("/usr/bin/pandoc", arguments, in: workshop.folder)
        try #require(read.status == 0, "\(read.error)")
        return read.output
      }
      for (page, word) in [("report.html", "Kept"), ("slides/01.html", "1 / ")] {
        let file = workshop.url("output/" + page)
        let (tree, console) = try Browser.open(file, in: workshop)
        // Nothing was there for the policy to refuse.
        #expect(console.isEmpty, "\(page): \(console)")
        #expect(tree.contains(word) && !tree.contains(/<html[^>]* data-/), "\(page)")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains("script-src 'sha256-") && text.contains("base-uri 'none'; form-action 'none'"))
        #expect(!text.contains("SECRET"))
      }
      let formats = [
        "report": try workshop.text("output/report.html"),
        "slides": try workshop.text("output/slides/01.html"),
        "epub": try read(["--from=epub", "--to=html", "output/report.epub"]),
        "markdown": try read([
          "--from=gfm+tex_math_dollars", "--to=html", "--mathml", "output/markdown/01.md",
        ]),
        "notebook": try read(["--from=ipynb", "--to=html", "--mathml", "output/notebooks/01.ipynb"]),
      ]
      for (format, html) in formats {
        #expect(!html.contains("SECRET"), "\(format)")
        for case .open(let tag) in HTMLToken.tokens(in: html) {
          #expect(!["base", "iframe", "object", "embed"].contains(tag.name), "\(format): \(tag.source)")
          #expect(tag.name != "form" || tag["id"] == "search", "\(format): \(tag.source)")
          #expect(tag["http-equiv"] != "refresh", "\(format)")
          if tag.name == "script" { #expect(["report", "slides"].contains(format), "\(format)") }
          for attribute in tag.attributes {
            let (name, value) = (attribute.name.lowercased(), attribute.value)
            #expect(!name.hasPrefix("on"), "\(format): \(tag.source.prefix(100))")
            if name == "src" || name == "srcset" {
              #expect(!value.contains("127.0.0.1"), "\(format): \(value)")
            }
            if name == "href" { #expect(!value.hasPrefix("javascript:"), "\(format): \(value)") }
            if name == "style" { #expect(!value.contains("fixed"), "\(format): \(value)") }
          }
        }
      }
      #expect(
        formats["epub"]?.contains("Kept<br") == true && formats["markdown"]?.contains("Kept<br") == true)
    }
  }
}
