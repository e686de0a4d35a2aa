import Networks

extension KnownRoles {
  /// A trained model that can be made: its sizes, its training and its seed.
  public struct Recipe: Codable, Sendable, Hashable {
    public var units: Int
    public var words: Int
    public var lengths: ClosedRange<Int>
    public var sizes: RoleSizes
    public var cell: CellKind
    public var training: TrainingOptions
    public var seed: UInt64

    public init(
      units: Int, words: Int, lengths: ClosedRange<Int>, sizes: RoleSizes = RoleSizes(),
      cell: CellKind = .gru, training: TrainingOptions = TrainingOptions(), seed: UInt64
    ) {
      (self.units, self.words, self.lengths) = (units, words, lengths)
      (self.sizes, self.cell) = (sizes, cell)
      (self.training, self.seed) = (training, seed)
    }

    /// - Throws: As `KnownRoles.trained`.
    public func made() throws -> KnownRoles {
      try KnownRoles.trained(
        units: units, words: words, lengths: lengths, roles: sizes, training, cell: cell,
        seed: seed)
    }

    /// Four words and 32 units, seconds each: half tight, half loose.
    public static func small(seeds: ClosedRange<UInt64> = 1...3) -> [Recipe] {
      seeds.flatMap { seed in
        [true, false].map { isTight in
          Recipe(
            units: 32, words: 4, lengths: 4...7,
            sizes: isTight ? RoleSizes(storing: 2, counting: 2) : RoleSizes(),
            training: TrainingOptions(isTight: isTight), seed: seed)
        }
      }
    }

    /// The full set, for each seed seven with eight words and two small ones: 32 and 64 units, tight, loose, and loose with four
    /// roles, and PyTorch's GRU.
    public static func full(seeds: ClosedRange<UInt64> = 1...6) -> [Recipe] {
      small(seeds: seeds)
        + seeds.flatMap { seed in
          [32, 64].flatMap { units in
            [true, false].map { isTight in
              Recipe(
                units: units, words: 8, lengths: 5...8, training: TrainingOptions(isTight: isTight),
                seed: seed)
            } + [
              Recipe(units: units, words: 8, lengths: 5...8, sizes: .fourRoles(of: units), seed: seed)
            ]
          } + [Recipe(units: 32, words: 8, lengths: 5...8, cell: .resetAfterGRU, seed: seed)]
        }
    }
  }
}
