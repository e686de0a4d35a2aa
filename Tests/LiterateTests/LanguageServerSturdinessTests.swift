import Foundation
import Testing
import Text

@testable import Literate

/// What a language server meets: peers that die or talk nonsense, documents that are nowhere, and the end.
@Suite(.serialized) struct LanguageServerSturdinessTests {
  private static let text = "# One\n\n```{swift}\nlet numbers = [1, 2]\n```\n\nSee @fig-none.\n"

  private func completes(_ editor: EditorClient, _ file: URL, _ text: String = text) throws -> Bool {
    let typing = text.replacing("[1, 2]", with: "[1, 2]\nnumbers.")
    editor.change(file, to: typing)
    return try editor.completions(file, typing, behind: "\nnumbers.").contains("count")
  }

  @Test func noiseIsRefusedAndTheRestGoesOn() throws {
    try withEditor { editor, workshop in
      let early = try editor.request("textDocument/hover", .object([:]))
      #expect(early["error"]["code"].integer == -32002, "\(early)")
      try editor.initialize()
      for noise in [
        Data("Content-Length: 5\r\n\r\n{...}".utf8), Data("Content-Length: many\r\n\r\n".utf8),
        Data("Content-Length: 2\r\n\r\n[]".utf8), Data(repeating: UInt8(ascii: "x"), count: 1 << 20),
      ] {
        editor.sendRaw(noise)
        #expect(try editor.errorWithoutRequest()["code"].integer == -32700)
      }
      let unknown = try editor.request("textDocument/dance", .object([:]))
      #expect(unknown["error"]["code"].integer == -32601, "\(unknown)")
      for method in ["completion", "hover", "definition", "references", "rename", "formatting", "codeLens"] {
        for parameters in [JSON.null, .object([:]), .object(["textDocument": .object(["uri": .integer(3)])])]
        {
          try editor.request("textDocument/" + method, parameters)
        }
      }
      editor.notify("textDocument/didChange", .object(["textDocument": .object(["uri": .string("::")])]))
      editor.notify("no/such", .null)

      // Places that are none, changes that go beyond the text.
      let file = workshop.url("one.md")
      try workshop.write(Self.text, to: "one.md")
      try editor.open(file)
      for (line, character) in [(0, 999), (999, 0), (3, 999), (Int.max / 2, 4)] {
        for method in ["completion", "hover", "definition", "references"] {
          let answer = try editor.request(
            "textDocument/" + method,
            .object([
              "textDocument": .object(["uri": .string(file.absoluteString)]),
              "position": .object(["line": .integer(line), "character": .integer(character)]),
            ]))
          #expect(answer["error"]["code"].integer != -32603, "\(answer)")
        }
      }
      let far = JSON.object(["line": .integer(99), "character": .integer(99)])
      editor.change(
        file, [.object(["range": .object(["start": far, "end": far]), "text": .string("\nEnd.\n")])])
      #expect(try completes(editor, file))
      #expect(try editor.shutDown() == 0)
    }
  }

