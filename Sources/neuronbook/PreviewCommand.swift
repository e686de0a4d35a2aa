import ArgumentParser
import Literate

struct PreviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Serve the report on this machine and rebuild it whenever a file changes.")

  @OptionGroup var book: BookArguments

  @Option(name: .shortAndLong, help: "The folder for the report.")
  var output: String?

  @Option(help: "For whom: the student's has no solutions.")
  var edition = Edition.student

  @Option(help: "The port on 127.0.0.1; 0 for one that is free.")
  var port: UInt16 = 4100

  func run() async throws {
    let console = book.console
    await console.exit { interruption in
      let preview = Preview(
        port: port,
        open: {
          var builder = try book.builder(book.open(output: output), console)
          builder.edition = edition
          return builder
        },
        say: { line in
          console.finish()
          console.say(line)
        })
      try await interruption.cancelling { try await preview.run() }
      return true
    }
  }
}
