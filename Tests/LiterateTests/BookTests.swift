import Foundation
import Testing

/// The book that ships.
@Suite struct BookTests {
  private static let chapters = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "chapters")

  /// No claim is better than "no" when the models that it is about were never trained. A verdict that survives that says
  /// nothing about what training does.
  @Test func noClaimIsMetWithoutTraining() throws {
    try withWorkshop { workshop in
      // The chapters that judge R0 to R9; the others make no claims about roles.
      let book = try String(contentsOf: Self.chapters.appending(path: "book.yml"), encoding: .utf8)
      let leftOut = ["02-a-look-inside", "03-known-roles", "11-elsewhere", "12-beyond", "14-appendix"]
      try FileManager.default.copyItem(at: Self.chapters, to: workshop.url("chapters"))
      let lines = book.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
        !leftOut.contains { line.contains($0) }
      }
      // What they refer to in the others.
      let labels = leftOut.flatMap { name in
        let text =
          (try? String(contentsOf: Self.chapters.appending(path: name + ".md"), encoding: .utf8)) ?? ""
        return text.matches(of: /#(sec-[a-z-]+)/).map { String($0.1) }
      }
      try workshop.write(
        labels.map { "# Elsewhere {#\($0)}\n" }.joined(separator: "\n"), to: "chapters/others.md")
      try workshop.write(lines.joined(separator: "\n") + "\n  - others.md\n", to: "chapters/book.yml")
      let result = try workshop.neuronbook([
        "build", "chapters", "--profile", "quick", "--set", "withoutTraining=true", "--output", "output",
        "--progress", "quiet",
      ])
      #expect(result.status == 0, "\(result.error)")
      struct Shown: Decodable {
        var name: String
        var verdict: String
      }
      let claims = try JSONDecoder().decode(
        [Shown].self, from: Data(contentsOf: workshop.url("output/scorecard.json")))
      for number in 0...9 {
        // In a chapter of its own, by the faithful arm, and by the corrected one; R1 in the arms alone.
        let own = claims.filter { $0.name.hasPrefix("R\(number) ") || $0.name == "R\(number)" }
        #expect(own.count >= (number == 1 ? 2 : 3), "R\(number): \(own.map(\.name))")
        for claim in own {
          #expect(["no", "cannotBeTold"].contains(claim.verdict), "\(claim.name): \(claim.verdict)")
        }
      }
    }
  }
}
