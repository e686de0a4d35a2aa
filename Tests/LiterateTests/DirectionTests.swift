import Foundation
import Testing

@testable import Literate

/// Text from right to left is set so, and no other text changes.
@Suite struct DirectionTests {
  @Test(arguments: [
    ("<p>שלום <code>x</code></p>", "<p dir=\"auto\">שלום <code>x</code></p>"),
    ("<h2 id=\"a\">العنوان</h2><p>left</p>", "<h2 dir=\"auto\" id=\"a\">العنوان</h2><p>left</p>"),
    ("<p>left<br />right</p><p>א</p>", "<p>left<br />right</p><p dir=\"auto\">א</p>"),
    (
      "<ul><li>פריט</li><li>item</li></ul>", "<ul dir=\"rtl\"><li dir=\"auto\">פריט</li><li>item</li></ul>"
    ),
    (
      "<table><tr><th>שם</th><td>1</td></tr></table>",
      "<table dir=\"rtl\"><tr><th dir=\"auto\">שם</th><td>1</td></tr></table>"
    ),
    ("<p title=\"a > b\">ܐ</p>", "<p dir=\"auto\" title=\"a > b\">ܐ</p>"),
    ("<p>1 < 2 א", "<p dir=\"auto\">1 < 2 א"),
    ("<section><p>ދ</p></section>", "<section><p dir=\"auto\">ދ</p></section>"),
  ]) func whatHoldsSuchLettersFindsItsDirection(_ html: String, _ expected: String) {
    #expect(Direction.marked(html) == expected)
  }

  @Test func otherTextStaysAsItIs() {
    for html in ["", "<p>left ünï 日本語 🎉</p>", "<p><!-- --> a <b", "<p title=\"x\">&lt;</p>"] {
      #expect(Direction.marked(html) == html)
    }
  }

  /// On the page: paragraphs, headings, lists, cells of both kinds of tables, captions and the contents; the browser agrees.
  @Test func thePageIsSetFromRightToLeftWhereItsTextIs() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "01.md": """
        # שלום עולם

        פסקה עם `code(x)` ונוסחה $h_t = 1$.

        ## English

        Left to right.

        - פריט

        | שם | n |
        |----|---|
        | אלף | 1 |

        : כותרת

        ```{swift}
        //| label: tbl-a
        //| caption: "جدول"
        show(Table(columns: ["اسم", "n"], rows: [["ألف", 1]]))
        ```
        """
      ])
      let built = try workshop.neuronbook(["build", "chapters", "--format", "slides", "--format", "epub"])
      #expect(built.status == 0, "\(built.error)")
      let session = try BrowserSession(workshop.url("output/report.html"), in: workshop)
      defer { session.close() }
      try Workshop.wait(for: "the page") {
        let isThere = "document.readyState === 'complete' && document.querySelector('main h1') !== null"
        return try session.value(of: isThere + " ? 'yes' : 'no'") == "yes" ? true : nil
      }
      // A caption begins with "Table 1.", from left to right.
      func directions(_ selector: String) throws -> String {
        try session.value(
          of:
            "[...document.querySelectorAll('\(selector)')].map(e => getComputedStyle(e).direction).join(' ')")
      }
      for (selector, expected) in [
        ("main h1, main section p:not(.title), h2, main li", "rtl rtl ltr ltr rtl"),
        ("section figcaption, tbody tr td:first-child", "rtl rtl ltr rtl"),
        ("main ul, section table", "rtl rtl rtl"),
      ] {
        let found = try directions(selector)
        #expect(found == expected, "\(selector): \(found)")
      }
      #expect(try directions("nav details li").hasPrefix("rtl"))
      #expect(try workshop.text("output/slides/01.html").contains("<p dir=\"auto\">"))
    }
  }
}
