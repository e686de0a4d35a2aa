import Foundation
import Testing

/// The recipes do what they say, and so do the examples of the reference.
@Suite struct RecipesTests {
  private static let docs = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs")

  /// The blocks of a language in a page.
  private static func blocks(_ language: String, in text: String) -> [String] {
    text.matches(of: /(?m)^```(?<language>\w+)\n(?<code>(?s).*?)\n```$/).filter { $0.language == language }
      .map { String($0.code) }
  }

  @Test func eachRecipeWorks() throws {
    try withWorkshop { workshop in
      let recipes = Self.docs.appending(path: "recipes.md")
      let built = try workshop.neuronbook(["build", recipes.path, "--output", "made"])
      #expect(built.status == 0, "\(built.error)")
      let page = try workshop.text("made/report.html")
      #expect(page.contains("imported == lstm</code> is true"))
      // The models have learnt their tasks, so that the numbers mean something; how well depends on the kernels.
      for words in ["in its place in ", "is a row; "] {
        let share = page.firstMatch(of: try Regex(words + #"([\d.]+)\s*%"#))?.output[1].substring
        #expect(share.flatMap { Double($0) } ?? 0 > 70, "\(words)\(share ?? "nothing")")
      }

      // 84 mm are 238.11 points.
      let figure = try Workshop.run(
        "/usr/bin/pdfinfo", ["made/figures/fig-recipe-paper.pdf"], in: workshop.folder)
      #expect(figure.output.contains("238.11"), "\(figure.output)")
      func numbers(_ file: String) throws -> [String] {
        try workshop.text("made/results/\(file)").matches(of: /\d\.\d\d/).map { String($0.output) }
      }
      let (latex, csv) = (try numbers("losses.tex"), try numbers("losses.csv"))
      #expect(latex == csv && latex.count == 9)

      // What the page reads is what Python makes of what the page writes.
      let code = Self.blocks("python", in: try String(contentsOf: recipes, encoding: .utf8))
      try workshop.write(try #require(code.first { $0.contains("rows.tsv") }), to: "made/results/count.py")
      let counted = try Workshop.run("/usr/bin/python3", ["count.py"], in: workshop.url("made/results"))
      #expect(counted.status == 0, "\(counted.error)")
      #expect(
        try workshop.text("made/results/recipes-positions.csv")
          == String(contentsOf: Self.docs.appending(path: "recipes-positions.csv"), encoding: .utf8))
    }
  }

  @Test func theExamplesOfTheReferenceCompile() throws {
    try withWorkshop { workshop in
      let catalogue = Self.docs.appending(path: "Reference.docc")
      let pages = try FileManager.default.contentsOfDirectory(atPath: catalogue.path).filter {
        $0.hasSuffix(".md")
      }
      var text = """
        # Examples

        ```{swift}
        let data = try TokenPositioning(words: 5, lengths: 4...6).balanced(seed: 1)
        let shape = Configuration(units: 32, vocabulary: data.vocabulary)
        let trained = try train(shape, on: data, seeds: [1, 2])
        let model = trained[0].model
        let storing = [1, 2]
        let (lengths, shares, lows, highs) = ([1, 2], [0.5, 0.6], [0.4, 0.5], [0.6, 0.7])
        ```

        """
      var count = 0
      for page in pages {
        let page = try String(contentsOf: catalogue.appending(path: page), encoding: .utf8)
        for block in Self.blocks("swift", in: page) {
          count += 1
          text += "\n```{swift}\nfunc example\(count)() throws {\n\(block)\n}\n```\n"
        }
      }
      #expect(count >= 10)
      try workshop.write(text, to: "examples.md")
      let checked = try workshop.neuronbook(["check", "examples.md"])
      #expect(checked.status == 0, "\(checked.error)")
    }
  }
}
