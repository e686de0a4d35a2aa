import ArgumentParser
import Foundation
import Literate

struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "List the points of the chapters' sweeps, or have those computed that are missing.",
    discussion: """
      With --local, --slurm or --command all points are computed that are missing, failed or were killed; what is kept, runs or waits in \
      a queue is left alone. The exit status is 0 where all points are kept, or listed without being run, or given to Slurm.
      """)

  @OptionGroup var book: BookArguments

  @Option(name: .shortAndLong, help: "The folder that the report is written to.")
  var output: String?

  @Option(help: "The sweep that is meant; else all.")
  var name: String?

  @Flag(help: "Show a line for each point; else for some of each state.")
  var all = false

  @Flag(help: "Compute in processes of this machine.")
  var local = false

  @Flag(help: "Compute in jobs of Slurm.")
  var slurm = false

  @Option(
    help: ArgumentHelp(
      "Compute by a command that reads lines of a shell and has them run.", valueName: "command"))
  var command: String?

  @Option(help: "How many tasks go on at once.")
  var atOnce: Int?

  @Flag(help: "Wait for the end of Slurm's jobs.")
  var wait = false

  func validate() throws {
    if (local ? 1 : 0) + (slurm ? 1 : 0) + (command == nil ? 0 : 1) > 1 {
      throw ValidationError("Give one of --local, --slurm and --command.")
    }
    if let atOnce, atOnce < 1 { throw ValidationError("--at-once must be 1 or more; found \(atOnce).") }
  }

  func run() async throws {
    let console = book.console
    await console.exit { interruption in
      let builder = try book.builder(book.open(output: output), console)
      let executor = try executor(console)
      let isComplete = try await interruption.cancelling { [self] in
        var listed = try await builder.sweeps(named: name)
        var done: Set<String> = []
        // Behind a sweep that is complete now there may be another.
        while let executor, let next = listed.sweeps.first(where: { done.insert($0.identifier).inserted }) {
          if let said = try await Builder.run(next, by: executor, arguments: taskArguments) {
            console.finish()
            console.say("\(next.name): \(said)")
          }
          listed = try await builder.sweeps(named: name)
        }
        console.finish()
        for sweep in listed.sweeps {
          console.say(sweep.summary)
          sweep.lines(most: all ? nil : 10).forEach(console.say)
        }
        if listed.sweeps.isEmpty, listed.problems.isEmpty { console.say("no sweeps") }
        console.report(listed.problems)
        return listed.problems.isEmpty && (executor == nil || listed.sweeps.allSatisfy(\.isComplete))
      }
      return isComplete || slurm && !wait
    }
  }

  private func executor(_ console: Console) throws -> (any Executor)? {
    if local {
      return LocalExecutor(width: atOnce, memoryLimit: try book.memory.map(ByteCount.reading)) { line in
        console.show(.said(chapter: "sweep", line))
      }
    }
    if slurm { return SlurmExecutor(width: atOnce, waits: wait) }
    return command.map { CommandExecutor($0, width: atOnce) }
  }

  /// The command by which any machine computes points, without their keys.
  private var taskArguments: [String] {
    let command = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
    return [command, "task", "--book", book.path] + (output.map { ["--output", $0] } ?? [])
  }
}

struct TaskCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task", abstract: "Compute points of a sweep, by the keys that `sweep` lists.",
    discussion: """
      It needs no compiler, and can run on any machine that sees the folder of the book and of Neuronbook. What is kept already, or \
      computed by another process, is left alone.
      """)

  @Argument(help: "The keys of the points.")
  var keys: [String]

  @Option(help: "The book or chapter, as it was given to `sweep`.")
  var book = "chapters"

  @Option(name: .shortAndLong, help: "The folder that the report is written to.")
  var output: String?

  @Option(help: "The memory that the program may hold, such as 4GB; else four fifths of the machine's.")
  var memory: String?

  func run() async throws {
    let console = Console()
    await console.exit { interruption in
      let task = PointTask(
        of: try Book.open(book, output: output), memoryLimit: try memory.map(ByteCount.reading))
      let outcome = try await interruption.cancelling { try await task.run(keys) }
      console.report(outcome.problems)
      var parts = ["\(outcome.kept) kept"]
      if outcome.failed > 0 { parts.append("\(outcome.failed) failed") }
      if outcome.elsewhere > 0 { parts.append("\(outcome.elsewhere) computed by others") }
      console.say(parts.joined(separator: ", "))
      return outcome.problems.isEmpty && outcome.failed == 0
    }
  }
}
