import Foundation
import Testing

/// The guide "From a question to a figure in ten minutes", done as it is written.
@Suite struct TenMinutesTests {
  @Test func eachStepWorks() throws {
    try withWorkshop { workshop in
      let guide = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/ten-minutes.md")
      try workshop.writeBook(["01-first.md": "# First\n\nText.\n"])
      try FileManager.default.createDirectory(
        at: workshop.url(".build"), withIntermediateDirectories: true)
      symlink(Workshop.products.path, workshop.url(".build/release").path)
      var steps = 0
      for block in try String(contentsOf: guide, encoding: .utf8).matches(
        of: /(?m)^(?<fence>`{3,})(?<language>\w+)\n(?<text>(?s).*?)\n\k<fence>$/)
      {
        steps += 1
        if block.language == "markdown" {
          try workshop.write(String(block.text) + "\n", to: "chapters/02-lengths.md")
        } else {
          let done = try Workshop.run("/bin/bash", ["-e", "-c", String(block.text)], in: workshop.folder)
          #expect(done.status == 0, "\(block.text): \(done.error)")
        }
      }
      #expect(steps == 6)
      let page = try workshop.text("output/lengths/report.html")
      #expect(page.contains("Figure 2.1.</span></a> The share of test sequences"))
      #expect(!page.contains("Why it is so."))
      #expect(workshop.exists("output/lengths/figures/fig-lengths.png"))
      #expect(try workshop.text("output/lengths/teacher/report.html").contains("Why it is so."))
      #expect(workshop.exists("output/lengths/slides/02-lengths.html"))
      #expect(workshop.exists("output/lengths/notebooks/02-lengths.ipynb"))
    }
  }
}
