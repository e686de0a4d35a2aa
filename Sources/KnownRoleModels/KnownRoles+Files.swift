import Base
import Foundation
import Networks
import Tasks

extension KnownRoles {
  /// Writes the model and what is known of it into a folder, to be read without this project: `keras.safetensors`, the weights
  /// with Keras's names and shapes; `neuronbook.safetensors`, as `Seq2Seq(contentsOf:)` reads them; `card.json`, a `Card`;
  /// and `README.md`, the card for people.
  ///
  /// A model that was trained as PyTorch's GRU has `pyTorch.safetensors` too; the paper's resets before the product, which
  /// PyTorch's can't compute.
  ///
  /// - Throws: `NetworkError.fileNotWritten`; `AnalysisError.tooFewRows` if Verify has no two rows to exchange.
  public func save(to folder: URL) throws {
    let card = try Card(self)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw NetworkError.fileNotWritten(path: folder.path, reason: systemReason(of: error))
    }
    for layout in TensorLayout.allCases where layout.has(model.configuration.cell) {
      try model.write(to: folder.appending(path: "\(layout.rawValue).safetensors"), layout: layout)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    for (name, data) in [
      ("card.json", try encoder.encode(card)), ("README.md", Data(card.markdown.utf8)),
    ] {
      let file = folder.appending(path: name)
      do {
        try data.write(to: file, options: .atomic)
      } catch {
        throw NetworkError.fileNotWritten(path: file.path, reason: systemReason(of: error))
      }
    }
  }
}
