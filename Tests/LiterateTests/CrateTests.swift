import CellRecords
import Foundation
import Testing
import Yams

/// The certificate of a build, as far as it can be checked without the public validators (`make check-crate`).
@Suite struct CrateTests {
  private struct Crate {
    let workshop: Workshop
    let folder: String
    /// By their identifiers.
    let entities: [String: [String: Any]]

    init(_ workshop: Workshop, _ folder: String = "output/crate") throws {
      (self.workshop, self.folder) = (workshop, folder)
      let data = try Data(contentsOf: workshop.url(folder + "/ro-crate-metadata.json"))
      let root = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
      let graph = try #require(root["@graph"] as? [[String: Any]])
      entities = Dictionary(
        uniqueKeysWithValues: try graph.map { (try #require($0["@id"] as? String), $0) })
    }

    func entities(_ type: String) -> [[String: Any]] {
      entities.values.filter { ($0["@type"] as? [String] ?? [$0["@type"] as? String ?? ""]).contains(type) }
        .sorted { "\($0["@id"] ?? "")" < "\($1["@id"] ?? "")" }
    }

    /// What a property refers to.
    static func references(_ value: Any?) -> [String] {
      let items = value as? [[String: Any]] ?? (value as? [String: Any]).map { [$0] } ?? []
      return items.compactMap { $0["@id"] as? String }
    }

    /// Each reference leads to an entity or out of the crate, each file is there as it is described, and none is left out.
    func check() throws {
      for (identifier, entity) in entities {
        for (name, value) in entity {
          for reference in Self.references(value) where !reference.contains("://") {
            #expect(
              entities[reference] != nil, "\(identifier): \(name) leads to \(reference), which is not there")
          }
        }
      }
      var described: Set<String> = []
      for file in entities("File") {
        let identifier = try #require(file["@id"] as? String)
        #expect(identifier.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "\(identifier) is no address")
        let path = try #require(identifier.removingPercentEncoding)
        described.insert(path)
        let data = try Data(contentsOf: workshop.url(folder + "/" + path))
        #expect(file["sha256"] as? String == Digest.sha256(data), "\(path)")
        #expect(file["contentSize"] as? String == "\(data.count)", "\(path)")
      }
      let there =
        FileManager.default.enumerator(
          at: workshop.url(folder), includingPropertiesForKeys: [.isRegularFileKey])?
        .compactMap { $0 as? URL }.filter { !$0.hasDirectoryPath }.map {
          String($0.path.dropFirst(workshop.url(folder).path.count + 1))
        } ?? []
      #expect(Set(there) == described.union(["ro-crate-metadata.json"]))
      let parts = Self.references(entities["./"]?["hasPart"])
      #expect(Set(parts) == Set(entities("File").compactMap { $0["@id"] as? String }))
    }
  }

  private static let text = """
    ---
    parameters:
      n: 3
    ---

    # First {#sec-first}

    ```{swift}
    //| alt: "It rises"
    let rows = try data("given wörds.csv")
    show(Figure { LineMark(x: [0, 1], y: [0, 1]) })
    ```

    ## A claim

    ```{swift}
    //| label: fig-line
    //| caption: "A line"
    //| alt: "It rises"
    show(Figure { LineMark(x: [0, 1], y: [0, 1]) })
    ```

    ```{swift}
    show(Claim(
      "R0", "It \\"works\\"", criterion: "≥ .9", estimate: 0.95, interval: Interval(low: 0.92, high: 0.97),
      null: "chance: 0.1", count: 500, isMet: { $0.low >= 0.9 }))
    ```

    """

  @Test func aCrateTellsWhatWasMadeOfWhat() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(
        ["01 ä.md": Self.text], more: "authors: [Ada Lovelace, 李明]\ndescription: What is said\n")
      try workshop.write("1,2\n", to: "chapters/given wörds.csv")
      let built = try workshop.neuronbook(["build", "chapters", "--format", "crate", "--profile", "quick"])
      #expect(built.status == 0, "\(built.error)")
      #expect(built.output.contains("→ output/crate"))
      let crate = try Crate(workshop)
      try crate.check()
      let root = try #require(crate.entities["./"])
      #expect(root["name"] as? String == "Test" && root["description"] as? String == "What is said")
      #expect(Crate.references(root["conformsTo"]) == ["https://w3id.org/ro/wfrun/process/0.5"])

      let run = try #require(crate.entities["#run-01%20%C3%A4"])
      #expect(Crate.references(run["instrument"]) == ["chapters/01%20%C3%A4.md"])
      #expect(Crate.references(run["agent"]) == ["#author-1", "#author-2"])
      #expect(crate.entities["#author-2"]?["name"] as? String == "李明")
      #expect(Crate.references(run["object"]).contains("chapters/given%20w%C3%B6rds.csv"))
      let given = Crate.references(run["object"]).compactMap { crate.entities[$0] }
        .filter { $0["@type"] as? String == "PropertyValue" }.map {
          "\($0["name"] ?? "")=\($0["value"] ?? "")"
        }
      #expect(given.contains("n=3") && given.contains("profile=quick"), "\(given)")
      #expect(Crate.references(run["result"]).contains("figures/fig-line.csv"))
      let times = try [run["startTime"], run["endTime"]].map {
        try Date(try #require($0 as? String), strategy: .iso8601)
      }
      #expect(times[0] <= times[1] && abs(times[1].timeIntervalSinceNow) < 3600)
      #expect(run["actionStatus"] as? String == "http://schema.org/CompletedActionStatus")

      let software = crate.entities("SoftwareApplication").compactMap { $0["name"] as? String }
      #expect(Set(software) == ["Neuronbook", "Swift", "Pandoc", "OpenBLAS", "Cairo", "Pango", "GLib"])
      for item in crate.entities("SoftwareApplication") {
        #expect((item["softwareVersion"] as? String)?.contains(/\d/) == true, "\(item)")
      }

      // The claim rests on its cell, and on the figure of its section: not on that of another.
      let claim = try #require(crate.entities("Claim").first)
      #expect(claim["text"] as? String == "It \"works\"")
      #expect(
        Crate.references(claim["isBasedOn"]) == [
          "#01%20%C3%A4-cell-3", "figures/fig-line.png", "figures/fig-line.pdf", "figures/fig-line.csv",
        ])
      #expect(Crate.references(root["mentions"]).contains(try #require(claim["@id"] as? String)))
      #expect((crate.entities["#01%20%C3%A4-cell-3"]?["name"] as? String)?.hasSuffix("line 23") == true)
    }
  }

