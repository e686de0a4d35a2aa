import Foundation

/// Remembers where the last error was thrown, so that an uncaught one can be shown at its line.
///
/// Swift ends a program with an uncaught error without saying where it came from. The runtime calls a hook at
/// each `throw`; ours writes the return addresses, as offsets into the program, over one small file. The engine
/// maps them to lines of the chapter when the program dies of the error.
enum ThrowTrace {
  private typealias Hook = @convention(c) (UnsafeRawPointer) -> Void
  private static let depth = 64
  nonisolated(unsafe) private static var file: Int32 = -1
  nonisolated(unsafe) private static var base: UInt64 = 0

  static func install(writingTo url: URL) {
    guard let symbol = dlsym(nil, "_swift_willThrow") else { return }
    file = open(url.path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o644)
    guard file >= 0, let program = programBase() else { return }
    base = program
    symbol.assumingMemoryBound(to: Hook.self).pointee = { _ in ThrowTrace.record() }
  }

  private static func record() {
    withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: depth) { frames in
      let count = Int(backtrace(frames.baseAddress, Int32(depth)))
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: depth) { offsets in
        for index in 0..<depth {
          let address = index < count ? UInt64(UInt(bitPattern: frames[index])) : 0
          // A return address names the instruction after the call.
          offsets[index] = address > base ? address - base - 1 : 0
        }
        _ = pwrite(file, offsets.baseAddress, depth * MemoryLayout<UInt64>.stride, 0)
      }
    }
  }

  /// The address that the program, not a library, is loaded at.
  private static func programBase() -> UInt64? {
    var base: UInt64?
    withUnsafeMutablePointer(to: &base) { pointer in
      // The program is the first object that the loader lists.
      _ = dl_iterate_phdr(
        { info, _, data in
          guard let info, let data else { return 1 }
          data.assumingMemoryBound(to: UInt64?.self).pointee = UInt64(info.pointee.dlpi_addr)
          return 1
        }, pointer)
    }
    return base
  }
}

// Glibc's execinfo.h is not in Swift's module map.
@_silgen_name("backtrace")
private func backtrace(_ frames: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ count: Int32) -> Int32
