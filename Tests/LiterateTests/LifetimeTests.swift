import Foundation
import Testing

/// Nothing that a chapter began outlives its limit or the engine.
@Suite struct LifetimeTests {
  /// A name that no other process has in its arguments, as seconds to sleep.
  private func unusual() -> String { "9\(Int.random(in: 100_000_000..<999_999_999))" }

  /// Whether any process has a word among its arguments.
  private func runs(_ word: String) -> Bool {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.contains { name in
      guard Int(name) != nil, let data = try? Data(contentsOf: URL(filePath: "/proc/\(name)/cmdline")) else {
        return false
      }
      return data.split(separator: 0).contains { String(decoding: $0, as: UTF8.self) == word }
    }
  }

  private func starting(_ word: String, by way: String) -> String {
    let arguments = way.isEmpty ? "[\"\(word)\"]" : "[\"\(way)\", \"sleep\", \"\(word)\"]"
    return """
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "\(way.isEmpty ? "/bin/sleep" : "/usr/bin/env")")
      process.arguments = \(arguments)
      try process.run()
      usleep(300_000)
      """
  }

  @Test(arguments: ["", "setsid", "nohup"]) func childrenEndWithTheChapter(_ way: String) throws {
    try withWorkshop { workshop in
      let word = unusual()
      try workshop.writeBook(["a.md": "# A\n\n```{swift}\n\(starting(word, by: way))\n```\n"])
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      #expect(!runs(word))
    }
  }

  /// A busy machine may run a short program to its end before the process that looks after it goes on.
  @Test func aProgramThatEndedBeforeItIsLookedAfterIsNoticed() throws {
    try withWorkshop { workshop in
      try workshop.write(
        """
        #include "CProcess.h"
        #include <sys/wait.h>
        #include <unistd.h>
        pid_t __real_fork(void);
        pid_t __wrap_fork(void) {
          pid_t child = __real_fork();
          siginfo_t end;
          if (child > 0) waitid(P_PID, child, &end, WEXITED | WNOWAIT);
          return child;
        }
        int main(int count, char **arguments) { return process_supervise(arguments) == 0 ? 7 : 1; }
        """, to: "short.c")
      let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/CProcess")
      let sources = ["process.c", "reads.c", "confinement.c"].map { package.appending(path: $0).path }
      let flags = ["-Wl,--wrap=fork", "-I", package.appending(path: "include").path]
      let made = try Workshop.run(
        "clang", flags + ["-o", "short", "short.c"] + sources, in: workshop.folder)
      try #require(made.status == 0, "\(made.error)")
      #expect(try Workshop.run("timeout", ["60", "./short"], in: workshop.folder).status == 7)
    }
  }

