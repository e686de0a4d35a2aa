import Base
import CellRecords
import Foundation
import Synchronization
import Text

/// The Markdown engine, a program of its own, with a memory of its answers.
///
/// A question always has the same answer: what was answered once is asked neither again in a preview nor, since the
/// answers are kept beside the kept runs, in a later build.
public final class Pandoc: Sendable {
  struct Answer: Codable {
    var output: Data
    /// What Pandoc warned of.
    var warnings: String
  }

  /// A file that an option names.
  struct OptionFile {
    /// Such as `--template`.
    var option: String
    /// With the ending that tells Pandoc its format.
    var name: String
    var content: Data
  }

  private let answers = Memo<String, Answer>()
  /// What of the answers is on disk; nil before that was looked at.
  private let kept = Mutex<Set<String>?>(nil)

  /// How long Pandoc may take for an answer: some texts would take it years.
  private let patience: Duration
  /// What it may hold.
  private static let memory = ["+RTS", "-M4G", "-RTS"]

  public init(patience: Duration = .seconds(60)) { self.patience = patience }

  /// Runs Pandoc on some input.
  ///
  /// - Parameters:
  ///   - location: What a failure is blamed on.
  /// - Throws: `Problem` where Pandoc is missing or fails.
  func run(
    _ arguments: [String], input: Data, for location: Problem.Location? = nil
  ) async throws -> Answer {
    let result = try await Tool.run(
      "pandoc", arguments + Self.memory, input: input, limit: patience, for: location,
      advice: "Install it: apt-get install pandoc")
    guard result.status.isSuccess else {
      let said = result.error.trimmingCharacters(in: .whitespacesAndNewlines)
      throw Problem("Pandoc failed: \(said)", at: location, advice: "Correct the text that it names.")
    }
    return Answer(output: result.output, warnings: result.error)
  }

