// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds a report builds this.
let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "neuronbook", path: "..")],
  targets: [.executableTarget(name: "bench", dependencies: [.product(name: "Lab", package: "neuronbook")])]
)
