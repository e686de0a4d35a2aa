import Foundation
import Testing

/// The formats of both editions, each read by a program that reads it.
@Suite struct EditionTests {
  static let second = """
    # Second {#sec-second}

    See @fig-points and @tbl-one. A value: `{swift} 6 * 7`. As said by @cho2014.

    ## A table {#sec-table}

    The first sentence of a section. And the second.

    $$ s = \\sum_i x_i $$ {#eq-sum}

    ```{swift}
    //| label: tbl-one
    //| caption: "A table<br> of all & some rows. With a second sentence."
    print("printed & shown")
    show(Table(columns: ["a|b", "n"], rows: (1...12).map { ["row", $0] }))
    ```

    ```{swift}
    //| error: true
    let none: [Int] = []
    print(none[0])
    ```
    """

  static func book(_ workshop: Workshop) throws {
    try workshop.writeBook(
      ["01-first.md": ExerciseTests.chapter, "02-second.md": second], more: "bibliography: references.bib\n")
    try workshop.write(BadInputTests.bibliography, to: "chapters/references.bib")
  }

  /// The text of a file as its reader shows it.
  static func read(_ format: String, _ path: String, in workshop: Workshop) throws -> String {
    let read = try Workshop.run(
      "/usr/bin/pandoc", ["--from=\(format)", "--to=plain", "--wrap=none", path], in: workshop.folder)
    try #require(read.status == 0, "\(read.error)")
    return read.output
  }

