import Base
import CellRecords
import Foundation

/// A book for e-readers, through Pandoc, with formulas in MathML.
struct EPUBExporter: Exporter {
  private static let style = """
    body { line-height: 1.45; }
    p, h1, h2, h3, h4, li, dt, dd, td, th { unicode-bidi: plaintext; text-align: start; }
    img { max-width: 100%; }
    .figure, .table { margin: 1.5em 0; page-break-inside: avoid; }
    .caption, .table > p { font-size: 0.9em; }
    pre { white-space: pre-wrap; font-size: 0.8em; background: #f4f4f2; padding: 0.6em; }
    .output pre { background: none; border-left: 3px solid #ccc; }
    img { max-width: 100%; }
    .columns { display: flex; gap: 1em; }
    .columns .column { flex: 1; }
    table { border-collapse: collapse; font-size: 0.85em; }
    th { border-bottom: 1px solid; }
    th, td { padding: 0.2em 0.6em; }
    .smallcaps { font-variant: small-caps; }
    .exercise, .claim { border-left: 3px solid #888; padding-left: 1em; margin: 1.5em 0; }
    """

  func write(_ publication: Publication) async throws -> URL {
    let blocks = try await publication.cited(
      publication.chapters.indices.flatMap { publication.document(of: $0, .plain) })
    let style = publication.work.appending(path: "epub.css")
    try Data(Self.style.utf8).write(to: style)
    var metadata = publication.metadata
    // The same content has the same name.
    let digest = Digest.sha256(Coding.json(blocks).data)
    metadata["identifier"] = Coding.text("urn:sha256:" + digest)
    let answer = try await publication.pandoc.run(
      [
        "--from=json", "--to=epub3", "--output=-", "--mathml", "--toc", "--toc-depth=2",
        "--css=\(style.path)",
      ],
      input: Pandoc.document(blocks, metadata: metadata))
    let file = publication.folder.appending(path: "report.epub")
    try answer.output.writeWhole(to: file, through: publication.work)
    return file
  }
}

extension Exporter where Self == EPUBExporter {
  static func epub() -> Self { EPUBExporter() }
}
