import Base
import CellRecords
import Foundation

/// The sources of the library that chapters use: those that it was built from, and those that lie there now. They are told by
/// their digests, since a copy has the times of whoever made it.
struct LibrarySources {
  /// The digest of each file, by its path in the package.
  private var digests: [String: String] = [:]

  /// Those that a library was built from (`Plugins/LibrarySources`); nil where it does not say.
  init?(of library: URL) {
    guard let data = try? Data(contentsOf: library, options: .mappedIfSafe) else { return nil }
    func find(_ mark: String, from start: Int) -> Int? {
      let mark = Array(mark.utf8)
      return data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) -> Int? in
        var place = start
        while let base = bytes.baseAddress, place + mark.count <= bytes.count,
          let next = memchr(base + place, Int32(mark[0]), bytes.count - place)
        {
          place = UnsafeRawPointer(next) - base
          guard place + mark.count <= bytes.count else { return nil }
          if memcmp(next, mark, mark.count) == 0 { return place }
          place += 1
        }
        return nil
      }
    }
    let (opening, closing) = ("<neuronbook-sources>\n", "</neuronbook-sources>")
    guard let start = find(opening, from: 0), let end = find(closing, from: start) else { return nil }
    let text = String(decoding: data[(start + opening.utf8.count)..<end], as: UTF8.self)
    for line in text.split(separator: "\n") {
      // 64 digits, two spaces, the path.
      digests[String(line.dropFirst(66))] = String(line.prefix(64))
    }
  }

  /// Those of a package.
  init(in package: URL) {
    for module in LibraryModule.all.map(\.name) {
      let folder = package.appending(path: "Sources/\(module)")
      for name in FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String] ?? []
      where ["swift", "c", "h", "modulemap"].contains((name as NSString).pathExtension) {
        guard let content = try? Data(ofFile: folder.appending(path: name).path) else { continue }
        digests["Sources/\(module)/\(name)"] = Digest.sha256(content)
      }
    }
  }

  /// A file that another has otherwise, or not at all; nil where they are the same.
  func difference(from other: LibrarySources) -> String? {
    Set(digests.keys).union(other.digests.keys).sorted().first { digests[$0] != other.digests[$0] }
  }

  /// The digest of each module.
  var modules: [String: String] {
    Dictionary(grouping: digests.keys) { String($0.split(separator: "/")[1]) }.mapValues { paths in
      var digest = Digest()
      for path in paths.sorted() { digest.add(path, digests[path] ?? "") }
      return digest.hexadecimal
    }
  }
}
