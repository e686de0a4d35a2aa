import CellRecords
import Foundation
import Testing
import Text

@testable import Literate

/// What an editor is answered about chapters, over the standard input and output of the command.
@Suite(.serialized) struct LanguageServerTests {
  private static let chapter = """
    ---
    parameters:
      units: 4
    ---

    # One {#sec-one}

    ```{swift}
    //| label: fig-line
    //| caption: "A line of `{swift} units` points"
    //| alt: "A line"
    let numbers = [1, 2, 3]
    /// Adds up all values.
    func sum(_ values: [Int], by factor: Int = 1) -> Int { factor * values.reduce(0, +) }
    let total = sum(numbers)
    show(Figure { LineMark(x: [1, 2], y: [1, 2]) }.xAxis("x").yAxis("y"))
    ```

    Some 🙂 text with `{swift} total + 1` values, and @fig-line.

    > ```{swift}
    > let quoted = total + units
    > ```

    {{< include parts/part.md >}}

    """
  private static let part = "A part with `{swift} total`.\n\n```{swift}\nlet inPart = total\n```\n"

  private func writeBook(_ workshop: Workshop) throws -> (file: URL, text: String) {
    try workshop.writeBook(
      ["01-one.md": Self.chapter, "02-two.md": "# Two {#sec-two}\n\nAs in @sec-one.\n"],
      more: "bibliography: references.bib\nparameters:\n  rounds: 7\n")
    try workshop.write(Self.part, to: "chapters/parts/part.md")
    try workshop.write(
      "@article{cho2014,\n  title = {Learning Phrases},\n  author = {Cho, K.},\n  date = {2014},\n}\n",
      to: "chapters/references.bib")
    return (workshop.url("chapters/01-one.md"), Self.chapter)
  }

  private func lines(_ locations: JSON) -> [Int] {
    (locations.array ?? []).compactMap { $0["range"]["start"]["line"].integer }
  }

  // MARK: Swift

  @Test func swiftIsAnsweredAtPlacesOfTheChapter() throws {
    try withEditor { editor, workshop in
      let (file, text) = try writeBook(workshop)
      try editor.initialize()
      try editor.open(file)

      // Completion while it is typed, with the edit at the Markdown's place.
      let typing = text.replacing("let total = sum(numbers)", with: "let total = sum(numbers)\nnumbers.")
      editor.change(file, to: typing)
      let items = try editor.ask("completion", file, typing, behind: "\nnumbers.")["items"].array ?? []
      let append = try #require(
        items.first { $0["label"].string?.hasPrefix("reversed") ?? false }, "\(items.count)")
      #expect(append["textEdit"]["range"]["start"] == EditorClient.position(behind: "\nnumbers.", in: typing))
      editor.change(file, to: text)

      let help = try editor.ask("signatureHelp", file, text, behind: "let total = sum(")
      #expect(help["signatures"][0]["label"].string?.contains("by: Int = 1") ?? false, "\(help)")
      let hover = try editor.ask("hover", file, text, behind: "let total = su")
      #expect(hover["contents"]["value"].string?.contains("Adds up all values.") ?? false, "\(hover)")
      #expect(hover["range"]["start"] == EditorClient.position(behind: "let total = ", in: text))

      // From a cell in a quotation to the cell before it; of the library, into its sources; of a parameter, to the head.
      let own = try editor.ask("definition", file, text, behind: "let quoted = tot")
      #expect(own[0]["uri"].string == file.absoluteString && lines(own) == [14], "\(own)")
      let library = try editor.ask("definition", file, text, behind: "LineM")
      #expect(
        library[0]["uri"].string?.hasSuffix("Sources/Plotting/Marks/LineMark.swift") ?? false, "\(library)")
      #expect(lines(try editor.ask("definition", file, text, behind: "total + uni")) == [2])

