import Foundation

/// A program or library that a book is made with.
struct CrateSoftware {
  var name: String
  var version: String
  /// Where it is at home; nil where it has no public place.
  var home: String?

  /// What names it in a crate.
  var identifier: String { home ?? "#\(name.lowercased())" }

  /// Neuronbook, the compiler, Pandoc and the C libraries, with the versions that are installed.
  static func found(_ record: RunRecord) async -> [CrateSoftware] {
    var software = [
      CrateSoftware(name: "Neuronbook", version: Release.version),
      CrateSoftware(name: "Swift", version: record.compiler, home: "https://www.swift.org/"),
    ]
    if let version = await line(of: "pandoc", ["--version"]) {
      software.append(
        CrateSoftware(
          name: "Pandoc", version: version.replacing("pandoc ", with: ""), home: "https://pandoc.org/"))
    }
    for (package, name, home) in [
      ("openblas", "OpenBLAS", "https://www.openblas.net/"),
      ("cairo", "Cairo", "https://www.cairographics.org/"),
      ("pango", "Pango", "https://www.gtk.org/docs/architecture/pango"),
      ("glib-2.0", "GLib", "https://docs.gtk.org/glib/"),
    ] {
      guard let version = await line(of: "pkg-config", ["--modversion", package]) else { continue }
      software.append(CrateSoftware(name: name, version: version, home: home))
    }
    return software
  }

  /// The first line that a program says; nil where it fails.
  private static func line(of program: String, _ arguments: [String]) async -> String? {
    guard let result = try? await Tool.run(program, arguments, advice: ""), result.status.isSuccess else {
      return nil
    }
    return String(decoding: result.output, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}
