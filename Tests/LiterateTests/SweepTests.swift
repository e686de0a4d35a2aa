import CellRecords
import Foundation
import Testing

/// Sweeps by the real command: what is listed, who computes, and what goes wrong. Slurm and ssh are in `make test-sweeps`.
@Suite struct SweepTests {
  /// A chapter whose points note when they begin, and fail as they are told.
  private func chapter(_ points: String, before: String = "", _ block: String = "return point.n * 10")
    -> String
  {
    """
    # Sweep

    ```{swift}
    struct Point: Codable { var n: Int }
    struct Diverged: Error {}
    let folder = resultsFolder
    func note(_ n: Int) {
      let file = open(folder.path + "/runs.txt", O_WRONLY | O_CREAT | O_APPEND, 0o644)
      _ = "\\(n)\\n".withCString { write(file, $0, strlen($0)) }
      close(file)
    }
    \(before)
    ```

    ```{swift}
    let study = try sweep("tens", over: \(points)) { point in
      note(point.n)
      print("the log of", point.n)
      \(block)
    }
    ```

    There are `{swift} study.completed.count` of `{swift} study.points.count`, together `{swift} study.completed.map(\\.result).reduce(0, +)`.

    """
  }

  private func runs(_ workshop: Workshop) throws -> [Int] {
    guard workshop.exists("output/results/runs.txt") else { return [] }
    return try workshop.text("output/results/runs.txt").split(separator: "\n").compactMap { Int($0) }.sorted()
  }

  private func keys(_ workshop: Workshop) throws -> [String] {
    let listed = try workshop.neuronbook(["sweep", "chapters", "--all", "--progress", "quiet"])
    return listed.output.matches(of: /tens-[0-9a-f]{12}-[0-9a-f]{16}/).map { String($0.output) }
  }

