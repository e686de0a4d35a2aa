import Base
import Foundation

/// An image of the text, with its file.
struct TextImage {
  var attributes: Attributes
  var alternative: [Inline]
  var target: Inline.Target
  /// Nil for one that lies in the text itself or on the web.
  var file: URL?
  var place: Problem.Location

  /// The kinds of images by the endings of their files.
  static let types = [
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "svg": "image/svg+xml", "gif": "image/gif",
  ]

  /// The kind of its file.
  var type: String? { file.flatMap { Self.types[$0.pathExtension.lowercased()] } }

  /// Whether the text itself holds it.
  var isInText: Bool { HTMLRules.isPicture(address: target.url) }

  /// The file as the text names it.
  var path: String { target.url.removingPercentEncoding ?? target.url }

  /// Why nothing can be made of it; nil where its file can be taken in.
  var flaw: Problem? {
    func problem(_ message: String, _ advice: String) -> Problem {
      Problem(message, at: place, advice: advice)
    }
    guard !isInText else { return nil }
    guard let file else {
      return problem(
        "The image is on the web; the page may load nothing.",
        "Download it, and put the file beside the chapter.")
    }
    guard let type else {
      return problem(
        "`\(path)` is not a kind of image that a page can hold.", "Use \(Self.types.keys.sorted().listed).")
    }
    guard let content = try? Data(ofFile: file.path) else {
      return problem("The image `\(path)` can't be read.", "Check its name and place.")
    }
    if type == "image/svg+xml",
      let found = Sanitiser.program(inDrawing: String(decoding: content, as: UTF8.self))
    {
      return problem(
        "The image `\(path)` holds a program: \(found).", "Export it again without scripts, or use a PNG.")
    }
    return nil
  }
}
