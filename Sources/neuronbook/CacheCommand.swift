import ArgumentParser
import Foundation
import Literate

struct CacheCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "Look at the kept runs, values and programs, check them, or remove old ones.",
    subcommands: [List.self, Verify.self, Prune.self])

  struct Place: ParsableArguments {
    @Argument(help: "The book or chapter whose cache is meant.")
    var path = "chapters"

    @Option(name: .shortAndLong, help: "The folder that the report was written to.")
    var output: String?

    var cache: Cache {
      get throws { Cache(of: try Book.open(path, output: output)) }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List what is kept: kind, name, size, last use.")
    @OptionGroup var place: Place

    func run() async throws {
      let console = Console()
      await console.exit { _ in
        let entries = try place.cache.entries()
        for entry in entries { console.say(entry.line) }
        console.say("\(entries.count) entries, \(ByteCount.text(entries.map(\.size).reduce(0, +)))")
        return true
      }
    }
  }

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read everything that is kept and name what is damaged.")
    @OptionGroup var place: Place

    func run() async throws {
      let console = Console()
      await console.exit { _ in
        let entries = try place.cache.entries()
        let damaged = entries.filter { !$0.isWhole() }
        console.report(
          damaged.map {
            Problem("The kept \($0.kind.rawValue) is damaged.", at: .init(file: $0.url.displayPath))
          })
        console.say("\(entries.count - damaged.count) whole, \(damaged.count) damaged")
        return damaged.isEmpty
      }
    }
  }

  struct Prune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove what was not used for some days, and then the oldest until the rest is small enough.")
    @OptionGroup var place: Place

    @Option(help: "Remove what was last used more days ago.")
    var keepDays: Double?

    @Option(help: "The size to shrink to, such as 500MB or 2GB.")
    var maxSize: String?

    func run() async throws {
      let console = Console()
      await console.exit { _ in
        let removed = try place.cache.prune(keepDays: keepDays, maxSize: maxSize.map(ByteCount.reading))
        console.say("\(removed.count) entries removed, \(ByteCount.text(removed.map(\.size).reduce(0, +)))")
        return true
      }
    }
  }
}
