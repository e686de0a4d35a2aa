import CellRecords
import Foundation

/// A drawing in the language of Graphviz, ```` ```{dot} ````, which is made when its chapter is read.
enum Diagram {
  private static let languages: Set<String> = ["{dot}", "{graphviz}"]
  /// How the address of a drawing that the text holds begins.
  static let address = "data:image/svg+xml;base64,"
  private static let advice =
    "Install Graphviz: apt-get install graphviz. Or draw it elsewhere, and show the file."

  /// The blocks with a picture in the place of each drawing; what can't be drawn stays, and is told.
  static func drawn(_ blocks: [Block], of source: Source) async -> (blocks: [Block], problems: [Problem]) {
    var problems: [Problem] = []
    var pictures: [String: Block] = [:]
    for (language, text) in texts(in: blocks) {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let place = firstLine(of: lines, in: source)
      do {
        guard languages.contains(language) else {
          throw Problem(
            "A drawing of Mermaid needs a browser and a library that no page may load.",
            at: source.location(line: place), advice: "Write it for Graphviz, as ```{dot}, or show a file.")
        }
        pictures[text] = try await picture(lines, firstLine: place, of: source)
      } catch {
        problems.append(Problem(of: error))
      }
    }
    var placing = Placing(pictures: pictures)
    return (blocks.rewritten(by: &placing), problems)
  }

  /// The line of the file at which a drawing begins: several may begin alike.
  private static func firstLine(of lines: [Substring], in source: Source) -> Int {
    func bare(_ line: Substring) -> Substring { line.drop { $0 == " " || $0 == "\t" || $0 == ">" } }
    let (wanted, all) = (lines.map(bare), source.lines.map(bare))
    return 1 + (all.indices.first { all[$0...].starts(with: wanted) } ?? 0)
  }

  private static func texts(in blocks: [Block]) -> [(language: String, text: String)] {
    var found: [(language: String, text: String)] = []
    blocks.walk { node in
      if case .block(.code(let attributes, let text)) = node, let language = attributes.classes.first,
        languages.contains(language) || language == "{mermaid}", !found.contains(where: { $0.text == text })
      {
        found.append((language, text))
      }
      return true
    }
    return found
  }

  /// A figure where the drawing has a label, else a picture.
  private static func picture(_ lines: [Substring], firstLine: Int, of source: Source) async throws -> Block {
    let given = Array(lines.lazy.map(CellOption.text).prefix { $0 != nil }.compactMap { $0 })
    let options = try CellOptions.parse(given.map { String($0.text) }) { line, _ in
      source.location(line: firstLine + line)
    }
    if let wrong = options.given.subtracting(["label", "caption", "alt"]).sorted().first {
      throw Problem(
        "A drawing has no option `\(wrong)`.", at: source.location(line: firstLine),
        advice: "It has `label`, `caption` and `alt`.")
    }
    let place = source.location(line: firstLine)
    guard let alternative = options.alt.first ?? options.caption else {
      throw Problem(
        "The drawing does not say what it shows.", at: place, advice: "Write `//| alt: \"…\"` at its head.")
    }
    // The lines keep their numbers.
    let code = lines.enumerated().map { $0.offset < given.count ? "" : $0.element }.joined(separator: "\n")
    let result = try await Tool.run(
      "dot", ["-Tsvg", "-Gbgcolor=white", "-Gfontname=Inter", "-Nfontname=Inter", "-Efontname=Inter"],
      input: Data(code.utf8), limit: .seconds(60), for: place, advice: advice)
    guard result.status.isSuccess else {
      let said = result.error.split(separator: "\n").first.map(String.init) ?? "it says nothing"
      let line = said.firstMatch(of: /line ([0-9]+)/).flatMap { Int($0.1) } ?? 1
      throw Problem(
        "Graphviz can't draw this: \(said)", at: source.location(line: firstLine + max(line - 1, 0)),
        advice: "See graphviz.org/doc/info/lang.html for its language.")
    }
    // Without a caption it is a picture, whose words say what it shows.
    let others = options.caption == nil && options.label == nil ? [] : [("fig-alt", alternative)]
    let attributes = Attributes(identifier: options.label ?? "", others)
    let words = [Inline.text(options.caption ?? (others.isEmpty ? alternative : ""))]
    return .paragraph([
      .image(
        attributes, words,
        Inline.Target(url: address + result.output.base64EncodedString()))
    ])
  }

  private struct Placing: Rewriter {
    let pictures: [String: Block]

    func replacement(for block: Block) -> [Block]? {
      if case .code(_, let text) = block, let picture = pictures[text] { [picture] } else { nil }
    }
  }
}
