/// A Seq2Seq that runs in a page: one request at a time, greedily, with edits of the decoder's states.
///
/// The same sources are compiled for the machine, where tests compare them with Networks, and to WebAssembly, which the page
/// carries. It needs no library and, once made, no more memory.
public final class PageModel {
  /// The runs that are kept beside one another.
  public enum Run: Int32, CaseIterable {
    /// The request as it is.
    case asked
    /// The other request, from which states can be taken.
    case other
    /// The request with edits.
    case edited
  }

  public let shape: ModelShape
  public let mostSteps: Int
  private let means: UnsafePointer<Float>
  private let encoderInputs: UnsafePointer<Float>
  private let decoderInputs: UnsafePointer<Float>
  private let encoder: UnsafeMutablePointer<RecurrentLayer>
  private let decoder: UnsafeMutablePointer<RecurrentLayer>
  private let outputKernel: UnsafePointer<Float>
  private let outputBias: UnsafePointer<Float>
  private let state: UnsafeMutablePointer<Float>
  private let gates: UnsafeMutablePointer<Float>
  private let scratch: UnsafeMutablePointer<Float>
  private let results: UnsafeMutablePointer<Result>

  /// What a run leaves.
  struct Result {
    /// The token of each step t = 1, 2, …
    let tokens: UnsafeMutablePointer<Int32>
    /// `[steps + 1, width]`, from step 0.
    let states: UnsafeMutablePointer<Float>
    /// `[steps, decoder layers, gates × units]`, from step 1.
    let gates: UnsafeMutablePointer<Float>
    /// `[steps, vocabulary]`, from step 1.
    let probabilities: UnsafeMutablePointer<Float>
  }

  /// - Parameters:
  ///   - block: See `ModelShape`; it must outlive the model.
  ///   - mostSteps: The most steps that a decoder is asked for.
  /// Nil where the block is none.
  public init?(_ block: UnsafeRawBufferPointer, mostSteps: Int) {
    guard let base = block.baseAddress, block.count >= 4 * ModelShape.headerCount, mostSteps >= 1,
      let shape = ModelShape(header: base.assumingMemoryBound(to: Int32.self)),
      block.count == 4 * (ModelShape.headerCount + shape.floatCount)
    else { return nil }
    self.shape = shape
    self.mostSteps = mostSteps
    var next = UnsafePointer((base + 4 * ModelShape.headerCount).assumingMemoryBound(to: Float.self))
    func take(_ count: Int) -> UnsafePointer<Float> {
      defer { next += count }
      return next
    }
    func layers(_ count: Int) -> UnsafeMutablePointer<RecurrentLayer> {
      let layers = UnsafeMutablePointer<RecurrentLayer>.allocate(capacity: count)
      for layer in 0..<count {
        (layers + layer).initialize(to: RecurrentLayer(shape, at: take(shape.layerCount)))
      }
      return layers
    }
    let encoderEmbedding = take(shape.vocabulary * shape.units)
    encoder = layers(shape.encoderLayers)
    let decoderEmbedding = take(shape.vocabulary * shape.units)
    decoder = layers(shape.decoderLayers)
    outputKernel = take(shape.units * shape.vocabulary)
    outputBias = take(shape.vocabulary)
    means = take(shape.meanSteps * shape.width)
    encoderInputs = Self.inputs(of: shape, encoderEmbedding, encoder[0])
    decoderInputs = Self.inputs(of: shape, decoderEmbedding, decoder[0])
    state = Self.zeros(shape.layerWidth * max(shape.encoderLayers, shape.decoderLayers))
    gates = Self.zeros(shape.gateWidth)
    scratch = Self.zeros(shape.units)
    results = UnsafeMutablePointer<Result>.allocate(capacity: Run.allCases.count)
    for run in 0..<Run.allCases.count {
      let tokens = UnsafeMutablePointer<Int32>.allocate(capacity: mostSteps)
      tokens.initialize(repeating: ModelShape.pad, count: mostSteps)
      (results + run).initialize(
        to: Result(
          tokens: tokens, states: Self.zeros((mostSteps + 1) * shape.width),
          gates: Self.zeros(mostSteps * shape.decoderLayers * shape.gateWidth),
          probabilities: Self.zeros(mostSteps * shape.vocabulary)))
    }
  }

  deinit {
    for run in 0..<Run.allCases.count {
      results[run].tokens.deallocate()
      results[run].states.deallocate()
      results[run].gates.deallocate()
      results[run].probabilities.deallocate()
    }
    results.deallocate()
    encoder.deallocate()
    decoder.deallocate()
    encoderInputs.deallocate()
    decoderInputs.deallocate()
    state.deallocate()
    gates.deallocate()
    scratch.deallocate()
  }

  private static func zeros(_ count: Int) -> UnsafeMutablePointer<Float> {
    let numbers = UnsafeMutablePointer<Float>.allocate(capacity: count)
    numbers.initialize(repeating: 0, count: count)
    return numbers
  }

  /// x W + b of the lowest layer for every token, `[vocabulary, gates × units]`.
  private static func inputs(
    of shape: ModelShape, _ embedding: UnsafePointer<Float>, _ layer: RecurrentLayer
  ) -> UnsafePointer<Float> {
    let table = zeros(shape.vocabulary * shape.gateWidth)
    for token in 0..<shape.vocabulary {
      layer.readInput(embedding + token * shape.units, into: table + token * shape.gateWidth)
    }
    return UnsafePointer(table)
  }

