import Foundation

/// A process with all that it began, as the kernel tells.
enum ProcessTree {
  /// The memory that a process and its descendants hold, in bytes. What copies share counts once.
  static func memory(of root: Int32) -> Int {
    let all = descendants(of: root)
    // One process besides its guardian shares with nobody, and is cheap to ask.
    if all.count <= 2 { return all.map(residentMemory).max() ?? 0 }
    return all.map { proportionalMemory(of: $0) ?? residentMemory(of: $0) }.reduce(0, +)
  }

  /// A process and its descendants.
  static func descendants(of root: Int32) -> [Int32] {
    var found = [root]
    var next = 0
    while next < found.count, found.count < 10_000 {
      found += children(of: found[next])
      next += 1
    }
    return found
  }

  private static func children(of process: Int32) -> [Int32] {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
    return tasks.flatMap { task in
      let text = try? String(contentsOfFile: "/proc/\(process)/task/\(task)/children", encoding: .utf8)
      return text?.split(separator: " ").compactMap { Int32($0) } ?? []
    }
  }

  private static func residentMemory(of process: Int32) -> Int {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8) else { return 0 }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
  }

  /// What a process holds, with its share of what others hold too.
  private static func proportionalMemory(of process: Int32) -> Int? {
    let text = try? String(contentsOfFile: "/proc/\(process)/smaps_rollup", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("Pss:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }
}
