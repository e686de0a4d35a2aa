import Base
import Foundation
import LinearAlgebra

/// An encoder that reads a row into one state, and a decoder that writes a sentence from it, without attention.
///
/// One-layer GRUs by default, as in Lee, Wu, Yang & Lin 2023 (arXiv 2303.15072). A value: copying one copies its
/// parameters, and training changes only the copy it is called on.
public struct Seq2Seq: Codable, Sendable, Equatable {
  /// The model's shape: all but its parameters.
  public let configuration: Configuration
  /// Every parameter, in the order of `layout`.
  public internal(set) var parameters: [Float]

  /// A model with random parameters: recurrent kernels orthogonal, all others uniform in ±0.08.
  ///
  /// Each tensor draws from its own sequence, named for it, so that a change of one leaves the others as they were.
  public init(_ configuration: Configuration, seed: UInt64) {
    self.configuration = configuration
    let layout = Self.layout(of: configuration)
    parameters = [Float](repeating: 0, count: layout.count)
    for view in layout.views {
      var generator = SeededGenerator(seed: seed, label: view.name)
      // As Keras does, one orthogonal matrix [units, gates × units], not one for each gate.
      let matrix =
        view.name.hasSuffix(CellParameters.recurrentName)
        ? Matrix.orthogonal(rows: view.rows, columns: view.columns, using: &generator)
        : Matrix.uniform(rows: view.rows, columns: view.columns, in: -0.08..<0.08, using: &generator)
      parameters.replaceSubrange(view.offset..<view.offset + view.count, with: matrix.storage)
    }
  }

  /// A model whose parameters are all 0: to be filled from a file.
  init(zeros configuration: Configuration) {
    self.configuration = configuration
    parameters = [Float](repeating: 0, count: Self.layout(of: configuration).count)
  }

  /// Where the parameters of a model lie for which there is memory.
  private static func layout(of configuration: Configuration) -> ParameterLayout {
    // Its fields can be set, past what its initialiser asks.
    ensure(configuration.fault == nil, configuration.fault ?? "")
    let layout = Network(configuration).compactLayout
    let (bytes, memory) = (4 * layout.count, ProcessInfo.processInfo.physicalMemory)
    ensure(
      bytes <= memory,
      """
      a Seq2Seq of \(configuration.units) units has \(layout.count) parameters, which take \(bytes) bytes; this machine \
      has \(memory)
      """)
    return layout
  }

  /// Where each named tensor lies in `parameters`.
  public var layout: ParameterLayout { Network(configuration).compactLayout }

  /// The tensor with this name: `encoder.embedding` `[vocabulary, units]`, `decoder.0.kernel` and
  /// `decoder.0.recurrent` `[units, gates × units]` (gates z, r, h for a GRU), `decoder.0.bias`,
  /// `output.kernel` `[units, vocabulary]`, `output.bias`.
  ///
  /// Throws `NetworkError.unknownParameter`, with the names there are.
  public func parameter(_ name: String) throws -> Matrix {
    let view = try view(name)
    return Matrix(
      rows: view.rows, columns: view.columns,
      storage: Array(parameters[view.offset..<view.offset + view.count]))
  }

  /// Replaces the tensor with this name.
  ///
  /// Throws `NetworkError.unknownParameter`, or `.wrongShape` with both shapes.
  public mutating func setParameter(_ name: String, to matrix: Matrix) throws {
    let view = try view(name)
    guard matrix.rows == view.rows, matrix.columns == view.columns else {
      throw NetworkError.wrongShape(
        name: name, expected: [view.rows, view.columns], found: [matrix.rows, matrix.columns])
    }
    parameters.replaceSubrange(view.offset..<view.offset + view.count, with: matrix.storage)
  }

  private func view(_ name: String) throws -> ParameterLayout.View {
    let layout = layout
    guard let view = layout[name] else {
      throw NetworkError.unknownParameter(name: name, known: layout.views.map(\.name))
    }
    return view
  }
}
