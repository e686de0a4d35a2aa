import Foundation

/// What the system lets this command have, seen before anything runs: what has too little ends in the midst of something.
enum SystemLimits {
  /// The address space that a build needs with all that it maps, in bytes; what it holds is far less.
  private static let addressSpace = 1_200_000_000

  /// Takes as many open files as there may be.
  ///
  /// - Throws: `Problem` where there are too few, or too little address space.
  static func check(chapters: Int) throws {
    let needed = 128 + 4 * chapters
    let files = limit(RLIMIT_NOFILE, raisedTo: max(needed, 4096))
    guard files >= needed else {
      throw Problem(
        "The system lets this command open \(files) files at once; it needs \(needed).",
        advice: "Allow more: ulimit -n \(needed)")
    }
    let space = limit(RLIMIT_AS)
    guard space >= addressSpace else {
      throw Problem(
        "The system lets this command have \(ByteCount.text(space)) of address space; it needs \(ByteCount.text(addressSpace)).",
        advice: "Allow more: ulimit -v unlimited")
    }
  }

  /// A limit of the system, raised where that is allowed.
  private static func limit(_ which: __rlimit_resource, raisedTo wanted: Int = 0) -> Int {
    let kind = __rlimit_resource_t(which.rawValue)
    var limit = rlimit()
    guard getrlimit(kind, &limit) == 0 else { return .max }
    if limit.rlim_cur < wanted, limit.rlim_cur < limit.rlim_max {
      limit.rlim_cur = min(limit.rlim_max, rlim_t(wanted))
      setrlimit(kind, &limit)
    }
    return Int(clamping: limit.rlim_cur)
  }
}
