import Foundation
import Literate
import Text

/// What can be done with a cell beside writing it: run it, and ask why it runs.
extension LanguageServer {
  func lenses(_ parameters: JSON) async throws -> JSON {
    let path = Self.path(of: parameters["textDocument"]["uri"].string ?? "")
    guard let home = homes[path], let program = chapters[home]?.program else { return .array([]) }
    let results = await results(of: home)
    let uri = JSON.string(uri(of: path))
    return .array(
      program.chapter.cells.filter { $0.location.file == path }.flatMap { cell in
        let range = TextRange(line: cell.location.line - 1, 0..<0).json
        func lens(_ title: String, _ command: Command) -> JSON {
          .object([
            "range": range,
            "command": .object([
              "title": .string(title), "command": .string(command.rawValue),
              "arguments": .array([uri, .integer(cell.index)]),
            ]),
          ])
        }
        return [lens("Run", .run), lens(state(of: cell, results), .explain)]
      })
  }

  /// How what is kept of a cell stands to the cell.
  private func state(of cell: Cell, _ results: KeptResults?) -> String {
    guard let results, let seconds = results.seconds(cell: cell.index) else { return "Not run yet: why?" }
    let time = String(format: seconds < 10 ? "%.1f s" : "%.0f s", seconds)
    return results.isStale(cell: cell.index) ? "Stale (\(time)): why?" : "Ran in \(time): why?"
  }

  func execute(_ parameters: JSON) async throws -> JSON {
    guard let command = parameters["command"].string.flatMap(Command.init) else {
      throw ResponseError.invalid("There is no command `\(parameters["command"].string ?? "")`.")
    }
    let path = Self.path(of: parameters["arguments"][0].string ?? "")
    guard let home = homes[path], let chapter = chapters[home] else {
      throw ResponseError.invalid("The first argument must be the URI of a chapter that is open.")
    }
    switch command {
    case .explain:
      let kept = await results(of: home)?.explanation
      let lines = explanations[home] ?? kept ?? ["Nothing is known of its runs."]
      show(lines.joined(separator: "\n"))
      return .array(lines.map(JSON.string))
    case .run: return try await run(chapter, home, parameters["workDoneToken"])
    }
  }

  /// Builds a chapter as its file holds it, and tells how far it is.
  private func run(_ chapter: ChapterSession, _ home: String, _ token: JSON) async throws -> JSON {
    let editor = editor
    func progress(_ members: [String: JSON]) {
      guard token != .null else { return }
      editor.notify("$/progress", .object(["token": token, "value": .object(members)]))
    }
    progress(["kind": .string("begin"), "title": .string(chapter.entry.name), "cancellable": .bool(true)])
    defer { progress(["kind": .string("end")]) }
    let outcome: Builder.Outcome
    do {
      outcome = try await chapter.book.build(chapter.entry) { event in
        guard token != .null, let text = Self.line(event) else { return }
        editor.notify(
          "$/progress",
          .object([
            "token": token, "value": .object(["kind": .string("report"), "message": .string(text)]),
          ]))
      }
    } catch let problem as Problem {
      throw ResponseError.failed(problem.text)
    }
    chapters[home]?.results = nil
    explanations[home] = outcome.explanations
    publish(outcome.problems, of: "run " + home, at: home)
    if abilities["workspace"]["codeLens"]["refreshSupport"] == .bool(true) {
      editor.send(
        .object([
          "jsonrpc": .string("2.0"), "id": .string("lenses"), "method": .string("workspace/codeLens/refresh"),
        ]))
    }
    let isSaved = (try? Source(reading: chapter.entry.url, path: home).text) == documents[home]?.text
    let count = outcome.problems.count
    let page = outcome.page.map { " → \($0.path)" } ?? ""
    show(
      (count == 0 ? "Built" : "Built with \(count) problems") + page
        + (isSaved || documents[home] == nil ? "" : "\nWhat is not saved was not run."), isError: count > 0)
    return .object([
      "problems": .integer(count), "page": outcome.page.map { .string($0.absoluteString) } ?? .null,
    ])
  }

  private static func line(_ event: ProgressEvent) -> String? {
    switch event {
    case .compiling: "compiling"
    case .kept: "unchanged, not run"
    case .cell(_, let number, let count, _, _): "cell \(number) of \(count)"
    case .progress(_, let cell, let progress): "cell \(cell): \(progress.task) \(progress.detail)"
    case .said(_, let text): text
    case .ended: nil
    }
  }
}
