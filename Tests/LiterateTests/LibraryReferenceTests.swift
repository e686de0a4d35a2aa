import Foundation
import Testing

@testable import Literate

/// The preview serves the reference beside the page: DocC's data, and no script but those of the toolchain.
@Suite struct LibraryReferenceTests {
  private func pages() throws -> URL {
    let pages = Installation.toolchain.appending(path: "share/docc/render")
    try #require(FileManager.default.fileExists(atPath: pages.appending(path: "index-template.html").path))
    return pages
  }

  private func text(_ answer: LocalServer.Answer?) -> String {
    String(decoding: answer?.bytes(keepsConnection: false) ?? Data(), as: UTF8.self)
  }

  @Test func onlyDataIsTakenFromWhereChaptersWrite() throws {
    try withWorkshop { workshop in
      let reference = LibraryReference(data: workshop.url("output/reference"), pages: try pages())
      #expect(reference.answer(to: "/") == nil && reference.answer(to: "/references") == nil)
      #expect(text(reference.answer(to: "/reference/")).contains("make reference"))

      for (path, content) in [
        "reference/data/documentation/lab/==(_:_:).json": "{}", "reference/js/own.js": "alert(1)",
        "reference/data/own.js": "alert(1)", "reference/data/own.html": "<script>alert(1)</script>",
        "reference/.own.json": "{}", "secret.json": "{\"secret\": 1}",
      ] { try workshop.write(content, to: "output/\(path)") }
      symlink(workshop.url("output/secret.json").path, workshop.url("output/reference/data/link.json").path)

      let start = text(reference.answer(to: "/reference"))
      #expect(start.contains("200 OK") && start.contains("url=/reference/documentation/lab/"))
      let page = text(reference.answer(to: "/reference/documentation/lab/anything"))
      #expect(page.contains("text/html") && page.contains("var baseUrl = \"/reference/\""))
      #expect(page.contains("default-src 'none'; script-src 'self' 'sha256-") && !page.contains("{{"))
      let script = try #require(page.firstMatch(of: /src="(\/reference\/js\/[^"]+)"/)?.1)
      #expect(text(reference.answer(to: String(script))).contains("Content-Type: text/javascript"))
      let data = text(reference.answer(to: "/reference/data/documentation/lab/%3D%3D(_:_:).json"))
      #expect(data.contains("200 OK") && data.contains("application/json") && data.hasSuffix("{}"))

      for path in [
        "js/own.js", "data/own.js", "data/own.html", "data/link.json", ".own.json", "data/../../secret.json",
        "data/%2e%2e/%2E%2E/secret.json", "data/..%2f..%2fsecret.json", "data/documentation/none.json",
        "data",
        "index-template.html/x", "data/%00.json", "data/%zz.json",
      ] {
        let answer = text(reference.answer(to: "/reference/" + path))
        #expect(answer.hasPrefix("HTTP/1.1 404 "), "\(path): \(answer.prefix(100))")
      }
    }
  }

  /// The policy lets DocC's scripts do what they must.
  @Test func aBrowserShowsIt() async throws {
    let workshop = try Workshop()
    defer { workshop.close() }
    try workshop.write(
      "# Words of the reference\n\n@Metadata {\n  @TechnologyRoot\n}\n\nA sentence that is *shown*.\n",
      to: "Small.docc/lab.md")
    let made = try Workshop.run(
      "/usr/bin/env",
      [
        "docc", "convert", "Small.docc", "--output-path", "reference", "--fallback-bundle-identifier",
        // The server takes the data alone, and DocC can't copy its pages out of a toolchain of another user.
        "small", "--no-transform-for-static-hosting",
      ],
      in: workshop.folder)
    try #require(made.status == 0, "\(made.error)")
    let reference = LibraryReference(data: workshop.url("reference"), pages: try pages())
    let server = try LocalServer(port: 0) { request in
      reference.answer(to: request.path) ?? .refusal("404 Not Found", "Another address.")
    }
    // Other tests hold the common threads, for minutes on a busy machine: whoever waits for a page waits for none of these.
    let serving = Task(executorPreference: OwnThread()) { try await server.run() }
    defer { serving.cancel() }
    let browser = try BrowserSession(
      #require(URL(string: "http://127.0.0.1:\(server.port)/reference/documentation/lab/")),
      in: workshop)
    defer { browser.close() }
    // At first the browser shows an empty page.
    let shown = try Workshop.wait(for: "the page of the reference") {
      let seen = try browser.value(
        of: """
          document.body?.innerText.includes("that is shown")
            ? location.pathname + " " + document.querySelector("h1")?.textContent.trim() : "not yet"
          """)
      return seen == "not yet" ? nil : seen
    }
    #expect(shown == "/reference/documentation/lab/ Words of the reference")
  }

  /// Code names what the library has: a type of its own, a word of a comment or of a text leads nowhere, and nothing does where
  /// no server has the reference.
  @Test func codeLeadsToIt() async throws {
    let workshop = try Workshop()
    defer { workshop.close() }
    try workshop.writeBook([
      "a.md": """
      # A

      ```{swift}
      struct Point { var x = 1 }
      let points = [Point()]
      let found: [Accuracy] = []  // Accuracy
      let words = "Accuracy \\(found.count + points.count)"
      func counted(_ accuracy: Accuracy) -> String { select(accuracy) }
      func select(_ accuracy: Accuracy) -> String { "Array" }
      ```
      """
    ])
    for name in ["accuracy", "point", "array_more", "select(_:)-1"] {
      try workshop.write("{}", to: "output/reference/data/documentation/lab/\(name).json")
    }
    let built = try workshop.neuronbook(["build", "chapters"])
    try #require(built.status == 0, "\(built.error)")
    let page = try Data(contentsOf: workshop.url("output/report.html"))
    let server = try LocalServer(port: 0) { _ in .init(type: "text/html; charset=utf-8", body: page) }
    let serving = Task(executorPreference: OwnThread()) { try await server.run() }
    defer { serving.cancel() }
    let links = """
      [...document.querySelectorAll("a.symbol")].map(a => a.textContent + " " + a.getAttribute("href")).join()
      """
    do {
      let browser = try BrowserSession(
        #require(URL(string: "http://127.0.0.1:\(server.port)/report.html")), in: workshop)
      defer { browser.close() }
      let found = try Workshop.wait(for: "the links") {
        let found = try browser.value(of: links)
        return found.isEmpty ? nil : found
      }
      let link = "Accuracy reference/documentation/lab/accuracy/"
      #expect(found == [link, link, link].joined(separator: ","))
      let code = try browser.value(of: "document.querySelector('pre.swift').textContent")
      #expect(code.contains("func counted(_ accuracy: Accuracy) -> String"))
    }

    let alone = try BrowserSession(workshop.url("output/report.html"), in: workshop)
    defer { alone.close() }
    let none = try alone.value(
      of: "new Promise(r => requestAnimationFrame(() => setTimeout(() => r(document.readyState), 300)))"
    )
    #expect(none == "complete")
    #expect(try alone.value(of: "String(document.querySelectorAll('a.symbol').length)") == "0")
  }
}
