import Base
import Foundation

/// Named tensors and their description in one file, as huggingface.co/docs/safetensors specifies it: the length of the
/// header, a header of JSON, the numbers. PyTorch, JAX and TensorFlow read it; nothing in it is ever executed.
public struct SafeTensors: Sendable, Equatable {
  /// Numbers of 32 bits, row-major.
  public struct Tensor: Sendable, Equatable {
    /// The sizes of its dimensions, the slowest first; empty for a single number.
    public var shape: [Int]
    /// As many as the product of `shape`, the last dimension fastest.
    public var values: [Float]

    /// A tensor whose numbers must fill its shape.
    public init(shape: [Int], values: [Float]) {
      ensure(
        shape.reduce(1, *) == values.count, "\(values.count) numbers don't fill a tensor of \(shape)")
      self.shape = shape
      self.values = values
    }
  }

  /// The tensors of 32-bit floats, by name.
  public var tensors: [String: Tensor]
  /// The tensors that hold other numbers than floats of 32 bits, by name: their type, as the format spells it, such as
  /// `I64`. They are read past, and not written.
  public private(set) var otherTypes: [String: String] = [:]
  /// Descriptions, by name.
  public var metadata: [String: String]

  /// A file's content before it is written.
  public init(tensors: [String: Tensor] = [:], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// Reads a file; memory is taken only for what the file really holds.
  ///
  /// Throws `NetworkError.fileUnreadable`, `.fileDamaged` where it is cut off or its parts contradict each other, leave
  /// holes or overlap, and `.fileForeign` where it is no safetensors file.
  public init(contentsOf url: URL) throws {
    let path = url.path
    do {
      let file = try RegularFile(path, limit: RegularFile.memoryOfMachine)
      let header = try Self.header(of: file, path)
      self.init(metadata: header.metadata)
      let start = file.count - (header.entries.last?.bytes.upperBound ?? 0)
      for entry in header.entries {
        guard entry.type == "F32" else {
          otherTypes[entry.name] = entry.type
          continue
        }
        var values = [Float](repeating: 0, count: entry.bytes.count / 4)
        try values.withUnsafeMutableBytes { try file.read(into: $0, from: start + entry.bytes.lowerBound) }
        // The format is little-endian, as every machine is that Swift runs on.
        tensors[entry.name] = Tensor(shape: entry.shape, values: values)
      }
    } catch let failure as RegularFile.Failure {
      throw NetworkError.fileUnreadable(path: path, reason: failure.reason)
    }
  }

  /// The header, whose tensors fill the rest of the file.
  private static func header(of file: RegularFile, _ path: String) throws -> SafeTensorsHeader {
    guard file.count >= 8 else {
      throw NetworkError.fileDamaged(path: path, what: "bytes", expected: 8, found: file.count)
    }
    let length = try file.bytes(0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    // The format's own limit; a larger number is the beginning of some other file.
    guard length <= 100_000_000 else {
      throw NetworkError.fileForeign(path: path, reason: "no safetensors header")
    }
    let start = 8 + Int(length)
    guard file.count >= start else {
      throw NetworkError.fileDamaged(
        path: path, what: "bytes of the header", expected: start, found: file.count)
    }
    do {
      return try SafeTensorsHeader([UInt8](try file.bytes(8..<start)), bodyCount: file.count - start)
    } catch let fault as SafeTensorsHeader.Fault {
      switch fault {
      case .foreign(let reason): throw NetworkError.fileForeign(path: path, reason: reason)
      case .damaged(let what, let expected, let found):
        throw NetworkError.fileDamaged(path: path, what: what, expected: expected, found: found)
      }
    }
  }

  /// The bytes of the file: the same for the same content.
  public var data: Data {
    get throws {
      var header: [String: Any] = metadata.isEmpty ? [:] : ["__metadata__": metadata]
      var offset = 0
      let names = tensors.keys.sorted()
      for name in names {
        guard let tensor = tensors[name] else { continue }
        let end = offset + 4 * tensor.values.count
        header[name] = ["dtype": "F32", "shape": tensor.shape, "data_offsets": [offset, end]]
        offset = end
      }
      var json = try JSONSerialization.data(withJSONObject: header, options: .sortedKeys)
      json.append(Data(repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
      var data = Data(capacity: 8 + json.count + offset)
      withUnsafeBytes(of: UInt64(json.count).littleEndian) { data.append(contentsOf: $0) }
      data.append(json)
      for name in names {
        tensors[name]?.values.withUnsafeBytes { data.append(contentsOf: $0) }
      }
      return data
    }
  }

  /// Writes a file beside the old one, and puts it in its place when it is whole.
  ///
  /// Throws `NetworkError.fileNotWritten`; the old file, if there was one, is then as it was.
  public func write(to url: URL) throws {
    try writeWhole(try data, to: url.path)
  }
}

/// Writes beside `path` and renames, so that no file is ever half there. What is no file, such as a pipe, is written to.
private func writeWhole(_ data: Data, to path: String) throws {
  func failure() -> NetworkError { .fileNotWritten(path: path, reason: String(cString: strerror(errno))) }
  var information = stat()
  let isSpecial = stat(path, &information) == 0 && information.st_mode & S_IFMT != S_IFREG
  let place = isSpecial ? path : "\(path).\(getpid()).part"
  let file = open(place, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard file >= 0 else { throw failure() }
  do {
    try data.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let count = write(file, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw failure() }
        written += count
      }
    }
    // A disk may notice that it is full, or gone, only now.
    guard isSpecial || fsync(file) == 0 else { throw failure() }
  } catch {
    close(file)
    if !isSpecial { unlink(place) }
    throw error
  }
  close(file)
  guard isSpecial || rename(place, path) == 0 else {
    let error = failure()
    unlink(place)
    throw error
  }
}
