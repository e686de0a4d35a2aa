import Base
import CellRecords
import Foundation
import Text

/// What `ro-crate-metadata.json` says: the files, who made what of what, with which software and parameters, and on which cell and
/// figures each claim rests.
///
/// RO-Crate 1.1 (https://w3id.org/ro/crate/1.1), Process Run Crate 0.5 (https://w3id.org/ro/wfrun/process/0.5).
struct CrateGraph {
  private static let profile = "https://w3id.org/ro/wfrun/process/0.5"

  private let publication: Publication
  private var entities: [JSON] = []
  private var parts: [JSON] = []
  private var mentions: [JSON] = []
  private let agents: [JSON]
  private let software: [CrateSoftware]
  private var parameters: [String: JSON] = [:]

  /// - Parameters:
  ///   - sources: The files of each chapter, its text or program first.
  ///   - figures: The files of each chapter's figures, by the number of the cell.
  ///   - license: The file of the licence.
  init(
    _ publication: Publication, files: [CrateFiles.File], sources: [[String]], figures: [[Int: [String]]],
    license: String?, software: [CrateSoftware]
  ) {
    self.publication = publication
    self.software = software
    agents = publication.book.authors.indices.map { Self.reference("#author-\($0 + 1)") }
    for file in files { add(file, isLicense: file.path == license, programs: sources.compactMap(\.first)) }
    for item in software { add(item) }
    for (index, author) in publication.book.authors.enumerated() {
      add("#author-\(index + 1)", "Person", ["name": .string(author)])
    }
    for (index, chapter) in publication.chapters.enumerated() {
      addRun(of: chapter, publication.runs[index], sources[index], figures[index])
      addClaims(of: chapter, publication.runs[index], sources[index], figures[index])
    }
    addBuild(sources.compactMap(\.first), files)
    addRoot(license)
  }

