import CellRecords
import Foundation
import Testing

@testable import Literate

/// Pages of other sites, and what runs beside the browser, can neither read nor freeze a preview.
@Suite struct PreviewSafetyTests {
  // MARK: Requests

  private func request(_ lines: String...) throws -> RequestHead {
    try RequestHead(Array(lines.joined(separator: "\r\n").utf8))
  }

  @Test func aRequestIsReadAsItIs() throws {
    let head = try request(
      "GET /changes?after=12&x HTTP/1.1", "HOST:  localhost:4100 ", "X: a:b", "Connection: Close")
    #expect(head.method == "GET" && head.path == "/changes" && head.version == 12 && head.query["x"] == "")
    #expect(head.headers["host"] == "localhost:4100" && head.headers["x"] == "a:b" && !head.keepsConnection)
    for bad in [
      "", "GET", "GET /", "GET / HTTP/2", "get / HTTP/1.1", "GET  / HTTP/1.1", "GET http://a/ HTTP/1.1",
      "GET / HTTP/1.1\r\nNo colon",
      "GET / HTTP/1.1\r\n folded: x", "GET / HTTP/1.1\r\nHost: a\r\nHost: b", "GET / HTTP/1.1\r\nA b: c",
      "GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1",
      "GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 200),
    ] {
      #expect(throws: RequestHead.Fault.isMalformed, "\(bad.prefix(40))") { try RequestHead(Array(bad.utf8)) }
    }
    #expect(throws: RequestHead.Fault.isMalformed) { try RequestHead([0x47, 0xFF]) }
  }

  @Test func onlyThisMachineIsAnswered() throws {
    for host in ["localhost:4100", "127.0.0.1:4100", "[::1]:4100", "LOCALHOST:4100"] {
      try request("GET / HTTP/1.1", "Host: \(host)").checkOrigin(port: 4100)
      let origin = "Origin: http://\(host.lowercased())"
      try request("GET / HTTP/1.1", "Host: \(host)", origin, "Sec-Fetch-Site: same-origin").checkOrigin(
        port: 4100)
      try request("GET / HTTP/1.1", "Host: \(host)", "Sec-Fetch-Site: none").checkOrigin(port: 4100)
    }
    try request("GET / HTTP/1.1", "Host: localhost").checkOrigin(port: 80)
    for lines in [
      ["Host: evil.example:4100"], ["Host: 127.0.0.1.evil.example:4100"], ["Host: localhost"],
      ["Host: localhost:80"],
      ["Host: localhost:41000"], ["Host: 0.0.0.0:4100"], ["Host: 127.1:4100"], ["X: y"], ["Host: "],
      ["Host: localhost:4100", "Origin: http://evil.example"], ["Host: localhost:4100", "Origin: null"],
      ["Host: localhost:4100", "Origin: http://localhost:8000"],
      ["Host: localhost:4100", "Origin: https://localhost:4100"],
      ["Host: localhost:4100", "Sec-Fetch-Site: cross-site"],
      ["Host: localhost:4100", "Sec-Fetch-Site: same-site"],
    ] {
      let head = try RequestHead(Array((["GET / HTTP/1.1"] + lines).joined(separator: "\r\n").utf8))
      #expect(throws: RequestHead.Fault.self, "\(lines)") { try head.checkOrigin(port: 4100) }
    }
  }

  // MARK: Sockets

  /// A connection to a port of this machine, as anybody can make one.
  private struct Connection: Sendable {
    let descriptor: Int32

