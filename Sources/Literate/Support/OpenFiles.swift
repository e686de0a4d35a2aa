import Foundation

/// How many files the system lets this command have open at once: as many as it may, and no fewer than a build needs.
enum OpenFiles {
  /// - Throws: `Problem` where there are too few: the library that starts programs ends this one then.
  static func check(chapters: Int) throws {
    var limit = rlimit()
    let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(kind, &limit) == 0 else { return }
    let needed = rlim_t(128 + 4 * chapters)
    if limit.rlim_cur < limit.rlim_max {
      limit.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, max(needed, 4096)))
      setrlimit(kind, &limit)
    }
    guard limit.rlim_cur < needed else { return }
    throw Problem(
      "The system lets this command open \(limit.rlim_cur) files at once; it needs \(needed).",
      advice: "Allow more: ulimit -n \(needed)")
  }
}
