import LinearAlgebra

/// A stack of recurrent layers above an embedding: an encoder, or a decoder without its output.
package struct Stack: Sendable {
  /// `[words, units]`.
  package let embedding: ParameterLayout.View
  package let layers: [CellParameters]
}

/// The tensors of a Seq2Seq, laid out from its configuration: it knows where everything is, and holds none of it.
package struct Network: Sendable {
  package let configuration: Configuration
  package let cell: any Cell
  package let encoder: Stack
  package let decoder: Stack
  /// `[units, words]`.
  package let outputKernel: ParameterLayout.View
  /// `[1, words]`.
  package let outputBias: ParameterLayout.View
  package let layout: ParameterLayout

  package init(_ configuration: Configuration) {
    self.configuration = configuration
    let (units, words) = (configuration.units, configuration.words)
    let cell = configuration.cell.cell(units: units)
    var layout = ParameterLayout()
    func stack(_ name: String, layers: Int) -> Stack {
      Stack(
        embedding: layout.add("\(name).embedding", rows: words, columns: units),
        layers: (0..<layers).map { cell.addParameters(to: &layout, prefix: "\(name).\($0)", inputs: units) })
    }
    self.cell = cell
    encoder = stack("encoder", layers: configuration.encoderLayers)
    decoder = stack("decoder", layers: configuration.decoderLayers)
    outputKernel = layout.add("output.kernel", rows: units, columns: words)
    outputBias = layout.add("output.bias", rows: 1, columns: words)
    self.layout = layout
  }

  /// The encoder's layer from whose last state a decoder's layer starts: both counted from the top, and the lowest
  /// for those that have no partner.
  package func encoderLayer(startingDecoderLayer layer: Int) -> Int {
    max(0, encoder.layers.count - (decoder.layers.count - layer))
  }
}
