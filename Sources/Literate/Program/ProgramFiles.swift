import Foundation

/// What a chapter's program calls the files that it is made of.
///
/// Their paths may hold anything, and compilers, debuggers and symbolizers write them in other ways: `./x.md` as `x.md`. So the
/// program knows each by a plain name, which also tells a reader nothing of this machine.
struct ProgramFiles {
  private var names: [String: String] = [:]
  private var paths: [String: String] = [:]

  init(of chapter: ScannedChapter) {
    for path in chapter.source.files.union(chapter.parameters.map(\.location.file)).sorted() {
      let last = path.split(separator: "/").last ?? "chapter"
      let plain = String(
        last.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
      var name = plain.hasSuffix(".swift") ? plain + ".md" : plain
      var number = 1
      while paths[name] != nil {
        number += 1
        name = "\(number)-\(plain)"
      }
      names[path] = name
      paths[name] = path
    }
  }

  /// The name of a file in quotes, as Swift reads it.
  func literal(_ path: String) -> String { "\"\(name(path))\"" }

  func name(_ path: String) -> String { names[path] ?? "chapter" }

  /// The path of a file, as messages print it, from what a tool says of it; nil where it is another file.
  func path(of said: some StringProtocol) -> String? { paths[String(said.split(separator: "/").last ?? "")] }
}