  @Test func namesOfAllKindsAreWrittenAsTheyAre() throws {
    try withWorkshop { workshop in
      let title = "A \"title\": #1 'of' \\ all\u{2028}kinds – 🙂"
      try workshop.write(
        "title: \(Self.quoted(title))\nauthors: [\"O'Brien: x\", \"- y\", \"é\\t y\"]\noutput: ../output\nchapters: [a.md]\n",
        to: "chapters/book.yml")
      try workshop.write("# One\n\nText.\n", to: "chapters/a.md")
      let built = try workshop.neuronbook(["build", "chapters", "--format", "crate"])
      #expect(built.status == 0, "\(built.error)")
      try Crate(workshop).check()
      let authors = ["O'Brien: x", "- y", "é\t y"]
      let citation = try #require(try Yams.compose(yaml: workshop.text("output/crate/CITATION.cff")) as Node?)
      #expect(citation["title"]?.string?.contains("A \"title\": #1 'of' \\ all") == true)
      #expect(citation["authors"]?.sequence?.compactMap { $0["name"]?.string } == authors)
      #expect(citation["cff-version"]?.string == "1.2.0")
      let text = try workshop.text("output/crate/codecheck.yml")
      #expect(text.hasPrefix("---\n"))
      let check = try #require(try Yams.compose(yaml: text) as Node?)
      #expect(check["paper"]?["authors"]?.sequence?.compactMap { $0["name"]?.string } == authors)
      let manifest = check["manifest"]?.sequence?.compactMap { $0["file"]?.string } ?? []
      #expect(manifest.contains("report.html") && manifest.contains("values.json"))
      for file in manifest { #expect(workshop.exists("output/crate/" + file), "\(file)") }
    }
  }

  @Test func withoutAuthorsAndWithAFailedChapterItSaysSo() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["../elsewhere.md": "# One\n\n```{swift}\nfatalError(\"it ends\")\n```\n"])
      let built = try workshop.neuronbook(["build", "chapters", "--format", "crate"])
      #expect(built.status == 1)
      let crate = try Crate(workshop)
      try crate.check()
      #expect(try workshop.text("output/crate/CITATION.cff").contains("  - name: \"anonymous\"\n"))
      let run = try #require(crate.entities["#run-elsewhere"])
      #expect(run["agent"] == nil)
      #expect(run["actionStatus"] as? String == "http://schema.org/FailedActionStatus")
      #expect((run["error"] as? String)?.contains("it ends") == true)
      #expect(Crate.references(run["instrument"]) == ["chapters/elsewhere.md"])
    }
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
