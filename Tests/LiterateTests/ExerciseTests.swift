import Foundation
import Testing

/// Exercises: compiled and run in the build, with the solution for the teacher alone.
@Suite struct ExerciseTests {
  /// A chapter whose solutions hold a phrase in prose, code, values, output, a figure and notes.
  static let chapter = """
    # Exercises {#sec-exercises}

    <!-- a remark: zanzibar in a comment -->

    ```{swift}
    //| label: fig-points
    //| caption: "The points"
    //| alt: "A rising line"
    let points = [1.0, 2.0, 4.0]
    show(Figure(height: 200) { LineMark(x: [0, 1, 2], y: points) })
    ```

    ::: {.exercise #exr-sum}
    **The sum.** Add the `{swift} points.count` points of @fig-points.

    ```{swift}
    //| exercise: starter
    let answer = 0.0
    ```

    ::: {.hint}
    Begin with nothing.
    :::

    ::: {.hint}
    Then add one.
    :::

    ::: {.solution}
    Prose of zanzibar: the sum is `{swift} decimals(zanzibarSum, 1) + " zanzibar"`.

    ```{swift}
    //| alt: "zanzibar, `{swift} zanzibarSum`"
    let zanzibarSum = points.reduce(0, +)
    let answer = zanzibarSum
    print("zanzibar printed \\(answer)")
    show(Figure(height: 200) { LineMark(x: [0, 1], y: [0, answer]) })
    _ = try cached("zanzibar kept", key: 1) { 3 }
    show(Claim("zanzibar", "zanzibar", criterion: "zanzibar", estimate: 1, interval: Interval(low: 0, high: 1), null: "0", count: 1, isMet: { _ in true }))
    ```
    :::

    ```{swift}
    //| exercise: check
    print("of the check: \\(answer)")
    try require(abs(answer - 7) < 0.1, "the sum of all points")
    ```
    :::

    ::: {.exercise #exr-again}
    **The same name.** Count them.

    ```{swift}
    //| exercise: starter
    let answer = 0
    ```

    ::: {.solution}
    ```{swift}
    let answer = points.count
    ```
    :::

    ```{swift}
    //| exercise: check
    try require(answer == 3, "as many as there are")
    ```
    :::

    ```{swift}
    let answer = "the chapter's own"
    ```

    Then: `{swift} answer`, after @exr-sum and [-@exr-again].
    """

  @Test func aSolutionIsInTheTeachersEditionAlone() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": Self.chapter])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      let student = try workshop.text("output/report.html")
      for part in [
        "Exercise\u{A0}1.</span> <strong>The sum.</strong>", "let", "Add the 3 points",
        "<summary>Hint 1</summary>",
        "Then add one.", "The check that an answer must pass", "Then: the chapter's own",
        ">Exercise\u{A0}1</a>",
        ">2</a>",
      ] {
        #expect(student.contains(part), "missing: \(part)")
      }
      for name in ["report.html", "run.json"] {
        let text = try workshop.text("output/\(name)")
        #expect(text.range(of: "zanzibar", options: .caseInsensitive) == nil, "\(name)")
      }
      #expect(!workshop.exists("output/scorecard.json"))

