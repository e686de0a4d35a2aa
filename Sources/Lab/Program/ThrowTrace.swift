import CProcess
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
    guard file >= 0 else { return }
    base = UInt64(process_base())
    symbol.assumingMemoryBound(to: Hook.self).pointee = { _ in ThrowTrace.record() }
  }

  private static func record() {
    withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: depth) { frames in
      let count = Int(process_stack(frames.baseAddress, Int32(depth)))
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
}
