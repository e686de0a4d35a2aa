import Dispatch
import Foundation

/// How many threads share the work of one process.
public enum Threads {
  /// As many as there are processors, or as NEURONBOOK_THREADS says. It decides how long work takes, never its bits.
  @TaskLocal public static var count = Threads.available

  private static let available: Int = {
    let wanted = ProcessInfo.processInfo.environment["NEURONBOOK_THREADS"].flatMap { Int($0) }
    return max(1, wanted ?? ProcessInfo.processInfo.activeProcessorCount)
  }()
}

/// Calls `body` once with each of 0 ..< `count`, on several threads if there are any, and returns when all are done.
///
/// The calls must write to different places. How the work is cut into `count` parts must follow from its size
/// alone, never from the number of threads: then sums have one order, and results the same bits everywhere.
public func inParallel(_ count: Int, _ body: (Int) -> Void) {
  if count <= 1 || Threads.count == 1 {
    for part in 0..<count { body(part) }
  } else {
    // Kernels work through pointers, which the compiler can't see to be disjoint: that is the caller's promise.
    nonisolated(unsafe) let body = body
    DispatchQueue.concurrentPerform(iterations: count) { body($0) }
  }
}

/// What `make` gives for each of 0 ..< `count`, in their order, made on several threads if there are any.
///
/// As with `inParallel`, the cut into `count` parts must follow from the size of the work alone.
///
/// - Throws: The error of the first part that has one, when all are done.
public func parallelMap<Value, Failure: Error>(
  _ count: Int, _ make: (Int) throws(Failure) -> Value
) throws(Failure) -> [Value] {
  var results = [Result<Value, Failure>?](repeating: nil, count: count)
  results.withUnsafeMutableBufferPointer { buffer in
    // Each part writes its own place.
    nonisolated(unsafe) let buffer = buffer
    inParallel(count) { part in
      do throws(Failure) {
        buffer[part] = .success(try make(part))
      } catch {
        buffer[part] = .failure(error)
      }
    }
  }
  var values: [Value] = []
  values.reserveCapacity(count)
  for case let result? in results { values.append(try result.get()) }
  return values
}

/// Part `part` of `count` things cut into `parts` parts of almost one size, on multiples of `unit`.
public func part(_ part: Int, of parts: Int, count: Int, unit: Int = 1) -> Range<Int> {
  let blocks = (count + unit - 1) / unit
  func bound(_ part: Int) -> Int { min(count, blocks * part / parts * unit) }
  return bound(part)..<bound(part + 1)
}
