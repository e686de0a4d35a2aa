import ArgumentParser
import CellRecords
import Foundation
import Literate

@main
struct Neuronbook: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "neuronbook",
    abstract: "Turns Markdown chapters with Swift cells into one self-contained HTML report.",
    discussion: """
      The options of a cell, lines `//| name: value` at its head:
      \(CellOption.list)

      The keys of a book.yml:
      \(BookKey.list)
      """,
    version: Release.version,
    subcommands: [
      Build.self, Check.self, PreviewCommand.self, Compare.self, Verify.self, SweepCommand.self,
      TaskCommand.self,
      New.self, CacheCommand.self, LanguageServerCommand.self,
    ])
}

extension Profile: ExpressibleByArgument {}
extension Edition: ExpressibleByArgument {}
extension ProgressForm: ExpressibleByArgument {}

/// A format, or all of them.
enum FormatChoice: String, CaseIterable, ExpressibleByArgument {
  case pdf, epub, markdown, notebook, slides, package, crate, all

  var formats: [Format] { Format(rawValue: rawValue).map { [$0] } ?? Format.allCases }
}

struct BookArguments: ParsableArguments {
  @Argument(help: "A folder with a book.yml, the book.yml itself, or a single Markdown chapter.")
  var path = "chapters"

  @Option(help: "How much to compute.")
  var profile = Profile.standard

  @Option(
    name: .customLong("set"), help: ArgumentHelp("Give a parameter another value.", valueName: "name=value"))
  var settings: [String] = []

  @Option(help: "How to tell what is being done: lines for people, json for programs, quiet.")
  var progress = ProgressForm.lines

  @Option(
    help: "The memory for all chapters that run at once, such as 4GB; else four fifths of the machine's.")
  var memory: String?

  var console: Console { Console(progress) }

  func open(output: String? = nil) throws -> Book { try Book.open(path, output: output, profile: profile) }

  func builder(_ book: Book, _ console: Console) throws -> Builder {
    var builder = Builder(book, settings: try settings.map(ParameterSetting.init)) { console.show($0) }
    builder.memoryLimit = try memory.map(ByteCount.reading)
    return builder
  }
}

struct Build: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the chapters and write the report.",
    discussion: """
      Chapters whose code has not changed since an earlier build are not run again. A chapter that fails is \
      shown as far as it came; the others go on, and the exit status is 1.
      """)

  @OptionGroup var book: BookArguments

  @Option(
    name: .shortAndLong, help: "The folder for the report, with its figures in a folder figures inside.")
  var output: String?

  @Option(help: "For whom: the student's has no solutions; the teacher's goes into a folder teacher.")
  var edition = Edition.student

  @Option(help: "What to make besides the page; may be given several times.")
  var format: [FormatChoice] = []

  @Flag(help: "Say why each chapter and each kept value was computed, or was not.")
  var explain = false

  @Flag(name: .customLong("no-run"), help: "Run nothing: show what is kept, and mark what is stale.")
  var noRun = false

  func run() async throws {
    let console = book.console
    await console.exit { interruption in
      var opened = try book.builder(book.open(output: output), console)
      opened.runsChapters = !noRun
      opened.edition = edition
      opened.formats = Set(format.flatMap(\.formats))
      let builder = opened
      let outcome = try await interruption.cancelling { try await builder.build() }
      builder.tidy()
      console.finish()
      if explain { outcome.explanations.forEach(console.say) }
      console.report(outcome.problems)
      console.warn(outcome.warnings)
      if let page = outcome.page {
        let kept = outcome.kept > 0 ? ", \(outcome.kept) unchanged" : ""
        let stale = outcome.stale > 0 ? ", \(outcome.stale) stale" : ""
        console.say("\(outcome.chapters) chapters\(kept)\(stale) → \(page.displayPath)")
        for file in outcome.files { console.say("→ \(file.displayPath)") }
      }
      return outcome.problems.isEmpty
    }
  }
}

struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read and compile the chapters and resolve their references; run nothing.")

  @OptionGroup var book: BookArguments

  func run() async throws {
    let console = book.console
    await console.exit { interruption in
      let builder = try book.builder(book.open(), console)
      let problems = try await interruption.cancelling { try await builder.check() }
      console.finish()
      console.report(problems)
      if problems.isEmpty { console.say("\(builder.book.shownChapters.count) chapters, nothing wrong") }
      return problems.isEmpty
    }
  }
}
