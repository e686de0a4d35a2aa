import Subprocess

/// Cuts chapters off from the network where the system lets us: a report must not depend on what a server says.
enum NetworkIsolation {
  private static let candidates = [
    ["unshare", "--net"], ["unshare", "--user", "--map-current-user", "--net"],
  ]

  /// The command to put before a program so that it has no network; empty where there is none.
  static func arguments() async -> [String] {
    for candidate in candidates {
      let trial = try? await Subprocess.run(
        Tool.executable(candidate[0]), arguments: Arguments(candidate.dropFirst() + ["true"]),
        output: .discarded)
      if trial?.terminationStatus.isSuccess ?? false { return candidate }
    }
    return []
  }
}
