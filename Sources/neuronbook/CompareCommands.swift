import ArgumentParser
import Literate

struct Compare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say which values of two builds differ, and by how much.",
    discussion: """
      Values are measured against their own interval where they have one. The exit status is 1 where a verdict \
      changed, 0 where none did.
      """)

  @Argument(help: "The folder that a build wrote its report to, or its values.json.")
  var first: String

  @Argument(help: "The same of the build that is compared with it.")
  var second: String

  @Flag(help: "List everything that differs, not the first twenty of each kind.")
  var all = false

  @Option(help: "A file for the numbers of the comparison, for a chapter to show.")
  var summary: String?

  func run() async throws {
    let console = Console()
    await console.exit { _ in
      let comparison = Comparison(try BuildValues(reading: first), try BuildValues(reading: second))
      console.say(comparison.text(first, second, all: all))
      if let summary { try comparison.writeSummary(to: summary) }
      return !comparison.changesVerdicts
    }
  }
}

struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Build the book afresh and compare it with the values that it ships.",
    discussion: """
      The values are those of the values.json beside the book.yml, and are built again with their profile, in the \
      folder verify of the report's, where nothing is kept, with the same kernels of OpenBLAS where this processor \
      can run them. The exit status is 1 where a verdict changed or a chapter failed.
      """)

  @Argument(help: "A folder with a book.yml, or the book.yml itself.")
  var path = "chapters"

  @Option(help: "How to tell what is being done: lines for people, json for programs, quiet.")
  var progress = ProgressForm.lines

  @Flag(help: "List everything that differs, not the first twenty of each kind.")
  var all = false

  func run() async throws {
    let console = Console(progress)
    await console.exit { interruption in
      let verification = try Verification(of: path)
      try verification.clear()
      verification.takeKernels()
      var opened = Builder(verification.book) { console.show($0) }
      opened.edition = verification.edition
      let builder = opened
      let outcome = try await interruption.cancelling { try await builder.build() }
      builder.tidy()
      console.finish()
      console.report(outcome.problems)
      console.warn(outcome.warnings)
      guard outcome.page != nil else { return false }
      let comparison = try verification.comparison()
      console.say(comparison.text(verification.path, verification.output, all: all))
      return outcome.problems.isEmpty && !comparison.changesVerdicts
    }
  }
}
