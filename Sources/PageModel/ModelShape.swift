/// The sizes of a model that runs in a page, and how its numbers lie in the one block that the page carries.
///
/// The block: `ModelShape.headerCount` Int32 (a mark, the cell, units, vocabulary, encoder layers, decoder layers, steps of
/// means, states' width), then Float32: the tensors in the order of a Seq2Seq's parameters (for encoder, then decoder, the
/// embedding, then each layer's kernel, recurrent kernel, bias and, where the cell has one, recurrent bias; the output's kernel
/// and bias), then the mean states `[steps of means, states' width]`. All little-endian, matrices row by row.
public struct ModelShape {
  /// The recurrent cells, in the order of their codes in the block.
  public enum Cell: Int32, CaseIterable {
    case gru, resetAfterGRU, lstm, simpleRNN

    /// Blocks of columns in a kernel.
    public var gates: Int {
      switch self {
      case .gru, .resetAfterGRU: 3
      case .lstm: 4
      case .simpleRNN: 1
      }
    }

    var hasRecurrentBias: Bool { self == .resetAfterGRU }
    /// Numbers that a unit carries from step to step: h, and the LSTM's cell state.
    var statesAUnit: Int { self == .lstm ? 2 : 1 }
  }

  public var cell: Cell
  public var units: Int
  public var vocabulary: Int
  public var encoderLayers: Int
  public var decoderLayers: Int
  /// Steps from 0 on for which the block has mean states; later ones take the last.
  public var meanSteps: Int

  public init(
    cell: Cell, units: Int, vocabulary: Int, encoderLayers: Int, decoderLayers: Int, meanSteps: Int
  ) {
    (self.cell, self.units, self.vocabulary) = (cell, units, vocabulary)
    (self.encoderLayers, self.decoderLayers, self.meanSteps) = (encoderLayers, decoderLayers, meanSteps)
  }

  public static let headerCount = 8
  static let mark: Int32 = 0x314E_4E4D
  static let pad: Int32 = 0
  static let start: Int32 = 1

  /// The first numbers of the block.
  public var header: [Int32] {
    [
      Self.mark, cell.rawValue, Int32(units), Int32(vocabulary), Int32(encoderLayers), Int32(decoderLayers),
      Int32(meanSteps), Int32(width),
    ]
  }

  /// The shape that a block begins with; nil where it is none, or larger than any page carries.
  public init?(header: UnsafePointer<Int32>) {
    guard header[0] == Self.mark, let cell = Cell(rawValue: header[1]), (1...4096).contains(header[2]),
      (4...100_000).contains(header[3]), (1...3).contains(header[4]), (1...3).contains(header[5]),
      (1...4096).contains(header[6])
    else { return nil }
    self.init(
      cell: cell, units: Int(header[2]), vocabulary: Int(header[3]), encoderLayers: Int(header[4]),
      decoderLayers: Int(header[5]), meanSteps: Int(header[6]))
    guard header[7] == Int32(width) else { return nil }
  }

  var gateWidth: Int { cell.gates * units }
  /// What one layer carries from step to step.
  var layerWidth: Int { cell.statesAUnit * units }
  /// The states of all decoder layers at one step: for each layer h, then the LSTM's cell state.
  public var width: Int { layerWidth * decoderLayers }

  /// Numbers of one recurrent layer.
  var layerCount: Int { 2 * units * gateWidth + gateWidth * (cell.hasRecurrentBias ? 2 : 1) }
  func stackCount(_ layers: Int) -> Int { vocabulary * units + layers * layerCount }
  /// Floats of the block behind its header.
  public var floatCount: Int {
    stackCount(encoderLayers) + stackCount(decoderLayers) + (units + 1) * vocabulary + meanSteps * width
  }
}
