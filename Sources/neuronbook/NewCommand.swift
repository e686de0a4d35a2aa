import ArgumentParser
import Literate

struct New: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Begin a chapter or an exercise, with text that builds at once.",
    subcommands: [Chapter.self, Exercise.self])

  struct Chapter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "chapter", abstract: "Write a new chapter and add it to the book.")

    @Argument(help: "Its name in file names and labels, such as forgetting.")
    var name: String

    @Argument(help: "The book: a folder with a book.yml.")
    var book = "chapters"

    @Option(help: "Its title.")
    var title: String?

    func run() async throws {
      let console = Console()
      await console.exit { _ in
        let file = try Template.addChapter(name, title: title, to: book)
        console.say("→ \(file.displayPath)")
        return true
      }
    }
  }

  struct Exercise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "exercise", abstract: "Add an exercise at the end of a chapter.")

    @Argument(help: "Its name, such as slope: its label is exr-slope.")
    var name: String

    @Argument(help: "The chapter's file.")
    var chapter: String

    func run() async throws {
      let console = Console()
      await console.exit { _ in
        console.say("→ \(try Template.addExercise(name, to: chapter))")
        return true
      }
    }
  }
}
