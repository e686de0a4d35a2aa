import Analyses
import KnownRoleModels
import LinearAlgebra
import Networks
import Tasks

/// A GRU built by hand in which one unit holds the last token from the encoder on, and no other unit does
/// anything.
///
/// Words overwrite the unit with ±tanh 3; EOS closes the update gate, so the encoder ends with the token in that
/// unit; the decoder holds it for ever and writes the word at every step.
func plantedModel(storing unit: Int, units: Int = 32) throws -> (Seq2Seq, Dataset) {
  let data = LastTokenAutoencoder(longest: 8, rowsPerCell: 100).heldOut(seed: 3)
  var builder = try ParameterBuilder(
    Seq2Seq(Configuration(units: units, vocabulary: data.vocabulary), seed: 1))
  let (a, b) = (Int(LastTokenAutoencoder.words[0]), Int(LastTokenAutoencoder.words[1]))
  // Each token that matters has a component of its own in the embedding.
  try builder.set("encoder.embedding", a, 0, 1)
  try builder.set("encoder.embedding", b, 1, 1)
  try builder.set("encoder.embedding", Int(Vocabulary.eos), 2, 1)
  // z of the unit: 0, but 1 at EOS.
  try builder.set("encoder.0.bias", 0, unit, -2.5)
  try builder.set("encoder.0.kernel", 2, unit, 10)
  // c of the unit: + for a, − for b.
  try builder.set("encoder.0.kernel", 0, 2 * units + unit, 3)
  try builder.set("encoder.0.kernel", 1, 2 * units + unit, -3)
  for held in 0..<units { try builder.set("decoder.0.bias", 0, held, 2.5) }
  try builder.set("output.kernel", unit, a, 5)
  try builder.set("output.kernel", unit, b, -5)
  for token in 0..<data.vocabulary.count where token != a && token != b {
    try builder.set("output.bias", 0, token, -20)
  }
  return (builder.model, data)
}