    init(_ port: Int) throws {
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = UInt16(port).bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      try #require(result == 0)
      var patience = timeval(tv_sec: 30, tv_usec: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
      setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    func say(_ text: String) {
      let bytes = Array(text.utf8)
      var done = 0
      while done < bytes.count {
        let count = bytes[done...].withUnsafeBytes {
          send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count <= 0 { return }
        done += count
      }
    }

    /// What is answered, to its end or to some words.
    func hear(until words: String? = nil) -> String {
      var heard: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count <= 0 { break }
        heard += buffer[..<count]
        if let words, String(decoding: heard, as: UTF8.self).contains(words) { break }
      }
      return String(decoding: heard, as: UTF8.self)
    }

    func end() { close(descriptor) }
  }

  private func ask(_ port: Int, _ text: String) throws -> String {
    let connection = try Connection(port)
    defer { connection.end() }
    connection.say(text)
    return connection.hear()
  }

  private func get(_ port: Int, _ path: String = "/", host: String? = nil, _ more: String = "") throws
    -> String
  {
    try ask(
      port, "GET \(path) HTTP/1.1\r\nHost: \(host ?? "127.0.0.1:\(port)")\r\nConnection: close\r\n\(more)\r\n"
    )
  }

  @Test func whatIsTooLongOrForeignIsRefusedAndThePreviewGoesOn() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": "# One\n\nText.\n"])
      try previewing(workshop) { port in
        let long = String(repeating: "a", count: 1_000_000)
        for (text, status) in [
          ("GET /\(long) HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n", "431"),
          ("GET / HTTP/1.1\r\nHost: localhost:\(port)\r\nCookie: \(long)\r\n\r\n", "431"),
          ("GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 100_000) + "\r\n", "431"),
          ("no request\r\n\r\n", "400"),
          ("POST / HTTP/1.1\r\nHost: localhost:\(port)\r\nContent-Length: 9\r\n\r\n123456789", "405"),
          ("GET / HTTP/1.1\r\nHost: evil.example:\(port)\r\n\r\n", "403"), ("GET / HTTP/1.1\r\n\r\n", "403"),
          ("GET /other HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n\r\n", "404"),
        ] {
          let answer = try ask(port, text)
          #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(text.prefix(60)): \(answer.prefix(60))")
          #expect(try get(port).hasPrefix("HTTP/1.1 200 OK"))
        }
      }
    }
  }

