import Tasks

extension KnownRoles {
  /// A model to be built: what a study can list, and keep by, before it builds any.
  public struct Design: Codable, Sendable, Hashable {
    /// Which construction.
    public let family: Family
    /// Its sizes, rows and seed.
    public let options: Options

    /// A model that `KnownRoles.init(_:)` can build.
    public init(_ family: Family, _ options: Options) {
      (self.family, self.options) = (family, options)
    }
  }

  /// Builds the model of a design.
  ///
  /// - Throws: As `init(_:_:)`.
  public init(_ design: Design) throws { try self.init(design.family, design.options) }

  /// A model of each family, size and seed; families that do not fit into a size are left out there.
  ///
  /// Of the ways to fill a size, that with the most words and the longest sentences is taken, but for even seeds the one with
  /// two copies of each unit if it fits; what is left over are noise units, four at most, and two at least where that can be.
  public static func designs(
    _ families: [Family] = Family.handMade, units: [Int], seeds: ClosedRange<UInt64>
  ) -> [Design] {
    families.flatMap { family in
      units.flatMap { units in seeds.compactMap { design(family, units: units, seed: $0) } }
    }
  }

  private static func design(_ family: Family, units: Int, seed: UInt64) -> Design? {
    design(family, units: units, seed: seed, leastNoise: family == .nothing ? 0 : 2)
      ?? design(family, units: units, seed: seed, leastNoise: 0)
  }

  private static func design(_ family: Family, units: Int, seed: UInt64, leastNoise: Int) -> Design? {
    for copies in seed % 2 == 0 ? [2, 1] : [1] {
      for (words, lengths) in [(8, 5...8), (4, 5...8), (4, 4...7), (4, 3...6)] {
        var options = Options(
          units: units, words: words, lengths: lengths, copies: copies,
          rowsPerCell: RowsPerCell(training: 1, select: 8, tune: 8, verify: 8), seed: seed)
        options.noiseUnits =
          family == .nothing ? 0 : min(4, units - HandMadeNetwork.needed(family, options))
        if options.noiseUnits >= leastNoise { return Design(family, options) }
      }
    }
    return nil
  }
}
