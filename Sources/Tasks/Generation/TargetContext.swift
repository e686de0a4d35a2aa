/// What stands around the word w in the target of a control-signal task.
///
/// The published description fixes only that the target has w at T. A target whose other words can't be known from
/// the input makes whole-sequence accuracy meaningless, so the balanced forms take one of the first two.
public enum TargetContext: String, Codable, Sendable, CaseIterable {
  /// The filler `·`, as in the authors' toy task: the target has the length of the sentence.
  case fillers
  /// The words of the input's sentence: the target is that sentence with w at T.
  case copied
  /// A sentence of its own: another draw, or the next line of the text. Only w at T can be known.
  case drawn
}
