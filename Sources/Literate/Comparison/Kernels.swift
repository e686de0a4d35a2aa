import Foundation

/// The kernels of OpenBLAS, of which the last bits of products depend: with the same ones, processors of different makers give the same.
enum Kernels {
  /// The variable by which OpenBLAS is told which to take.
  private static let variable = "OPENBLAS_CORETYPE"

  private static let wide = ["avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"]
  /// What Linux says of a processor that can run them.
  private static let needs = [
    "Prescott": ["pni"], "Nehalem": ["sse4_2"], "Sandybridge": ["avx"], "Haswell": ["avx2", "fma"],
    "Zen": ["avx2", "fma"], "SkylakeX": wide, "Cooperlake": wide + ["avx512_bf16"],
  ]

  /// Has this process and those that it starts take kernels, if this processor can run them and the user has chosen none.
  ///
  /// - Returns: Whether it did.
  @discardableResult
  static func take(_ name: String) -> Bool {
    guard ProcessInfo.processInfo.environment[variable, default: ""].isEmpty, let needs = needs[name],
      let information = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
      let flags = information.split(separator: "\n").first(where: { $0.hasPrefix("flags") }),
      Set(flags.split(separator: " ").map(String.init)).isSuperset(of: needs)
    else { return false }
    return setenv(variable, name, 1) == 0
  }
}
