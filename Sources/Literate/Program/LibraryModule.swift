/// A module of the library that chapters use. `Package.swift` builds them; a test compares the two.
struct LibraryModule {
  let name: String
  var dependencies: [String] = []
  /// What pkg-config calls the C library that it stands for, and its package of Debian; nil for a module of sources.
  var system: (pkgConfig: String, debian: String)?
  /// Whether it is C.
  var isC = false
  /// Where its module map lies, where it is C.
  var moduleMap: String { "Sources/\(name)/\(system == nil ? "include/" : "")module.modulemap" }
  /// Whether kept models depend on it.
  var isOfModels = false

  /// In an order in which each comes after what it depends on.
  static let all = [
    LibraryModule(name: "CBLAS", system: ("openblas", "libopenblas-dev"), isC: true, isOfModels: true),
    LibraryModule(name: "CCairo", system: ("pangocairo", "libpango1.0-dev"), isC: true),
    LibraryModule(name: "CGLib", system: ("glib-2.0", "libglib2.0-dev"), isC: true),
    LibraryModule(name: "CProcess", isC: true),
    LibraryModule(name: "Base", isOfModels: true),
    LibraryModule(name: "LinearAlgebra", dependencies: ["Base", "CBLAS"], isOfModels: true),
    LibraryModule(name: "Tasks", dependencies: ["Base"], isOfModels: true),
    LibraryModule(name: "Networks", dependencies: ["Base", "LinearAlgebra", "Tasks"], isOfModels: true),
    LibraryModule(
      name: "Analyses", dependencies: ["Base", "LinearAlgebra", "Tasks", "Networks"], isOfModels: true),
    LibraryModule(
      name: "KnownRoleModels", dependencies: ["Base", "LinearAlgebra", "Tasks", "Networks", "Analyses"],
      isOfModels: true),
    LibraryModule(name: "Plotting", dependencies: ["Base", "CCairo"]),
    LibraryModule(name: "PageModel"),
    LibraryModule(name: "Text"),
    LibraryModule(name: "CellRecords", dependencies: ["Base", "Text", "CGLib"]),
    LibraryModule(
      name: "Lab",
      dependencies: [
        "Base", "LinearAlgebra", "Tasks", "Networks", "Analyses", "KnownRoleModels", "Plotting", "PageModel",
        "CellRecords", "CProcess",
      ]),
  ]

  /// The module as a target of a package.
  var target: String {
    let list = dependencies.map { "\"\($0)\"" }.joined(separator: ", ")
    if let system {
      return
        ".systemLibrary(name: \"\(name)\", pkgConfig: \"\(system.pkgConfig)\", providers: [.apt([\"\(system.debian)\"])])"
    }
    return dependencies.isEmpty
      ? ".target(name: \"\(name)\")" : ".target(name: \"\(name)\", dependencies: [\(list)])"
  }
}