  @Test func everyFormatIsMadeAndReadBack() throws {
    try withWorkshop { workshop in
      try Self.book(workshop)
      let built = try workshop.neuronbook(["build", "chapters", "--format", "all"])
      #expect(built.status == 0, "\(built.error)")
      for name in ["report.pdf", "report.epub", "markdown", "notebooks", "slides", "packages"] {
        #expect(built.output.contains("→ output/\(name)\n"), "\(built.output)")
      }

      let pdf = try Workshop.run(
        "/usr/bin/pdftotext", ["-layout", "output/report.pdf", "-"], in: workshop.folder
      ).output
      for part in [
        "Figure 1.1.", "of all & some rows", "The sum.", "Begin with nothing.", "printed & shown",
      ] {
        #expect(pdf.contains(part), "missing in the PDF: \(part)")
      }
      let epub = try Self.read("epub", "output/report.epub", in: workshop)
      for part in [
        "Figure 1.1.", "Table 2.1. A table<br> of all & some rows.", "Exercise 1.1. The sum.",
        "Begin with nothing.",
      ] {
        #expect(epub.replacing("\u{A0}", with: " ").contains(part), "missing in the EPUB: \(part)")
      }
      let markdown = try workshop.text("output/markdown/02-second.md")
      for part in [
        "[Figure\u{A0}1.1](01-first.md#fig-points)", "<a id=\"tbl-one\"></a>", "\\tag{2.1}", "A value: 42.",
        "| row  |  12 |", "a\\|b", "# 2 Second", "This cell fails, as it should",
      ] {
        #expect(markdown.contains(part), "missing in the Markdown: \(part)")
      }
      let first = try workshop.text("output/markdown/01-first.md")
      #expect(first.contains("](figures/01-first-1.png)"))
      #expect(!first.contains("did not run") && !first.contains("of the check: 7"))
      #expect(workshop.exists("output/markdown/figures/01-first-1.png"))

      let notebook =
        try JSONSerialization.jsonObject(
          with: Data(contentsOf: workshop.url("output/notebooks/01-first.ipynb"))) as? [String: Any]
      let cells = try #require(notebook?["cells"] as? [[String: Any]])
      let codes = cells.filter { $0["cell_type"] as? String == "code" }
      #expect(codes.count == 6, "\(codes.count)")
      // A heading begins a cell of its own.
      let other =
        try JSONSerialization.jsonObject(
          with: Data(contentsOf: workshop.url("output/notebooks/02-second.ipynb"))) as? [String: Any]
      let texts = (other?["cells"] as? [[String: Any]] ?? []).filter {
        $0["cell_type"] as? String == "markdown"
      }
      .map { ($0["source"] as? [String] ?? []).joined() }
      #expect(texts.contains { $0.contains("## 2.1 A table") })
      #expect(!texts.contains { $0.contains("\n## ") }, "\(texts)")
      let outputs = codes.first?["outputs"] as? [[String: Any]]
      #expect((outputs?.first?["data"] as? [String: Any])?["image/png"] != nil)
      #expect(
        ((notebook?["metadata"] as? [String: Any])?["kernelspec"] as? [String: Any])?["language"] as? String
          == "swift")

      let (tree, console) = try Browser.open(workshop.url("output/slides/02-second.html"), in: workshop)
      #expect(console.isEmpty, "\(console)")
      #expect(tree.contains("The first sentence of a section.") && !tree.contains("And the second."))
      #expect(tree.contains("and 2 rows more in the report") && tree.contains("<math"))
      #expect(tree.contains("1 / "))
    }
  }

  /// What a chapter may hold besides, with HTML where text is meant.
  static let parts = """
    # Parts {#sec-parts}

    ::: {.callout-note title="A <b>title</b>"}
    Inside the callout.
    :::

    ::: {.callout-note #closed collapse="true"}
    ## A *leaning* title

    ### A heading within

    Behind a click.
    :::

    ![A picture of the author](own.png)

    <pre data-raw>HTML that is no XML</pre>

    ```{swift}
    //| echo: false
    //| stderr: true
    let unseenName = 1
    FileHandle.standardError.write(Data("to <error>\\n".utf8))
    print("printed <i>as it is</i>")
    ```

    ```{swift}
    //| include: false
    print("never included")
    ```

    ```{swift}
    //| label: tbl-html
    //| caption: "Cells"
    show(Table(columns: ["<b>head</b>", "x"], rows: [["<script>alert(1)</script>", "$x_1$ | a & b"]]))
    ```

    ```{swift}
    show(
      Claim(
        "<i>C</i>", "<script>alert(2)</script> & more", criterion: "x < 1", estimate: 0.5,
        interval: Interval(low: 0.1, high: 0.9), null: "<none>", count: 3, isMet: { _ in true }))
    ```

    ```{swift}
    show(Table(columns: ["Counted"], rows: (1...120).map { ["row \\($0)"] }))
    ```

    ```{swift}
    //| label: fig-two
    //| caption: "Two <b>parts</b>"
    //| subcaptions: ["One", "Other"]
    //| alt: ["A rising line", "A falling line"]
    show(Figure(height: 200) { LineMark(x: [0, 1], y: [0, 1]) })
    show(Figure(height: 200) { LineMark(x: [0, 1], y: [1, 0]) })
    ```

    See @fig-two-2.
    """

  @Test func everyPartReachesEveryFormatAsText() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01-parts.md": Self.parts])
      let picture =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
      try workshop.write(#require(Data(base64Encoded: picture)), to: "chapters/own.png")
      let built = try workshop.neuronbook(["build", "chapters", "--format", "all"])
      #expect(built.status == 0, "\(built.error)")
      let (slides, console) = try Browser.open(workshop.url("output/slides/01-parts.html"), in: workshop)
      #expect(console.isEmpty, "\(console)")
      let pdf = try Workshop.run(
        "/usr/bin/pdftotext", ["-layout", "output/report.pdf", "-"], in: workshop.folder
      ).output
      // A table that goes on over pages has its head on each.
      let pages = pdf.split(separator: "\u{c}").filter { $0.contains(/row \d/) }
      #expect(pages.count > 2 && pages.allSatisfy { $0.contains("Counted") }, "\(pages.count) pages")
      let texts = [
        "pdf": pdf, "epub": try Self.read("epub", "output/report.epub", in: workshop),
        "markdown": try Self.read("gfm", "output/markdown/01-parts.md", in: workshop),
        "notebook": try Self.read("ipynb", "output/notebooks/01-parts.ipynb", in: workshop),
        "slides": slides.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing(
          "&amp;", with: "&"),
      ]
      for (format, text) in texts {
        // An author's emphasis is a text of its own in some readers.
        let plain = text.replacing("\u{A0}", with: " ")
        for part in [
          "<script>alert(1)</script>", "| a & b", "<b>head</b>", "<script>alert(2)</script> & more", "<none>",
          "(a)", "(b)", "One", "Other",
        ] {
          #expect(plain.contains(part), "\(format) lacks \(part)")
        }
        #expect(!plain.contains("never included") && !plain.contains("unseenName"), "\(format)")
        guard format != "slides" else { continue }
        for part in [
          "Inside the callout.", "A <b>title</b>", "A leaning title", "Behind a click.",
          "printed <i>as it is</i>", "to <error>", "Figure 1b",
        ] {
          #expect(plain.contains(part), "\(format) lacks \(part)")
        }
      }
      #expect(pdf.contains("HTML that is no XML") && texts["epub"]?.contains("HTML that is no XML") == true)
      #expect(workshop.exists("output/markdown/figures/01-parts-3.png"))
      #expect(try workshop.text("output/markdown/01-parts.md").contains("[A picture of the author](figures/"))
    }
  }

  @Test func noFileOfTheStudentsEditionHoldsASolution() throws {
    try withWorkshop { workshop in
      try Self.book(workshop)
      let formats = ["--format", "all"]
      #expect(try workshop.neuronbook(["build", "chapters"] + formats).status == 0)
      #expect(try workshop.neuronbook(["build", "chapters", "--edition", "teacher"] + formats).status == 0)
      var found: [String] = []
      let names =
        FileManager.default.enumerator(atPath: workshop.url("output").path)?.allObjects as? [String] ?? []
      for name in names.sorted() where !name.hasPrefix("cache") {
        guard let data = try? Data(contentsOf: workshop.url("output/" + name)) else { continue }
        var text = String(decoding: data, as: UTF8.self)
        // What is packed is unpacked first.
        if name.hasSuffix(".epub") { text = try Self.read("epub", "output/" + name, in: workshop) }
        if name.hasSuffix(".pdf") {
          text = try Workshop.run("/usr/bin/pdftotext", ["output/" + name, "-"], in: workshop.folder).output
        }
        if text.range(of: "zanzibar", options: .caseInsensitive) != nil { found.append(name) }
      }
      #expect(found.allSatisfy { $0.hasPrefix("teacher/") }, "\(found)")
      for name in [
        "report.html", "report.pdf", "report.epub", "markdown/01-first.md", "notebooks/01-first.ipynb",
        "packages/01-first/Sources/First/main.swift",
      ] {
        #expect(found.contains("teacher/" + name), "the teacher's \(name) has no solution")
      }
    }
  }

  @Test func withoutABrowserTheOtherFormatsAreMade() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": "# One\n\nText.\n"])
      // All programs but the browser.
      try FileManager.default.createDirectory(at: workshop.url("bin"), withIntermediateDirectories: true)
      for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: String(folder))) ?? []
        where !name.hasPrefix("chrom") && !name.hasPrefix("google-chrome") {
          symlink("\(folder)/\(name)", workshop.url("bin/" + name).path)
        }
      }
      let built = try workshop.neuronbook(
        ["build", "chapters", "--format", "pdf", "--format", "epub"],
        environment: ["PATH": workshop.url("bin").path])
      #expect(built.status == 1)
      #expect(
        built.error.contains("needs the browser Chromium") && built.error.contains("apt-get install chromium")
      )
      #expect(built.output.contains("→ output/report.epub") && !built.output.contains("report.pdf"))
    }
  }

  @Test func aChaptersPackageBuildsAndRunsByItself() throws {
    try withWorkshop { workshop in
      try Self.book(workshop)
      #expect(try workshop.neuronbook(["build", "chapters", "--format", "package"]).status == 0)
      let package = workshop.url("output/packages/01-first")
      let ran = try Workshop.run("/usr/bin/env", ["swift", "run", "--quiet"], in: package)
      #expect(ran.status == 0, "\(ran.error.suffix(2000)) \(ran.output.suffix(2000))")
      #expect(ran.output.contains("→ figures/fig-points.png"), "\(ran.output)")
      #expect(ran.output.contains("Exercise 1.1: not yet: the sum of all points"), "\(ran.output)")
      #expect(FileManager.default.fileExists(atPath: package.appending(path: "figures/fig-points.png").path))
    }
  }
}