      let again = try workshop.neuronbook(["build", "chapters", "--edition", "teacher"])
      #expect(again.status == 0 && again.output.contains("1 unchanged"), "\(again.error)")
      let teacher = try workshop.text("output/teacher/report.html")
      for part in [
        "<summary>Solution</summary>", "the sum is 7.0 zanzibar", "zanzibar printed 7.0", "zanzibar, 7",
      ] {
        #expect(teacher.contains(part), "missing: \(part)")
      }
      #expect(!teacher.contains("of the check: 7"), "what the check prints is shown")
      #expect(workshop.exists("output/teacher/scorecard.json"))
      #expect(try workshop.text("output/report.html") == student)
    }
  }

  struct Case: CustomTestStringConvertible {
    var name: String
    /// What of the good exercise is replaced, and by what.
    var change: (String, String)
    var place: String
    var says: [String]
    var foundByCheck = true
    var testDescription: String { name }
  }

  static let good = """
    # E

    ::: {.exercise #exr-a}
    Prompt

    ```{swift}
    //| exercise: starter
    let answer = 0
    ```

    ::: {.solution}
    ```{swift}
    let answer = 3
    ```
    :::

    ```{swift}
    //| exercise: check
    try require(answer == 3, "three")
    ```
    :::

    """

  static let cases = [
    Case(
      name: "no check",
      change: ("```{swift}\n//| exercise: check\ntry require(answer == 3, \"three\")\n```\n", ""),
      place: "01.md:3:1",
      says: ["`exr-a` has no check", "exercise: check"]),
    Case(
      name: "no starter", change: ("```{swift}\n//| exercise: starter\nlet answer = 0\n```\n", ""),
      place: "01.md:3:1", says: ["`exr-a` has no starter"]),
    Case(
      name: "no solution", change: ("```{swift}\nlet answer = 3\n```\n", "Three.\n"), place: "01.md:3:1",
      says: ["`exr-a` has no solution"]),
    Case(
      name: "no label", change: (" #exr-a", ""), place: "01.md:3:1", says: ["no label", "#exr-something"]),
    Case(
      name: "solution that does not pass", change: ("let answer = 3", "let answer = 4"), place: "01.md:19:12",
      says: ["does not pass the check: three"], foundByCheck: false),
    Case(
      name: "solution that does not compile", change: ("let answer = 3", "let answer: Int = \"3\""),
      place: "01.md:13:19", says: ["cannot convert value of type 'String'"]),
    Case(
      name: "starter of another type", change: ("let answer = 0", "let answer = \"\""), place: "01.md:19:",
      says: ["'String'"]),
    Case(
      name: "cell without a part", change: ("//| exercise: starter\n", ""), place: "01.md:6:1",
      says: ["neither its starter nor its check"]),
    Case(
      name: "part that is none", change: ("exercise: starter", "exercise: begin"), place: "01.md:7:5",
      says: ["must be starter or check", "begin"]),
    Case(
      name: "label in a solution", change: ("let answer = 3", "//| label: fig-b\nlet answer = 3"),
      place: "01.md:12:1", says: ["`fig-b` stands in an exercise"]),
    Case(
      name: "heading in an exercise", change: ("Prompt", "## Title"), place: "01.md:4:4",
      says: ["the heading “Title”", "bold"]),
    Case(
      name: "solution outside an exercise", change: ("# E\n", "# E\n\n::: {.solution}\nText\n:::\n"),
      place: "01.md:3:6", says: ["`.solution` stands outside any exercise"]),
    Case(
      name: "exercise in a list", change: ("::: {.exercise", "- item\n\n  ::: {.exercise"), place: "01.md",
      says: ["outside any exercise"]),
    Case(
      name: "option in a check", change: ("exercise: check", "exercise: check\n//| error: true"),
      place: "01.md:17:1",
      says: ["can't have the option `error`"]),
  ]

  @Test(arguments: cases) func whatIsWrongIsSaid(_ bad: Case) throws {
    try withWorkshop { workshop in
      #expect(Self.good.contains(bad.change.0))
      let text = Self.good.replacing(bad.change.0, with: bad.change.1, maxReplacements: 1)
      try workshop.writeBook(["01.md": text])
      let built = try workshop.neuronbook([bad.foundByCheck ? "check" : "build", "chapters"])
      #expect(built.status == 1)
      let lines = built.error.split(separator: "\n")
      #expect(lines.contains { $0.hasPrefix("chapters/\(bad.place)") }, "\(built.error)")
      for part in bad.says { #expect(built.error.contains(part), "missing: \(part) in \(built.error)") }
    }
  }

  /// An exercise whose experiment is a model in the page, with what stands in it besides.
  private static func experiment(_ options: String = "", goal: String, more: String = "") -> String {
    """
    # E

    ```{swift}
    let known = try KnownRoles.registerAndCountdown(units: 32)
    let storing = known.roles[.storing] ?? []
    let counting = known.roles[.counting] ?? []
    ```

    ::: {.exercise #exr-a}
    Move the word, as in @fig-a.

    ```{swift}
    //| exercise: experiment
    //| label: fig-a
    //| caption: "A task"
    //| alt: "States"
    \(options)show(
      try LiveModel(
        known.model, rows: known.data.verify, vocabulary: known.data.vocabulary, experiment: .init(at: 2),
        goal: \(goal)))
    ```

    \(more)::: {.solution}
    Take zanzibar `{swift} zanzibar`.

    ```{swift}
    let zanzibar = storing.map(String.init).joined(separator: "-")
    print("printed zanzibar")
    ```
    :::
    :::

    """
  }

  /// An experiment is a cell of all editions; the build tries its goal, and the solution's values are the teacher's.
  @Test func anExperimentHasItsGoalTried() throws {
    let met = ".init(.word, in: 9, units: storing.count, solution: storing)"
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": Self.experiment(goal: met)])
      let built = try workshop.neuronbook(["build", "chapters", "--format", "package"])
      #expect(built.status == 0, "\(built.error)")
      let page = try String(contentsOf: workshop.url("output/report.html"), encoding: .utf8)
      #expect(page.contains("<neuron-model") && page.contains("Figure 1"))
      #expect(!page.contains("zanzibar"))
      let teachers = try workshop.neuronbook(["build", "chapters", "--edition", "teacher"])
      #expect(teachers.status == 0, "\(teachers.error)")
      let solved = try String(contentsOf: workshop.url("output/teacher/report.html"), encoding: .utf8)
      #expect(solved.contains(/Take zanzibar (<span[^>]*>)?\d+-\d+/) && solved.contains("printed zanzibar"))
    }
  }

  static let experiments: [(chapter: String, place: String, says: String)] = [
    (experiment(goal: "nil"), "01.md:12", "shows no model with a goal"),
    (
      experiment(goal: ".init(.word, in: 9, units: 32, solution: counting)"), "01.md:18",
      "the goal needs 10 in which it does"
    ),
    (
      experiment(goal: "nil", more: "```{swift}\n//| exercise: check\ntry require(true, \"\")\n```\n\n"),
      "01.md:23:1",
      "has an experiment, and a cell marked `check`"
    ),
    (
      experiment(goal: "nil", more: "```{swift}\n//| exercise: experiment\nshow(\"\")\n```\n\n"),
      "01.md:23:1",
      "has two experiments"
    ),
  ]

  @Test(arguments: experiments) func whatIsWrongWithAnExperimentIsSaid(
    _ bad: (chapter: String, place: String, says: String)
  ) throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": bad.chapter])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 1)
      let line = built.error.split(separator: "\n").first { $0.contains(bad.says) }
      #expect(line?.hasPrefix("chapters/\(bad.place)") ?? false, "\(built.error)")
    }
  }

  /// Words in the place of a goal say why there is none.
  @Test func anExperimentMaySayWhyItHasNoGoal() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": Self.experiment("show(\"Nothing does it.\")\n", goal: "nil")])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
    }
  }

  /// The page tells a right number from others, and holds only its digest; documents leave room for it.
  @Test func thePageChecksNumbers() throws {
    let chapter = Self.good.replacing("let answer = 0", with: "let answer = 0.0")
      .replacing("let answer = 3", with: "let answer = 3.14159")
      .replacing(
        "try require(answer == 3, \"three\")",
        with: """
          try require(answer > 3, "three")
          ask("The “number” <b>", answer, decimals: 2)
          ask("Half", answer * 0 - 2.5, decimals: 0)
          """)
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": chapter])
      let built = try workshop.neuronbook(["build", "chapters", "--format", "markdown"])
      #expect(built.status == 0, "\(built.error)")
      let page = try String(contentsOf: workshop.url("output/report.html"), encoding: .utf8)
      #expect(!page.contains("3.14"))
      let markdown = try String(contentsOf: workshop.url("output/markdown/01.md"), encoding: .utf8)
      #expect(markdown.contains("to 2 decimals"))
      let session = try BrowserSession(workshop.url("output/report.html"), in: workshop)
      defer { session.close() }
      func said(_ question: Int, _ answer: String) throws -> String {
        try session.value(
          of: """
            (async () => {
              await customElements.whenDefined("numeric-question");
              const question = document.querySelectorAll("numeric-question")[\(question)];
              question.querySelector("input").value = "\(answer)";
              question.querySelector("output").textContent = "";
              question.querySelector("button").click();
              while (question.querySelector("output").textContent === "") await new Promise((resolve) => setTimeout(resolve, 5));
              return question.querySelector("output").textContent;
            })()
            """)
      }
      let (number, half) = (0, 1)
      for right in ["3.14", "3.1416", " +3,14 ", "314e-2"] {
        #expect(try said(number, right) == "✓ Right.", "\(right)")
      }
      for wrong in ["3.1", "3.15", "-3.14", "314"] {
        #expect(try said(number, wrong) == "Not yet.", "\(wrong)")
      }
      for none in ["", "pi", "0x3", "3.1.4"] {
        #expect(try said(number, none).hasPrefix("Write a number"), "\(none)")
      }
      for right in ["−2.5", "-2", "-3"] { #expect(try said(half, right) == "✓ Right.", "\(right)") }
    }
  }

  /// A check that the untouched starter passes tells every student that all is done.
  @Test func aCheckThatTheUntouchedStarterPassesIsRefused() throws {
    func exercise(_ name: String, _ starter: String, _ solution: String, _ check: String) -> String {
      """
      ::: {.exercise #exr-\(name)}
      Question?

      ```{swift}
      //| exercise: starter
      \(starter)
      ```

      ::: {.solution}
      ```{swift}
      \(solution)
      ```
      :::

      ```{swift}
      //| exercise: check
      \(check)
      ```
      :::


      """
    }
    try withWorkshop { workshop in
      let text =
        "# E\n\n```{swift}\nlet outer = 42.0\nvar count = 0\n```\n\n"
        + exercise("vacuous", "let mean = 0.0", "let mean = 2.0", "try require(mean < 10, \"never fails\")")
        + exercise(
          "outer", "// Set `outer` here.", "let outer = 42.0", "try require(outer == 42, \"six times seven\")"
        )
        + exercise(
          "loop", "func f() -> Int { while true { usleep(1000) } }", "func f() -> Int { 1 }",
          "try require(f() == 1, \"one\")")
        + exercise("trap", "let a: [Int] = []", "let a = [1]", "try require(a[0] == 1, \"one\")")
        + exercise("ends", "let end = true", "let end = false", "if end { exit(3) }")
        + exercise(
          "counts", "count += 100; print(\"of the starter\"); show(\"shown by it\")", "count += 1",
          "try require(count == 1, \"\\(count)\")")
        + "Counted `{swift} count`.\n"
      try workshop.writeBook(["01.md": text])
      let built = try workshop.neuronbook(["build", "chapters"])
      let errors = built.error.split(separator: "\n").filter { $0.contains("error:") }
      #expect(
        errors.map { $0.prefix { $0 != " " } } == ["chapters/01.md:22:1:", "chapters/01.md:42:1:"],
        "\(built.error)")
      #expect(errors.allSatisfy { $0.contains("The untouched starter passes this check") })
      let page = try workshop.text("output/report.html")
      #expect(page.contains("Counted 1.") && !page.contains("shown by it</"), "the starter leaves no trace")
      #expect(!built.output.contains("of the starter"))
    }
  }

  @Test func newChaptersAndExercisesBuildAtOnce() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["07-old.md": "# Old\n\nText.\n"], more: "bibliography: references.bib\n")
      try workshop.write(BadInputTests.bibliography, to: "chapters/references.bib")
      let chapter = try workshop.neuronbook(["new", "chapter", "forgetting", "--title", "What is forgotten"])
      #expect(chapter.output == "→ chapters/08-forgetting.md\n", "\(chapter.error)")
      #expect(try workshop.text("chapters/book.yml").hasSuffix("  - 07-old.md\n  - 08-forgetting.md\n"))
      let exercise = try workshop.neuronbook(["new", "exercise", "slope", "chapters/08-forgetting.md"])
      #expect(
        exercise.status == 0 && exercise.output.hasPrefix("→ chapters/08-forgetting.md:"), "\(exercise.error)"
      )
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      #expect(try workshop.text("output/report.html").contains("What is forgotten"))

      let taken = try workshop.neuronbook(["new", "chapter", "forgetting"])
      #expect(taken.status == 1 && taken.error.contains("has a chapter `forgetting` already"))
      let bad = try workshop.neuronbook(["new", "chapter", "Über uns"])
      #expect(bad.status == 1 && bad.error.contains("small letters"))
      let nowhere = try workshop.neuronbook(["new", "chapter", "a", "elsewhere"])
      #expect(nowhere.status == 1 && nowhere.error.contains("no such file or folder"))
      let again = try workshop.neuronbook(["new", "exercise", "slope", "chapters/08-forgetting.md"])
      #expect(again.status == 1 && again.error.contains("`exr-slope` already"))
      let missing = try workshop.neuronbook(["new", "exercise", "slope", "chapters/09.md"])
      #expect(missing.status == 1 && missing.error.contains("does not exist"))
    }
  }
}
