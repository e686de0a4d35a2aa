import CellRecords
import Foundation

/// Where the command finds the library that chapters link, and how it compiles them.
public struct Installation: Sendable {
  /// The folder of the command and of the Lab library.
  var products: URL
  /// The folder of the package, for the module maps of C libraries.
  var package: URL
  /// What a chapter's result depends on besides its own text: the library's content and the compiler.
  var identity: String
  /// The digest of the sources that kept models depend on.
  var modelSources: String
  private var flags: [String]

  private static let cModules = ["CBLAS", "CCairo", "CGLib", "CProcess"]
  private static let cPackages = ["openblas", "pangocairo", "glib-2.0"]
  private static let modelModules = ["CBLAS", "LinearAlgebra", "Tasks", "Networks"]

  /// Finds the library beside the running command.
  ///
  /// - Throws: `Problem` where the library, the compiler or the headers are missing.
  public static func find() async throws -> Installation {
    let command = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let products = command.deletingLastPathComponent()
    let library = products.appending(path: "libLab.so")
    guard let libraryContent = try? Data(contentsOf: library, options: .mappedIfSafe) else {
      throw Problem(
        "The library that chapters use is missing: \(library.path)",
        advice: "Build it beside the command: make build")
    }
    var package = products
    while !FileManager.default.fileExists(atPath: package.appending(path: "Package.swift").path) {
      guard package.path != "/" else {
        throw Problem(
          "The sources of Neuronbook were not found above \(products.path).",
          advice: "Run the command from where `make` built it.")
      }
      package = package.deletingLastPathComponent()
    }
    let compiler = try await Tool.run("swiftc", ["--version"], advice: Installation.compilerAdvice)
    guard compiler.status.isSuccess else {
      throw Problem("swiftc does not run: \(compiler.error)", advice: Installation.compilerAdvice)
    }
    let headers = try await Tool.run(
      "pkg-config", ["--cflags"] + cPackages, advice: "Install it: apt-get install pkg-config")
    guard headers.status.isSuccess else {
      throw Problem(
        "A C library is missing: \(headers.error)", advice: "Install what is missing: make dependencies")
    }

    var identity = Digest()
    identity.add("library", libraryContent)
    identity.add("compiler", compiler.output)
    let includes = String(decoding: headers.output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    var flags = ["-Onone", "-g", "-swift-version", "5", "-diagnostic-style", "llvm", "-Xcc", "-march=native"]
    flags += ["-I", products.appending(path: "Modules").path]
    flags += cModules.flatMap {
      ["-Xcc", "-fmodule-map-file=" + package.appending(path: "Sources/\($0)/module.modulemap").path]
    }
    flags += includes.flatMap { ["-Xcc", String($0)] }
    flags += ["-L", products.path, "-lLab", "-Xlinker", "-rpath", "-Xlinker", products.path]
    return Installation(
      products: products, package: package, identity: identity.hexadecimal,
      modelSources: try digest(ofModules: modelModules, in: package), flags: flags)
  }

  static let compilerAdvice =
    "Install a Swift 6 toolchain (swift.org/install) and put its folder on the PATH."

  /// The arguments of swiftc that make a program of a chapter.
  func compilerArguments(source: URL, program: URL) -> [String] {
    flags + ["-module-name", "ChapterCells", source.path, "-o", program.path]
  }

  private static func digest(ofModules modules: [String], in package: URL) throws -> String {
    var digest = Digest()
    for module in modules {
      let folder = package.appending(path: "Sources/\(module)")
      let names = (FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String] ?? [])
        .sorted()
      for name in names {
        guard let content = try? Data(contentsOf: folder.appending(path: name)) else { continue }
        digest.add("\(module)/\(name)", content)
      }
    }
    return digest.hexadecimal
  }
}
