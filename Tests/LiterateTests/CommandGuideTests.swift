import Foundation
import Testing

/// The guide to the command, done as it is written.
@Suite struct CommandGuideTests {
  private static var lines: [String] {
    get throws {
      let guide = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/command.md")
      let text = try String(contentsOf: guide, encoding: .utf8)
      return text.matches(of: /(?m)^```sh\n((?s).*?)\n```$/).flatMap {
        $0.1.split(separator: "\n").map(String.init)
      }
    }
  }

  @Test func eachExampleWorks() throws {
    try withWorkshop { workshop in
      let text = """
        # First

        ::: {.exercise #exr-double}
        **Double.** What is twice `{swift} randomSets`?

        ```{swift}
        //| exercise: starter
        let twice = 0
        ```

        ::: {.solution}
        By two.

        ```{swift}
        let twice = 2 * randomSets
        ```
        :::

        ```{swift}
        //| exercise: check
        try require(twice == randomSets + randomSets, "add them")
        ```
        :::

        ```{swift}
        struct Point: Codable { var seed: Int }
        let study = try sweep("sizes", over: (0..<4).map { Point(seed: $0) }) { point in
          point.seed * randomSets
        }
        ```
        """
      try workshop.writeBook(
        ["07-outputting.md": text + "\n"],
        more: "parameters:\n  randomSets: {quick: 4, standard: 8, full: 32}\n  withoutTraining: false\n")
      try FileManager.default.createDirectory(
        at: workshop.url(".build"), withIntermediateDirectories: true)
      symlink(Workshop.products.path, workshop.url(".build/release").path)
      func run(_ line: String) throws -> String {
        guard line.contains(" preview ") else {
          let done = try Workshop.run("/bin/bash", ["-e", "-c", line], in: workshop.folder)
          #expect(done.status == 0, "\(line): \(done.error)")
          return done.output
        }
        // A preview ends when it is told to. Another one on this machine may have the port.
        let served = try Workshop.start(
          "/bin/bash", ["-c", "exec " + line.replacing("--port 4200", with: "--port 0")], in: workshop.folder)
        try Workshop.wait(for: "the page of the preview") { served.said.contains("built in") ? true : nil }
        kill(served.processIdentifier, SIGINT)
        let done = served.wait()
        #expect(done.status == 130, "\(line): \(done.error)")
        return done.output
      }
      var outputs: [String: String] = [:]
      let lines = try Self.lines
      for line in lines { outputs[line] = try run(line) }

      func output(_ part: String) -> String {
        outputs.filter { $0.key.contains(part) }.values.joined(separator: "\n")
      }
      #expect(workshop.exists("output/outputting/report.html"))
      #expect(output("--set randomSets=50 --set").contains("07-outputting: done"))
      #expect(output("--explain").contains("07-outputting"))
      #expect(output("--no-run").contains("1 chapters"))
      #expect(try workshop.text("output/teacher/report.html").contains("By two."))
      #expect(workshop.exists("output/slides/07-outputting.html") && workshop.exists("output/markdown"))
      #expect(try workshop.text("progress.jsonl").hasPrefix("{"))
      #expect(output("check chapters").contains("1 chapters, nothing wrong"))
      #expect(output("--port 4200").contains("http://127.0.0.1:"))
      #expect(try workshop.text("output/preview/teacher/report.html").contains("By two."))
      #expect(workshop.exists("chapters/08-forgetting.md"))
      #expect(try workshop.text("chapters/08-forgetting.md").contains("{.exercise #exr-slope}"))
      #expect(output("sweep chapters --local").contains("sizes (07-outputting): 4 points: 4 kept"))
      #expect(output("--command sh").contains("4 points: 4 kept"))
      #expect(output(" task ").contains("1 kept"))
      #expect(output("cache verify").contains("whole, 0 damaged"))
      #expect(output("compare output output/copy/values.json").contains("Parameter randomSets: 8 → 50"))
      #expect(try workshop.text("output/summary.json").contains("\"inline values\""))
      #expect(output("verify chapters --progress quiet").contains("second: output/verify"))
      #expect(output("--keep-days").contains("entries removed"))
    }
  }

  /// What the command says of itself names no option that the guide does not show at work.
  @Test func everyOptionIsShown() throws {
    try withWorkshop { workshop in
      let shown = try Self.lines.joined(separator: "\n")
      let commands = [
        ["build"], ["check"], ["preview"], ["sweep"], ["task"], ["new", "chapter"], ["new", "exercise"],
        ["cache", "list"], ["cache", "verify"], ["cache", "prune"], ["compare"], ["verify"],
      ]
      for command in commands {
        let lines = shown.split(separator: "\n").filter {
          $0.contains(" " + command.joined(separator: " ") + " ")
        }
        #expect(!lines.isEmpty, "\(command)")
        let help = try workshop.neuronbook(["help"] + command).output
        let options = Set(help.matches(of: /(?m)^  (?:-[a-z], )?(--[a-z-]+)/).map { String($0.1) })
        #expect(options.contains("--help"))
        for option in options.subtracting(["--help", "--version"]) {
          #expect(shown.contains(option + " ") || shown.contains(option + "\n"), "\(command) \(option)")
        }
      }
    }
  }
}
