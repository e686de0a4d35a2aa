import Foundation
import Testing

/// What is printed lies on its paper, whole.
@Suite struct PrintTests {
  @Test func nothingIsCutOffThePaper() throws {
    let token = String(repeating: "abcdefghij", count: 16)
    let chapter = """
      # Wide things

      Text of a usual size. \(token)TEXTEND

      ```{swift}
      //| label: tbl-token
      //| caption: "A token that cannot wrap"
      show(Table(columns: ["name", "value"], rows: [["\(token)CELLEND", 1], ["short", "VALUEEND"]]))
      ```

      ```{swift}
      show(Table(columns: (1...24).map { "column\\($0)" }, rows: [(1...24).map { "\\(100_000 + $0)" }]))
      ```

      | in | Markdown |
      |----|----------|
      | \(token)MARKEND | x |

      $$ \((1...40).map { "a_{\($0)}" }.joined(separator: "+")) = FORMULAEND $$ {#eq-long}

      In a line $\((1...40).map { "b_{\($0)}" }.joined(separator: "+")) = INLINEEND$.

      ```{swift}
      print((0..<60).map { "value \\($0)" }.joined(separator: ", ") + " PRINTEND") // and a long comment that goes on and on and on and on and on and on CODEEND
      ```

      ``` text
      \(token)\(token)PLAINEND
      ```
      """
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": chapter])
      let built = try workshop.neuronbook(["build", "chapters", "--format", "pdf"])
      #expect(built.status == 0, "\(built.error)")
      let boxes = try Workshop.run(
        "/usr/bin/pdftotext", ["-bbox", "output/report.pdf", "-"], in: workshop.folder
      ).output
      let page = try #require(
        boxes.firstMatch(of: /<page width="(?<width>[\d.]+)" height="(?<height>[\d.]+)"/))
      let (width, height) = try (#require(Double(page.width)), #require(Double(page.height)))
      var words: [(text: String, height: Double)] = []
      for word in boxes.matches(
        of:
          /<word xMin="(?<left>[\d.\-]+)" yMin="(?<top>[\d.\-]+)" xMax="(?<right>[\d.\-]+)" yMax="(?<bottom>[\d.\-]+)">(?<text>[^<]*)</
      ) {
        let sides = try [word.left, word.top, word.right, word.bottom].map { try #require(Double($0)) }
        #expect(
          sides[0] >= 28 && sides[1] >= 0 && sides[2] <= width - 28 && sides[3] <= height,
          "\(word.text) at \(sides)")
        words.append((String(word.text), sides[3] - sides[1]))
      }
      // Letters of formulas are letters of mathematics.
      let text = words.map(\.text).joined().precomposedStringWithCompatibilityMapping
      for end in ["TEXT", "CELL", "VALUE", "MARK", "FORMULA", "INLINE", "PRINT", "CODE", "PLAIN"] {
        #expect(text.contains(end + "END"), "\(end)")
      }
      for column in 1...24 { #expect(text.contains("\(100_000 + column)"), "column \(column)") }
      // The page was not shrunk: text has its size, as on a page without wide things.
      let usual = try #require(words.first { $0.text == "usual" })
      try workshop.writeBook(["01.md": "# Narrow\n\nText of a usual size.\n"])
      #expect(try workshop.neuronbook(["build", "chapters", "--format", "pdf"]).status == 0)
      let other = try Workshop.run(
        "/usr/bin/pdftotext", ["-bbox", "output/report.pdf", "-"], in: workshop.folder
      ).output
      let same = try #require(
        other.firstMatch(of: /yMin="(?<top>[\d.]+)" xMax="[\d.]+" yMax="(?<bottom>[\d.]+)">usual</))
      let size = try #require(Double(same.bottom)) - #require(Double(same.top))
      #expect(abs(usual.height - size) < 0.2, "\(usual.height) is not \(size)")
    }
  }

  /// An EPUB is XML: what a terminal is told in signs of its own, and what an author writes in HTML, may not break it.
  @Test func anEPUBIsReadWhateverIsInIt() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "01.md": """
        # Colours

        One line<br>another. H<sub>2</sub>O, <kbd>Ctrl</kbd>&nbsp;<mark>x</mark>.

        | a | b |
        |---|---|
        | one<br>two | 3 |

        ```{swift}
        print("\\u{1B}[31mred\\u{1B}[0m bell\\u{7} null\\u{0}")
        show(Table(columns: ["a\\u{8}"], rows: [["b\\u{1B}[1mbold\\u{C}"]]))
        ```

        `{swift} "in\\u{2}line"`
        """
      ])
      let built = try workshop.neuronbook(["build", "chapters", "--format", "all"])
      #expect(built.status == 0, "\(built.error)")
      let read = try Workshop.run(
        "/usr/bin/pandoc", ["--from=epub", "--to=html", "--wrap=none", "output/report.epub"],
        in: workshop.folder)
      #expect(read.status == 0, "\(read.error)")
      let notebook = try workshop.text("output/notebooks/01.ipynb")
      for text in [
        read.output, try workshop.text("output/report.html"), try workshop.text("output/markdown/01.md"),
      ] {
        for part in ["red bell␇ null␀", "a␈", "bbold␌", "in␂line", "<sub>2</sub>", "one<br", "Ctrl"] {
          #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains("\u{1B}") && !text.contains("␛"))
      }
      #expect(notebook.contains("red bell␇") && notebook.contains("<sub>2</sub>"))
    }
  }
}