      // In the text behind a character of two units, in cells, in a quotation, and in the included file.
      let uses = try editor.ask("references", file, text, behind: "let tota")
      #expect(
        uses.array?.map { $0["uri"].string?.hasSuffix("part.md") ?? false } == [
          false, false, false, true, true,
        ])
      #expect(lines(uses) == [14, 18, 21, 0, 3], "\(uses)")
      let start = EditorClient.position(behind: "🙂 text with `{swift} ", in: text)
      #expect(uses[1]["range"]["start"] == start)
      let renamed = try editor.ask(
        "rename", file, text, behind: "let tota", more: ["newName": .string("all")])
      guard case .object(let changes) = renamed["changes"] else {
        Issue.record("\(renamed)")
        return
      }
      #expect(
        changes.mapValues { $0.array?.count }.values.compactMap(\.self).sorted() == [2, 3], "\(renamed)")
      let ready = try editor.ask("prepareRename", file, text, behind: "let tota")
      #expect(ready["placeholder"].string == "total")
      let refused = try editor.ask("rename", file, text, behind: "LineM", more: ["newName": .string("X")])
      #expect(refused["error"]["message"].string != nil, "\(refused)")
      #expect(try editor.shutDown() == 0)
    }
  }

  /// A change of some characters moves what the editor is told; what is right again is silent.
  @Test func errorsStandWhereTheyAreTyped() throws {
    try withEditor { editor, workshop in
      let (file, text) = try writeBook(workshop)
      try editor.initialize()
      try editor.open(file)
      try editor.diagnostics(of: file) { $0.isEmpty }
      let place = try #require(EditorClient.position(behind: "let quoted = ", in: text))
      editor.change(
        file,
        [.object(["range": .object(["start": place, "end": place]), "text": .string("missing + ")])])
      let found = try editor.diagnostics(of: file) { !$0.isEmpty }
      #expect(found.count == 1 && found[0]["message"].string?.contains("missing") ?? false, "\(found)")
      #expect(found[0]["range"]["start"] == place)
      editor.change(file, to: text)
      try editor.diagnostics(of: file) { $0.isEmpty }

      // In a file that it includes, whether it is open or not.
      let part = workshop.url("chapters/parts/part.md")
      try editor.open(part)
      let broken = Self.part.replacing("inPart = total", with: "inPart = nothing")
      editor.change(part, to: broken)
      let inPart = try editor.diagnostics(of: part) { !$0.isEmpty }
      #expect(inPart[0]["range"]["start"] == EditorClient.position(behind: "inPart = ", in: broken))
      #expect(try editor.completions(part, broken, behind: "A part with `{swift} tot").contains("total"))
      editor.change(part, to: Self.part)
      try editor.diagnostics(of: part) { $0.isEmpty }

      // What is not closed is told once, and has its completions while it is written.
      let open = text + "\n```{swift}\nlet last = numbers.\nMore text that is no code.\n"
      editor.change(file, to: open)
      let unclosed = try editor.diagnostics(of: file) { !$0.isEmpty }
      #expect(
        unclosed.count == 1 && unclosed[0]["message"].string?.contains("never closed") ?? false, "\(unclosed)"
      )
      #expect(try editor.completions(file, open, behind: "let last = numbers.").contains("count"))

      // What must fail does so; a brace that is not closed is told at its place.
      let failing =
        text
        + "\n```{swift}\n//| error: true\nlet wrong: Int = \"a\"\n```\n\n```{swift}\nif total > 1 {\n```\n"
      editor.change(file, to: failing)
      let brace = try editor.diagnostics(of: file) { $0.contains { $0["source"].string == "swift" } }
      #expect(!brace.contains { $0["message"].string?.contains("String") ?? false }, "\(brace)")
      let line = try #require(EditorClient.position(behind: "if total > 1", in: failing)?["line"].integer)
      #expect(brace.allSatisfy { ($0["range"]["start"]["line"].integer ?? 0) >= line }, "\(brace)")
    }
  }

  /// Solutions and starters are compiled in scopes of their own, also while the text around them changes.
  @Test func exercisesHaveTheirOwnScopes() throws {
    try withEditor { editor, workshop in
      let text = """
        # One

        ::: {.exercise #exr-double}
        **Double.** What is twice 2?

        ```{swift}
        //| exercise: starter
        let twice = 0
        ```

        ::: {.solution}
        ```{swift}
        let twice = 4
        ```
        :::

        ```{swift}
        //| exercise: check
        try require(twice == 4, "no")
        ```
        :::

        """
      let file = workshop.url("one.md")
      try workshop.write(text, to: "one.md")
      try editor.initialize()
      try editor.open(file)
      try editor.diagnostics(of: file) { $0.isEmpty }
      let changed = text.replacing("let twice = 4", with: "let twice: String = 4")
      editor.change(file, to: changed)
      let found = try editor.diagnostics(of: file) { $0.count >= 2 }
      #expect(Set(found.compactMap { $0["range"]["start"]["line"].integer }).isSuperset(of: [12]), "\(found)")
      #expect(lines(try editor.ask("definition", file, changed, behind: "require(twi")) == [12])
    }
  }

  // MARK: The text

  @Test func theServerCompletesWhatIsItsOwn() throws {
    try withEditor { editor, workshop in
      let (file, text) = try writeBook(workshop)
      try editor.initialize()
      try editor.open(file)
      try editor.diagnostics(of: file) { $0.isEmpty }
      func labels(_ old: String, _ new: String) throws -> [String] {
        let typing = text.replacing(old, with: old + new)
        editor.change(file, to: typing)
        return try editor.completions(file, typing, behind: old + new)
      }
      let options = try labels("//| alt: \"A line\"", "\n//| ")
      #expect(options.contains("time-limit") && !options.contains("label"), "\(options)")
      #expect(try labels("//| alt: \"A line\"", "\n//| echo: ") == ["true", "false"])
      #expect(try labels("//| alt: \"A line\"", "\n//| exercise: s").contains("starter"))
      // The book is read in the background.
      try Workshop.wait(for: "the labels of the book") {
        try labels("and @fig-line.", " See @").contains("sec-two") ? true : nil
      }
      #expect(try labels("and @fig-line.", " See @") == ["fig-line", "sec-one", "sec-two", "cho2014"])
      #expect(try labels("and @fig-line.", " See [-@s").contains("sec-two"))
      #expect(try labels("//| alt: \"A line\"", "\n//| subcaptions: \"As in @").contains("cho2014"))
      #expect(try labels("and @fig-line.", "\n\n{{< include ") == ["02-two.md", "parts"])
      #expect(try labels("and @fig-line.", "\n\n{{< include parts/p") == ["part.md"])
      #expect(try labels("and @fig-line.", "\n\n::: {.call").contains("callout-note"))
      #expect(try labels("and @fig-line.", "\n\n## More {.") == ["unnumbered"])
      #expect(try labels("and @fig-line.", "\n\n```{") == ["swift"])
      #expect(try labels("  units: 4", "\n  ") == ["rounds"])
      #expect(try labels("  units: 4", "\ne").contains("echo"))
      // Parameters are constants of every value and cell.
      #expect(try labels("and @fig-line.", " `{swift} roun`").isEmpty)
      let typing = text.replacing("and @fig-line.", with: "and `{swift} roun`.")
      editor.change(file, to: typing)
      #expect(try editor.completions(file, typing, behind: "`{swift} roun").contains("rounds"))
      #expect(try editor.completions(file, typing, behind: "Some 🙂 te").isEmpty)
    }
  }

  @Test func referencesAreFollowedAndFound() throws {
    try withEditor { editor, workshop in
      let (file, text) = try writeBook(workshop)
      try editor.initialize()
      try editor.open(file)
      let second = workshop.url("chapters/02-two.md")
      let other = "# Two {#sec-two}\n\nAs in @sec-one, [@cho2014].\n\n{{< include parts/part.md >}}\n"
      try editor.open(second, other)
      try editor.diagnostics(of: second) { $0.isEmpty }
      let section = try editor.ask("definition", second, other, behind: "As in @sec")
      #expect(section[0]["uri"].string == file.absoluteString && lines(section) == [5], "\(section)")
      let entry = try editor.ask("definition", second, other, behind: "[@cho")
      #expect(entry[0]["uri"].string?.hasSuffix("references.bib") ?? false, "\(entry)")
      let included = try editor.ask("definition", second, other, behind: "include par")
      #expect(included[0]["uri"].string?.hasSuffix("parts/part.md") ?? false, "\(included)")
      let uses = try editor.ask("references", second, other, behind: "As in @sec")
      #expect(uses.array?.count == 1, "\(uses)")
      let citation = try editor.ask("hover", second, other, behind: "[@cho")
      #expect(citation["contents"]["value"].string?.contains("Learning Phrases") ?? false, "\(citation)")
      let option = try editor.ask("hover", file, text, behind: "//| capt")
      #expect(option["contents"]["value"].string?.contains("the caption") ?? false, "\(option)")
      // Under its other name too.
      let renamed = text.replacing("//| caption", with: "#| fig-cap")
      editor.change(file, to: renamed)
      let named = try editor.ask("hover", file, renamed, behind: "#| fig-c")
      #expect(named["contents"]["value"].string?.contains("the caption") ?? false, "\(named)")
      editor.change(file, to: text)
      // A file that two chapters include is renamed in by neither.
      let refused = try editor.ask(
        "rename", file, text, behind: "let tota", more: ["newName": .string("all")])
      #expect(refused["error"]["message"].string?.contains("Other chapters include") ?? false, "\(refused)")
    }
  }

  @Test func whatTheCheckFindsIsToldWhileItIsWritten() throws {
    try withEditor { editor, workshop in
      let (file, text) = try writeBook(workshop)
      try editor.initialize()
      try editor.open(file)
      func told(_ old: String, _ new: String, _ message: String, behind mark: String) throws {
        let broken = text.replacing(old, with: new)
        editor.change(file, to: broken)
        let found = try editor.diagnostics(of: file) {
          $0.contains { $0["message"].string?.contains(message) ?? false }
        }
        let place = EditorClient.position(behind: mark, in: broken)
        #expect(found.contains { $0["range"]["start"] == place }, "\(message): \(found)")
      }
      try told("and @fig-line", "and @fig-lime", "Nothing has the label `fig-lime`", behind: "values, and ")
      try told("//| alt: \"A line\"\n", "", "no alternative text", behind: "{#sec-one}\n\n")
      try told("//| alt: ", "//| alto: ", "no cell option `alto`", behind: "points\"\n//| ")
      try told("  units: 4\n---", "  units: 4\nnothing: 1\n---", "has no `nothing`", behind: "units: 4\n")
      try told("parts/part.md", "parts/none.md", "does not exist", behind: "+ units\n> ```\n\n")
      editor.change(file, to: text)
      try editor.diagnostics(of: file) { $0.isEmpty }
    }
  }

  // MARK: Results

  @Test func whatWasRunIsShown() throws {
    try withEditor { editor, workshop in
      let (file, text) = try writeBook(workshop)
      try editor.initialize()
      try editor.open(file)
      try editor.diagnostics(of: file) { $0.isEmpty }
      let document = JSON.object(["textDocument": .object(["uri": .string(file.absoluteString)])])
      func titles() throws -> [String] {
        (try editor.request("textDocument/codeLens", document).array ?? []).compactMap {
          $0["command"]["title"].string
        }
      }
      #expect(try titles() == ["Run", "Not run yet: why?", "Run", "Not run yet: why?"])
      let before = try editor.ask("hover", file, text, behind: "`{swift} tot")
      #expect(before["contents"]["value"].string?.contains("No run has given") ?? false, "\(before)")

      let lens = try editor.request("textDocument/codeLens", document)[0]["command"]
      let ran = try editor.request("workspace/executeCommand", lens)
      #expect(ran["problems"].integer == 0 && ran["page"].string != nil, "\(ran)")
      try editor.notification("window/showMessage") { $0["message"].string?.hasPrefix("Built") ?? false }
      #expect(try titles().filter { $0.hasPrefix("Ran in") }.count == 2)
      let value = try editor.ask("hover", file, text, behind: "`{swift} tot")
      #expect(value["contents"]["value"].string?.hasPrefix("**7**") ?? false, "\(value)")
      let figure = try editor.ask("hover", file, text, behind: "and @fig-l")
      let about = figure["contents"]["value"].string ?? ""
      #expect(about.contains("**Figure 1.1** A line of 4 points"), "\(about)")
      let picture = try #require(about.firstMatch(of: /!\[A line\]\((file:[^)]+\.png)\)/)?.1, "\(about)")
      #expect(FileManager.default.fileExists(atPath: try #require(URL(string: String(picture))).path))
      let why = try editor.request(
        "workspace/executeCommand",
        .object([
          "command": .string("neuronbook.explain"), "arguments": .array([.string(file.absoluteString)]),
        ]))
      #expect(why[0].string?.contains("01-one: run") ?? false, "\(why)")

      // A change makes what comes after it stale.
      let changed = text.replacing("let numbers = [1, 2, 3]", with: "let numbers = [1, 2, 4]")
      editor.change(file, to: changed)
      let stale = try editor.ask("hover", file, changed, behind: "`{swift} tot")
      #expect(stale["contents"]["value"].string?.contains("**7** (stale") ?? false, "\(stale)")
      let unknown = try editor.request("workspace/executeCommand", .object(["command": .string("x")]))
      #expect(unknown["error"] != .null)
    }
  }

  @Test func cellsAreFormatted() throws {
    try withEditor { editor, workshop in
      let text = """
        Text   stays.

        ```{swift}
        //| echo:   true
        let a=1
        if a>0 {
        print(a)
        }
        ```

        > ```{swift}
        > let b   = 2
        >
        > func c( ){ }
        > ```

        ```{swift}
        let unfinished =
        ```

        ```swift
        let shown=1
        ```

        """
      let file = workshop.url("one.md")
      try workshop.write(text, to: "one.md")
      try workshop.write("{\"version\": 1, \"indentation\": {\"spaces\": 3}}\n", to: ".swift-format")
      try editor.initialize()
      try editor.open(file)
      let parameters: [String: JSON] = [
        "textDocument": .object(["uri": .string(file.absoluteString)]),
        "options": .object(["tabSize": .integer(2), "insertSpaces": .bool(true)]),
      ]
      let edits = try editor.request("textDocument/formatting", .object(parameters)).array ?? []
      #expect(
        edits.compactMap { $0["newText"].string } == [
          "let a = 1\nif a > 0 {\n   print(a)\n}", "> let b = 2\n>\n> func c() {}",
        ], "\(edits)")
      #expect(edits.map { $0["range"]["start"]["line"].integer } == [4, 11])
      let range = JSON.object([
        "start": .object(["line": .integer(0), "character": .integer(0)]),
        "end": .object(["line": .integer(5), "character": .integer(0)]),
      ])
      let some = try editor.request(
        "textDocument/rangeFormatting", .object(parameters.merging(["range": range]) { $1 }))
      #expect(some.array?.count == 1, "\(some)")
    }
  }
}