  /// Runs Pandoc, or remembers what it answered. The answer may depend on nothing but what is given.
  func ask(
    _ arguments: [String], input: Data, files: [OptionFile] = [], for location: Problem.Location? = nil
  ) async throws -> Answer {
    try await answers.value(for: Self.name(arguments, input, files)) {
      guard !files.isEmpty else { return try await run(arguments, input: input, for: location) }
      let folder = FileManager.default.temporaryDirectory.appending(path: "neuronbook-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      var arguments = arguments
      for file in files {
        let url = folder.appending(path: file.name)
        try file.content.write(to: url)
        arguments.append("\(file.option)=\(url.path)")
      }
      return try await run(arguments, input: input, for: location)
    }
  }

  /// What a question is remembered by.
  private static func name(_ arguments: [String], _ input: Data, _ files: [OptionFile] = []) -> String {
    var digest = Digest()
    for argument in arguments { digest.add("argument", argument) }
    for file in files { digest.add(file.option + file.name, file.content) }
    digest.add("input", input)
    return digest.hexadecimal
  }

  // MARK: Keeping

  private struct Kept: Codable {
    /// Another Pandoc may answer otherwise.
    var program: FileState?
    var answers: [String: Answer]
  }

  private static var program: FileState? { Tool.path("pandoc").flatMap(FileState.init) }

  /// Takes up, the first time, the answers that an earlier build kept; damaged ones are asked for again.
  func takeUp(from file: URL) {
    guard kept.withLock({ $0 == nil }) else { return }
    kept.withLock { $0 = [] }
    guard let data = try? Data(ofFile: file.path), let body = Digest.unsealed(data),
      let earlier = try? PropertyListDecoder().decode(Kept.self, from: body), earlier.program == Self.program
    else { return }
    answers.add(earlier.answers)
    kept.withLock { $0 = Set(earlier.answers.keys) }
  }

  /// Keeps the answers to what was asked since the last call, and forgets the others.
  ///
  /// A disk that can't hold them costs the next build time, nothing else.
  func keep(in file: URL, through drafts: URL?) {
    answers.forgetUnasked()
    let known = answers.values
    guard kept.withLock({ $0 != Set(known.keys) }) else { return }
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    try? FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    guard let body = try? encoder.encode(Kept(program: Self.program, answers: known)),
      (try? Digest.sealed(body).writeWhole(to: file, through: drafts)) != nil
    else { return }
    kept.withLock { $0 = Set(known.keys) }
  }

  // MARK: Questions

  /// The document tree of a Markdown text.
  func read(markdown: String, for location: Problem.Location?) async throws -> [Block] {
    let answer = try await ask(
      ["--from=\(Self.markdown)", "--to=json"], input: Data(markdown.utf8), for: location)
    return try Self.blocks(of: answer, for: location)
  }

  /// Front matter is ours, and a line that begins with `%` is text.
  private static let markdown = "markdown-yaml_metadata_block-pandoc_title_block"

  /// The blocks of a document that Pandoc wrote as JSON.
  ///
  /// - Throws: `Problem` where they are nested too deeply to be read.
  static func blocks(of answer: Answer, for location: Problem.Location? = nil) throws -> [Block] {
    do {
      return Coding.blocks(try JSON(answer.output)["blocks"])
    } catch {
      throw Problem(
        "The text is nested too deeply.", at: location,
        advice: "Use fewer quotations, lists and brackets within one another.")
    }
  }

  private static let toHTML = ["--from=json", "--to=html5", "--wrap=none", "--mathml"]

  /// The HTML of each of some blocks by itself; those that are new are set in one run.
  ///
  /// A block with a footnote can't be set by itself, since notes are numbered through the page.
  func html(ofEach blocks: [Block]) async throws -> [String] {
    // HTML is what it is.
    func given(_ block: Block) -> String? {
      if case .raw("html", let html) = block { html } else { nil }
    }
    let others = try await asked(forEach: blocks.filter { given($0) == nil })
    var next = others.makeIterator()
    return blocks.map { given($0) ?? next.next() ?? "" }
  }

  private func asked(forEach blocks: [Block]) async throws -> [String] {
    let questions = blocks.map { Self.name(Self.toHTML, Self.document([$0])) }
    var new: [(question: String, block: Block)] = []
    for (question, block) in zip(questions, blocks) where answers[question] == nil {
      new.append((question, block))
    }
    let separator = "<!--neuronbook: next-->"
    if !new.isEmpty {
      let input = Self.document(new.flatMap { [$0.block, .html(separator)] })
      let output = try await run(Self.toHTML, input: input).output
      for (part, one) in zip(String(decoding: output, as: UTF8.self).components(separatedBy: separator), new)
      {
        // Whatever it was asked with, the answer is the same: the first one has no line before it.
        let answer = "\n" + part.trimmingCharacters(in: .newlines) + "\n"
        answers[one.question] = Answer(output: Data(answer.utf8), warnings: "")
      }
    }
    return questions.map { String(decoding: answers[$0]?.output ?? Data(), as: UTF8.self) }
  }

  /// The formulas in a tree that can't be turned into MathML, or not without a loss, with the reason.
  func unreadableFormulas(in blocks: [Block]) async throws -> [(formula: String, reason: String)] {
    var new: [(question: String, formula: Block)] = []
    blocks.walk { node in
      guard case .inline(let inline) = node, case .math = inline else { return true }
      let formula = Block.plain([inline])
      let question = Self.name(Self.toHTML + ["formula"], Self.document([formula]))
      if answers[question] == nil { new.append((question, formula)) }
      return true
    }
    guard !new.isEmpty else { return [] }
    let separator = Block.html("<!--neuronbook: next-->")
    let answer = try await run(Self.toHTML, input: Self.document(new.flatMap { [$0.formula, separator] }))
    var unreadable = answer.warnings.matches(
      of:
        /Could not convert TeX math(?<formula>(?s).*?),? rendering as TeX:(?<reason>(?s).*?)(?:\[WARNING\]|$)/
    ).map { match in
      let reason = match.reason.split(separator: "\n").map { $0.drop { $0 == " " } }
      return (
        match.formula.trimmingCharacters(in: .whitespacesAndNewlines),
        String(reason.first { $0.hasPrefix("unexpected") } ?? "it is not understood")
      )
    }
    let made = String(decoding: answer.output, as: UTF8.self).components(
      separatedBy: "<!--neuronbook: next-->")
    for (formula, html) in zip(new.map { [$0.formula].plainText }, made) where html.contains("<math") {
      var lost = FormulaLoss.lost(of: formula, in: html)
      let operators = FormulaLoss.operators(in: formula)
      let shown = try await self.html(ofEach: operators.map { .plain([.math(isDisplay: false, $0)]) })
      for (name, html) in zip(operators, shown) where FormulaLoss.text(shownBy: html).isEmpty { lost = name }
      if let lost {
        unreadable.append(
          (formula.trimmingCharacters(in: .whitespacesAndNewlines), "`\(lost)` in it would not be shown"))
      }
    }
    if unreadable.isEmpty {
      for (question, _) in new { answers[question] = Answer(output: Data(), warnings: "") }
    }
    return unreadable
  }

  /// The keys of a bibliography.
  func keys(ofBibliography text: String, for location: Problem.Location) async throws -> [String] {
    do {
      let answer = try await ask(["--from=biblatex", "--to=csljson"], input: Data(text.utf8), for: location)
      return try JSON(answer.output).array?.compactMap { $0["id"].string } ?? []
    } catch var problem as Problem {
      // Pandoc's place is within the text that it was given.
      if let match = problem.message.firstMatch(of: /\(line ([0-9]+),\s+column ([0-9]+)\)/) {
        problem.location = .init(file: location.file, line: Int(match.1) ?? 0, column: Int(match.2) ?? 0)
      }
      throw problem
    }
  }

  /// A document of some blocks, as Pandoc reads it.
  static func document(_ blocks: [Block], metadata: [String: JSON] = [:]) -> Data {
    let document = JSON.object([
      "pandoc-api-version": .array([1, 22, 1].map(JSON.integer)), "meta": .object(metadata),
      "blocks": Coding.json(blocks),
    ])
    return document.data
  }
}
