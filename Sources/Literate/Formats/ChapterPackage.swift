import Foundation

/// A Swift package for each chapter: its program and the library that it uses, so that `swift build` needs nothing
/// else but the C libraries.
struct PackageExporter: Exporter {
  func write(_ publication: Publication) async throws -> URL {
    let folder = try publication.emptyFolder("packages")
    for (index, chapter) in publication.chapters.enumerated() {
      let package = folder.appending(path: chapter.slug)
      let name = Self.programName(chapter)
      let program = PackageProgram(
        chapter, labels: publication.labels, document: publication.document(of: index, .plain))
      try write(program.main, to: package.appending(path: "Sources/\(name)/main.swift"))
      if !program.declarations.isEmpty {
        try write(program.declarations, to: package.appending(path: "Sources/\(name)/Declarations.swift"))
      }
      try write(Self.manifest(name), to: package.appending(path: "Package.swift"))
      try write(Self.readme(publication.title(of: index), name), to: package.appending(path: "README.md"))
      for module in LibraryModule.all.map(\.name) {
        try FileManager.default.copyItem(
          at: publication.sources.appending(path: "Sources/\(module)"),
          to: package.appending(path: "Sources/\(module)"))
      }
      let chapterFolder = chapter.source.url.deletingLastPathComponent()
      for path in publication.runs[index].files.keys.sorted()
      where !path.hasPrefix("/") && !path.contains("..") {
        let place = package.appending(path: path)
        try FileManager.default.createDirectory(
          at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? FileManager.default.copyItem(at: chapterFolder.appending(path: path), to: place)
      }
    }
    return folder
  }

  /// "04-storing" as a module: "Storing".
  private static func programName(_ chapter: Chapter) -> String {
    let words = chapter.slug.split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
    let name = words.drop { $0.allSatisfy(\.isNumber) }.map { $0.prefix(1).uppercased() + $0.dropFirst() }
      .joined()
    let isTaken = name.isEmpty || LibraryModule.all.contains { $0.name == name }
    return isTaken || name.first?.isNumber ?? true ? "Chapter" + name : name
  }

  private func write(_ text: String, to url: URL) throws {
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  static func manifest(_ name: String) -> String {
    """
    // swift-tools-version: 6.2
    import PackageDescription

    let package = Package(
      name: "\(name)",
      targets: [
        .executableTarget(name: "\(name)", dependencies: ["Lab"], swiftSettings: [.swiftLanguageMode(.v5)]),

        // The library of Neuronbook, as it was when this package was made.
        \(LibraryModule.all.map(\.target).joined(separator: ",\n    ")),
      ]
    )

    """
  }

  private static func readme(_ title: String, _ name: String) -> String {
    """
    # \(title)

    The code of a chapter, with the library that it uses. On Linux with a Swift 6 toolchain:

        sudo apt-get install \(LibraryModule.all.compactMap(\.system?.debian).joined(separator: " ")) pkg-config
        swift run -c release

    What the cells print appears in the terminal, figures are written to `figures/`, and what takes long to compute is
    kept in `kept/`: remove that folder after a change of the library. The exercises are in `Sources/\(name)/main.swift`:
    change an answer and run the program again; it says which checks pass.

    """
  }
}

extension Exporter where Self == PackageExporter {
  static func package() -> Self { PackageExporter() }
}
