import Foundation
import Testing

/// Results are named by what they depend on, and by nothing else.
@Suite struct CacheTests {
  private let chapter = """
    ---
    parameters:
      units: 32
      rate: 0.5
      seeds: {quick: 1, standard: 3, full: 10}
      name: plain
    ---

    # A

    ```{swift}
    let content = String(decoding: try data("numbers.txt"), as: UTF8.self)
    struct Key: Codable { var units: Int }
    let kept = try cached("draws", key: Key(units: units)) { units * 2 }
    ```

    `{swift} units * 1000`, `{swift} kept`, `{swift} rate`, `{swift} seeds`, `{swift} name`, `{swift} content.count`,
    `{swift} profile.rawValue`
    """

  private func prepare(_ workshop: Workshop) throws {
    try workshop.writeBook(["a.md": chapter, "b.md": "# B\n\n`{swift} 1 + 1`\n"])
    try workshop.write("12345", to: "chapters/numbers.txt")
  }

  @Test func explainSaysWhatChanged() throws {
    try withWorkshop { workshop in
      try prepare(workshop)
      let first = try workshop.neuronbook(["build", "chapters", "--explain"])
      #expect(first.status == 0, "\(first.error)")
      #expect(first.output.contains("a: run, never made before"))
      #expect(first.output.contains("  draws: computed, never made before"))
      #expect(try workshop.text("output/report.html").contains("32,000, 64, 0.5, 3, plain, 5,"))
      #expect(
        try workshop.neuronbook(["build", "chapters", "--explain"]).output.contains(
          "a: not run, nothing changed"))

      // A data file runs its reader again, and no other; the kept value does not depend on it.
      try workshop.write("123456", to: "chapters/numbers.txt")
      let data = try workshop.neuronbook(["build", "chapters", "--explain"]).output
      #expect(data.contains("a: run, the file numbers.txt changed"), "\(data)")
      #expect(data.contains("  draws: kept"))
      #expect(data.contains("b: not run"))

      // A parameter is in the key, and in the key of the value.
      let set = try workshop.neuronbook(["build", "chapters", "--explain", "--set", "units=64"]).output
      #expect(set.contains("a: run, parameter units changed"), "\(set)")
      #expect(set.contains("  draws: computed, units changed"), "\(set)")
      #expect(set.contains("b: not run"))
      #expect(try workshop.text("output/report.html").contains("64,000, 128,"))

      // A cell.
      try workshop.write(
        chapter.replacingOccurrences(of: "units * 2", with: "units * 3"), to: "chapters/a.md")
      let cell = try workshop.neuronbook(["build", "chapters", "--explain", "--set", "units=64"]).output
      #expect(cell.contains("a: run, cell 1 changed"), "\(cell)")

      // The profile.
      let quick = try workshop.neuronbook(["build", "chapters", "--profile", "quick", "--explain"]).output
      #expect(quick.contains("the profile changed"), "\(quick)")
      #expect(try workshop.text("output/report.html").contains("0.5, 1, plain"))
    }
  }

  @Test func aMovedCheckoutStillHits() throws {
    try withWorkshop { workshop in
      try prepare(workshop)
      try workshop.neuronbook(["build", "chapters"])
      try FileManager.default.createDirectory(
        at: workshop.url("elsewhere"), withIntermediateDirectories: true)
      for name in ["chapters", "output"] {
        try FileManager.default.moveItem(at: workshop.url(name), to: workshop.url("elsewhere/\(name)"))
      }
      #expect(try workshop.neuronbook(["build", "elsewhere/chapters"]).output.contains("2 unchanged"))
    }
  }

  @Test func aDamagedRunIsAMiss() throws {
    try withWorkshop { workshop in
      try prepare(workshop)
      try workshop.neuronbook(["build", "chapters"])
      let runs = workshop.url("output/cache/runs")
      for name in try FileManager.default.contentsOfDirectory(atPath: runs.path) {
        let records = runs.appending(path: "\(name)/records.jsonl")
        var bytes = try Data(contentsOf: records)
        bytes.removeLast(5)
        try bytes.write(to: records)
      }
      let again = try workshop.neuronbook(["build", "chapters", "--explain"])
      #expect(again.status == 0)
      #expect(again.output.contains("a: run, the kept one was damaged or unfinished"), "\(again.output)")
      #expect(try workshop.text("output/report.html").contains("32,000"))
    }
  }

  @Test func parametersAreTyped() throws {
    try withWorkshop { workshop in
      try prepare(workshop)
      for (setting, says) in [
        ("units=many", "chapters/a.md:3:3: error: `--set units=many`: a whole number was expected"),
        ("unit=3", "No chapter has a parameter `unit`."), ("units", "is not `name=value`"),
      ] {
        let built = try workshop.neuronbook(["build", "chapters", "--set", setting])
        #expect(built.status == 1)
        #expect(built.error.contains(says), "\(built.error)")
      }
      for (yaml, says) in [
        ("parameters:\n  Units: 3\n", "chapters/a.md:3:3: error: `Units` can't be the name of a constant"),
        ("parameters:\n  n: {fast: 3}\n", "chapters/a.md:3:7: error: There is no profile `fast`"),
        ("parameters:\n  n: [1, 2]\n", "chapters/a.md:3:3: error: The parameter `n` must be"),
        ("title: x\n", "chapters/a.md:2:1: error: The front matter of a chapter has no `title`"),
      ] {
        try workshop.write("---\n\(yaml)---\n\n# A\n", to: "chapters/a.md")
        let built = try workshop.neuronbook(["build", "chapters"])
        #expect(built.status == 1)
        #expect(built.error.contains(says), "\(built.error)")
      }
    }
  }

  @Test func theRecordOfTheRunIsInThePageAndAsJSON() throws {
    try withWorkshop { workshop in
      try prepare(workshop)
      try workshop.neuronbook(["build", "chapters", "--set", "units=64"])
      let page = try workshop.text("output/report.html")
      for part in [
        "How this report was made", "Swift version", "units = 64", "numbers.txt: SHA-256 5994471abb01",
      ] {
        #expect(page.contains(part), "missing: \(part)")
      }
      let record = try JSONSerialization.jsonObject(with: Data(contentsOf: workshop.url("output/run.json")))
      let chapters = try #require((record as? [String: Any])?["chapters"] as? [[String: Any]])
      #expect(chapters.map { $0["chapter"] as? String } == ["a", "b"])
      #expect(chapters[0]["reason"] as? String == "never made before")
    }
  }
}
