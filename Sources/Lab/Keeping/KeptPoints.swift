import Base
import CellRecords
import Foundation
import LinearAlgebra
import Synchronization

/// The results of a sweep that are there.
extension SweepRun {
  /// The keys of the points that have a result.
  func keptKeys() -> Set<String> {
    ChapterProgram.withoutRecording { folder?.keys(.kept).intersection(keys) ?? [] }
  }

  /// The results of some points by their keys; what is damaged, or of files that changed since, is missing.
  ///
  /// - Parameter removes: Whether such a result goes, so that whoever lists the points sees it.
  func load(_ wanted: Set<String>, removes: Bool) -> [String: Value] {
    let places = places.filter { wanted.contains(keys[$0]) }
    let inputs = KnownInputs()
    let size = 100
    let parts = parallelMap((places.count + size - 1) / size) { part in
      ChapterProgram.withoutRecording {
        places[part * size..<min(places.count, (part + 1) * size)].map { place in
          load(place, inputs, removes: removes)
        }
      }
    }
    // Whoever takes the results depends on what they were computed from.
    for input in inputs.all { ChapterProgram.note(input) }
    var results: [String: Value] = [:]
    for (place, result) in zip(places, parts.joined()) { results[keys[place]] = result }
    return results
  }

  /// The result of one point; nil where it is not there as it must be.
  func load(_ place: Int, _ inputs: KnownInputs, removes: Bool) -> Value? {
    guard let file = folder?.file(.kept, keys[place]), let data = try? Data(ofFile: file.path) else {
      return nil
    }
    let why: String
    if let kept = KeptValue(data), kept.key == contentKey(place),
      let value = kept.value(as: KeptPoint<Value>.self)?.value
    {
      guard let change = kept.inputs.lazy.compactMap({ inputs.change($0) }).first else { return value }
      why = change
    } else {
      why = "it is damaged"
    }
    warn("the result of \(texts[place]) in “\(name)” can't be taken, \(why)")
    if removes { unlink(file.path) }
    return nil
  }

  func warn(_ what: String) {
    FileHandle.standardError.write(Data("warning: \(what)\n".utf8))
  }
}

/// What results were computed from, each looked at once.
final class KnownInputs: Sendable {
  private let changes = Mutex<[Input: String?]>([:])

  /// Why a result that depends on it can't be taken; nil if it can.
  func change(_ input: Input) -> String? {
    if let known = changes.withLock({ $0[input] }) { return known }
    let change = input.change(from: ChapterProgram.chapterFolder)
    changes.withLock { $0[input] = .some(change) }
    return change
  }

  /// Those that are as they were.
  var all: [Input] { changes.withLock { $0.filter { $0.value == nil }.map(\.key) } }
}
