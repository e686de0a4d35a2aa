import Foundation

/// A Jupyter notebook for each chapter, with the code and the results.
struct NotebookExporter: Exporter {
  func write(_ publication: Publication) async throws -> URL {
    let folder = try publication.emptyFolder("notebooks")
    for (index, chapter) in publication.chapters.enumerated() {
      let blocks = try await publication.cited(
        publication.document(of: index, .notebook, ending: "ipynb")
      ).anchored
      let answer = try await publication.pandoc.run(
        ["--from=json", "--to=ipynb", "--wrap=none"],
        input: Pandoc.document(Self.inCells(blocks), metadata: Self.metadata))
      try answer.output.write(to: folder.appending(path: chapter.slug + ".ipynb"))
    }
    return folder
  }

  /// The text between cells in cells of its own, with names that stay from build to build.
  private static func inCells(_ blocks: [JSON]) -> [JSON] {
    var cells: [JSON] = []
    var text: [JSON] = []
    func close() {
      guard !text.isEmpty else { return }
      let attributes = JSON.attributes(
        identifier: "text-\(cells.count + 1)", classes: ["cell", "markdown"])
      cells.append(.div(attributes, text))
      text = []
    }
    for block in blocks {
      if block.isDiv("cell") {
        close()
        cells.append(block)
      } else {
        if block.tag == "Header" { close() }
        text.append(block)
      }
    }
    close()
    return cells
  }

  private static let metadata: [String: JSON] = {
    func text(_ text: String) -> JSON { .element("MetaString", .string(text)) }
    func map(_ members: [String: JSON]) -> JSON { .element("MetaMap", .object(members)) }
    return [
      "jupyter": map([
        "nbformat": text("4"), "nbformat_minor": text("5"),
        "kernelspec": map(["display_name": text("Swift"), "language": text("swift"), "name": text("swift")]),
        "language_info": map(["name": text("swift"), "file_extension": text(".swift")]),
      ])
    ]
  }()
}

extension Exporter where Self == NotebookExporter {
  static func notebook() -> Self { NotebookExporter() }
}
