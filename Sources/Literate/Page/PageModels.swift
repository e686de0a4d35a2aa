import Foundation

/// What the models of a page need: the kernel that runs them, and the numbers of each, once.
struct PageModels {
  private let weights: [String: String]
  /// That models stand still, and why; nil where all run.
  let warning: String?

  init(_ chapters: [Woven]) {
    weights = chapters.reduce(into: [:]) { $0.merge($1.models) { first, _ in first } }
    warning =
      chapters.contains(where: \.hasStillModels)
      ? """
      the page's models don't run in it, their figures stand still: this command was built by a toolchain that can't compile \
      for wasm32 (\(PageKernel.fault.trimmingCharacters(in: .whitespacesAndNewlines))); one from swift.org with the target wasm32-unknown-none-wasm can
      """ : nil
  }

  /// Data that no browser runs by itself.
  var html: String {
    guard !weights.isEmpty, let kernel = PageKernel.base64 else { return "" }
    func element(_ name: String, _ text: String) -> String {
      "<script type=\"application/octet-stream\" data-name=\"\(name)\">\(text)</script>"
    }
    let models = weights.sorted { $0.key < $1.key }.map { element($0.key, $0.value) }
    return "<div id=\"models\" hidden>\(([element("kernel", kernel)] + models).joined())</div>"
  }
}
