import Foundation

extension Seq2Seq {
  private static let configurationKey = "configuration"
  private static let layoutKey = "layout"

  /// The model as named tensors in some layout, with its configuration as JSON in the metadata.
  ///
  /// Throws `NetworkError.layoutUnsupported` where the other tool has no such cell.
  public func tensors(in layout: TensorLayout = .neuronbook) throws -> SafeTensors {
    var file = SafeTensors()
    for tensor in try layout.tensors(of: configuration) {
      file.tensors[tensor.name] = SafeTensors.Tensor(
        shape: tensor.shape,
        values: (0..<tensor.count).map { tensor.place($0).map { parameters[$0] } ?? 0 })
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    file.metadata[Self.configurationKey] = String(decoding: try encoder.encode(configuration), as: UTF8.self)
    file.metadata[Self.layoutKey] = layout.rawValue
    return file
  }

  /// A model from named tensors.
  ///
  /// The shape is read from the metadata, or given where another tool has written the file; tensors that the model does
  /// not have are left alone, whatever numbers they hold. Throws `NetworkError.tensorMissing`, `.otherNumbers`,
  /// `.wrongShape` with both shapes, `.notFinite`, `.descriptionMissing` and `.layoutUnsupported`.
  public init(
    _ file: SafeTensors, layout: TensorLayout? = nil, configuration given: Configuration? = nil
  ) throws {
    guard let configuration = given ?? Self.configuration(in: file) else {
      throw NetworkError.descriptionMissing(key: Self.configurationKey)
    }
    let layout = layout ?? file.metadata[Self.layoutKey].flatMap(TensorLayout.init) ?? .neuronbook
    let tensors = try layout.tensors(of: configuration)
    // Before there is a model: a configuration may ask for more memory than there is.
    for tensor in tensors {
      guard let found = file.tensors[tensor.name] else {
        if let type = file.otherTypes[tensor.name] {
          throw NetworkError.otherNumbers(name: tensor.name, found: type)
        }
        throw NetworkError.tensorMissing(name: tensor.name, found: file.tensors.keys.sorted())
      }
      guard found.shape == tensor.shape else {
        throw NetworkError.wrongShape(name: tensor.name, expected: tensor.shape, found: found.shape)
      }
      if let index = found.values.firstIndex(where: { !$0.isFinite }) {
        throw NetworkError.notFinite(name: tensor.name, index: index, value: "\(found.values[index])")
      }
    }
    self.init(zeros: configuration)
    for tensor in tensors {
      for (index, value) in (file.tensors[tensor.name]?.values ?? []).enumerated() {
        if let place = tensor.place(index) { parameters[place] = value }
      }
    }
    for tensor in tensors {
      for (index, value) in (file.tensors[tensor.name]?.values ?? []).enumerated() {
        if let place = tensor.addedPlace(index) { parameters[place] += value }
      }
    }
  }

  private static func configuration(in file: SafeTensors) -> Configuration? {
    guard let json = file.metadata[configurationKey] else { return nil }
    let configuration = try? JSONDecoder().decode(Configuration.self, from: Data(json.utf8))
    // What `Configuration.init` asks of the programmer must hold for a file too.
    return configuration.flatMap { $0.fault == nil ? $0 : nil }
  }

  /// Writes the model to a safetensors file: beside the old one, then in its place.
  ///
  /// Throws `NetworkError.fileNotWritten` and `.layoutUnsupported`.
  public func write(to url: URL, layout: TensorLayout = .neuronbook) throws {
    try tensors(in: layout).write(to: url)
  }

  /// Reads the model that `write` wrote, or that another tool wrote with the names and shapes of `layout`.
  ///
  /// Throws as `SafeTensors(contentsOf:)` and `Seq2Seq(_:layout:configuration:)` do.
  public init(
    contentsOf url: URL, layout: TensorLayout? = nil, configuration: Configuration? = nil
  ) throws {
    try self.init(SafeTensors(contentsOf: url), layout: layout, configuration: configuration)
  }
}
