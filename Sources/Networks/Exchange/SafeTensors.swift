import Foundation

/// Named tensors and their description in one file, as huggingface.co/docs/safetensors specifies it: the length of the
/// header, a header of JSON, the numbers. PyTorch, JAX and TensorFlow read it; nothing in it is ever executed.
public struct SafeTensors: Sendable, Equatable {
  /// Numbers of 32 bits, row-major.
  public struct Tensor: Sendable, Equatable {
    public var shape: [Int]
    public var values: [Float]

    public init(shape: [Int], values: [Float]) {
      precondition(
        shape.reduce(1, *) == values.count, "\(values.count) numbers don't fill a tensor of \(shape)")
      self.shape = shape
      self.values = values
    }
  }

  public var tensors: [String: Tensor]
  /// Descriptions, by name.
  public var metadata: [String: String]

  public init(tensors: [String: Tensor] = [:], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  private struct Entry: Codable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    private enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  /// Reads a file.
  ///
  /// Throws `NetworkError.fileUnreadable`, `.fileDamaged` where it is cut off or its parts contradict each other, and
  /// `.fileForeign` where it is no safetensors file, or holds numbers that are not of 32 bits.
  public init(contentsOf url: URL) throws {
    let path = url.path
    let data: Data
    do { data = try Data(contentsOf: url) } catch {
      throw NetworkError.fileUnreadable(path: path, reason: error.localizedDescription)
    }
    guard data.count >= 8 else {
      throw NetworkError.fileDamaged(path: path, what: "bytes", expected: 8, found: data.count)
    }
    let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    // The format's own limit; a larger number is the beginning of some other file.
    guard length <= 100_000_000 else {
      throw NetworkError.fileForeign(path: path, reason: "no safetensors header")
    }
    let start = 8 + Int(length)
    guard data.count >= start else {
      throw NetworkError.fileDamaged(
        path: path, what: "bytes of the header", expected: start, found: data.count)
    }
    guard let header = try? JSONSerialization.jsonObject(with: data[8..<start]) as? [String: Any] else {
      throw NetworkError.fileForeign(path: path, reason: "its header is not a JSON object")
    }
    self.init(metadata: header["__metadata__"] as? [String: String] ?? [:])
    for (name, value) in header.sorted(by: { $0.key < $1.key }) where name != "__metadata__" {
      guard let json = try? JSONSerialization.data(withJSONObject: value),
        let entry = try? JSONDecoder().decode(Entry.self, from: json), entry.offsets.count == 2,
        entry.shape.allSatisfy({ $0 >= 0 })
      else { throw NetworkError.fileForeign(path: path, reason: "tensor \(name) is not described") }
      guard entry.dtype == "F32" else {
        throw NetworkError.fileForeign(
          path: path, reason: "tensor \(name) holds \(entry.dtype), expected F32")
      }
      let (count, overflows) = entry.shape.reduce((1, false)) {
        let (product, overflow) = $0.0.multipliedReportingOverflow(by: $1)
        return (product, $0.1 || overflow)
      }
      let (first, last) = (entry.offsets[0], entry.offsets[1])
      guard !overflows, first >= 0, last >= first, (last - first) % 4 == 0, (last - first) / 4 == count else {
        throw NetworkError.fileDamaged(
          path: path, what: "numbers of tensor \(name)", expected: count, found: (last &- first) / 4)
      }
      guard last <= data.count - start else {
        throw NetworkError.fileDamaged(
          path: path, what: "bytes up to the end of tensor \(name)", expected: start + last, found: data.count
        )
      }
      let values = data[(start + first)..<(start + last)].withUnsafeBytes { bytes in
        (0..<count).map {
          Float(
            bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
        }
      }
      tensors[name] = Tensor(shape: entry.shape, values: values)
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
