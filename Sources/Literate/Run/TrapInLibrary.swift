import Foundation

/// A trap inside the library that chapters use, from Swift's own backtrace: optimised code traps without a word, as where an
/// index is outside of an array.
struct TrapInLibrary {
  /// What the chapter called, such as `Rows.rows`.
  var function: String
  /// What went wrong, as the innermost frame and its place tell: `Array.subscript.getter in Tasks/Data/TokenGrid.swift:43`.
  var cause: String

  /// The trap in what a program wrote to standard error; nil where there is none, or none in the library.
  init?(_ said: String) {
    let frames = said.split(separator: "\n").drop { !$0.contains(" crashed:") }.compactMap(Frame.init)
    guard let first = frames.first, first.image == "libLab.so" else { return nil }
    let called = frames.prefix { $0.image == "libLab.so" }.last { !$0.isSystem } ?? first
    function = called.function
    let place = frames.first { $0.image == "libLab.so" && !$0.isSystem && $0.place != nil }?.place
    let reason = said.firstMatch(of: /\*\*\* Swift runtime failure: (.+?) \*\*\*/).map { String($0.1) }
    cause = (reason ?? first.function) + (place.map { " in \($0)" } ?? "")
  }

  private struct Frame {
    var function: String
    var image: String
    /// The file below `Sources`, and the line.
    var place: String?
    var isSystem: Bool

    /// A line such as `3 [ra] 0x00007f5b2b300569 Rows.rows<A>(_:) + 56 in libLab.so at /…/Sources/Tasks/Data/Rows.swift:91:15`.
    init?(_ line: Substring) {
      guard
        let match = line.wholeMatch(
          of:
            /\s*\d+ (?<marks>(?:\[\w+\] )*)\s*0x[0-9a-f]+ (?<function>.+?)(?: \+ \d+)? in (?<image>\S+)(?: at (?<place>.+))?/
        )
      else { return nil }
      image = String(match.image)
      isSystem = match.marks.contains("system")
      place = match.place?.firstMatch(of: /Sources\/(?<file>.+?:\d+)/).map { String($0.file) }
      // The name alone, of the outermost function where one is nested: not what it is specialised for, or takes.
      var name = String(match.function)
      if let outer = name.range(of: " in ", options: .backwards) { name = String(name[outer.upperBound...]) }
      name = name.replacing("specialized ", with: "").replacing(/<.*?>/, with: "")
      function = String(name.prefix { $0 != "(" })
    }
  }
}
