import Foundation
import Testing

/// The page in a real browser.
@Suite struct PageTests {
  /// What headless Chromium makes of a page, and what it says on the console.
  private func open(_ page: URL, in workshop: Workshop) throws -> (tree: String, console: [Substring]) {
    let result = try Workshop.run(
      "/usr/bin/chromium",
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0", "--dump-dom",
        "--user-data-dir=" + workshop.url("profile").path, page.absoluteString,
      ], in: workshop.folder)
    try #require(result.status == 0, "Chromium: \(result.error)")
    return (result.output, result.error.split(separator: "\n").filter { $0.contains("CONSOLE") })
  }

  @Test func opensSilentlyAndLoadsNothing() throws {
    try withWorkshop { workshop in
      try BuildTests.book(workshop)
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      let (tree, console) = try open(workshop.url("output/report.html"), in: workshop)
      #expect(Workshop.withoutTraces(tree).contains("Value: 700"))
      #expect(console.isEmpty, "\(console)")
      // Whatever could load has its content inside.
      let page = try workshop.text("output/report.html")
      for match in page.matches(of: /(?:src|srcset|<link[^>]*href)="(?<target>[^"]*)"/) {
        #expect(match.target.hasPrefix("data:"), "loads \(match.target.prefix(60))")
      }
      #expect(!page.contains("<script"))
      #expect(!page.contains("@import"))
      #expect(!page.contains("url("))
    }
  }

  @Test func refusesToLoadWhatAnAuthorSmugglesIn() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": "# P\n\n<img src=\"http://127.0.0.1:9/x.png\" alt=\"\">\n\nText\n"])
      try workshop.neuronbook(["build", "chapters"])
      let (_, console) = try open(workshop.url("output/report.html"), in: workshop)
      #expect(console.contains { $0.contains("Content Security Policy") }, "\(console)")
    }
  }
}
