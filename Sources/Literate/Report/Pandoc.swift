import Foundation
import Synchronization

/// The Markdown engine, a program of its own, with a memory of its answers.
///
/// A question always has the same answer, so whoever builds again and again keeps one `Pandoc`, which then asks
/// only about what is new.
public final class Pandoc: Sendable {
  struct Answer {
    var output: Data
    /// What Pandoc warned of.
    var warnings: String
  }

  private struct Question: Hashable {
    var arguments: [String]
    var input: Data
    /// The content of the files that the arguments name.
    var files: [Data]
  }

  private struct Memory {
    var answers: [Question: Answer] = [:]
    var asked: Set<Question> = []
  }

  private let memory = Mutex(Memory())

  public init() {}

  /// Runs Pandoc on some input, or remembers what it made of it.
  ///
  /// - Parameters:
  ///   - files: The content of the files that the arguments name: with another content it is another question.
  ///   - location: What a failure is blamed on.
  /// - Throws: `Problem` where Pandoc is missing or fails.
  func run(
    _ arguments: [String], input: Data, files: [Data] = [], for location: Problem.Location?
  ) async throws -> Answer {
    let question = Question(arguments: arguments, input: input, files: files)
    if let answer = remembered(question) { return answer }
    let result = try await Tool.run(
      "pandoc", arguments, input: input, advice: "Install it: apt-get install pandoc")
    guard result.status.isSuccess else {
      let said = result.error.trimmingCharacters(in: .whitespacesAndNewlines)
      throw Problem("Pandoc failed: \(said)", at: location, advice: "Correct the text that it names.")
    }
    let answer = Answer(output: result.output, warnings: result.error)
    remember(answer, to: question)
    return answer
  }

  /// Forgets what was not asked since the last call, so that a long preview does not grow.
  func forgetUnasked() {
    memory.withLock { memory in
      let asked = memory.asked
      memory.answers = memory.answers.filter { asked.contains($0.key) }
      memory.asked = []
    }
  }

  private func remembered(_ question: Question) -> Answer? {
    memory.withLock { memory in
      guard let answer = memory.answers[question] else { return nil }
      memory.asked.insert(question)
      return answer
    }
  }

  private func remember(_ answer: Answer, to question: Question) {
    memory.withLock { memory in
      memory.answers[question] = answer
      memory.asked.insert(question)
    }
  }

  // MARK: Questions

  /// The document tree of a Markdown text.
  func read(markdown: String, for location: Problem.Location?) async throws -> JSON {
    try JSON(await run(["--from=markdown", "--to=json"], input: Data(markdown.utf8), for: location).output)
  }

  /// The HTML of each of some blocks by itself; those that are new are set in one run.
  ///
  /// A block with a footnote can't be set by itself, since notes are numbered through the page.
  func html(ofEach blocks: [JSON]) async throws -> [String] {
    let arguments = ["--from=json", "--to=html5", "--wrap=none", "--mathml"]
    let questions = blocks.map {
      Question(arguments: arguments, input: Self.document([$0]), files: [])
    }
    var new: [(question: Question, block: JSON)] = []
    for (question, block) in zip(questions, blocks) where remembered(question) == nil {
      new.append((question, block))
    }
    let separator = "<!--neuronbook: next-->"
    if !new.isEmpty {
      let input = Self.document(new.flatMap { [$0.block, .rawHTML(separator)] })
      let output = try await run(arguments, input: input, for: nil).output
      for (part, one) in zip(String(decoding: output, as: UTF8.self).components(separatedBy: separator), new)
      {
        remember(Answer(output: Data(part.utf8), warnings: ""), to: one.question)
      }
    }
    return questions.map { String(decoding: remembered($0)?.output ?? Data(), as: UTF8.self) }
  }

  /// The formulas in a tree that can't be turned into MathML, with the reason.
  func unreadableFormulas(in tree: JSON) async throws -> [(formula: String, reason: String)] {
    var formulas: [JSON] = []
    tree.forEachElement { if $0.tag == "Math" { formulas.append(.plain([$0])) } }
    guard !formulas.isEmpty else { return [] }
    let said = try await run(
      ["--from=json", "--to=html5", "--mathml"], input: Self.document(formulas), for: nil
    ).warnings
    return said.matches(
      of:
        /Could not convert TeX math(?<formula>(?s).*?),? rendering as TeX:(?<reason>(?s).*?)(?:\[WARNING\]|$)/
    ).map { match in
      let reason = match.reason.split(separator: "\n").map { $0.drop { $0 == " " } }
      return (
        match.formula.trimmingCharacters(in: .whitespacesAndNewlines),
        String(reason.first { $0.hasPrefix("unexpected") } ?? "it is not understood")
      )
    }
  }

  /// The keys of a bibliography.
  func keys(ofBibliography url: URL, path: String) async throws -> [String] {
    let input = try Source(reading: url, path: path)
    let answer = try await run(
      ["--from=biblatex", "--to=csljson"], input: Data(input.text.utf8), for: Problem.Location(file: path))
    return try JSON(answer.output).array?.compactMap { $0["id"].string } ?? []
  }

  /// A document of some blocks, as Pandoc reads it.
  static func document(_ blocks: [JSON], metadata: [String: JSON] = [:]) -> Data {
    let document = JSON.object([
      "pandoc-api-version": .array([1, 22, 1].map(JSON.integer)), "meta": .object(metadata),
      "blocks": .array(blocks),
    ])
    return document.data
  }
}
