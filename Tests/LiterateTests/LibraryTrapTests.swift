import Foundation
import Testing

@testable import Literate

/// A program that the library ends says why, at the chapter's line.
@Suite struct LibraryTrapTests {
  @Test(
    "A precondition of the library says its sentence at the line that broke it; a cell that must fail too")
  func preconditions() throws {
    try withWorkshop { workshop in
      try workshop.writeBook([
        "1.md": BadInputTests.cell(
          "print(\"before\")\nlet configuration = Configuration(units: 0, vocabularySize: 5)"),
        "2.md": BadInputTests.cell("let one = LastTokenAutoencoder(words: 1)"),
        "3.md": BadInputTests.cell("_ = Matrix(rows: 2, columns: 2)[2, 0]"),
        "4.md": BadInputTests.cell(
          "_ = Configuration(units: -1, vocabularySize: 5)", head: "//| error: true\n"),
      ])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 1)
      for words in [
        "1.md:9:21: error: The cell stopped the program: a Seq2Seq can't have 0 units, only 1 to 65536",
        "2.md:8:11: error: The cell stopped the program: LastTokenAutoencoder has no rows",
        "with 1 words (2 at least)",
        "error: The cell stopped the program: (2, 0) is outside a 2 × 2 matrix",
      ] {
        #expect(built.error.contains(words), "\(built.error)")
      }
      #expect(try workshop.text("output/report.html").contains("have -1 units, only 1 to 65536"))
    }
  }

  /// Swift's own words for a trap in optimised code, which has none of its own.
  private static let said = """
    before

    *** Program crashed: Illegal instruction at 0x00007f5b2b2ff703 ***

    Thread 0 "chapter" crashed:

      0 [inlined] [system]      0x00007f5b2b2ff703 specialized Array.subscript.getter in libLab.so at //<compiler-generated>
      1                         0x00007f5b2b2ff703 specialized gather #1 <A>(_:) in Rows.rows<A>(_:) + 563 in libLab.so at /somewhere/Sources/Tasks/Data/TokenGrid.swift:43:61
      2 [ra] [inlined] [system] 0x00007f5b2b300569 specialized gather #1 <A>(_:) in Rows.rows<A>(_:) in libLab.so at //<compiler-generated>
      3 [ra]                    0x00007f5b2b300569 Rows.rows<A>(_:) + 56 in libLab.so at /somewhere/Sources/Tasks/Data/Rows.swift:91:15
      4 [ra]                    0x0000562ac5c4fd6e main + 365 in chapter at chapter.md:5:21
    """

  @Test func aTrapWithoutWordsNamesWhatWasCalled() throws {
    let trap = try #require(TrapInLibrary(Self.said))
    #expect(trap.function == "Rows.rows")
    #expect(trap.cause == "Array.subscript.getter in Tasks/Data/TokenGrid.swift:43")
    let told = try #require(
      TrapInLibrary(
        Self.said.replacing(
          "Program crashed: Illegal instruction at 0x00007f5b2b2ff703",
          with: "Swift runtime failure: arithmetic overflow")))
    #expect(told.cause == "arithmetic overflow in Tasks/Data/TokenGrid.swift:43")
    #expect(TrapInLibrary("before\n") == nil)
    let own = Self.said.split(separator: "\n").filter { !$0.contains("libLab") }.joined(separator: "\n")
    #expect(TrapInLibrary(own) == nil)
  }

  /// The library has no precondition whose sentence an optimised build drops.
  @Test func noPreconditionIsSwifts() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources")
    var count = 0
    for module in LibraryModule.all where !module.isC {
      let folder = sources.appending(path: module.name)
      for case let name as String in FileManager.default.enumerator(atPath: folder.path) ?? .init()
      where name.hasSuffix(".swift") {
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        #expect(
          !text.contains(/\b(?:precondition|preconditionFailure|assertionFailure)\(/),
          "\(module.name)/\(name)")
        count += text.matches(of: /\bensure\(/).count
      }
    }
    #expect(count > 40)
  }
}
