import Base
import CellRecords
import Foundation

/// The digests of a kept run's files, so that damage to any of them is seen.
extension RunFolder {
  private var sealFile: URL { url.appending(path: "seal.json") }

  /// Writes down the digest of each file, as the last step of keeping a run.
  func seal() throws {
    var digests: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: url.path) {
      digests[name] = Digest.sha256(try Data(ofFile: file(name).path))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(digests).write(to: sealFile)
  }

  /// Names the content of all its files; nil where they are not sealed.
  var identity: String? { (try? Data(ofFile: sealFile.path)).map(Digest.sha256) }

  /// The states of its files.
  var states: [String: FileState] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return Dictionary(
      uniqueKeysWithValues: names.compactMap { name in FileState(file(name).path).map { (name, $0) } })
  }

  /// What is not as it was sealed; nil where all is.
  func damage() -> String? {
    guard let data = try? Data(ofFile: sealFile.path),
      let digests = try? JSONDecoder().decode([String: String].self, from: data)
    else { return "it is unfinished" }
    for (name, digest) in digests.sorted(by: { $0.key < $1.key }) {
      guard let content = try? Data(ofFile: file(name).path) else { return "\(name) is missing" }
      guard Digest.sha256(content) == digest else { return "\(name) changed" }
    }
    return nil
  }
}

extension Digest {
  /// Bytes with their digest before them.
  static func sealed(_ data: Data) -> Data { Data(sha256(data).utf8) + data }

  /// What was sealed; nil where it is not whole.
  static func unsealed(_ data: Data) -> Data? {
    let body = Data(data.dropFirst(64))
    return data.prefix(64).elementsEqual(sha256(body).utf8) ? body : nil
  }
}
