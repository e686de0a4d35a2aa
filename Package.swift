// swift-tools-version: 6.2
import PackageDescription

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
    .target(name: "LinearAlgebra", dependencies: ["CBLAS"]),
    .target(name: "Tasks"),
    .target(name: "Networks", dependencies: ["LinearAlgebra", "Tasks"]),
    .target(name: "Analyses", dependencies: ["LinearAlgebra", "Tasks", "Networks"]),
    .target(name: "Plotting", dependencies: ["CCairo"]),
    .systemLibrary(name: "CProcess"),
    .target(
      name: "Lab",
      dependencies: ["LinearAlgebra", "Tasks", "Networks", "Analyses", "Plotting", "CellRecords", "CProcess"]),

    // Document: Markdown becomes a chapter, a program, a run and a report.
    .systemLibrary(name: "CGLib", pkgConfig: "glib-2.0", providers: [.apt(["libglib2.0-dev"])]),
    .target(name: "CellRecords", dependencies: ["CGLib"]),
    .target(
      name: "Literate",
      dependencies: [
        "CellRecords", "Yams", .product(name: "FlyingSocks", package: "FlyingFox"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      resources: [
        .embedInCode("Page/page.html"), .embedInCode("Page/page.css"), .embedInCode("Page/page.js"),
        .embedInCode("Page/explorer.js"), .embedInCode("Preview/preview.js"),
        .embedInCode("Formats/slides.html"),
      ],
      // The tests look into the stages, in the optimised build too.
      swiftSettings: [.unsafeFlags(["-enable-testing"])]),
    .executableTarget(
      name: "neuronbook",
      dependencies: [
        "CellRecords", "Literate", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra"]),
    .testTarget(name: "TasksTests", dependencies: ["Tasks"]),
    .testTarget(
      name: "NetworksTests", dependencies: ["LinearAlgebra", "Tasks", "Networks"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "PlottingTests", dependencies: ["CCairo", "Plotting"], exclude: ["Snapshots"]),
    .testTarget(
      name: "AnalysesTests", dependencies: ["LinearAlgebra", "Tasks", "Networks", "Analyses"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "CellRecordsTests", dependencies: ["CellRecords"]),
    // What Lab brings along is named too: else a change of it would not rebuild these.
    .testTarget(
      name: "LabTests",
      dependencies: ["CellRecords", "LinearAlgebra", "Tasks", "Networks", "Analyses", "Plotting", "Lab"]),
    .testTarget(
      name: "LiterateTests",
      dependencies: [
        "CProcess", "CellRecords", "Fuzzing", "Literate", "Lab", "neuronbook", "Yams",
      ]),
    // What the tests of parsers share.
    .target(name: "Fuzzing", path: "Tests/Fuzzing"),
  ]
)
