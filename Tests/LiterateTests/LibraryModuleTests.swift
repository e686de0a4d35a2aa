import Foundation
import Testing

@testable import Literate

/// What the command knows of the library is what the package builds and the Makefile installs.
@Suite struct LibraryModuleTests {
  private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private struct Package: Decodable {
    struct Target: Decodable {
      struct Dependency: Decodable {
        /// The name, then a condition that is null.
        var byName: [String?]?
      }
      struct Provider: Decodable {
        var apt: [[String]]?
      }
      var name: String
      var type: String
      var pkgConfig: String?
      var dependencies: [Dependency]
    }
    var targets: [Target]
  }

  @Test func theModulesAreThoseOfThePackage() throws {
    // Beside the build that runs the tests, which holds its own folder.
    let scratch = FileManager.default.temporaryDirectory.appending(
      path: "neuronbook-package-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: scratch) }
    let described = try Workshop.run(
      "/usr/bin/env", ["swift", "package", "--scratch-path", scratch.path, "dump-package"], in: root)
    #expect(described.status == 0, "\(described.error)")
    let package = try JSONDecoder().decode(Package.self, from: Data(described.output.utf8))
    let targets = Dictionary(uniqueKeysWithValues: package.targets.map { ($0.name, $0) })
    for module in LibraryModule.all {
      let target = try #require(targets[module.name], "\(module.name)")
      #expect(target.pkgConfig == module.system?.pkgConfig, "\(module.name)")
      #expect((target.type == "system") == (module.system != nil), "\(module.name)")
      #expect(
        Set(target.dependencies.compactMap { $0.byName?[0] }) == Set(module.dependencies), "\(module.name)")
    }
    // Nothing that Lab is made of is missing.
    var needed = ["Lab"]
    var next = 0
    while next < needed.count {
      needed += (targets[needed[next]]?.dependencies ?? []).compactMap { $0.byName?[0] ?? nil }
        .filter { !needed.contains($0) }
      next += 1
    }
    #expect(Set(needed) == Set(LibraryModule.all.map(\.name)))
  }

  @Test func theMakefileInstallsWhatTheyNeed() throws {
    let makefile = try String(contentsOf: root.appending(path: "Makefile"), encoding: .utf8)
    for package in LibraryModule.all.compactMap(\.system?.debian) + ["pkg-config", "pandoc"] {
      #expect(makefile.contains(" \(package)"), "\(package)")
    }
  }
}
