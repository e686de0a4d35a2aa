import CProcess
import Foundation
import Testing

/// Disks that are full or can't be written, and chapters that write where they should not.
@Suite struct DiskTests {
  /// Whether this system lets us mount a small disk of our own.
  static let canMount =
    (try? Workshop.run(
      "/usr/bin/unshare", ["--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"],
      in: FileManager.default.temporaryDirectory))?.status == 0

  /// Runs a script where `output` is a disk of four megabytes; `$neuronbook` is the command.
  private func onSmallDisk(_ workshop: Workshop, _ script: String) throws -> String {
    try FileManager.default.createDirectory(at: workshop.url("output"), withIntermediateDirectories: true)
    let result = try Workshop.run(
      "/usr/bin/unshare",
      [
        "--user", "--map-root-user", "--mount", "sh", "-c",
        "neuronbook='\(Workshop.command.path)'\nmount -t tmpfs -o size=4m none output || exit 9\n(\(script)) 2>&1",
      ], in: workshop.folder)
    return result.output + result.error
  }

  @Test(.enabled(if: canMount)) func aFullDiskIsSaidAndLosesNothing() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01-good.md": BadInputTests.good])
      let said = try onSmallDisk(
        workshop,
        """
        $neuronbook build chapters; echo "first: $?"
        cp output/report.html before.html
        head -c 9000000 /dev/zero > output/filler 2>/dev/null
        sed -i 's/2.0, 4.0/2.0, 5.0/' chapters/01-good.md
        $neuronbook build chapters; echo "full: $?"
        cmp output/report.html before.html && echo "the report is as it was"
        rm output/filler
        $neuronbook build chapters; echo "then: $?"
        find output -name 'partial*' -o -name '.work*'
        """)
      #expect(said.contains("first: 0"), "\(said)")
      #expect(said.contains("full: 1"), "\(said)")
      #expect(said.contains("error: ") && said.contains("space"), "\(said)")
      #expect(said.contains("the report is as it was"), "\(said)")
      #expect(said.hasSuffix("then: 0\n"), "\(said)")
    }
  }

  @Test(.enabled(if: canMount)) func aReadOnlyDiskIsSaidBeforeAnythingRuns() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01-good.md": BadInputTests.good])
      let said = try onSmallDisk(
        workshop,
        "mount -o remount,ro,size=4m none output; $neuronbook build chapters; echo \"read-only: $?\"")
      #expect(said.contains("output: error: The output folder can't be written"), "\(said)")
      #expect(!said.contains("compiling"))
      #expect(said.hasSuffix("read-only: 1\n"), "\(said)")
    }
  }

  @Test(.enabled(if: process_landlock_version() > 0)) func aChapterWritesOnlyBelowTheOutput() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "01.md": """
        # W

        ```{swift}
        try "inside".write(toFile: "../output/inside.txt", atomically: true, encoding: .utf8)
        let temporary = FileManager.default.temporaryDirectory.appending(path: "x.txt")
        try "passing".write(to: temporary, atomically: true, encoding: .utf8)
        ```

        ```{swift}
        try "outside".write(toFile: "outside.txt", atomically: true, encoding: .utf8)
        ```
        """
      ])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 1)
      #expect(built.error.hasPrefix("chapters/01.md:10:"), "\(built.error)")
      #expect(built.error.contains("write to `resultsFolder.appending(path:"))
      #expect(workshop.exists("output/inside.txt"))
      #expect(!workshop.exists("chapters/outside.txt"))
    }
  }
}
