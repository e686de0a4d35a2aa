extension Rows {
  /// A number for the sentence of each row, `[rows]`: equal where two inputs are one sentence with other requests, from
  /// 0 in the order of their first rows.
  ///
  /// One sentence can serve every request, as in the balanced tasks: 5,632 inputs are 88 sentences there. What a model
  /// does with one sentence and two requests is not two independent observations, so that sentences, not inputs, are
  /// what an interval counts and draws again. What the sentence is follows from the input:
  ///
  /// | input | sentence | tasks |
  /// |---|---|---|
  /// | `x₁ … x₍L₎ EOS` and a request | `x₁ … x₍L₎` | `TokenPositioning`, `RhymePositioning`, `LengthControl` |
  /// | `SOS x₁ … x₍L₎ EOS`, with w at T | the same with w left open | `LastTokenAutoencoder`, `WholeAutoencoder` |
  /// | no EOS, or EOS last and no w at T | the input | `TokenPositioningToy` |
  ///
  /// In the second kind the sentence itself asks, and its w is the request; where w stands is part of the sentence.
  /// In the toy of the third kind there are requests and no sentence. One number for all would say that nothing can
  /// be known; but the inputs are all there are, and what varies among them is the request, so each distinct one
  /// counts, and an interval is about other requests.
  ///
  /// Equal inputs have equal numbers: if one sentence asks for several (w, T) without naming them, the first row says
  /// which word is left open.
  public var sentenceNumbers: [Int] {
    let inputs = inputNumbers
    var ofInput: [Int] = []
    var numbers: [[Int32]: Int] = [:]
    for row in 0..<count where inputs[row] == ofInput.count {
      let sentence = sentence(row)
      let number = numbers[sentence] ?? numbers.count
      numbers[sentence] = number
      ofInput.append(number)
    }
    return inputs.map { ofInput[$0] }
  }

  /// How many sentences there are: the independent units behind these rows.
  public var distinctSentences: Int { Set(sentenceNumbers).count }

  /// What a row shares with rows that ask otherwise of the same sentence.
  private func sentence(_ row: Int) -> [Int32] {
    var input = Array(inputs.row(row).drop { $0 == Vocabulary.pad })
    guard let end = input.firstIndex(of: Vocabulary.eos) else { return input }
    if end < input.count - 1 { return Array(input[..<end]) }
    // EOS is last: the sentence asks. PAD, which no sentence has, stands for what was asked for.
    let asked = positions[row] - 1 + (input.first == Vocabulary.sos ? 1 : 0)
    if (0..<end).contains(asked), input[asked] == words[row] { input[asked] = Vocabulary.pad }
    return input
  }
}
