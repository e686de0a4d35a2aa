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
  ],
  targets: [
    // Science: a task becomes a dataset, a model, a recording, a finding and a figure.
    .systemLibrary(name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CCairo", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
    .target(name: "LinearAlgebra", dependencies: ["CBLAS"]),
    .target(name: "Tasks"),
    .target(name: "Networks", dependencies: ["LinearAlgebra", "Tasks"]),
    .target(name: "Analyses", dependencies: ["Networks"]),
    .target(name: "Plotting", dependencies: ["CCairo"]),
    .systemLibrary(name: "CProcess"),
    .target(name: "Lab", dependencies: ["Analyses", "Plotting", "CellRecords", "CProcess"]),

    // Document: Markdown becomes a chapter, a program, a run and a report.
    .systemLibrary(name: "CGLib", pkgConfig: "glib-2.0", providers: [.apt(["libglib2.0-dev"])]),
    .target(name: "CellRecords", dependencies: ["CGLib"]),
    .target(
      name: "Literate",
      dependencies: [
        "CellRecords", "Yams", .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      resources: [.embedInCode("Report/page.html"), .embedInCode("Report/page.css")]),
    .executableTarget(
      name: "neuronbook",
      dependencies: [
        "Literate", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra"]),
    .testTarget(name: "TasksTests", dependencies: ["Tasks"]),
    .testTarget(name: "NetworksTests", dependencies: ["Networks"], resources: [.copy("Fixtures")]),
    .testTarget(name: "AnalysesTests", dependencies: ["Analyses"], resources: [.copy("Fixtures")]),
    .testTarget(name: "PlottingTests", dependencies: ["Plotting"], exclude: ["Snapshots"]),
    .testTarget(name: "CellRecordsTests", dependencies: ["CellRecords"]),
    .testTarget(name: "LabTests", dependencies: ["Lab", "CellRecords"]),
    .testTarget(name: "LiterateTests", dependencies: ["Literate", "Lab", "neuronbook"]),
  ]
)