  @Test func manyAndSlowConnectionsKeepNobodyOut() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": "# One\n\nText.\n"])
      try previewing(workshop) { port in
        // Many that say nothing, or half of something, and some that wait for news.
        let waiting = "GET /changes?after=100 HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n"
        let quiet = try (0..<60).map { number in
          let connection = try Connection(port)
          connection.say(number % 3 == 0 ? "" : number % 3 == 1 ? "GET / HT" : waiting)
          return connection
        }
        #expect(try get(port).hasPrefix("HTTP/1.1 200 OK"))
        // Those above the limit are closed, and the preview goes on when others leave.
        let more = try (0..<100).map { _ in try Connection(port) }
        for connection in quiet + more { connection.end() }
        try Workshop.wait(for: "an answer") { try get(port).hasPrefix("HTTP/1.1 200 OK") ? true : nil }
        // One connection has several requests, the second before the first is answered.
        let kept = try Connection(port)
        defer { kept.end() }
        let text = "GET /one HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n"
        kept.say(text + text.replacing("/one", with: "/pieces?after=1"))
        let heard = kept.hear(until: "application/json")
        #expect(heard.hasPrefix("HTTP/1.1 404") && heard.contains("HTTP/1.1 200 OK"), "\(heard)")
      }
    }
  }

  @Test func aPortThatCannotBeHadIsSaidInWords() throws {
    let server = try LocalServer(port: 0) { _ in .json(Data()) }
    let taken = #expect(throws: Problem.self) {
      _ = try LocalServer(port: server.port) { _ in .json(Data()) }
    }
    #expect(taken?.message == "The port \(server.port) is taken, perhaps by another preview.")
  }

  // MARK: The command

  /// A preview of a workshop's book, while something is done with it; a signal must end it.
  private func previewing(_ workshop: Workshop, end: Int32 = SIGTERM, _ body: (Int) throws -> Void) throws {
    let preview = try Workshop.start(
      Workshop.command.path, ["preview", "chapters", "--port", "0"], in: workshop.folder)
    let port = try Workshop.wait(for: "the preview's address") {
      preview.said.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)\//).flatMap { Int($0.1) }
    }
    try body(port)
    kill(preview.processIdentifier, end)
    #expect(preview.wait().status == 130)
  }

  @Test func thePreviewKeepsTheReportsPolicy() throws {
    try withWorkshop { workshop in
      let text = """
        # One

        <script>document.title = "taken"</script>
        <img src="data:," onerror="document.title = 'taken'">
        <p id="here" onclick="document.title = 'taken'">Words of the page.</p>

        Value `{swift} 6 * 7`.
        """
      try workshop.writeBook(["01.md": text])
      try previewing(workshop) { port in
        let page = try Workshop.wait(for: "the page") {
          let page = try get(port)
          return page.contains("Words of the page") ? page : nil
        }
        let policy = try #require(
          page.firstMatch(of: /http-equiv="Content-Security-Policy" content="([^"]*)"/)?.1)
        #expect(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"))
        let scripts = try #require(policy.firstMatch(of: /script-src ([^;]*)/)?.1)
        let own = /^'sha256-[^']+' 'wasm-unsafe-eval' 'nonce-[A-Za-z0-9+\/=]{24}'$/
        #expect(scripts.contains(own), "\(scripts)")
        let nonce = try #require(scripts.firstMatch(of: /nonce-([^']*)/)?.1)
        #expect(page.contains("<script nonce=\"\(nonce)\" data-version="))
        #expect(try !get(port).contains(nonce), "the word is another one each time")
        #expect(try get(port, host: "evil.example:\(port)").hasPrefix("HTTP/1.1 403"))
        #expect(try get(port, "/changes", "Sec-Fetch-Site: cross-site\r\n").hasPrefix("HTTP/1.1 403"))

        let browser = try BrowserSession(#require(URL(string: "http://127.0.0.1:\(port)/")), in: workshop)
        defer { browser.close() }
        // Its own script runs and takes in what is saved; the chapter's does not, then and later.
        func look(for words: String) throws -> String {
          try browser.value(
            of: """
              (async () => {
                const has = () => document.querySelector("main")?.textContent.includes("\(words)");
                for (let look = 0; look < 12000 && !has(); look++) await new Promise((done) => setTimeout(done, 20));
                document.querySelector("#here")?.click();
                await new Promise((done) => setTimeout(done, 100));
                return has() ? document.title : document.body.textContent;
              })()
              """)
        }
        let title = try look(for: "Words of the page")
        // While something is wrong with the text, the page stays as it is.
        try workshop.write(
          "# One\n\nOther words of the page.\n\nValue `{swift} 6 * 7`.\n", to: "chapters/01.md")
        let later = try look(for: "Other words")
        #expect(title != "taken" && later == title, "\(later)")
      }
    }
  }

  @Test func aPageOfAnotherSiteCannotFreezeThePreview() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": "# One\n\n`{swift} 6 * 7` is it.\n"])
      try previewing(workshop) { port in
        let page = """
          <!doctype html><script>
          for (let i = 0; i < 6; i++) new Image().src = "http://127.0.0.1:\(port)/" + i + "a".repeat(1000000);
          </script>
          """
        try workshop.write(page, to: "evil.html")
        let browser = try BrowserSession(workshop.url("evil.html"), in: workshop)
        defer { browser.close() }
        let foreign = try browser.value(
          of: """
            (async () => {
              try { return await (await fetch("http://127.0.0.1:\(port)/", { mode: "cors" })).text(); }
              catch (error) { return "refused"; }
            })()
            """)
        #expect(foreign == "refused")
        for _ in 0..<5 {
          let answer = try get(port)
          #expect(answer.contains("42") || answer.contains("being built"))
        }
        // It ends though connections wait for news.
        let waiting = try (0..<3).map { _ in try Connection(port) }
        for connection in waiting {
          connection.say("GET /changes?after=1000 HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n")
        }
        usleep(100_000)
      }
    }
  }
}
