import Base
import CellRecords
import Foundation

/// Where the command finds the library that chapters link, and how it compiles them.
public struct Installation: Sendable {
  /// The folder of the command and of the Lab library.
  var products: URL
  /// The folder of the package, for the module maps of C libraries and the sources that a chapter's package takes.
  var package: URL
  /// The folder of the toolchain that brings what programs need to run.
  var toolchain: URL
  /// The compiler's version.
  public var compiler: String
  /// The digest of each module's sources that the library is made of, by the module's name.
  var modules: [String: String]
  /// What a chapter is compiled with, and what its program is linked with.
  private var flags, linking: [String]
  /// What swiftc runs to link; nil where it does not say so.
  private var link: LinkCommand?
  /// The command to put before a program so that it has no network; empty where there is none.
  var isolation: [String]
  /// Tells the library from one that is built later.
  private var built: FileState

  /// The digests of the modules that kept models depend on.
  var modelSources: [String: String] {
    let names = LibraryModule.all.filter(\.isOfModels).map(\.name)
    return modules.filter { names.contains($0.key) }
  }

  /// Finds the library beside the running command.
  ///
  /// - Throws: `Problem` where the library, the compiler or the headers are missing.
  public static func find() async throws -> Installation {
    let library = products.appending(path: "libLab.so")
    guard let built = FileState(library.path) else {
      throw Problem(
        "The library that chapters use is missing: \(library.path)",
        advice: "Build it beside the command: make build")
    }
    let package = try packageFolder(above: products)
    async let isolation = NetworkIsolation.arguments()
    // The compiler's driver leaves a folder behind even where it only answers.
    let temporaryFiles = FileManager.default.temporaryDirectory.appending(
      path: "neuronbook-compiler-\(UUID().uuidString)", directoryHint: .isDirectory)
    try Tool.inTemporaryFolder {
      try FileManager.default.createDirectory(at: temporaryFiles, withIntermediateDirectories: false)
    }
    defer { try? FileManager.default.removeItem(at: temporaryFiles) }
    func ask(_ arguments: [String]) async throws -> Tool.Result {
      try await Tool.run(
        "swiftc", arguments, temporaryFiles: temporaryFiles, advice: Installation.compilerAdvice)
    }
    async let asked = ask(["--version"])
    let linking =
      (hasFastLinker ? ["-use-ld=lld"] : [])
      + ["-L", products.path, "-lLab", "-Xlinker", "-rpath", "-Xlinker", products.path]
    async let jobs = ask(LinkCommand.question(linking: linking))
    async let searched = Tool.run(
      "pkg-config", ["--cflags"] + LibraryModule.all.compactMap(\.system?.pkgConfig),
      advice: "Install it: apt-get install pkg-config")

    // Results are named by the sources, so that a moved checkout finds them again; the library must be theirs.
    let sources = LibrarySources(in: package)
    let difference =
      LibrarySources(of: library).map { $0.difference(from: sources) } ?? "Package.swift"
    if let difference {
      throw Problem(
        "The library that chapters use was not built from these sources: \(difference) is another one.",
        advice: "Build it again: make build")
    }
    let (compiler, headers) = (try await asked, try await searched)
    guard compiler.status.isSuccess else {
      throw Problem("swiftc does not run: \(compiler.error)", advice: Installation.compilerAdvice)
    }
    guard headers.status.isSuccess else {
      throw Problem(
        "A C library is missing: \(headers.error)", advice: "Install what is missing: make dependencies")
    }
    let includes = String(decoding: headers.output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    // Line tables are what an error needs for its place; full debug information costs a second pass of the compiler.
    var flags = [
      "-Onone", "-gline-tables-only", "-swift-version", "5", "-diagnostic-style", "llvm", "-Xcc",
      "-march=native",
      // No folder of this machine is part of a program.
      "-file-compilation-dir", ".",
    ]
    flags += ["-I", products.appending(path: "Modules").path]
    flags += LibraryModule.all.filter(\.isC).flatMap {
      ["-Xcc", "-fmodule-map-file=" + package.appending(path: $0.moduleMap).path]
    }
    flags += includes.flatMap { ["-Xcc", String($0)] }
    let version = String(decoding: compiler.output, as: UTF8.self).split(separator: "\n").first ?? "unknown"
    return Installation(
      products: products, package: package, toolchain: toolchain, compiler: String(version),
      modules: sources.modules,
      flags: flags, linking: linking,
      link: LinkCommand(jobs: String(decoding: try await jobs.output, as: UTF8.self)),
      isolation: await isolation, built: built)
  }

  /// The folder of the running command.
  static var products: URL {
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  }

  /// The folder of the package that the command was built in.
  ///
  /// - Throws: `Problem` where there is none.
  static func packageFolder(above products: URL) throws -> URL {
    var package = products
    while !FileManager.default.fileExists(atPath: package.appending(path: "Package.swift").path) {
      guard package.path != "/" else {
        throw Problem(
          "The sources of Neuronbook were not found above \(products.path).",
          advice: "Run the command from where `make` built it.")
      }
      package = package.deletingLastPathComponent()
    }
    return package
  }

  /// Above `usr/bin/swiftc`, wherever that is a link to.
  static var toolchain: URL {
    let compiler =
      Tool.path("swiftc").map { URL(filePath: $0).resolvingSymlinksInPath() }
      ?? URL(filePath: "/usr/bin/swiftc")
    let folder = compiler.deletingLastPathComponent().deletingLastPathComponent()
    return folder.path == "/" ? compiler.deletingLastPathComponent() : folder
  }

  /// Whether the toolchain has its own linker, which takes half the time of the system's.
  private static var hasFastLinker: Bool {
    guard let compiler = Tool.path("swiftc") else { return false }
    let folder = URL(filePath: compiler).resolvingSymlinksInPath().deletingLastPathComponent()
    return FileManager.default.isExecutableFile(atPath: folder.appending(path: "ld.lld").path)
  }

  /// Whether the library is still the one that was found.
  var isCurrent: Bool { FileState(products.appending(path: "libLab.so").path) == built }

  static let compilerAdvice =
    "Install a Swift 6 toolchain (swift.org/install) and put its folder on the PATH."

  /// The arguments of swiftc that make a program of a chapter, in the program's folder: linkers read a `%` in a path as another
  /// character.
  func compilerArguments(sources: [URL], program: URL) -> [String] {
    // Together, or each file would be another process that loads the library anew.
    flags + linking + [
      "-whole-module-optimization", "-module-name", "ChapterCells", "-o", program.lastPathComponent,
    ]
      + sources.map(\.path)
  }

  /// The arguments of swiftc that compile some of a program's files, each to its object, in one process.
  func partArguments(_ changed: [(source: URL, object: URL)], others: [URL]) -> [String] {
    ["-frontend", "-c"] + flags + ["-module-name", "ChapterCells"]
      + changed.flatMap { ["-primary-file", $0.source.path, "-o", $0.object.path] } + others.map(\.path)
  }

  /// What makes a program of objects, one command after the other in the program's folder.
  ///
  /// - Parameter list: A file for the libraries that the objects ask for.
  func linkCommands(objects: [URL], list: URL, program: URL) -> [(tool: String, arguments: [String])] {
    link?.commands(objects: objects, list: list, program: program)
      ?? [("swiftc", linking + ["-o", program.lastPathComponent] + objects.map(\.path))]
  }

  /// What decides the object of a file, besides the program's text: the compiler, what it is told, the library and the processor.
  func addParts(to digest: inout Digest) {
    digest.add("compiler", compiler)
    for flag in flags { digest.add("flag", flag) }
    for (module, content) in modules.sorted(by: { $0.key < $1.key }) {
      digest.add("module " + module, content)
    }
    digest.add("processor", Self.processor)
  }

  /// What this processor can do, for which programs are compiled, in its system's words.
  private static let processor: String = {
    // The first of them tells for all.
    let first = try? RegularFile("/proc/cpuinfo").bytes(0..<8192)
    let lines = String(decoding: first ?? Data(), as: UTF8.self).split(separator: "\n")
    return lines.first { $0.hasPrefix("flags") || $0.hasPrefix("Features") }.map(String.init) ?? ""
  }()

  /// How these sources are compiled, for who asks about them and makes no program.
  package func editingArguments(sources: [String]) -> [String] {
    ["swiftc"] + flags + ["-module-name", "ChapterCells"] + sources
  }

  /// A program of the toolchain; nil where it has none of this name.
  package static func tool(_ name: String) -> String? {
    let place = toolchain.appending(path: "bin/\(name)").path
    return FileManager.default.isExecutableFile(atPath: place) ? place : Tool.path(name)
  }
}
