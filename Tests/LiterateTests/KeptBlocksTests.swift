import CellRecords
import Foundation
import Testing

@testable import Literate

/// What computes a kept value names it: its block and all that the block names in the chapter, and nothing else.
@Suite struct KeptBlocksTests {
  /// The digests of the blocks of a chapter whose cell has this code, in their order.
  private func digests(_ cells: String...) throws -> [String] {
    let text =
      "---\nparameters:\n  units: 3\n---\n\n# A\n\n"
      + cells.map { "```{swift}\n\($0)\n```\n" }.joined(separator: "\n")
    let source = Source(text: text, path: "a.md", url: URL(filePath: "/a.md"))
    return KeptBlocks.blocks(in: try ScannedChapter(source, profile: .standard)).map(\.digest)
  }

  private let code = """
    struct Key: Codable { var n: Int }
    let factor = 2
    func scaled(_ n: Int) -> Int { n * factor }
    extension Int { var twice: Int { self * 2 } }
    let other = 5
    let value = try cached("v", key: Key(n: 1)) {
      scaled(3).twice + units
    }
    print(other, value)
    """

  private func changes(_ from: String, _ to: String) throws -> Bool {
    #expect(code.contains(from))
    return try digests(code) != digests(code.replacingOccurrences(of: from, with: to))
  }

  @Test func theBlockAndAllThatItNames() throws {
    #expect(try changes("scaled(3)", "scaled(4)"))
    #expect(try changes("n * factor", "n + factor"))
    #expect(try changes("factor = 2", "factor = 3"))
    #expect(try changes("self * 2", "self * 3"))
    #expect(try changes("var n: Int", "var n: Int, m = 1"))
  }

  /// What follows the points of a range is no member.
  @Test(arguments: [
    "(1...last).count", "(1..<last).count", "[1, 2, 3][...last].count", "(1 ... last).count",
    "(1...\n    last).count",
  ])
  func theEndOfARange(_ range: String) throws {
    func code(_ last: Int) -> String {
      "let last = \(last)\nlet value = try cached(\"v\", key: 1) {\n  \(range)\n}"
    }
    #expect(try digests(code(1)) != digests(code(2)))
    #expect(try digests(code(1)).count == 1)
  }

  @Test func nothingElse() throws {
    #expect(try !changes("other = 5", "other = 6"))
    #expect(try !changes("print(other, value)", "print(value)"))
    #expect(try !changes("let factor = 2", "// a comment\n\nlet factor = 2 // another"))
    #expect(try digests(code) == digests("let before = 1", code))
  }

  @Test func aVariableIsWhatMayHaveChangedIt() throws {
    let code = "var sum = 0\nfor n in 1...3 {\n  sum += n\n}\nlet v = try cached(\"v\", key: 1) { sum }"
    #expect(try digests(code) != digests(code.replacingOccurrences(of: "1...3", with: "1...4")))
  }

  @Test func textsArePartOfIt() throws {
    let code = "let name = \"a\"\nlet v = try cached(\"v\", key: 1) { name + \"https://x\" }"
    #expect(try digests(code) != digests(code.replacingOccurrences(of: "\"a\"", with: "\"b\"")))
    #expect(try digests(code) != digests(code.replacingOccurrences(of: "//x", with: "//y")))
  }

  /// A text may be the end of a statement, though it is no word.
  @Test(arguments: [
    "\"a\"", "\"\\(1 + 1)\"", "#\"a\"#", "1 +\n  \"a\".count", "\n  \"a \\(max(1, 2))\"",
    "\"\"\"\n  a\n  \"\"\"",
  ])
  func whatFollowsATextIsAnotherStatement(_ title: String) throws {
    func code(_ title: String, _ n: Int) -> String {
      "let title = \(title)\nlet n = \(n)\nlet value = try cached(\"v\") { n }"
    }
    #expect(try digests(code(title, 1)) == digests(code("2", 1)))
    #expect(try digests(code(title, 1)) != digests(code(title, 2)))
  }

