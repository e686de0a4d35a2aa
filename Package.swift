// swift-tools-version: 6.2
import PackageDescription

// What has to be fast. The Makefile compiles all else without the optimiser, dependencies too: a first build would take two thirds
// more of the processors' time. What a target asks for yields to the command line, so these ask the compiler behind it.
let optimised: [SwiftSetting] = [
  .unsafeFlags(
    ["-Xfrontend", "-O", "-Xfrontend", "-enable-default-cmo", "-no-emit-module-separately-wmo"],
    .when(configuration: .release))
]

let package = Package(
  name: "neuronbook",
  products: [
    .executable(name: "neuronbook", targets: ["neuronbook"]),
    // What a chapter program links: prebuilt and optimised, so that a chapter compiles in well under a second.
    .library(name: "Lab", type: .dynamic, targets: ["Lab"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    // A target names every module that it imports, or a changed one would not rebuild it.
    // Science: a task becomes a dataset, a model, a recording, a finding and a figure.
    .systemLibrary(name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CCairo", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
    .target(name: "Base", swiftSettings: optimised),
    .target(name: "LinearAlgebra", dependencies: ["Base", "CBLAS"], swiftSettings: optimised),
    .target(name: "Tasks", dependencies: ["Base"], swiftSettings: optimised),
    .target(
      name: "Networks", dependencies: ["Base", "LinearAlgebra", "Tasks"], swiftSettings: optimised),
    .target(
      name: "Analyses", dependencies: ["Base", "LinearAlgebra", "Tasks", "Networks"], swiftSettings: optimised
    ),
    // Models whose roles are known by their making, and how the analyses do on them.
    .target(
      name: "KnownRoleModels", dependencies: ["Base", "LinearAlgebra", "Tasks", "Networks", "Analyses"]),
    .target(name: "Plotting", dependencies: ["Base", "CCairo"], swiftSettings: optimised),
    .target(name: "CProcess"),
    // A model that runs in the page: for the machine, and by the plugin to WebAssembly.
    .target(name: "PageModel", swiftSettings: optimised),
    .plugin(name: "PageKernel", capability: .buildTool(), exclude: ["runtime.c"]),
    .target(
      name: "Lab",
      dependencies: [
        "Base", "LinearAlgebra", "Tasks", "Networks", "Analyses", "KnownRoleModels", "Plotting", "PageModel",
        "CellRecords", "CProcess",
      ],
      plugins: ["LibrarySources"]),
    .plugin(name: "LibrarySources", capability: .buildTool()),

    // Document: Markdown becomes a chapter, a program, a run and a report.
    .systemLibrary(name: "CGLib", pkgConfig: "glib-2.0", providers: [.apt(["libglib2.0-dev"])]),
    .target(name: "CellRecords", dependencies: ["Base", "Text", "CGLib"]),
    // What looks at each byte or word of a text: it has the optimiser, and all that is made of it need not have it.
    .target(name: "Text", swiftSettings: optimised),
    .target(
      name: "Literate",
      dependencies: [
        "Base", "CellRecords", "Text", "Yams", .product(name: "FlyingSocks", package: "FlyingFox"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      // The tests look into the stages, in the release build too.
      swiftSettings: [.unsafeFlags(["-enable-testing"])],
      plugins: ["PageKernel", "PageFiles"]),
    // The style, the scripts and the frames of pages, which lie beside what writes these.
    .plugin(name: "PageFiles", capability: .buildTool()),
    // Chapters in an editor.
    .target(
      name: "LanguageServer",
      dependencies: [
        "CellRecords", "Literate", "Text", .product(name: "Subprocess", package: "swift-subprocess"),
      ]),
    .executableTarget(
      name: "neuronbook",
      dependencies: [
        "CellRecords", "Literate", "LanguageServer",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Parsers of files that anybody may have made are tried with damaged ones.
    .target(name: "Fuzzing", path: "Tests/Fuzzing"),
    // The plainest form of what is tested, where it would take minutes without the optimiser.
    .target(
      name: "References", dependencies: ["LinearAlgebra", "Analyses"], path: "Tests/References",
      swiftSettings: optimised),
    .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra"]),
    .testTarget(name: "TasksTests", dependencies: ["Base", "Fuzzing", "Tasks"]),
    .testTarget(
      name: "NetworksTests", dependencies: ["Base", "Fuzzing", "LinearAlgebra", "Tasks", "Networks"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "PlottingTests", dependencies: ["CCairo", "Plotting"], exclude: ["Snapshots"]),
    .testTarget(
      name: "AnalysesTests",
      dependencies: ["LinearAlgebra", "Tasks", "Networks", "Analyses", "KnownRoleModels", "References"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "CellRecordsTests", dependencies: ["CellRecords"]),
    // What Lab brings along is named too: else a change of it would not rebuild these.
    .testTarget(
      name: "LabTests",
      dependencies: [
        "CellRecords", "LinearAlgebra", "Tasks", "Networks", "Analyses", "KnownRoleModels", "Plotting",
        "PageModel", "Lab",
      ]),
    .testTarget(
      name: "LiterateTests",
      dependencies: [
        "Base", "CProcess", "CellRecords", "Fuzzing", "LanguageServer", "Literate", "Lab", "neuronbook",
        "Text", "Yams",
      ]),
  ]
)
