import Foundation
import Testing

/// Compares a text with `Snapshots/NAME.txt`; `NEURONBOOK_RECORD=1` writes the file instead.
func expectSnapshot(
  _ text: String, named name: String, location: SourceLocation = #_sourceLocation, file: String = #filePath
) throws {
  let folder = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Snapshots")
  let url = folder.appendingPathComponent(name + ".txt")
  if ProcessInfo.processInfo.environment["NEURONBOOK_RECORD"] == "1" {
    try text.write(to: url, atomically: true, encoding: .utf8)
    return
  }
  let expected = try String(contentsOf: url, encoding: .utf8)
  let pairs = zip(expected.split(separator: "\n"), text.split(separator: "\n"))
  let difference = pairs.first { $0 != $1 }.map { "expected \($0)\nfound    \($1)" } ?? "another length"
  #expect(text == expected, "\(name): \(difference)", sourceLocation: location)
}
