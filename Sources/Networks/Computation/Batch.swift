import Base
import LinearAlgebra
import Tasks

/// The tokens of some rows, time-major, as encoder and decoder read them; filled anew for each batch.
package final class Batch {
  package let capacity: Int
  package private(set) var rows = 0
  /// Encoder steps that at least one row takes part in: the leading steps that are PAD for all are left out.
  package private(set) var encoderSteps = 0
  /// Decoder steps up to the longest target.
  package private(set) var decoderSteps = 0
  /// Target tokens that are not PAD.
  package private(set) var targetTokens = 0

  /// `[encoder steps, rows]`.
  package var inputs: UnsafeMutablePointer<Int32> { inputTokens.base }
  /// `[encoder steps, rows]`, 1 where the input is PAD.
  package var pads: UnsafeMutablePointer<UInt8> { padMarks.base }
  /// `[decoder steps, rows]`: what the decoder is fed, SOS first. Decoding writes here what it has chosen.
  package var fed: UnsafeMutablePointer<Int32> { fedTokens.base }
  /// `[decoder steps, rows]`.
  package var targets: UnsafeMutablePointer<Int32> { targetTokenStorage.base }

  private let inputTokens: Scratch<Int32>
  private let padMarks: Scratch<UInt8>
  private let fedTokens: Scratch<Int32>
  private let targetTokenStorage: Scratch<Int32>

  package init(capacity: Int, encoderSteps: Int, decoderSteps: Int) {
    self.capacity = capacity
    inputTokens = Scratch(capacity * encoderSteps, repeating: Vocabulary.pad)
    padMarks = Scratch(capacity * encoderSteps, repeating: 0)
    // One step more: the choice of the last step is written too.
    fedTokens = Scratch(capacity * (decoderSteps + 1), repeating: Vocabulary.pad)
    targetTokenStorage = Scratch(capacity * decoderSteps, repeating: Vocabulary.pad)
  }

  /// Takes `count` rows of both grids, row `index(i)` for each i; without targets, there are none to compare with.
  ///
  /// `trimming` leaves out the steps that are PAD for all rows, which changes nothing but the time.
  package func load(
    inputs grid: TokenGrid, targets: TokenGrid?, count: Int, trimming: Bool, index: (Int) -> Int
  ) {
    ensure(count <= capacity, "\(count) rows don't fit a batch of \(capacity)")
    rows = count
    var (skipped, longest, tokens) = (trimming ? grid.steps : 0, 0, 0)
    for i in 0..<count {
      let row = index(i)
      if trimming {
        var first = 0
        while first < skipped, grid.storage[row * grid.steps + first] == Vocabulary.pad { first += 1 }
        skipped = min(skipped, first)
      }
      guard let targets else { continue }
      for step in 0..<targets.steps where targets.storage[row * targets.steps + step] != Vocabulary.pad {
        tokens += 1
        longest = max(longest, step + 1)
      }
    }
    encoderSteps = grid.steps - skipped
    decoderSteps = trimming ? longest : targets?.steps ?? 0
    targetTokens = tokens
    for i in 0..<count {
      let row = index(i)
      for step in 0..<encoderSteps {
        let token = grid.storage[row * grid.steps + skipped + step]
        inputTokens.base[step * count + i] = token
        padMarks.base[step * count + i] = token == Vocabulary.pad ? 1 : 0
      }
      fedTokens.base[i] = Vocabulary.sos
      guard let targets else { continue }
      for step in 0..<decoderSteps {
        targetTokenStorage.base[step * count + i] = targets.storage[row * targets.steps + step]
      }
    }
    feedTargets()
  }

  /// Feeds the decoder the targets, each one step later, whatever it was fed before.
  package func feedTargets() {
    (fed + rows).update(from: targets, count: decoderSteps * rows)
  }
}
