import LinearAlgebra

/// A stack of recurrent layers above an embedding: an encoder, or a decoder without its output.
package struct Stack: Sendable {
  /// `[vocabulary, units]`.
  package let embedding: ParameterLayout.View
  package let layers: [CellParameters]
}

/// The tensors of a Seq2Seq, laid out from its configuration: it knows where everything is, and holds none of it.
///
/// Kernels work on sixteen floats at a time, so units are padded to a multiple of 16. The units added have
/// parameters of zero; their states and gradients then are zero for ever, and nothing else changes.
package struct Network: Sendable {
  package let configuration: Configuration
  /// Hidden units of each layer, with padding.
  package let units: Int
  package let cell: any Cell
  package let encoder: Stack
  package let decoder: Stack
  /// `[units, vocabulary]`.
  package let outputKernel: ParameterLayout.View
  /// `[1, vocabulary]`.
  package let outputBias: ParameterLayout.View
  package let layout: ParameterLayout
  /// The layout of `Seq2Seq.parameters`: the same tensors without padding.
  package let compactLayout: ParameterLayout

  package init(_ configuration: Configuration) {
    let compact = Network(configuration, units: configuration.units, compactLayout: nil)
    self.init(configuration, units: paddedToLanes(configuration.units), compactLayout: compact.layout)
  }

  private init(_ configuration: Configuration, units: Int, compactLayout: ParameterLayout?) {
    self.configuration = configuration
    self.units = units
    let vocabularySize = configuration.vocabularySize
    let cell = configuration.cell.cell(units: units)
    var layout = ParameterLayout()
    func stack(_ name: String, layers: Int) -> Stack {
      Stack(
        embedding: layout.add("\(name).embedding", rows: vocabularySize, columns: units),
        layers: (0..<layers).map { cell.addParameters(to: &layout, prefix: "\(name).\($0)", inputs: units) })
    }
    self.cell = cell
    encoder = stack("encoder", layers: configuration.encoderLayers)
    decoder = stack("decoder", layers: configuration.decoderLayers)
    outputKernel = layout.add("output.kernel", rows: units, columns: vocabularySize)
    outputBias = layout.add("output.bias", rows: 1, columns: vocabularySize)
    self.layout = layout
    self.compactLayout = compactLayout ?? layout
  }

  /// Parameters as a model holds them, with padding added for the kernels.
  package func pack(_ parameters: [Float]) -> Scratch<Float> {
    let packed = Scratch<Float>(layout.count, repeating: 0)
    parameters.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { layout.copy(from: base, laidOutAs: compactLayout, to: packed.base) }
    }
    return packed
  }

  /// Parameters or gradients as kernels hold them, without padding.
  package func unpack(_ packed: UnsafePointer<Float>) -> [Float] {
    var parameters = [Float](repeating: 0, count: compactLayout.count)
    parameters.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { compactLayout.copy(from: packed, laidOutAs: layout, to: base) }
    }
    return parameters
  }

  /// Where the unpadded units lie in a layer's state.
  package var stateColumns: [Int] {
    stride(from: 0, to: cell.stateWidth, by: units).flatMap { $0..<$0 + configuration.units }
  }

  /// The encoder's layer from whose last state a decoder's layer starts: both counted from the top, and the lowest
  /// for those that have no partner.
  package func encoderLayer(startingDecoderLayer layer: Int) -> Int {
    max(0, encoder.layers.count - (decoder.layers.count - layer))
  }
}