  /// In no book, in a book that can't be read, not on the disk, or not to be read at all: each has what it can have.
  @Test func documentsAreWhereverTheyAre() throws {
    try withEditor { editor, workshop in
      try editor.initialize()
      let lone = workshop.url("alone/one.md")
      try workshop.write(Self.text, to: "alone/one.md")
      try editor.open(lone)
      try editor.diagnostics(of: lone) { $0.contains { $0["message"].string?.contains("fig-none") ?? false } }
      #expect(try completes(editor, lone))

      editor.open(uri: "untitled:Untitled-1", Self.text)
      let typing = Self.text.replacing("[1, 2]", with: "[1, 2]\nnumbers.")
      editor.notify(
        "textDocument/didChange",
        .object([
          "textDocument": .object(["uri": .string("untitled:Untitled-1"), "version": .integer(2)]),
          "contentChanges": .array([.object(["text": .string(typing)])]),
        ]))
      let items = try editor.request(
        "textDocument/completion",
        .object([
          "textDocument": .object(["uri": .string("untitled:Untitled-1")]),
          "position": EditorClient.position(behind: "\nnumbers.", in: typing) ?? .null,
        ]))
      #expect(items["items"].array?.contains { $0["label"].string == "count" } ?? false)

      let broken = workshop.url("broken/one.md")
      try workshop.write(Self.text, to: "broken/one.md")
      try workshop.write("title: [\n", to: "broken/book.yml")
      try editor.open(broken)
      let book = workshop.url("broken/book.yml")
      try editor.diagnostics(of: book) { !$0.isEmpty }
      #expect(try completes(editor, broken))
      // Mended, it is the chapter of its book.
      try workshop.write("title: T\nparameters:\n  rounds: 3\nchapters: [one.md]\n", to: "broken/book.yml")
      editor.notify(
        "workspace/didChangeWatchedFiles",
        .object(["changes": .array([.object(["uri": .string(book.absoluteString), "type": .integer(2)])])]))
      try editor.diagnostics(of: book) { $0.isEmpty }
      #expect(
        try completes(
          editor, broken,
          Self.text.replacing("[1, 2]", with: "[rounds, 2]").replacing("[rounds, 2]", with: "[1, 2]")))

      let bad = workshop.url("bad/one.md")
      try workshop.write(Self.text, to: "bad/one.md")
      try editor.open(bad, "---\nparameters: [\n---\n" + Self.text)
      try editor.diagnostics(of: bad) { $0.contains { $0["message"].string?.contains("not YAML") ?? false } }
      #expect(try editor.completions(bad, "---\nparameters: [\n---\n" + Self.text, behind: "let num").isEmpty)
      #expect(try completes(editor, bad))

      try editor.open(workshop.url("missing/never.md"), Self.text)
      try editor.diagnostics(of: workshop.url("missing/never.md")) { !$0.isEmpty }
      editor.open(uri: workshop.url("notes.txt").absoluteString, "no chapter")
      editor.notify(
        "textDocument/didClose", .object(["textDocument": .object(["uri": .string(lone.absoluteString)])]))
      try editor.diagnostics(of: lone) { $0.isEmpty }
      #expect(try editor.shutDown() == 0)
    }
  }

  /// The children of a process, by the names of their programs.
  private func children(of process: pid_t, named name: String) -> [pid_t] {
    ProcessTree.descendants(of: process).dropFirst().filter {
      (try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8))?.contains(name) ?? false
    }
  }

  private func isAlive(_ process: pid_t) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
      return false
    }
    return !stat.contains(") Z ")
  }

  @Test func theServerOfSwiftIsStartedAgainSomeTimes() throws {
    try withEditor { editor, workshop in
      let file = workshop.url("one.md")
      try workshop.write(Self.text, to: "one.md")
      try editor.initialize()
      try editor.open(file)
      for round in 1...6 {
        let child = try Workshop.wait(for: "the server of Swift") {
          children(of: editor.process, named: "sourcekit-lsp").first
        }
        if round <= 2 { #expect(try completes(editor, file), "\(round)") }
        kill(child, SIGKILL)
        try editor.notification("window/showMessage") {
          $0["message"].string?.contains(round < 6 ? "it is started again" : "is not started again") ?? false
        }
      }
      // What is the server's own goes on.
      let typing = Self.text.replacing("let numbers", with: "//| ec\nlet numbers")
      editor.change(file, to: typing)
      #expect(try editor.completions(file, typing, behind: "//| ec").contains("echo"))
      #expect(try !completes(editor, file))
      #expect(try editor.shutDown() == 0)
    }
  }

  @Test func withoutTheServerOfSwiftTheRestIsThere() throws {
    try withWorkshop { workshop in
      // A toolchain that has the compiler alone.
      let compiler = try #require(Tool.path("swiftc"))
      try workshop.writeProgram("#!/bin/sh\nexec '\(compiler)' \"$@\"\n", to: "tools/bin/swiftc")
      for tool in ["pandoc", "pkg-config", "unshare", "env", "true", "sh"] {
        if let path = Tool.path(tool) { symlink(path, workshop.url("tools/bin/\(tool)").path) }
      }
      let editor = try EditorClient(
        in: workshop.folder, environment: ["PATH": workshop.url("tools/bin").path])
      defer {
        editor.leave()
        _ = editor.waitForEnd()
      }
      let file = workshop.url("one.md")
      try workshop.write(Self.text, to: "one.md")
      try editor.initialize()
      try editor.notification("window/showMessage") {
        $0["message"].string?.contains("sourcekit-lsp") ?? false
      }
      try editor.open(file)
      try editor.diagnostics(of: file) { $0.contains { $0["message"].string?.contains("fig-none") ?? false } }
      let typing = Self.text.replacing("let numbers", with: "//| ec\nlet numbers")
      editor.change(file, to: typing)
      #expect(try editor.completions(file, typing, behind: "//| ec").contains("echo"))
      #expect(try !completes(editor, file))
      #expect(try editor.shutDown() == 0)
    }
  }

  /// However it ends, also in the midst of a run, nothing of it is left.
  @Test(arguments: ["exit", "gone", "told to end", "killed"]) func nothingIsLeftBehind(_ end: String) throws {
    try withWorkshop { workshop in
      let temporary = workshop.url("tmp")
      try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
      let editor = try EditorClient(in: workshop.folder, environment: ["TMPDIR": temporary.path])
      let text =
        "# One\n\n```{swift}\ntry Data(\"x\".utf8).write(to: resultsFolder.appending(path: \"begun\"))\nwhile true {}\n```\n"
      let file = workshop.url("one.md")
      try workshop.write(text, to: "one.md")
      try editor.initialize()
      try editor.open(file)
      try editor.diagnostics(of: file) { $0.isEmpty }
      _ = try Workshop.wait(for: "the server of Swift") {
        children(of: editor.process, named: "sourcekit-lsp").first
      }
      editor.send(
        .object([
          "jsonrpc": .string("2.0"), "id": .integer(77), "method": .string("workspace/executeCommand"),
          "params": .object([
            "command": .string("neuronbook.run"), "arguments": .array([.string(file.absoluteString)]),
          ]),
        ]))
      _ = try workshop.wait(forFile: "output/results/begun")
      let all = ProcessTree.descendants(of: editor.process).dropFirst()
      #expect(all.count >= 2)
      switch end {
      case "exit": #expect(try editor.shutDown() == 0)
      case "gone":
        editor.leave()
        #expect(editor.waitForEnd() == 0)
      case "told to end":
        kill(editor.process, SIGTERM)
        _ = editor.waitForEnd()
      default:
        kill(editor.process, SIGKILL)
        _ = editor.waitForEnd()
      }
      try Workshop.wait(for: "the end of all processes") { all.contains(where: isAlive) ? nil : true }
      if end != "killed" {
        let left = try FileManager.default.contentsOfDirectory(atPath: temporary.path)
        #expect(!left.contains { $0.hasPrefix("neuronbook-lsp-") }, "\(left)")
      }
      editor.leave()
    }
  }

  @Test func anExitWithoutAWordIsAFailure() throws {
    try withEditor { editor, _ in
      try editor.initialize()
      editor.notify("exit", .null)
      #expect(editor.waitForEnd() == 1)
    }
  }

  /// The longest chapter of the book, as its author meets it: completion of a model, documentation, an error at its place.
  @Test func theLongestChapterIsServed() throws {
    let chapters = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "chapters")
    let files = try FileManager.default.contentsOfDirectory(at: chapters, includingPropertiesForKeys: nil)
    let texts = try files.filter { $0.pathExtension == "md" }.map {
      (file: $0, text: try String(contentsOf: $0, encoding: .utf8))
    }
    let (file, text) = try #require(
      texts.max { $0.text.split(separator: "\n").count < $1.text.split(separator: "\n").count })
    try withEditor { editor, _ in
      try editor.initialize()
      try editor.open(file, text)
      // Nothing is wrong with the book.
      try editor.diagnostics(of: file) { $0.isEmpty }
      let mark = "let model = trained.model\n"
      let typing = text.replacing(mark, with: mark + "model.\n")
      editor.change(file, to: typing)
      let items = try editor.completions(file, typing, behind: mark + "model.")
      #expect(
        items.contains { $0.hasPrefix("record(") } && items.contains { $0.hasPrefix("evaluate(") }, "\(items)"
      )
      editor.change(file, to: text)
      let hover = try editor.ask("hover", file, text, behind: "try model.rec")
      let about = hover["contents"]["value"].string ?? ""
      #expect(about.contains("func record(") && about.contains("\n\n"), "\(about)")
      let wrong = text.replacing(mark, with: mark + "let wrong: String = model\n")
      let version = editor.change(file, to: wrong)
      let found = try editor.notification("textDocument/publishDiagnostics") {
        $0["uri"].string == file.absoluteString && $0["version"].integer == version
          && $0["diagnostics"].array?.isEmpty == false
      }
      let place = EditorClient.position(behind: mark + "let wrong: String = ", in: wrong)
      #expect(found["diagnostics"].array?.contains { $0["range"]["start"] == place } ?? false, "\(found)")
    }
  }
}
