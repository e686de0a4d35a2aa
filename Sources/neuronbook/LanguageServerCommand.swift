import ArgumentParser
import Foundation
import LanguageServer

struct LanguageServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lsp",
    abstract:
      "Serve an editor: completion, documentation and errors in chapters, over standard input and output.",
    discussion: "An editor starts it; docs/editors.md says how yours does.")

  func run() async throws {
    // Only messages go to the editor, whatever a library may print.
    let output = dup(STDOUT_FILENO)
    dup2(STDERR_FILENO, STDOUT_FILENO)
    _ = fcntl(output, F_SETFD, FD_CLOEXEC)
    let server = LanguageServer(input: dup(STDIN_FILENO), output: output)
    let isOrderly = try? await Interruption().cancelling { await server.run() }
    Foundation.exit(isOrderly == true ? 0 : 1)
  }
}
