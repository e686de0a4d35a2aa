import Foundation

extension Data {
  /// Writes a file so that it is never half there, and leaves nothing beside it wherever the process ends.
  ///
  /// - Parameter drafts: A folder that is removed when its owner has ended, on the same disk: the file is written there and
  ///   renamed. Where that can't be, it is written beside its place.
  package func writeWhole(to url: URL, through drafts: URL?) throws {
    if let draft = drafts?.appending(path: "draft-" + UUID().uuidString) {
      if (try? write(to: draft)) != nil, rename(draft.path, url.path) == 0 { return }
      unlink(draft.path)
    }
    try write(to: url, options: .atomic)
  }
}
