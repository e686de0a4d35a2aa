import Foundation
import Testing

@testable import Literate

/// A name that does not exist brings the nearest that does.
@Suite struct GuessedNamesTests {
  private static let names = LibraryNames(
    package: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())

  private func advice(_ message: String, own: [String] = [], called: String? = nil, callee: String? = nil)
    -> String?
  {
    Suggestion(names: Self.names, own: own).advice(message, called: called, callee: callee)
  }

  @Test func namesAreReadFromSources() {
    let names = LibraryNames(
      source: """
        public enum Kind: String { case one, two(Int, Float), three = "3"
          case four  // case five
          var x: Int { switch self { case .one: 1 default: 2 } }
          public static let best = Kind.one
        }
        extension Kind.Inner { public func act() {} }
        public func free() {}
        func hidden() {}
        struct Hidden { public var seen: Int { let inner = 1; return inner } }
        """)
    func has(_ owner: String, _ name: String, _ isStatic: Bool) -> Bool {
      names.all.contains(.init(owner: owner, name: name, isStatic: isStatic))
    }
    for name in ["one", "two", "three", "four", "best"] { #expect(has("Kind", name, true), "\(name)") }
    #expect(
      has("", "Kind", true) && has("", "free", true) && has("Inner", "act", false)
        && has("Hidden", "seen", false))
    #expect(names.all.count == 9, "\(names.all)")
  }

  @Test func theNearestNameIsSuggested() {
    #expect(
      advice("cannot infer contextual base in reference to member 'LSTM'")
        == "Did you mean `.lstm`, of `CellKind`?")
    let tokens = "cannot infer contextual base in reference to member 'tokens'"
    #expect(advice(tokens, callee: "score") == "Did you mean `.token`, of `Outcome`?")
    #expect(advice(tokens)?.contains("`.tokens`") == false)
    #expect(advice("type 'CellKind' has no member 'simpleRnn'") == "Did you mean `simpleRNN`?")
    #expect(advice("type 'Place' has no member 'cellstate'") == "Did you mean `cellState`?")
    #expect(advice("value of type 'Seq2Seq' has no member 'evalute'") == "Did you mean `evaluate`?")
    #expect(
      advice("value of type 'TrainedModel' has no member 'xyzzyplugh'")
        == "`TrainedModel` has `history` and `model`.")
    #expect(advice("cannot find 'precent' in scope") == "Did you mean `percent`?")
    #expect(advice("cannot find 'modle' in scope", own: ["model", "data"]) == "Did you mean `model`?")
    #expect(advice("cannot find type 'Seq2seq' in scope") == "Did you mean `Seq2Seq`?")
    #expect(advice("cannot find 'modle' in scope; did you mean 'model'?") == nil)
    #expect(advice("cannot find 'qqqqqqqqqq' in scope") == nil)
    #expect(advice("cannot convert value of type 'Int' to expected argument type 'String'") == nil)
  }

  /// Where the type is not known, a name that exists is not called wrong.
  @Test func whoseMemberIsMeantIsSaid() {
    let words = "reference to member 'cellState' cannot be resolved without a contextual type"
    #expect(
      advice(words)?.contains("`Place.cellState`") == true && advice(words)?.contains("Did you mean") == false
    )
    #expect(advice(words.replacing("cellState", with: "notThere")) == nil)
    #expect(advice("cannot find 'criteria' in scope", own: ["criterium"])?.contains("book.yml") == true)
  }

  @Test func aHiddenFunctionIsNamed() {
    let words = "cannot call value of non-function type 'Int'"
    #expect(advice(words, called: "train")?.contains("call `Lab.train`") == true)
    #expect(advice(words, called: "mine") == nil)
  }

  @Test(
    "Guessed names in a cell, with the place and the nearest; a constant called data beside the reader; the results' folder"
  )
  func chapters() throws {
    try withWorkshop { workshop in
      try workshop.write("content", to: "chapters/file.txt")
      try workshop.writeBook([
        "1.md": BadInputTests.cell(
          "let some = LastTokenAutoencoder(longest: 6, rowsPerCell: 20).heldOut(seed: 1)\n"
            + "let model = Seq2Seq(Configuration(units: 8, vocabulary: some.vocabulary, cell: .LSTM), seed: 1)"
        ),
        "2.md": """
        # Data

        ```{swift}
        print(try data("file.txt").count)
        let data = [1, 2, 3]
        print(data.count, try data("file.txt").count)
        try Data("made".utf8).write(to: resultsFolder.appending(path: "made.txt"))
        ```
        """,
        "3.md": BadInputTests.cell("let percent = 5\nprint(percent(0.5))"),
        "4.md": BadInputTests.cell(
          "let data = 5\ntry Data(\"x\".utf8).write(to: URL(filePath: \"x.txt\"))"),
      ])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 1)
      #expect(built.error.contains("Did you mean `lstm`?"), "\(built.error)")
      #expect(built.error.contains("call `Lab.percent`, or choose another name"), "\(built.error)")
      #expect(built.error.contains("write to `resultsFolder.appending(path:"), "\(built.error)")
      #expect(!built.error.contains("2.md:"), "\(built.error)")
      #expect(try workshop.text("output/report.html").contains("3 7"))
      #expect(try workshop.text("output/results/made.txt") == "made")
      #expect(!workshop.exists("chapters/x.txt"))
      // The file is part of what the chapter depends on.
      try workshop.write("another content", to: "chapters/file.txt")
      _ = try workshop.neuronbook(["build", "chapters"])
      #expect(try workshop.text("output/report.html").contains("3 15"))
    }
  }
}
