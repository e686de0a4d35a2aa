import Foundation
import Testing

/// What must never execute a chapter: `check` and `build --no-run`.
@Suite struct NoRunTests {
  private let chapter = """
    # A

    ```{swift}
    fclose(fopen("../output/ran.txt", "w"))
    let one = 1
    print("first cell")
    ```

    ```{swift}
    let two = one + 1
    print("second cell")
    ```

    ```{swift}
    //| label: fig-two
    //| caption: "Two"
    //| alt: "A line"
    show(Figure { LineMark(x: [0, 1], y: [0, Double(two)]) })
    print("third cell")
    ```

    One is `{swift} one`, two is `{swift} two`, three is `{swift} two + 1`.
    """

  @Test func neitherExecutesAnything() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["a.md": chapter])
      #expect(try workshop.neuronbook(["check", "chapters"]).status == 0)
      let built = try workshop.neuronbook(["build", "chapters", "--no-run"])
      #expect(built.status == 0, "\(built.error)")
      #expect(built.output.hasSuffix("1 chapters, 1 stale → output/report.html\n"), "\(built.output)")
      #expect(!workshop.exists("output/ran.txt"))
      #expect(try workshop.text("output/report.html").contains("it was never run to its end"))

      // What is kept is shown, by the same engine that would run it.
      try workshop.neuronbook(["build", "chapters"])
      #expect(workshop.exists("output/ran.txt"))
      let run = try workshop.text("output/report.html")
      try FileManager.default.removeItem(at: workshop.url("output/ran.txt"))
      let again = try workshop.neuronbook(["build", "chapters", "--no-run"])
      #expect(again.output.contains("1 chapters, 1 unchanged"), "\(again.output)")
      #expect(try workshop.text("output/report.html") == run)
    }
  }

  @Test func whatFollowsAChangeIsShownAsStale() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["a.md": chapter])
      try workshop.neuronbook(["build", "chapters"])
      try FileManager.default.removeItem(at: workshop.url("output/ran.txt"))
      try workshop.write(chapter.replacing("one + 1", with: "one + 5"), to: "chapters/a.md")
      let built = try workshop.neuronbook(["build", "chapters", "--no-run", "--explain"])
      #expect(built.status == 0, "\(built.error)")
      #expect(built.output.contains("a: not run, cell 2 changed"), "\(built.output)")
      #expect(!workshop.exists("output/ran.txt"))
      let page = try workshop.text("output/report.html")
      let note = "What follows is of an earlier run."
      let (head, rest) = try #require(page.split(after: "first cell"))
      #expect(!head.contains(note))
      #expect(rest.contains("This cell has not been run as it is now."))
      #expect(!page.contains("<pre class=\"output\" tabindex=\"0\">second cell"))
      #expect(rest.contains(note) && rest.contains("third cell") && rest.contains("id=\"fig-two\""))
      #expect(page.contains("One is <span class=\"value stale\"") || page.contains("One is 1,"))
      #expect(page.contains("two is <span class=\"value stale\" title=\"of an earlier run\">2</span>"))
      #expect(try workshop.text("output/run.json").contains("\"stale\" : \"cell 2 changed\""))
    }
  }
}

extension String {
  /// What comes up to a part and what comes after it.
  fileprivate func split(after part: String) -> (String, String)? {
    range(of: part).map { (String(self[..<$0.upperBound]), String(self[$0.upperBound...])) }
  }
}