  func result(of run: Run) -> Result { results[Int(run.rawValue)] }

  /// Reads a request and writes `steps` tokens, changing states on the way.
  ///
  /// - Parameters:
  ///   - run: Where what it does is kept. Edits take from the other two, as they were left.
  ///   - edits: One after another, each as `StateEdit` lies in memory; of two that change one unit at one step, the later counts.
  /// - Returns: Whether there is such a run: no token outside the vocabulary, no step too many, no edit of what is not there.
  public func run(
    _ run: Run, tokens: UnsafeBufferPointer<Int32>, steps: Int, edits: UnsafeBufferPointer<Int32>
  ) -> Bool {
    guard (1...mostSteps).contains(steps), areValid(edits) else { return false }
    for token in tokens where token < 0 || Int(token) >= shape.vocabulary { return false }
    encode(tokens)
    let result = result(of: run)
    var fed = ModelShape.start
    for step in 0...steps {
      if step > 0 { decode(fed, step: step, into: result) }
      apply(edits, at: step)
      let states = result.states + step * shape.width
      for index in 0..<shape.width { states[index] = state[index] }
      if step > 0 {
        fed = write(step, into: result)
        result.tokens[step - 1] = fed
      }
    }
    return true
  }

  private func encode(_ tokens: UnsafeBufferPointer<Int32>) {
    let (layerWidth, last) = (shape.layerWidth, shape.encoderLayers - 1)
    for index in 0..<layerWidth * shape.encoderLayers { state[index] = 0 }
    for token in tokens where token != ModelShape.pad {
      advance(encoder, shape.encoderLayers, encoderInputs, token: token) { _ in }
    }
    // A decoder's layer starts from the encoder's, both counted from the top, and the lowest for those without a partner;
    // from the top down nothing is overwritten that is still needed where the decoder is taller, else from below up.
    let (start, end, by) =
      shape.decoderLayers > shape.encoderLayers
      ? (shape.decoderLayers - 1, -1, -1) : (0, shape.decoderLayers, 1)
    for layer in stride(from: start, to: end, by: by) {
      let from = max(0, last - (shape.decoderLayers - 1 - layer))
      if from == layer { continue }
      for index in 0..<layerWidth { state[layer * layerWidth + index] = state[from * layerWidth + index] }
    }
  }

  private func decode(_ token: Int32, step: Int, into result: Result) {
    let width = shape.gateWidth
    let kept = result.gates + (step - 1) * shape.decoderLayers * width
    advance(decoder, shape.decoderLayers, decoderInputs, token: token) { layer in
      for index in 0..<width { kept[layer * width + index] = self.gates[index] }
    }
  }

  /// One step of a stack; after each layer `gates` holds its gates.
  private func advance(
    _ layers: UnsafeMutablePointer<RecurrentLayer>, _ count: Int, _ inputs: UnsafePointer<Float>,
    token: Int32,
    after: (_ layer: Int) -> Void
  ) {
    for layer in 0..<count {
      if layer == 0 {
        let input = inputs + Int(token) * shape.gateWidth
        for index in 0..<shape.gateWidth { gates[index] = input[index] }
      } else {
        layers[layer].readInput(state + (layer - 1) * shape.layerWidth, into: gates)
      }
      layers[layer].step(gates, state + layer * shape.layerWidth, scratch: scratch)
      after(layer)
    }
  }

  /// The probabilities of a step, and the likeliest token; of equal ones, the first.
  private func write(_ step: Int, into result: Result) -> Int32 {
    let logits = result.probabilities + (step - 1) * shape.vocabulary
    for word in 0..<shape.vocabulary { logits[word] = outputBias[word] }
    RecurrentLayer.addProduct(
      state + (shape.decoderLayers - 1) * shape.layerWidth, outputKernel, count: shape.units,
      columns: 0..<shape.vocabulary, stride: shape.vocabulary, to: logits)
    var likeliest = 0
    for word in 0..<shape.vocabulary where logits[word] > logits[likeliest] { likeliest = word }
    let largest = logits[likeliest]
    var sum: Float = 0
    for word in 0..<shape.vocabulary {
      logits[word] = exp(logits[word] - largest)
      sum += logits[word]
    }
    for word in 0..<shape.vocabulary { logits[word] /= sum }
    return Int32(likeliest)
  }

  private func areValid(_ edits: UnsafeBufferPointer<Int32>) -> Bool {
    var rest = edits
    while !rest.isEmpty {
      guard let edit = StateEditView(rest, width: shape.width) else { return false }
      rest = UnsafeBufferPointer(rebasing: rest[edit.count...])
    }
    return true
  }

  private func apply(_ edits: UnsafeBufferPointer<Int32>, at step: Int) {
    var rest = edits
    while let edit = StateEditView(rest, width: shape.width) {
      rest = UnsafeBufferPointer(rebasing: rest[edit.count...])
      guard edit.first <= Int32(step), Int32(step) <= edit.last else { continue }
      let given: UnsafePointer<Float>
      switch edit.value {
      case .constant:
        for unit in edit.units { state[Int(unit)] = edit.number }
        continue
      case .mean: given = means + min(step, shape.meanSteps - 1) * shape.width
      case .stepBefore: given = UnsafePointer(result(of: .asked).states) + max(0, step - 1) * shape.width
      case .other: given = UnsafePointer(result(of: .other).states) + step * shape.width
      }
      for unit in edit.units { state[Int(unit)] = given[Int(unit)] }
    }
  }
}
