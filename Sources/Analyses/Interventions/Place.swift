import LinearAlgebra
import Networks

/// Where in a running model an edit is made.
public struct Place: Codable, Sendable, Hashable {
  /// What is edited, and with it who sees the change.
  public enum Site: Codable, Sendable, Hashable {
    /// h_t as soon as it is computed: the output of step t and all later steps see it. An LSTM's cell state stays as it was.
    case state
    /// h_t as the output of step t sees it; what is carried on stays as it was. Decoder's top layer only.
    case output
    /// h_t as step t + 1 sees it; the output of step t stays as it was. Decoder only.
    case carried
    /// The cell state of an LSTM at t, from t = 0: only step t + 1 sees it, and h_t stays as it was.
    case cellState
    /// A gate of step t, before anything reads it.
    case gate(Gate)
  }

  /// Encoder steps count the places of the padded input from 1; decoder steps the positions written, from 1, with
  /// h_0 what the encoder hands over.
  public enum Side: String, Codable, Sendable {
    /// Steps are places of the padded input, from 1.
    case encoder
    /// Steps are written positions, from 1; h_0 is what the encoder hands over.
    case decoder
  }

  /// Which number of the step: its state, what the output or the next step sees of it, the cell state, or a gate.
  public var site: Site
  /// Encoder or decoder.
  public var side: Side
  /// Counted from 0, the lowest; nil is the top one.
  public var layer: Int?

  /// A place in the decoder's top layer, unless said otherwise.
  public init(_ site: Site = .state, side: Side = .decoder, layer: Int? = nil) {
    self.site = site
    self.side = side
    self.layer = layer
  }

  /// h_t of the decoder's top layer: the output at t and all later steps see the edit. An LSTM's cell state stays as it was.
  public static let state = Place()
  /// h_t as the output at t alone sees it.
  public static let output = Place(.output)
  /// h_t as step t + 1 alone sees it.
  public static let carried = Place(.carried)
  /// The cell state of the decoder's top layer, in an LSTM: step t + 1 alone sees the edit, and h_t stays as it was.
  public static let cellState = Place(.cellState)
  /// The former name of `cellState`.
  @available(*, deprecated, renamed: "cellState")
  public static var memory: Place { cellState }

  /// A gate of the decoder's top layer.
  public static func gate(_ gate: Gate) -> Place { Place(.gate(gate)) }

  /// The number of the layer in a model.
  ///
  /// - Throws: `AnalysisError.invalidOption` if the model has no such place.
  func layer(in configuration: Configuration) throws -> Int {
    let layers = side == .encoder ? configuration.encoderLayers : configuration.decoderLayers
    let number = layer ?? layers - 1
    func fail(_ expected: String) -> AnalysisError {
      .invalidOption(name: "place", value: "\(site) in layer \(number) of the \(side)", expected: expected)
    }
    guard (0..<layers).contains(number) else { throw fail("a layer from 0 to \(layers - 1)") }
    let cell = Network(configuration).cell
    switch site {
    case .state: break
    case .output, .carried:
      guard side == .decoder else { throw fail("the decoder: an encoder writes nothing") }
      if site == .output, number != layers - 1 { throw fail("the top layer, from which tokens are written") }
    case .cellState:
      guard cell.stateWidth > cell.units else { throw fail("a cell with a cell state, such as the LSTM") }
    case .gate(let gate):
      guard cell.gates.contains(gate) else {
        throw fail("one of the gates \(cell.gates.map(\.rawValue).joined(separator: ", "))")
      }
    }
    return number
  }
}

extension Recording {
  /// What was recorded at a place, `[rows, steps, units]`: the values that an edit there may take from this run.
  ///
  /// - Throws: `AnalysisError.invalidOption` if the recorded model has no such place.
  public func traces(at place: Place) throws -> Traces {
    let layers = place.side == .encoder ? encoderLayers : decoderLayers
    let number = place.layer ?? layers.count - 1
    let values: Traces? =
      if layers.indices.contains(number) {
        switch place.site {
        case .state, .output, .carried: layers[number].states
        case .cellState: layers[number].cellState
        case .gate(let gate): layers[number][gate]
        }
      } else {
        nil
      }
    guard let values else {
      throw AnalysisError.invalidOption(
        name: "place", value: "\(place.site) in layer \(number) of the \(place.side)",
        expected: "a place of the recorded model")
    }
    return values
  }
}