  @Test func aNameOfItsOwnHidesTheChapters() throws {
    let function = """
      func f(data: Int, to model: Int) throws -> Int {
        let local = data + 1
        return try cached("v", key: data) { [1].map { item in item + local + model }[0] }
      }
      """
    let before = try digests("let data = 1\nlet model = 2\nlet local = 3\nlet item = 4\n" + function)
    #expect(try before == digests("let data = 5\nlet model = 6\nlet local = 7\nlet item = 8\n" + function))
    // One whose statement goes over lines, with braces in it.
    let long = """
      func f(_ n: Int) throws -> Int {
        let found = try cached("v", key: n) {
          [1].map {
            $0 + n
          }[0]
        }
        return found + 1
      }
      """
    #expect(
      try digests("let found = 1\nlet more = found\n" + long)
        == digests("let found = 2\nlet more = found\n" + long))
    let within = long.replacingOccurrences(of: "$0 + n", with: "$0 + found")
    #expect(try digests("let found = 1\n" + within) != digests("let found = 2\n" + within))
    // But what it is made of is not hidden.
    let made =
      "let data = 1\nfunc f() throws -> Int {\n  let data = data + 1\n  return try cached(\"v\", key: 1) { data }\n}"
    #expect(try digests(made) != digests(made.replacingOccurrences(of: "let data = 1", with: "let data = 2")))
  }

  @Test func eachCallHasItsOwn() throws {
    let two = try digests(
      "let a = try cached(\"v\", key: 1) {\n  1\n}\nlet b =\n  try cached(\"v\", key: 1) { 2 }",
      "let c = try cached(\"v\", key: 1) { 1 }")
    #expect(two.count == 3 && Set(two).count == 3)
  }

  @Test func aTupleDeclaresItsNames() throws {
    let code = "let (a, b) = (1, 2)\nlet v = try cached(\"v\", key: 1) { b }"
    #expect(try digests(code) != digests(code.replacingOccurrences(of: "(1, 2)", with: "(1, 3)")))
  }

  private let study = """
    struct Point: Codable { var n: Int; var twice: Int { 2 * n } }
    struct Other { var m = 1 }
    func points(_ count: Int) -> [Point] { (0..<count).map { Point(n: $0) } }
    let grid = points(10)
    func scaled(_ n: Int) -> Int { n * 3 }
    let study = try sweep("sizes", over: grid.filter { $0.n > 2 }) { point in
      scaled(point.twice) + units
    }
    """

  /// What makes the points is in their keys; what can be asked of a point is not.
  @Test func ofTheGridOfASweepTheTypesAlone() throws {
    let before = try digests(study)
    #expect(before.count == 1)
    func changes(_ from: String, _ to: String) throws -> Bool {
      #expect(study.contains(from))
      return try digests(study.replacingOccurrences(of: from, with: to)) != before
    }
    #expect(try !changes("points(10)", "points(20)"))
    #expect(try !changes("0..<count", "1..<count"))
    #expect(try !changes("$0.n > 2", "$0.n > 3"))
    #expect(try !changes("m = 1", "m = 2"))
    #expect(try changes("2 * n", "3 * n"))
    #expect(try changes("n * 3", "n * 4"))
    #expect(try changes("+ units", "- units"))
    // A block that names the grid depends on it.
    let naming = study.replacingOccurrences(of: "+ units", with: "+ grid.count")
    #expect(try digests(naming) != digests(naming.replacingOccurrences(of: "points(10)", with: "points(20)")))
  }

  @Test func theArgumentsOfASweepAreTakenOut() {
    let (code, points) = SweepPoints.takenOut(
      of: "let a = 1\nlet s = try sweep(\n  \"x\", over: (f(a))\n) { b in b }")
    #expect(code == "let a = 1\nlet s = try sweep(\n                   \n) { b in b }")
    #expect(points.count == 1 && points[0].line == 1 && points[0].names == ["over", "f", "a"])
    for other in ["sweep(a)", "x.sweep(a) { }", "func sweep(a: Int) { }", "let sweep = 1", "// sweep(a) { }"]
    {
      #expect(SweepPoints.takenOut(of: other).code == other)
    }
  }
}
