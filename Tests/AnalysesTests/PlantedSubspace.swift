import Analyses
import Foundation
import KnownRoleModels
import LinearAlgebra
import Networks
import Tasks

/// `PlantedPositioning` whose word is stored along a direction of several units instead of in units of its own.
///
/// The units hold ±½ v for the two words, v of unit length, and only v is read: the logits of the words are ±2 v·h. One
/// bystander, which nothing reads, holds ±½ too.
struct PlantedSubspace {
  static let readers = [1: Float(0.6), 15: -0.48, 22: 0.64]
  static let bystander = 29
  let planted: PlantedPositioning
  let model: Seq2Seq
  /// v, `[units]`.
  let direction: [Float]

  init() throws {
    let (units, bystander) = (PlantedPositioning.units, Self.bystander)
    planted = try PlantedPositioning(storing: [], bystanders: Self.readers.keys.sorted() + [bystander])
    var builder = ParameterBuilder(editing: planted.model)
    var direction = [Float](repeating: 0, count: units)
    for (unit, weight) in Self.readers { direction[unit] = weight }
    let (a, b) = (Int(LastTokenAutoencoder.words[0]), Int(LastTokenAutoencoder.words[1]))
    for unit in Self.readers.keys.sorted() + [bystander] {
      let held = atanh(0.5 * (unit == bystander ? 1 : direction[unit]))
      try builder.set("encoder.0.kernel", 0, 2 * units + unit, held)
      try builder.set("encoder.0.kernel", 1, 2 * units + unit, -held)
      try builder.set("output.kernel", unit, a, 2 * direction[unit])
      try builder.set("output.kernel", unit, b, -2 * direction[unit])
    }
    self.direction = direction
    model = builder.model
  }
}