  /// The file's bytes.
  func metadata() throws -> Data {
    let document = JSON.object([
      "@context": .array([
        .string("https://w3id.org/ro/crate/1.1/context"),
        .object(["sha256": .string("https://w3id.org/ro/terms/workflow-run#sha256")]),
      ]),
      "@graph": .array(entities),
    ])
    // Strings without what JSON readers refuse, in a form that people can read.
    let object = try JSONSerialization.jsonObject(with: document.data)
    return try JSONSerialization.data(
      withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
  }

  // MARK: What there is

  private mutating func addRoot(_ license: String?) {
    let book = publication.book
    let title = publication.title
    var root: [String: JSON] = [
      "name": .string(title),
      "description": .string(
        book.description.isEmpty
          ? "A report of chapters that were run, and how it was made." : book.description),
      "datePublished": .string(Self.time(Date())),
      "conformsTo": .array([Self.reference(Self.profile)]), "hasPart": .array(parts),
      "mentions": .array(mentions), "license": Self.reference(license ?? "#license"),
    ]
    if !agents.isEmpty { root["author"] = .array(agents) }
    add("./", "Dataset", root)
    add(
      "ro-crate-metadata.json", "CreativeWork",
      [
        "about": Self.reference("./"), "conformsTo": Self.reference("https://w3id.org/ro/crate/1.1"),
      ])
    add(Self.profile, "CreativeWork", ["name": .string("Process Run Crate"), "version": .string("0.5")])
    if license == nil {
      add(
        "#license", "CreativeWork",
        [
          "name": .string("No licence"),
          "description": .string("The repository of the book has no file of a licence."),
        ])
    }
  }

  private mutating func add(_ file: CrateFiles.File, isLicense: Bool, programs: [String]) {
    let isProgram = programs.contains(file.path)
    var properties: [String: JSON] = [
      "name": .string(file.words), "encodingFormat": .string(Self.mediaType(file.path)),
      "contentSize": .string("\(file.bytes)"), "sha256": .string(file.sha256),
    ]
    if isLicense { properties["description"] = .string("The licence of the book's repository.") }
    if isProgram {
      properties["programmingLanguage"] = Self.reference("https://www.swift.org/")
      properties["softwareRequirements"] = .array(software.map { Self.reference($0.identifier) })
      properties["version"] = .string(publication.record.commit ?? String(file.sha256.prefix(12)))
    }
    parts.append(Self.reference(Self.identifier(file.path)))
    var types = ["File"]
    if isProgram { types.append("SoftwareSourceCode") }
    if isLicense { types.append("CreativeWork") }
    add(Self.identifier(file.path), types, properties)
  }

  private mutating func add(_ item: CrateSoftware) {
    var properties: [String: JSON] = [
      "name": .string(item.name), "softwareVersion": .string(item.version),
    ]
    if let home = item.home { properties["url"] = Self.reference(home) }
    if item.name == "Neuronbook" {
      properties["softwareRequirements"] = .array(
        software.filter { $0.name != item.name }.map { Self.reference($0.identifier) })
    }
    // The language of chapters is their compiler's.
    add(
      item.identifier,
      item.name == "Swift" ? ["SoftwareApplication", "ComputerLanguage"] : ["SoftwareApplication"],
      properties)
  }

  // MARK: What was done

  private mutating func addRun(
    of chapter: Chapter, _ run: ChapterRun, _ sources: [String], _ figures: [Int: [String]]
  ) {
    guard let program = sources.first else { return }
    let end = Self.end(of: run)
    var inputs = sources.dropFirst().map { Self.reference(Self.identifier($0)) }
    for parameter in chapter.parameters {
      inputs.append(self.parameter(parameter.name, parameter.value.text))
    }
    inputs.append(parameter("profile", publication.book.profile.rawValue))
    for note in run.notes {
      let words = note.split(separator: ": ", maxSplits: 1).map(String.init)
      if words.count == 2 { inputs.append(parameter(words[0], words[1])) }
    }
    let results = figures.sorted { $0.key < $1.key }.flatMap(\.value) + [BuildValues.fileName]
    addAction(
      "#run-\(chapter.slug)", "The run of \(chapter.slug)",
      "The cells of the chapter were compiled and run from top to bottom.", program: Self.identifier(program),
      inputs: inputs, results: results, times: (end.addingTimeInterval(-run.seconds), end),
      error: run.problems.first?.message)
  }

  private mutating func addBuild(_ programs: [String], _ files: [CrateFiles.File]) {
    let sources = files.filter { $0.path.hasPrefix("chapters/") && !programs.contains($0.path) }.map(\.path)
    let made = ["report.html", "run.json", BuildValues.fileName, "scorecard.json"]
    addAction(
      "#build", "The build of the report",
      "The chapters were run or their kept results taken, and the page was woven.",
      program: "#neuronbook", inputs: (programs + sources).map { Self.reference(Self.identifier($0)) },
      results: made.filter { name in files.contains { $0.path == name } },
      times: (publication.started, Date()), error: nil)
  }

  private mutating func addAction(
    _ identifier: String, _ name: String, _ words: String, program: String, inputs: [JSON], results: [String],
    times: (start: Date, end: Date), error: String?
  ) {
    var properties: [String: JSON] = [
      "name": .string(name), "description": .string(words), "instrument": Self.reference(program),
      "object": .array(inputs), "result": .array(results.map { Self.reference(Self.identifier($0)) }),
      "startTime": .string(Self.time(times.start)), "endTime": .string(Self.time(times.end)),
      "actionStatus": .string("http://schema.org/\(error == nil ? "Completed" : "Failed")ActionStatus"),
    ]
    if let error { properties["error"] = .string(error) }
    if !agents.isEmpty { properties["agent"] = .array(agents) }
    mentions.append(Self.reference(Self.escaped(identifier)))
    add(Self.escaped(identifier), "CreateAction", properties)
  }

  /// A parameter with its value, once for all chapters that have it.
  private mutating func parameter(_ name: String, _ value: String) -> JSON {
    let key = "\(name)=\(value)"
    if let known = parameters[key] { return known }
    let identifier = "#parameter-\(parameters.count + 1)"
    add(identifier, "PropertyValue", ["name": .string(name), "value": .string(value)])
    parameters[key] = Self.reference(identifier)
    return Self.reference(identifier)
  }

  // MARK: What is claimed

  /// Each claim with its cell, and with the figures of that cell, or else of its section, or else of the chapter before it.
  private mutating func addClaims(
    of chapter: Chapter, _ run: ChapterRun, _ sources: [String], _ figures: [Int: [String]]
  ) {
    guard let source = sources.first else { return }
    let sections = Self.sections(of: chapter)
    for cell in chapter.cells {
      let claims = run.cells[cell.index]?.shown.compactMap(\.claim) ?? []
      guard !claims.isEmpty else { continue }
      let name = "\(chapter.slug)-cell-\(cell.index + 1)"
      let before = figures.filter { $0.key < cell.index }.sorted { $0.key < $1.key }
      let neighbours = figures.filter { sections[$0.key] == sections[cell.index] }.sorted { $0.key < $1.key }
      let shown = figures[cell.index] ?? (neighbours.isEmpty ? before : neighbours).flatMap(\.value)
      add(
        Self.escaped("#" + name), "SoftwareSourceCode",
        [
          "name": .string("Cell \(cell.index + 1) of \(chapter.slug), line \(cell.location.line)"),
          "isPartOf": Self.reference(Self.identifier(source)),
          "version": .string(publication.record.commit ?? "none"),
          "programmingLanguage": Self.reference("https://www.swift.org/"),
        ])
      for (number, claim) in claims.enumerated() {
        let identifier = Self.escaped("#claim-\(name)-\(number + 1)")
        let verdict = Self.escaped("#verdict-\(name)-\(number + 1)")
        var evidence: [JSON] = []
        for (index, part) in claim.evidence.enumerated() {
          add(
            "\(verdict)-\(index + 1)", "PropertyValue",
            ["name": .string(part.name), "value": .string(part.value)])
          evidence.append(Self.reference("\(verdict)-\(index + 1)"))
        }
        add(
          verdict, "PropertyValue",
          [
            "name": .string("verdict"), "value": .string(claim.verdict.words),
            "description": .string(claim.criterion),
          ])
        add(
          identifier, "Claim",
          [
            "name": .string(claim.name), "text": .string(claim.statement),
            "description": .string("Criterion: \(claim.criterion). Verdict: \(claim.verdict.words)."),
            "isBasedOn": .array(
              [Self.reference(Self.escaped("#" + name))] + shown.map { Self.reference(Self.identifier($0)) }),
            "additionalProperty": .array([Self.reference(verdict)] + evidence),
          ])
        mentions.append(Self.reference(identifier))
      }
    }
  }

  /// The number of the section that each cell stands in.
  private static func sections(of chapter: Chapter) -> [Int: Int] {
    var (section, sections) = (0, [Int: Int]())
    chapter.blocks.walk { node in
      guard case .block(let block) = node else { return true }
      if block.isHeader { section += 1 }
      if let index = block.cellNumber { sections[index] = section }
      return true
    }
    return sections
  }

  // MARK: How it is written

  private mutating func add(_ identifier: String, _ type: String, _ properties: [String: JSON]) {
    add(identifier, [type], properties)
  }

  private mutating func add(_ identifier: String, _ types: [String], _ properties: [String: JSON]) {
    // RO-Crate wants a single thing without its list.
    var entity = properties.mapValues { value in
      if case .array(let items) = value, items.count == 1 { items[0] } else { value }
    }
    entity["@id"] = .string(identifier)
    entity["@type"] = types.count == 1 ? .string(types[0]) : .array(types.map(JSON.string))
    entities.append(.object(entity))
  }

  private static func reference(_ identifier: String) -> JSON { .object(["@id": .string(identifier)]) }

  /// A file's path as an address.
  private static func identifier(_ path: String) -> String {
    path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
  }

  /// A name behind `#` as an address.
  private static func escaped(_ identifier: String) -> String {
    "#" + (identifier.dropFirst().addingPercentEncoding(withAllowedCharacters: .urlFragmentAllowed) ?? "")
  }

  /// Such as 2026-11-29T21:51:15+00:00.
  private static func time(_ date: Date) -> String {
    date.formatted(.iso8601).replacing("Z", with: "+00:00")
  }

  /// When a run was kept; now for one that was not.
  private static func end(of run: ChapterRun) -> Date {
    let attributes = run.folder.flatMap { try? FileManager.default.attributesOfItem(atPath: $0.key.path) }
    return attributes?[.modificationDate] as? Date ?? Date()
  }

  private static func mediaType(_ path: String) -> String {
    switch (path as NSString).pathExtension.lowercased() {
    case "html": "text/html"
    case "json": "application/json"
    case "csv": "text/csv"
    case "tsv": "text/tab-separated-values"
    case "png": "image/png"
    case "pdf": "application/pdf"
    case "md": "text/markdown"
    case "yml", "yaml", "cff": "application/yaml"
    case "swift": "text/x-swift"
    case "bib": "application/x-bibtex"
    case "txt", "": "text/plain"
    default: "application/octet-stream"
    }
  }
}
