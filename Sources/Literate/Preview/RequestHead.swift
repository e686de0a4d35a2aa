/// What a browser asks, up to the empty line: the preview takes no more than that.
struct RequestHead: Equatable {
  var method: String
  var path: String
  /// The values behind the `?`, by their names.
  var query: [String: String] = [:]
  /// By their names in small letters.
  var headers: [String: String] = [:]

  enum Fault: Error, Equatable {
    case isMalformed
    /// Nothing on this machine asks that; another site does.
    case isForeign(String)
  }

  /// More than any browser sends to a page that has no cookies, in bytes.
  static let longest = 16_384
  private static let mostHeaders = 100

  /// - Parameter bytes: The request up to the empty line.
  init(_ bytes: some Collection<UInt8>) throws(Fault) {
    guard bytes.count <= Self.longest, let text = String(validating: bytes, as: UTF8.self) else {
      throw .isMalformed
    }
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(line.last == "\r" ? line.dropLast() : line)
    }[...]
    let parts = (lines.popFirst() ?? "").split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].wholeMatch(of: /[A-Z]{1,20}/) != nil, parts[1].hasPrefix("/"),
      parts[2] == "HTTP/1.1" || parts[2] == "HTTP/1.0", lines.count <= Self.mostHeaders
    else { throw .isMalformed }
    method = String(parts[0])
    let target = parts[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(target[0])
    for item in (target.count > 1 ? target[1] : "").split(separator: "&") {
      let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query[String(pair[0])] = pair.count > 1 ? String(pair[1]) : ""
    }
    for line in lines where !line.isEmpty {
      guard let colon = line.firstIndex(of: ":"),
        line[..<colon].wholeMatch(of: /[A-Za-z0-9!#$%&'*+.^_`|~-]+/) != nil
      else { throw .isMalformed }
      let name = line[..<colon].lowercased()
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      guard headers[name] == nil || name != "host" else { throw .isMalformed }
      headers[name] = String(value.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
  }

  /// Refuses what another site asks through the reader's browser: under a name of its own that leads here, or from its own page.
  ///
  /// - Parameter port: The one that the preview listens on.
  func checkOrigin(port: UInt16) throws(Fault) {
    let hosts = ["localhost", "127.0.0.1", "[::1]"].map { port == 80 ? $0 : "\($0):\(port)" }
    guard let host = headers["host"], hosts.contains(host.lowercased()) else {
      throw .isForeign("This preview is at http://\(hosts[1])/ and has no other name.")
    }
    if let origin = headers["origin"], !hosts.contains(where: { origin.lowercased() == "http://\($0)" }) {
      throw .isForeign("Another site asks.")
    }
    if let site = headers["sec-fetch-site"], site != "same-origin", site != "none" {
      throw .isForeign("Another site asks. Type the address into the browser yourself: http://\(hosts[1])/")
    }
  }

  /// Whether the browser keeps the connection for its next request.
  var keepsConnection: Bool { headers["connection"]?.lowercased() != "close" }

  /// The version that a page says it shows; 0 if it does not.
  var version: Int { query["after"].flatMap { Int($0) } ?? 0 }
}
