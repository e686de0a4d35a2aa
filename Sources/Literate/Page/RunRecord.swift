import CellRecords
import Foundation

/// How a report was made: what a reader needs to make it again, and to judge its numbers.
struct RunRecord: Codable, Sendable {
  /// The commit of the book's folder, with `+` where files were changed since; nil outside git.
  var commit: String?
  var compiler: String
  var processor: String
  var cores: Int
  var profile: String
  /// What the book fixed before any run.
  var criteria: String?
  var edition: String
  /// What the system could not keep chapters from.
  var notHeldBack: [String]
  var chapters: [ChapterRecord]

  struct ChapterRecord: Codable, Sendable {
    var chapter: String
    /// Whether its results were kept from an earlier build.
    var kept: Bool
    /// Why it was run, where it was.
    var reason: String?
    /// Why its results are of an earlier state of the chapter, where they are.
    var stale: String?
    /// The time that its cells took when they ran.
    var seconds: Double
    var parameters: [String: String]
    /// The SHA-256 of each file that it read.
    var files: [String: String]
    /// What it noted, such as its seeds.
    var notes: [String]
    /// For each kept value: computed in this run and why, or `kept`.
    var values: [String]
    var problems: [String]
  }

  init(
    _ book: Book, _ installation: Installation, _ chapters: [Chapter], _ runs: [ChapterRun],
    _ edition: Edition,
    commit: String?
  ) {
    self.commit = commit
    compiler = installation.compiler
    let model = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?
      .firstMatch(of: /model name\s*: (?<name>.*)/)
    processor = model.map { String($0.name) } ?? "unknown"
    cores = ProcessInfo.processInfo.activeProcessorCount
    profile = book.profile.rawValue
    criteria = book.parameters.first { $0.isCriteria }?.value.text
    self.edition = edition.rawValue
    let mark = ProgramEnvironment.notHeldBack + ": "
    let noted = runs.flatMap(\.notes).filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
    notHeldBack = Set(noted).sorted() + (installation.isolation.isEmpty ? ["the network (no unshare)"] : [])
    self.chapters = zip(chapters, runs).map { chapter, run in
      ChapterRecord(
        chapter: chapter.slug, kept: run.isKept, reason: run.reason, stale: run.staleBecause,
        seconds: run.seconds,
        parameters: Dictionary(
          chapter.parameters.filter { !$0.isCriteria }.map { ($0.name, $0.value.text) },
          uniquingKeysWith: { $1 }),
        files: run.files, notes: run.notes.filter { !$0.hasPrefix(mark) },
        values: run.keptValues.map { "\($0.name): \($0.computedBecause ?? "kept")" },
        problems: run.problems.map(\.message))
    }
  }

  var json: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return try encoder.encode(self)
    }
  }

  /// The record for the end of the page, folded. It says nothing of this build that another build of the same
  /// results would say otherwise.
  var html: String {
    func row(_ name: String, _ value: String) -> String {
      "<tr><th scope=\"row\">\(escapedHTML(name))</th><td>\(escapedHTML(value))</td></tr>"
    }
    var rows = [
      row("Commit", commit ?? "not in git"), row("Compiler", compiler),
      row("Processor", "\(processor), \(cores) cores"), row("Profile", profile),
      row("Edition", edition),
    ]
    if let criteria { rows.append(row("Criteria", criteria)) }
    if !notHeldBack.isEmpty {
      rows.append(row("Chapters were not held back from", notHeldBack.joined(separator: "; ")))
    }
    for chapter in chapters {
      var parts = ["cells ran for \(String(format: "%.1f", chapter.seconds)) s"]
      parts += chapter.parameters.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
      parts += chapter.notes
      parts += chapter.files.sorted { $0.key < $1.key }.map { "\($0.key): SHA-256 \($0.value.prefix(12))…" }
      rows.append(row(chapter.chapter, parts.joined(separator: "; ")))
    }
    return
      "<details class=\"record\"><summary>How this report was made</summary><div class=\"scroll\" tabindex=\"0\"><table>"
      + "<tbody>\(rows.joined())</tbody></table></div></details>"
  }

  /// The commit of the book's folder, with `+` where files were changed since; nil outside git.
  static func commit(of book: Book) async -> String? {
    guard let folder = book.chapters.first?.url.deletingLastPathComponent().path else { return nil }
    func git(_ arguments: [String]) async -> String? {
      let result = try? await Tool.run("git", ["-C", folder] + arguments, advice: "")
      guard let result, result.status.isSuccess else { return nil }
      return String(decoding: result.output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
    guard let commit = await git(["rev-parse", "--short=12", "HEAD"]) else { return nil }
    let changed = await git(["status", "--porcelain", "--untracked-files=no"]) ?? ""
    return commit + (changed.isEmpty ? "" : "+")
  }
}
