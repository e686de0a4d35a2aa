import Foundation

/// The kernels of OpenBLAS, on which the last bits of products depend: with the same ones, processors of different makers give the same.
package enum ProductKernels {
  /// The variable by which OpenBLAS is told which to take.
  package static let variable = "OPENBLAS_CORETYPE"

  private static let wide: Set<Substring> = ["avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"]
  /// What Linux says of a processor that can run them.
  private static let needs: [String: Set<Substring>] = [
    "Prescott": ["pni"], "Nehalem": ["sse4_2"], "Sandybridge": ["avx"], "Haswell": ["avx2", "fma"],
    "Zen": ["avx2", "fma"], "SkylakeX": wide, "Cooperlake": wide.union(["avx512_bf16"]),
  ]

  /// Whether the processors that these kernels are for multiply and add in one instruction; true of names that are not known.
  package static func canFuse(_ name: String) -> Bool {
    needs[name].map { !$0.isDisjoint(with: ["fma", "avx512f"]) } ?? true
  }

  /// Whether this processor can run kernels, by OpenBLAS's name for them; false where nothing tells.
  package static func canRun(_ name: String) -> Bool {
    guard let needs = needs[name],
      let information = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
      let flags = information.split(separator: "\n").first(where: { $0.hasPrefix("flags") })
    else { return false }
    return needs.isSubset(of: flags.split(separator: " "))
  }
}
