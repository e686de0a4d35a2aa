import Foundation
import Text

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
  private static func inCells(_ blocks: [Block]) -> [Block] {
    var cells: [Block] = []
    var text: [Block] = []
    func close() {
      guard !text.isEmpty else { return }
      let attributes = Attributes(identifier: "text-\(cells.count + 1)", classes: ["cell", "markdown"])
      cells.append(.div(attributes, text))
      text = []
    }
    for block in blocks {
      if block.isDiv("cell") {
        close()
        cells.append(block)
      } else {
        if block.isHeader { close() }
        text.append(block)
      }
    }
    close()
    return cells
  }

  private static let metadata: [String: JSON] = [
    "jupyter": Coding.map([
      "nbformat": Coding.text("4"), "nbformat_minor": Coding.text("5"),
      "kernelspec": Coding.map([
        "display_name": Coding.text("Swift"), "language": Coding.text("swift"), "name": Coding.text("swift"),
      ]),
      "language_info": Coding.map(["name": Coding.text("swift"), "file_extension": Coding.text(".swift")]),
    ])
  ]
}

extension Exporter where Self == NotebookExporter {
  static func notebook() -> Self { NotebookExporter() }
}