  @Test func childrenEndWithTheLimit() throws {
    try withWorkshop { workshop in
      let word = unusual()
      try workshop.writeBook([
        "a.md":
          "# A\n\n```{swift}\n//| time-limit: 2\n\(starting(word, by: "setsid"))\nwhile true { usleep(1000) }\n```\n"
      ])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.error.contains("took longer than its limit of 2 seconds"), "\(built.error)")
      #expect(!runs(word))
    }
  }

  /// The copy in which a cell fails that must.
  @Test func aCopyEndsWithTheLimit() throws {
    try withWorkshop { workshop in
      let word = unusual()
      try workshop.writeBook([
        "a.md":
          "# A\n\n```{swift}\n//| error: true\n//| time-limit: 2\n\(starting(word, by: ""))\nwhile true { usleep(1000) }\n```\n"
      ])
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 1)
      #expect(!runs(word))
    }
  }

  @Test(arguments: [SIGKILL, SIGTERM, SIGINT]) func everythingEndsWithTheEngine(_ signal: Int32) throws {
    try withWorkshop { workshop in
      let word = unusual()
      try workshop.writeBook([
        "a.md": "# A\n\n```{swift}\n\(starting(word, by: "setsid"))\nwhile true { usleep(1000) }\n```\n"
      ])
      let engine = try Workshop.start(Workshop.command.path, ["build", "chapters"], in: workshop.folder)
      try Workshop.wait(for: "the child") { runs(word) ? true : nil }
      kill(engine.processIdentifier, signal)
      engine.wait()
      try Workshop.wait(for: "the end of the child") { runs(word) ? nil : true }
      // What it left is gone after the next build.
      try workshop.writeBook(["a.md": "# A\n\n`{swift} 1`\n"])
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      let left = try #require(
        FileManager.default.enumerator(atPath: workshop.url("output").path)?.allObjects as? [String])
      #expect(
        !left.contains { $0.contains("partial-") || $0.contains(".work-") || $0.contains("nosync") },
        "\(left)")
    }
  }

  @Test func childrenCountForTheMemory() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "a.md": """
        # A

        ```{swift}
        //| memory-limit: 300MB
        @_silgen_name("fork") func copy() -> Int32
        for _ in 0..<3 where copy() == 0 {
          var bytes = [UInt8](repeating: 1, count: 200_000_000)
          bytes[5] = 2
          sleep(30)
          _exit(Int32(bytes[5]))
        }
        sleep(30)
        ```
        """
      ])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.error.contains("more than its limit of 300.0 MB"), "\(built.error)")
    }
  }

  /// A limit that is lower now is kept, too.
  @Test func aLowerLimitIsAskedOfAKeptRun() throws {
    try withWorkshop { workshop in
      func write(_ option: String) throws {
        try workshop.writeBook([
          "a.md": """
          # A

          ```{swift}
          \(option)
          let bytes = [UInt8](repeating: 1, count: 300_000_000)
          usleep(1_500_000)
          print(bytes.count)
          ```
          """
        ])
      }
      try write("//| time-limit: 60")
      #expect(try workshop.neuronbook(["build", "chapters"]).status == 0)
      try write("//| time-limit: 90")
      #expect(try workshop.neuronbook(["build", "chapters", "--explain"]).output.contains("nothing changed"))
      try write("//| time-limit: 1")
      let slow = try workshop.neuronbook(["build", "chapters"])
      #expect(slow.error.contains("took longer than its limit of 1 seconds"), "\(slow.error)")
      try write("//| memory-limit: 100MB")
      let large = try workshop.neuronbook(["build", "chapters"])
      #expect(large.error.contains("more than its limit of 100.0 MB"), "\(large.error)")
    }
  }
}

/// A chapter's program has been copied before its cells run, and threads of it wait for one another all the same.
@Suite struct WaitingForThreadsTests {
  /// A value that one thread makes while another asks for it; and a lock for which one waits.
  private static let declarations = """
    # A

    ```{swift}
    import Synchronization
    final class Answer: Sendable {
      static let value: Int = {
        Thread.detachNewThread { _ = Answer.value }
        usleep(200_000)
        return 7
      }()
    }
    func countUp() {
      final class Count: Sendable { let lock = Mutex(0) }
      let count = Count()
      count.lock.withLock { value in
        Thread.detachNewThread { count.lock.withLock { $0 += 1 } }
        usleep(200_000)
        value += 1
      }
      while count.lock.withLock({ $0 }) < 2 { usleep(1000) }
    }
    ```

    """

  /// - Parameter end: The last line of a cell that waits.
  private func built(_ options: String, _ end: String) throws -> String {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "a.md": Self.declarations + "\n```{swift}\n//| time-limit: 60\n\(options)countUp()\n\(end)\n```\n"
      ])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      return try workshop.text("output/report.html")
    }
  }

  @Test func threadsOfAChapterWaitForOneAnother() throws {
    #expect(try built("", "print(\"made \\(Answer.value)\")").contains("made 7"))
  }

  @Test func threadsOfACopyWaitForOneAnother() throws {
    #expect(try built("//| error: true\n", "fatalError(\"made \\(Answer.value)\")").contains("made 7"))
  }
}
