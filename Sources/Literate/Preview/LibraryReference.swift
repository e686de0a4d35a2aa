import Base
import CellRecords
import Foundation

/// The reference of the library, which `make reference` has DocC write, below an address of its own.
///
/// DocC's pages are scripts that ask for data. A chapter may write where the data lie, so that data alone are taken from there:
/// pages, scripts and styles are those of the toolchain.
struct LibraryReference: Sendable {
  /// What DocC wrote.
  let data: URL
  /// The pages that come with DocC.
  let pages: URL

  static let address = "/reference/"
  /// More than DocC's largest file has.
  private static let largest = 64 << 20

  /// That of the library beside the running command; nil where the command has no sources.
  static var ofCommand: LibraryReference? {
    guard let package = try? Installation.packageFolder(above: Installation.products) else { return nil }
    return LibraryReference(
      data: package.appending(path: "output/reference"),
      pages: Installation.toolchain.appending(path: "share/docc/render"))
  }

  /// Whether it has been made.
  var isThere: Bool { FileManager.default.fileExists(atPath: data.appending(path: "data").path) }

  /// What is at an address; nil for addresses of the preview's own.
  func answer(to path: String) -> LocalServer.Answer? {
    guard path == Self.address.dropLast() || path.hasPrefix(Self.address) else { return nil }
    let missing = LocalServer.Answer.refusal("404 Not Found", "The reference has nothing of this name.")
    guard isThere else {
      return .refusal("404 Not Found", "There is no reference yet. Have it made: make reference")
    }
    guard let names = Self.names(in: path.dropFirst(Self.address.count)), let page else { return missing }
    switch names.first {
    case nil:
      let start =
        "<!DOCTYPE html><meta http-equiv=\"refresh\" content=\"0; url=\(Self.address)documentation/lab/\">"
      return answer(Data(start.utf8), "html")
    case "documentation": return answer(page, "html")
    case "data", "index", "theme-settings.json", "metadata.json":
      return names.last?.hasSuffix(".json") == true ? file(names, in: data) ?? missing : missing
    default: return file(names, in: pages) ?? missing
    }
  }

  /// The names of an address, which lead into no other folder; nil where they might.
  private static func names(in path: Substring) -> [String]? {
    let names = path.split(separator: "/").map { $0.removingPercentEncoding ?? "" }
    return names.allSatisfy {
      !$0.isEmpty && $0.first != "." && !$0.contains(where: { "/\\\0".contains($0) })
    }
      ? names : nil
  }

  /// The one page of all addresses, whose scripts look at the address.
  private var page: Data? {
    guard
      let template = try? Data(ofFile: pages.appending(path: "index-template.html").path, limit: Self.largest)
    else { return nil }
    let text = String(decoding: template, as: UTF8.self)
    return Data(text.replacing("{{BASE_PATH}}", with: Self.address.dropLast()).utf8)
  }

  private func file(_ names: [String], in folder: URL) -> LocalServer.Answer? {
    let path = names.reduce(folder) { $0.appending(path: $1) }
    // A link would lead out of the folder.
    guard path.resolvingSymlinksInPath().path.hasPrefix(folder.resolvingSymlinksInPath().path + "/"),
      let bytes = try? Data(ofFile: path.path, limit: Self.largest), Self.types[path.pathExtension] != nil
    else { return nil }
    return answer(bytes, path.pathExtension)
  }

  private static let types = [
    "html": "text/html; charset=utf-8", "js": "text/javascript", "css": "text/css",
    "json": "application/json",
    "svg": "image/svg+xml", "ico": "image/x-icon", "jpg": "image/jpeg", "png": "image/png",
  ]

  private func answer(_ bytes: Data, _ type: String) -> LocalServer.Answer {
    // The page has one script of its own, which says where it is.
    let own = "var baseUrl = \"\(Self.address)\""
    let digest = Digest.base64SHA256(Data(own.utf8))
    return LocalServer.Answer(
      type: Self.types[type] ?? "text/plain; charset=utf-8",
      policy: "default-src 'none'; script-src 'self' 'sha256-\(digest)'; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'",
      body: bytes)
  }
}
