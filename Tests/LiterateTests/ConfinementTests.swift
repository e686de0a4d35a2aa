import CProcess
import Foundation
import Testing

/// What SECURITY.md says that a chapter can't do.
@Suite(.enabled(if: process_landlock_version() >= 6)) struct ConfinementTests {
  /// Says of each attempt in a cell whether it was allowed.
  private func probe(
    _ attempts: [(name: String, code: String)], in workshop: Workshop, as user: [String] = [],
    environment: [String: String] = [:]
  ) throws -> [String: String] {
    let lines = attempts.map { "tell(\"\($0.name)\", \($0.code))" }.joined(separator: "\n")
    try workshop.writeBook([
      "a.md": """
      # A

      ```{swift}
      import Glibc
      let outside = "\(workshop.url("outside").path)"
      let results = "../output"
      func tell(_ name: String, _ isAllowed: Bool) { print(name + "=" + (isAllowed ? "allowed" : "refused")) }
      \(lines)
      ```
      """
    ])
    for name in ["a", "b", "c"] { try workshop.write("kept", to: "outside/" + name) }
    let arguments = user + [Workshop.command.path, "build", "chapters"]
    let built = try Workshop.run("/usr/bin/env", arguments, in: workshop.folder, environment: environment)
    #expect(built.status == 0, "\(built.error)\(built.output)")
    let page = try workshop.text("output/report.html")
    return Dictionary(
      page.matches(of: /(\w+)=(allowed|refused)/).map { (String($0.1), String($0.2)) },
      uniquingKeysWith: { $1 })
  }

  private let attempts: [(name: String, code: String)] = [
    ("write", "open(outside + \"/a\", O_WRONLY) >= 0"),
    ("append", "fopen(outside + \"/a\", \"a\") != nil"),
    ("create", "open(outside + \"/new\", O_CREAT | O_WRONLY, 0o644) >= 0"),
    ("truncate", "truncate(outside + \"/a\", 0) == 0"),
    ("openTruncating", "open(outside + \"/a\", O_RDONLY | O_TRUNC) >= 0"),
    ("chmod", "chmod(outside + \"/a\", 0o600) == 0"),
    ("fchmod", "fchmod(open(outside + \"/a\", O_RDONLY), 0o600) == 0"),
    ("chown", "chown(outside + \"/a\", getuid(), getgid()) == 0"),
    ("utimes", "utimes(outside + \"/a\", nil) == 0"),
    ("futimens", "futimens(open(outside + \"/a\", O_RDONLY), nil) == 0"),
    ("unlink", "unlink(outside + \"/b\") == 0"),
    ("rename", "rename(outside + \"/b\", results + \"/b\") == 0"),
    ("hardLink", "link(outside + \"/b\", results + \"/b2\") == 0"),
    ("mkfifo", "mkfifo(outside + \"/fifo\", 0o600) == 0"),
    ("symlink", "symlink(\"a\", outside + \"/link\") == 0"),
    (
      "throughLink",
      "symlink(outside + \"/c\", results + \"/c\") == 0 && open(results + \"/c\", O_WRONLY) >= 0"
    ),
    ("sharedMemory", "open(\"/dev/shm/neuronbook-probe\", O_CREAT | O_WRONLY, 0o644) >= 0"),
    ("signalParent", "kill(getppid(), 0) == 0"),
    ("signalFirst", "kill(1, 0) == 0"),
    ("environmentOfOthers", "(try? Data(contentsOf: URL(fileURLWithPath: \"/proc/1/environ\"))) != nil"),
    ("secret", "ProcessInfo.processInfo.environment[\"MY_SECRET\"] != nil"),
    (
      "network",
      "{ let s = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0); var a = sockaddr_in(); a.sin_family = 2; a.sin_port = in_port_t(9).bigEndian; a.sin_addr.s_addr = in_addr_t(0x7f000001).bigEndian; return withUnsafePointer(to: &a) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(s, $0, 16) } } == 0 || errno == ECONNREFUSED }()"
    ),
  ]
  private let freedoms: [(name: String, code: String)] = [
    ("results", "open(results + \"/own\", O_CREAT | O_RDWR, 0o644) >= 0"),
    (
      "temporary",
      "(try? \"x\".write(to: FileManager.default.temporaryDirectory.appendingPathComponent(\"t\"), atomically: true, encoding: .utf8)) != nil"
    ),
    (
      "twice",
      "(0..<2).allSatisfy { _ in (try? \"x\".write(toFile: results + \"/twice\", atomically: true, encoding: .utf8)) != nil }"
    ),
    ("null", "open(\"/dev/null\", O_WRONLY) >= 0"),
    (
      "ownChild",
      "{ let p = Process(); p.executableURL = URL(fileURLWithPath: \"/bin/sleep\"); p.arguments = [\"60\"]; guard (try? p.run()) != nil else { return false }; return kill(p.processIdentifier, SIGKILL) == 0 }()"
    ),
  ]

  private func check(_ said: [String: String], _ workshop: Workshop) throws {
    for (name, _) in attempts { #expect(said[name] == "refused", "\(name)") }
    for (name, _) in freedoms { #expect(said[name] == "allowed", "\(name)") }
    for name in ["a", "b", "c"] { #expect(try workshop.text("outside/" + name) == "kept") }
    #expect(!workshop.exists("outside/new") && !workshop.exists("outside/fifo"))
  }

  @Test func aChapterIsHeldBack() throws {
    try withWorkshop { workshop in
      let said = try probe(attempts + freedoms, in: workshop, environment: ["MY_SECRET": "x"])
      try check(said, workshop)
    }
  }

  @Test(.enabled(if: getuid() == 0)) func alsoThatOfAUserWhoIsNotRoot() throws {
    try withWorkshop { workshop in
      _ = try Workshop.run("/bin/chmod", ["777", workshop.folder.path], in: workshop.folder)
      for folder in ["outside", "output"] {
        try FileManager.default.createDirectory(at: workshop.url(folder), withIntermediateDirectories: true)
        _ = try Workshop.run("/bin/chmod", ["777", workshop.url(folder).path], in: workshop.folder)
      }
      // Its own files: what the permissions of others refuse shows nothing.
      for name in ["a", "b", "c"] { try workshop.write("", to: "outside/" + name) }
      _ = try Workshop.run(
        "/bin/chown", ["-R", "65534:65534", workshop.url("outside").path], in: workshop.folder)
      let said = try probe(
        attempts + freedoms, in: workshop,
        as: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
        environment: ["MY_SECRET": "x", "TMPDIR": workshop.folder.path, "HOME": workshop.folder.path])
      try check(said, workshop)
    }
  }

  /// The home is hidden but for what the book needs.
  @Test func theHomeIsHidden() throws {
    try withWorkshop { workshop in
      try workshop.write("secret", to: "home/.ssh/key")
      try workshop.write("shared", to: "elsewhere/data.txt")
      let probes = [
        (
          "key",
          "(try? String(contentsOfFile: \"\(workshop.url("home/.ssh/key").path)\", encoding: .utf8)) != nil"
        ),
        (
          "listing",
          "(try? FileManager.default.contentsOfDirectory(atPath: \"\(workshop.url("home").path)\")) != nil"
        ),
        (
          "data",
          "(try? String(contentsOfFile: \"\(workshop.url("elsewhere/data.txt").path)\", encoding: .utf8)) != nil"
        ),
        ("own", "(try? String(contentsOfFile: \"a.md\", encoding: .utf8)) != nil"),
      ]
      let said = try probe(probes, in: workshop, environment: ["HOME": workshop.url("home").path])
      #expect(said == ["key": "refused", "listing": "refused", "data": "allowed", "own": "allowed"])
    }
  }

  /// A book in the home can be built: what it needs is not hidden.
  @Test func aBookInTheHomeIsBuilt() throws {
    try withWorkshop { workshop in
      try workshop.write("12", to: "home/book/n.txt")
      try workshop.write("# A\n\n```{swift}\nprint(try data(\"n.txt\").count)\n```\n", to: "home/book/a.md")
      let built = try Workshop.run(
        Workshop.command.path, ["build", "a.md"], in: workshop.url("home/book"),
        environment: ["HOME": workshop.url("home").path])
      #expect(built.status == 0, "\(built.error)")
    }
  }

  /// What the system can't hold back is said, in the terminal and in the record.
  @Test func whatIsNotHeldBackIsSaid() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["a.md": "# A\n\n`{swift} 1`\n"])
      let usual = try workshop.neuronbook(["build", "chapters"])
      // In a changed root, as of some containers, no user may make a network of its own.
      let canUnshare = try [["--net"], ["--user", "--map-current-user", "--net"]].contains { options in
        try Workshop.run("/usr/bin/unshare", options + ["/bin/true"], in: workshop.folder).status == 0
      }
      #expect(usual.error.contains("not held back") != canUnshare, "\(usual.error)")
      try workshop.writeProgram("#!/bin/sh\nexit 1\n", to: "bin/unshare")
      let path = try #require(ProcessInfo.processInfo.environment["PATH"])
      let without = try workshop.neuronbook(
        ["build", "chapters"], environment: ["PATH": workshop.url("bin").path + ":" + path])
      #expect(
        without.error.contains("chapters are not held back from the network (no unshare)"), "\(without.error)"
      )
      #expect(try workshop.text("output/report.html").contains("Chapters were not held back from"))
      #expect(try workshop.text("output/run.json").contains("the network (no unshare)"))
    }
  }
}
