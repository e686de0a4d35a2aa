import LinearAlgebra

/// How other tools name, shape and order the tensors of a model.
public enum TensorLayout: String, Codable, Sendable, CaseIterable {
  /// Ours: names as `Seq2Seq.parameter` takes them, kernels `[inputs, gates × units]`.
  case neuronbook
  /// Keras: `kernel`, `recurrent_kernel`, `bias` of each layer; gates z, r, h and i, f, c, o. A GRU whose reset comes
  /// after the product (`reset_after=True`) has both biases in one tensor `[2, 3 × units]`.
  case keras
  /// PyTorch: `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0` `[gates × units, inputs]`; gates r, z, n and
  /// i, f, g, o. It has no GRU with the reset before the product.
  case pyTorch

  /// Whether a cell of this kind exists there.
  public func has(_ cell: CellKind) -> Bool { self != .pyTorch || cell != .gru }
}

/// One tensor of a file, and where its numbers lie in a model: all that an import or export has to know.
struct ExchangedTensor {
  let name: String
  let shape: [Int]
  /// For each number of the tensor, row-major, its place in the parameters; nil for what we have no room for: the second
  /// bias of cells that have one, which is added to the first on import and 0 on export.
  let places: [Int?]
  /// Where numbers without a place of their own are added.
  let added: [Int]

  init(_ name: String, _ shape: [Int], places: [Int?], added: [Int] = []) {
    self.name = name
    self.shape = shape
    self.places = places
    self.added = added
  }
}

extension TensorLayout {
  /// Every tensor of a model of this shape, in this layout.
  func tensors(of configuration: Configuration) throws -> [ExchangedTensor] {
    guard has(configuration.cell) else {
      throw NetworkError.layoutUnsupported(layout: rawValue, cell: configuration.cell.rawValue)
    }
    let network = Network(configuration)
    let views = network.compactLayout
    func whole(_ name: String, _ path: String, vector: Bool = false) throws -> ExchangedTensor {
      guard let view = views[path] else { throw NetworkError.unknownParameter(name: path, known: []) }
      return ExchangedTensor(
        name, vector ? [view.count] : [view.rows, view.columns],
        places: (0..<view.count).map { view.offset + $0 })
    }
    if self == .neuronbook { return try views.views.map { try whole($0.name, $0.name) } }
    var result = [ExchangedTensor]()
    let sides = [("encoder", configuration.encoderLayers), ("decoder", configuration.decoderLayers)]
    for (side, layers) in sides {
      let table = self == .keras ? "embeddings" : "weight"
      result.append(try whole("\(side).embedding.\(table)", "\(side).embedding"))
      for layer in 0..<layers {
        result +=
          try self == .keras
          ? keras(side, layer, views, network.cell) : pyTorch(side, layer, views, network.cell)
      }
    }
    if self == .keras {
      result.append(try whole("output.kernel", "output.kernel"))
    } else if let view = views["output.kernel"] {
      result.append(
        ExchangedTensor(
          "output.weight", [view.columns, view.rows],
          places: (0..<view.columns).flatMap { column in
            (0..<view.rows).map { view.offset + $0 * view.columns + column }
          }))
    }
    result.append(try whole("output.bias", "output.bias", vector: true))
    return result
  }

  private func keras(
    _ side: String, _ layer: Int, _ views: ParameterLayout, _ cell: any Cell
  ) throws -> [ExchangedTensor] {
    let prefix = "\(side).\(layer)"
    func all(_ name: String) -> [Int?] {
      views[name].map { view in (0..<view.count).map { view.offset + $0 } } ?? []
    }
    guard let kernel = views["\(prefix).kernel"], let recurrent = views["\(prefix).recurrent"] else {
      return []
    }
    let width = kernel.columns
    return [
      ExchangedTensor("\(prefix).kernel", [kernel.rows, width], places: all("\(prefix).kernel")),
      ExchangedTensor(
        "\(prefix).recurrent_kernel", [recurrent.rows, width], places: all("\(prefix).recurrent")),
      ExchangedTensor(
        "\(prefix).bias", cell.hasRecurrentBias ? [2, width] : [width],
        places: all("\(prefix).bias") + all("\(prefix).recurrentBias")),
    ]
  }

  private func pyTorch(
    _ side: String, _ layer: Int, _ views: ParameterLayout, _ cell: any Cell
  ) throws -> [ExchangedTensor] {
    let prefix = "\(side).\(layer)"
    guard let kernel = views["\(prefix).kernel"], let recurrent = views["\(prefix).recurrent"],
      let bias = views["\(prefix).bias"]
    else { return [] }
    // r before z in PyTorch's GRU; the other cells have our order.
    let order = cell.gates.count == 3 ? [1, 0, 2] : Array(cell.gates.indices)
    // Without the padding that the kernels work with.
    let units = bias.columns / bias.blocks
    let columns = order.flatMap { gate in (0..<units).map { gate * units + $0 } }
    func transposed(_ view: ParameterLayout.View) -> [Int?] {
      columns.flatMap { column in (0..<view.rows).map { view.offset + $0 * view.columns + column } }
    }
    let biases = columns.map { bias.offset + $0 }
    let second = views["\(prefix).recurrentBias"].map { view in columns.map { view.offset + $0 } }
    let name = "\(side).rnn"
    return [
      ExchangedTensor(
        "\(name).weight_ih_l\(layer)", [columns.count, kernel.rows], places: transposed(kernel)),
      ExchangedTensor(
        "\(name).weight_hh_l\(layer)", [columns.count, recurrent.rows], places: transposed(recurrent)),
      ExchangedTensor("\(name).bias_ih_l\(layer)", [columns.count], places: biases),
      ExchangedTensor(
        "\(name).bias_hh_l\(layer)", [columns.count], places: second ?? biases.map { _ in nil },
        added: second == nil ? biases : []),
    ]
  }
}
