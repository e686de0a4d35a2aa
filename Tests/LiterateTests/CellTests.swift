import Foundation
import Testing

/// What cells can show, and how.
@Suite struct CellTests {
  private func page(_ chapter: String, _ look: (Workshop, String) throws -> Void) throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": chapter])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      try look(workshop, try workshop.text("output/report.html"))
    }
  }

  @Test func aFigureOfPartsHasALetterACaptionAndAReferenceForEach() throws {
    let chapter = """
      # Parts

      ```{swift}
      //| label: fig-states
      //| caption: "States"
      //| subcaptions: ["Up to `{swift} 2 * 2`", "Down"]
      //| alt: ["A rising line", "A falling line to `{swift} 0`"]
      //| columns: 2
      show(Figure(width: 320, height: 240) { LineMark(x: [0, 1], y: [0, 4]) })
      show(Figure(width: 320, height: 240) { LineMark(x: [0, 1], y: [4, 0]) })
      ```

      All of @fig-states, @fig-states-1 and [-@fig-states-2].
      """
    try page(chapter) { workshop, page in
      for part in [
        "<figure id=\"fig-states\" aria-labelledby=\"fig-states-caption\">", "<figure id=\"fig-states-1\"",
        "<figure id=\"fig-states-2\"",
        "(a)</span> Up to 4", "(b)</span> Down", "alt=\"A rising line\"", "alt=\"A falling line to 0\"",
        "Figure 1.</span></a> States", "Figure\u{A0}1</a>,", "Figure\u{A0}1a</a>", ">1b</a>", "--columns:2",
      ] {
        #expect(page.contains(part), "missing: \(part)")
      }
      for name in ["fig-states-1.png", "fig-states-2.pdf"] { #expect(workshop.exists("figures/\(name)")) }
      #expect(!workshop.exists("figures/fig-states.png"))
    }
  }

  @Test func standardErrorAndWarningsAreShownWhereAskedFor() throws {
    let chapter = """
      # Outputs

      ```{swift}
      //| stderr: true
      //| warning: true
      FileHandle.standardError.write(Data("said aside <x>\\n".utf8))
      func f() {
        var never = 1
        print(never)
      }
      f()
      ```

      ```{swift}
      FileHandle.standardError.write(Data("said in silence\\n".utf8))
      func g() {
        var neither = 1
        print(neither)
      }
      g()
      ```
      """
    func look(_ page: String) {
      #expect(page.contains("<pre class=\"output stderr\" tabindex=\"0\">said aside &lt;x&gt;"))
      #expect(page.contains("line 3: variable &#39;never&#39; was never mutated"))
      #expect(!page.contains("<pre class=\"output stderr\" tabindex=\"0\">said in silence"))
      #expect(!page.contains("variable &#39;neither&#39;"))
    }
    try page(chapter) { workshop, page in
      look(page)
      // They are kept with the run, and hold where the cell moves.
      try workshop.write("A line.\n\n" + chapter, to: "chapters/01.md")
      #expect(try workshop.neuronbook(["build", "chapters"]).output.contains("1 unchanged"))
      look(try workshop.text("output/report.html"))
    }
  }

  @Test func aCellInFileScopeIsSeenByAllCellsAndRunsOnDemand() throws {
    let chapter = """
      # Scope

      ```{swift}
      print("before")
      let sum = answer + Counter.start
      ```

      ```{swift}
      //| file-scope: true
      private let secret = 40
      let answer: Int = { print("on demand"); return secret }()
      enum Counter { static let start = 2 }
      ```

      The sum is `{swift} sum`.
      """
    try page(chapter) { _, page in
      #expect(page.contains("The sum is 42."))
      #expect(page.contains("before\non demand"))
    }
  }

  @Test func tablesTakeAnyEncodableRows() throws {
    let chapter = """
      # Tables

      ```{swift}
      enum Kind: String, Encodable { case gru, lstm }
      struct Row: Encodable {
        var kind: Kind
        var steps: Int?
        var loss: Double?
        var isBest: Bool
      }
      let rows = [Row(kind: .gru, steps: 7308, loss: 0.5, isBest: true), Row(kind: .lstm, isBest: false)]
      show(
        Table(
          of: rows, titles: ["loss": "Loss <nat>"],
          formats: ["loss": { decimals($0, 3) }, "steps": { decimals($0 / 1000, 1) + "k" }],
          alignments: ["isBest": .centre]))
      ```

      It took `{swift} quantity(0.5342, "ms", decimals: 2)` and `{swift} quantity(1536, "MB")`.
      """
    try page(chapter) { _, page in
      for part in [
        "<th scope=\"col\">Kind</th>", "<th scope=\"col\" class=\"number\">Loss &lt;nat&gt;</th>",
        "<th scope=\"col\" class=\"centre\">Is best</th>", "<td class=\"short\">gru</td>", "7.3k",
        "<td class=\"number\">0.500</td>", "<td class=\"number\">–</td>", "<td class=\"centre\">yes</td>",
        "took 0.53\u{202F}ms and 1,536\u{202F}MB.",
      ] {
        #expect(page.contains(part), "missing: \(part)")
      }
    }
  }
}
