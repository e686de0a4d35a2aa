import Foundation

/// The page as a browser prints it: its formulas, figures and print style, with what is folded on the page open.
struct PDFExporter: Exporter {
  private static let browsers = ["chromium", "chromium-browser", "google-chrome"]

  func write(_ publication: Publication) async throws -> URL {
    let path = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    let found = Self.browsers.first { name in path.contains { access("\($0)/\(name)", X_OK) == 0 } }
    guard let browser = found else {
      throw Problem(
        "The format pdf needs the browser Chromium, which was not found.",
        advice: "Install it: apt-get install chromium chromium-sandbox")
    }
    let page = publication.work.appending(path: "print.html")
    let printed = publication.work.appending(path: "report.pdf")
    let text = String(decoding: try Data(contentsOf: publication.page), as: UTF8.self)
    // Of folds with one name a browser would close all but the last.
    let opened = text.replacing("<details name=", with: "<details data-name=").replacing(
      "<details", with: "<details open")
    try Data(opened.utf8).write(to: page)
    // A browser's sandbox does not work for root, and the page can load nothing. Nor may the browser look for anything itself.
    let isRoot = geteuid() == 0
    let arguments =
      ["--headless", "--disable-gpu"] + (isRoot ? ["--no-sandbox"] : []) + [
        "--host-resolver-rules=MAP * ~NOTFOUND", "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync", "--no-first-run", "--no-pdf-header-footer", "--print-to-pdf-no-header",
        "--generate-pdf-document-outline",
        "--user-data-dir=" + publication.work.appending(path: "browser").path,
        "--print-to-pdf=" + printed.path, page.absoluteString,
      ]
    let result = try await Tool.run(
      browser, arguments, advice: "Install it: apt-get install chromium chromium-sandbox")
    guard result.status.isSuccess, FileManager.default.fileExists(atPath: printed.path) else {
      throw Problem("Chromium could not print the page: \(result.error.suffix(1000))")
    }
    let pdf = publication.folder.appending(path: "report.pdf")
    try FileManager.default.replaceItem(at: pdf, with: printed)
    return pdf
  }
}

extension Exporter where Self == PDFExporter {
  static func pdf() -> Self { PDFExporter() }
}

extension FileManager {
  /// Moves a file to a place, in one step where another one is there.
  func replaceItem(at place: URL, with file: URL) throws {
    guard rename(file.path, place.path) == 0 else {
      throw NSError(domain: NSPOSIXErrorDomain, code: Int(errno), userInfo: [NSFilePathErrorKey: place.path])
    }
  }
}
