import Foundation
import Literate
import Testing

@Suite struct UninitialisedNamesTests {
  private func messages(_ text: String) async throws -> [String] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "names-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "x.md")
    try Data(text.utf8).write(to: url)
    return try await Chapter.read(url, path: "x.md").problems.map {
      "\($0.location?.description ?? ""): \($0.message)"
    }
  }

  @Test func usesBeforeTheSettingCellAreFoundInCellsAndText() async throws {
    let text = """
      # T

      ```{swift}
      let early = late + 1
      ```

      `{swift} (one, two).0`

      ```{swift}
      let late = 1
      var (one, two) = (1, 2)
      ```
      """
    #expect(
      try await messages(text) == [
        "x.md:7:11: `one` is used before it is set: the cell at line 9 sets it.",
        "x.md:7:16: `two` is used before it is set: the cell at line 9 sets it.",
        "x.md:4:13: `late` is used before it is set: the cell at line 9 sets it.",
      ])
  }

  @Test func otherMeaningsOfTheWordAreLeftAlone() async throws {
    let text = """
      # T

      ```{swift}
      // late
      print("late", thing.late, f(late: 1))
      func g() -> Int { late }
      let x = [1].map { late in late }
      ```

      ```{swift}
      let late = 1
      ```

      `{swift} late`
      """
    #expect(try await messages(text).isEmpty)
  }
}
