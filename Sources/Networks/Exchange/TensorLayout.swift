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

/// One tensor of a file, and where its numbers lie in a model: all that an import or export has to know. It holds no list
/// of places, so that one can be made of any shape before there is memory for the model.
struct ExchangedTensor {
  let name: String
  let shape: [Int]
  /// For each number of the tensor, row-major, its place in the parameters; nil for what we have no room for: the second
  /// bias of cells that have one, which is added to the first on import and 0 on export.
  let place: (Int) -> Int?
  /// Where numbers without a place of their own are added.
  let addedPlace: (Int) -> Int?

  init(
    _ name: String, _ shape: [Int], place: @escaping (Int) -> Int?,
    addedPlace: @escaping (Int) -> Int? = { _ in nil }
  ) {
    self.name = name
    self.shape = shape
    self.place = place
    self.addedPlace = addedPlace
  }

  var count: Int { shape.reduce(1, *) }
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
        name, vector ? [view.count] : [view.rows, view.columns], place: { view.offset + $0 })
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
          place: { view.offset + $0 % view.rows * view.columns + $0 / view.rows }))
    }
    result.append(try whole("output.bias", "output.bias", vector: true))
    return result
  }

  private func keras(
    _ side: String, _ layer: Int, _ views: ParameterLayout, _ cell: any Cell
  ) throws -> [ExchangedTensor] {
    let prefix = "\(side).\(layer)"
    guard let kernel = views["\(prefix).kernel"], let recurrent = views["\(prefix).recurrent"],
      let bias = views["\(prefix).bias"]
    else { return [] }
    let width = kernel.columns
    let second = views["\(prefix).recurrentBias"]
    return [
      ExchangedTensor("\(prefix).kernel", [kernel.rows, width], place: { kernel.offset + $0 }),
      ExchangedTensor(
        "\(prefix).recurrent_kernel", [recurrent.rows, width], place: { recurrent.offset + $0 }),
      ExchangedTensor(
        "\(prefix).bias", second == nil ? [width] : [2, width],
        place: { index in
          index < width ? bias.offset + index : second.map { $0.offset + index - width }
        }),
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
    let width = order.count * units
    func column(_ index: Int) -> Int { order[index / units] * units + index % units }
    func transposed(_ name: String, _ view: ParameterLayout.View) -> ExchangedTensor {
      ExchangedTensor(
        name, [width, view.rows],
        place: { view.offset + $0 % view.rows * view.columns + column($0 / view.rows) })
    }
    let second = views["\(prefix).recurrentBias"]
    let name = "\(side).rnn"
    return [
      transposed("\(name).weight_ih_l\(layer)", kernel),
      transposed("\(name).weight_hh_l\(layer)", recurrent),
      ExchangedTensor("\(name).bias_ih_l\(layer)", [width], place: { bias.offset + column($0) }),
      ExchangedTensor(
        "\(name).bias_hh_l\(layer)", [width], place: { index in second.map { $0.offset + column(index) } },
        addedPlace: { second == nil ? bias.offset + column($0) : nil }),
    ]
  }
}
