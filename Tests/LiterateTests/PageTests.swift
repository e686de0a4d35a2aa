import Foundation
import Testing

/// A real browser.
enum Browser {
  /// What headless Chromium makes of a page, and what it says on the console.
  static func open(_ page: URL, in workshop: Workshop) throws -> (tree: String, console: [Substring]) {
    let result = try Workshop.run(
      "/usr/bin/chromium",
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0", "--dump-dom",
        "--user-data-dir=" + workshop.url("profile").path, page.absoluteString,
      ], in: workshop.folder)
    try #require(result.status == 0, "Chromium: \(result.error)")
    return (result.output, result.error.split(separator: "\n").filter { $0.contains("CONSOLE") })
  }
}

/// The page in a real browser.
@Suite struct PageTests {
  @Test func refusesToLoadWhatAnAuthorSmugglesIn() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": "# P\n\n<img src=\"http://127.0.0.1:9/x.png\" alt=\"\">\n\nText\n"])
      try workshop.neuronbook(["build", "chapters"])
      let (_, console) = try Browser.open(workshop.url("output/report.html"), in: workshop)
      #expect(console.contains { $0.contains("Content Security Policy") }, "\(console)")
    }
  }
}
