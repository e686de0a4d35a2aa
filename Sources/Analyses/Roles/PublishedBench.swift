import Networks
import Tasks

/// What the claims of the faithful arm are measured on: one model, and the sets that the published procedure selects.
public struct PublishedBench {
  /// One w and T.
  struct Place: Hashable {
    let word: Int32
    let position: Int
  }

  /// The selected units of one (w, T, t).
  struct Selected {
    let place: Place
    let condition: String
    let units: PublishedUnits
  }

  /// The model that the claims are about.
  public let model: Seq2Seq
  /// The dataset, as the authors make it.
  public let data: Dataset
  /// How many random sets each effect is set beside.
  public let randomSets: Int
  /// Fixes the random sets.
  public let seed: UInt64
  let places: [Place]
  let storing: [Selected]
  let counting: [Selected]

  /// Selects units for each word, each of the positions, and t = 1 … T − 1.
  init(
    _ model: Seq2Seq, _ data: Dataset, words: [Int32], positions: [Int], randomSets: Int, seed: UInt64,
    progress: (Double) -> Void
  ) throws {
    (self.model, self.data, self.randomSets, self.seed) = (model, data, randomSets, seed)
    let all = positions.flatMap { position in words.map { Place(word: $0, position: position) } }
    places = all
    var (storing, counting) = ([Selected](), [Selected]())
    for (number, place) in all.enumerated() {
      func select(_ role: PublishedUnits.Role) throws -> [Selected] {
        try PublishedUnits.select(
          role, model, data, word: place.word, position: place.position, steps: 1..<max(2, place.position),
          seed: seed
        ).map { units in
          Selected(
            place: place,
            condition:
              "w = \(data.vocabulary.name(of: place.word)), T = \(place.position), t = \(units.step)",
            units: units)
        }
      }
      storing += try select(.storing)
      counting += try select(.counting)
      progress(Double(number + 1) / Double(all.count))
    }
    (self.storing, self.counting) = (storing, counting)
  }

  func name(_ place: Place) -> String {
    "w = \(data.vocabulary.name(of: place.word)), T = \(place.position)"
  }

  /// The published rows of one (w, T).
  func rows(_ place: Place) -> Rows {
    data.training.filter { asked, last, _ in asked == place.word && last == place.position }
  }

  /// The published verification, on the rows that the units were selected on.
  func verify(_ kind: PublishedVerification.Kind, _ selected: Selected) throws -> Effect {
    try PublishedVerification(
      kind, model, rows: rows(selected.place), units: selected.units.important, at: selected.units.step,
      randomSets: randomSets, seed: seed
    ).effect
  }
}