  /// What the full profile finds by a sweep is a file of the report, which a build writes; who computes points writes none.
  @Test func aFindingMadeByASweepIsWrittenByABuild() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "a.md": """
        # Found

        ```{swift}
        struct Point: Codable { var n: Int }
        let found = try fullFinding("tens") {
          try sweep("tens", over: (0..<3).map { Point(n: $0) }) { $0.n * 10 }.completed.map(\\.result)
        }
        ```

        There are `{swift} found?.count ?? 0`.
        """
      ])
      let swept = try workshop.neuronbook(["sweep", "chapters", "--profile", "full", "--local"])
      #expect(swept.status == 0, "\(swept.output)\(swept.error)")
      #expect(swept.output.contains("tens (a): 3 points: 3 kept"), "\(swept.output)")
      #expect(!workshop.exists("output/findings/tens.json"))
      let built = try workshop.neuronbook(["build", "chapters", "--profile", "full"])
      #expect(built.status == 0, "\(built.error)")
      let finding = try workshop.text("output/findings/tens.json")
      #expect(finding.filter { !$0.isWhitespace } == "[0,10,20]")
      #expect(try workshop.text("output/report.html").contains("There are 3."))
    }
  }

  @Test func pointsAreListedComputedInProcessesAndThenTaken() throws {
    try withWorkshop { workshop in
      let points = "(0..<12).map { Point(n: $0) }"
      try workshop.writeBook(["a.md": chapter(points)])
      let listed = try workshop.neuronbook(["sweep", "chapters", "--all"])
      #expect(listed.status == 0, "\(listed.error)")
      #expect(listed.output.contains("tens (a): 12 points: 12 missing"), "\(listed.output)")
      #expect(listed.output.contains("missing  {\"n\":11}"))
      #expect(try runs(workshop).isEmpty)

      let keys = try keys(workshop)
      let task = try workshop.neuronbook(["task", keys[3], keys[4]])
      #expect(task.status == 0 && task.output == "2 kept\n", "\(task.output)\(task.error)")
      #expect(try runs(workshop) == [3, 4])

      // A build that computes none shows what is there.
      let shown = try workshop.neuronbook(["build", "chapters", "--no-run"])
      #expect(shown.status == 0, "\(shown.error)")
      let page = try workshop.text("output/report.html")
      #expect(page.contains("10 of 12 points of “tens” are missing"))
      #expect(page.contains("There are 2 of 12, together 70."))

      let swept = try workshop.neuronbook([
        "sweep", "chapters", "--name", "tens", "--local", "--at-once", "2",
      ])
      #expect(swept.status == 0, "\(swept.output)\(swept.error)")
      #expect(swept.output.contains("tens (a): 12 points: 12 kept"), "\(swept.output)")
      #expect(try runs(workshop) == Array(0..<12))

      let built = try workshop.neuronbook(["build", "chapters", "--explain"])
      #expect(built.status == 0 && built.output.contains("tens: kept"), "\(built.output)\(built.error)")
      let whole = try workshop.text("output/report.html")
      #expect(whole.contains("There are 12 of 12, together 660.") && !whole.contains("are missing"))

      // A longer grid keeps what there is; other code has other keys.
      try workshop.writeBook(["a.md": chapter("(0..<14).map { Point(n: $0) }")])
      let longer = try workshop.neuronbook(["sweep", "chapters", "--command", "sh"])
      #expect(
        longer.status == 0 && longer.output.contains("14 points: 14 kept"), "\(longer.output)\(longer.error)")
      #expect(try runs(workshop) == Array(0..<14))
      try workshop.writeBook(["a.md": chapter(points, "return point.n * 11")])
      #expect(try workshop.neuronbook(["sweep", "chapters"]).output.contains("12 points: 12 missing"))

      let cache = try workshop.neuronbook(["cache", "list", "chapters"])
      #expect(cache.output.contains("sweep  tens-"), "\(cache.output)")
      #expect(try workshop.neuronbook(["cache", "verify", "chapters"]).status == 0)
      let pruned = try workshop.neuronbook(["cache", "prune", "chapters", "--keep-days", "0"])
      #expect(pruned.status == 0 && !workshop.exists("output/cache/values/sweeps/tens"))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: workshop.url("output/cache/values/sweeps").path)
          .isEmpty)
    }
  }

  @Test func whatFailsIsListedWithItsLogAndTriedAgain() throws {
    try withWorkshop { workshop in
      let block = """
        if point.n == 1 { throw Diverged() }
          if point.n == 2 { let none: Int? = nil; print(none!) }
          if point.n == 3 { kill(getpid(), SIGKILL) }
          return point.n
        """
      try workshop.writeBook(["a.md": chapter("(0..<6).map { Point(n: $0) }", block)])
      for round in 1...2 {
        let swept = try workshop.neuronbook(["sweep", "chapters", "--local", "--at-once", "1"])
        #expect(swept.status == 1)
        #expect(swept.output.contains("6 points: 3 kept, 3 failed"), "\(swept.output)\(swept.error)")
        #expect(swept.output.contains("Diverged()"))
        #expect(swept.output.contains("it stopped the program: Unexpectedly found nil"), "\(swept.output)")
        #expect(swept.output.contains("its program was ended by signal 9 (Killed)"), "\(swept.output)")
        #expect(swept.output.contains("| the log of 1") && swept.output.contains("| the log of 3"))
        // Only what is missing runs again.
        let failing = [1, 2, 3]
        #expect(try runs(workshop) == ([0, 4, 5] + (0..<round).flatMap { _ in failing }).sorted())
      }
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 1 && built.error.contains("chapters/a.md:"), "\(built.error)")
    }
  }

  @Test func aWorkerThatIsKilledLosesOnePoint() throws {
    try withWorkshop { workshop in
      // The second point waits for ever, the first time.
      let block = """
        if point.n == 1, !FileManager.default.fileExists(atPath: folder.path + "/go") { while true { pause() } }
          return point.n
        """
      try workshop.writeBook(["a.md": chapter("(0..<3).map { Point(n: $0) }", block)])
      let keys = try keys(workshop)
      let task = try Workshop.start(Workshop.command.path, ["task"] + keys, in: workshop.folder)
      try Workshop.wait(for: "the second point") { try runs(workshop).contains(1) ? true : nil }
      let running = try workshop.neuronbook(["sweep", "chapters"])
      #expect(running.output.contains("3 points: 1 kept, 1 running, 1 missing"), "\(running.output)")
      // Who asks meanwhile leaves it alone.
      let other = try workshop.neuronbook(["task", keys[1], keys[2]])
      #expect(
        other.status == 0 && other.output == "1 kept, 1 computed by others\n", "\(other.output)\(other.error)"
      )
      kill(task.processIdentifier, SIGKILL)
      #expect(task.wait().status == 128 + SIGKILL)
      try Workshop.wait(for: "the end of its program") {
        let listed = try workshop.neuronbook(["sweep", "chapters"])
        return listed.output.contains("2 kept, 1 killed") ? true : nil
      }
      let killed = try workshop.neuronbook(["sweep", "chapters"])
      #expect(
        killed.output.contains("ended without a word") && killed.output.contains("| the log of 1"),
        "\(killed.output)")
      try workshop.write("", to: "output/results/go")
      let swept = try workshop.neuronbook(["sweep", "chapters", "--local"])
      #expect(swept.status == 0 && swept.output.contains("3 points: 3 kept"), "\(swept.output)\(swept.error)")
      #expect(try runs(workshop) == [0, 1, 1, 2])
    }
  }

  /// A second sweep is known when the first is complete; a task of it takes the first as it is.
  @Test func aSweepMadeOfAnother() throws {
    try withWorkshop { workshop in
      let text =
        chapter("(0..<3).map { Point(n: $0) }")
        + "\n```{swift}\nlet best = study.completed.map(\\.result).max()!\n"
        + "let second = try sweep(\"second\", over: (0..<4).map { Point(n: best + $0) }) { $0.n }\n```\n\n"
        + "Last: `{swift} second.results.last!!`\n"
      try workshop.writeBook(["a.md": text])
      let early = try workshop.neuronbook(["sweep", "chapters", "--name", "second"])
      #expect(early.status == 1)
      #expect(
        early.error.contains("The chapters come to the sweeps “tens”, and to no “second”."), "\(early.error)")
      let swept = try workshop.neuronbook(["sweep", "chapters", "--local"])
      #expect(swept.status == 0, "\(swept.output)\(swept.error)")
      #expect(swept.output.contains("3 points: 3 kept") && swept.output.contains("4 points: 4 kept"))
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      #expect(try workshop.text("output/report.html").contains("Last: 23"))
    }
  }

  @Test func badInputIsSaid() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["a.md": chapter("[Point]()")])
      let none = try workshop.neuronbook(["sweep", "chapters", "--local"])
      #expect(none.status == 0 && none.output.contains("tens (a): 0 points\n"), "\(none.output)\(none.error)")
      for key in ["tens-000000000000-0123456789abcdef", "tens", "../x-0123456789abcdef"] {
        let task = try workshop.neuronbook(["task", key])
        #expect(task.status == 1 && task.error.contains("No sweep has a point `\(key)`."), "\(task.error)")
      }
      try workshop.writeBook(["a.md": chapter("(0..<2).map { Point(n: $0) }")])
      let keys = try keys(workshop)
      let wrong = try workshop.neuronbook(["sweep", "chapters", "--command", "no-such-program"])
      #expect(
        wrong.status == 1 && wrong.error.contains("The command of --command could not be run"),
        "\(wrong.error)")
      // Another library in the place of the one that the plan was made with.
      let plans = workshop.url("output/cache/values/sweeps/\(keys[0].dropLast(17))/plans")
      let plan = try #require(FileManager.default.contentsOfDirectory(atPath: plans.path).first)
      let settings = plans.appending(path: plan + "/task.json")
      let text = try String(contentsOf: settings, encoding: .utf8)
      try text.replacing(/"Networks" : "[0-9a-f]+"/, with: "\"Networks\" : \"other\"").write(
        to: settings, atomically: true, encoding: .utf8)
      let stale = try workshop.neuronbook(["task", keys[0]])
      #expect(
        stale.status == 1 && stale.error.contains("its module Networks is another one"), "\(stale.error)")
      // Other kernels of products are another key.
      try text.write(to: settings, atomically: true, encoding: .utf8)
      let own = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"]
      let kernels = try workshop.neuronbook(
        ["task", keys[0]], environment: ["OPENBLAS_CORETYPE": own == "Prescott" ? "Nehalem" : "Prescott"])
      #expect(kernels.status == 1 && kernels.error.contains("the matrix kernels changed"), "\(kernels.error)")
      #expect(try runs(workshop).isEmpty)
    }
  }

  @Test func whereThereIsNoSlurmItIsSaidWhatToInstall() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["a.md": chapter("(0..<2).map { Point(n: $0) }")])
      _ = try keys(workshop)
      // The programs that the command calls, and none of Slurm's.
      try FileManager.default.createDirectory(at: workshop.url("bin"), withIntermediateDirectories: true)
      let found = try Workshop.run(
        "/bin/sh",
        ["-c", "for p in swiftc pkg-config unshare true env git; do ln -s $(command -v $p) bin/$p; done"],
        in: workshop.folder)
      #expect(found.status == 0, "\(found.error)")
      let swept = try workshop.neuronbook(
        ["sweep", "chapters", "--slurm"], environment: ["PATH": workshop.url("bin").path])
      #expect(swept.status == 1)
      #expect(swept.error.contains("The program `sbatch` was not found."), "\(swept.error)")
      #expect(swept.error.contains("apt-get install slurm-client"), "\(swept.error)")
    }
  }

  @Test(.enabled(if: DiskTests.canMount)) func aFullDiskIsSaidAndThePointsAreComputedLater() throws {
    try withWorkshop { workshop in
      // Each result takes a megabyte of a disk of eight.
      let block = "return [Int](repeating: point.n + 100_000_000, count: 100_000)"
      let text = chapter("(0..<12).map { Point(n: $0) }", block).replacing(
        "study.completed.map(\\.result).reduce(0, +)", with: "study.completed.map(\\.result[0]).reduce(0, +)")
      try workshop.writeBook(["a.md": text])
      try FileManager.default.createDirectory(at: workshop.url("output"), withIntermediateDirectories: true)
      let script = """
        neuronbook='\(Workshop.command.path)'
        mount -t tmpfs -o size=8m none output || exit 9
        $neuronbook sweep chapters --local --at-once 1; echo "full: $?"
        mount -o remount,size=64m output
        $neuronbook sweep chapters --local --at-once 1; echo "then: $?"
        $neuronbook cache verify chapters
        """
      let result = try Workshop.run(
        "/usr/bin/unshare", ["--user", "--map-root-user", "--mount", "sh", "-c", script], in: workshop.folder)
      let said = result.output + result.error
      #expect(said.contains("full: 1") && said.contains("no space left on device"), "\(said)")
      #expect(said.contains("12 points: 12 kept") && said.contains("then: 0"), "\(said)")
      #expect(said.contains(" 0 damaged"), "\(said)")
    }
  }
}
