/// What the text of a chapter must not hold.
extension Source {
  /// What a sanitiser found, each at its place.
  func problems(of findings: [Sanitiser.Finding]) -> [Problem] {
    var places = SourcePlaces()
    return findings.map { finding in
      for spelling in finding.spellings {
        let text = String(spelling.prefix { $0 != "\n" })
        guard let place = places.next(of: text, in: self) else { continue }
        return Problem(finding.message, at: place, advice: finding.advice)
      }
      return Problem(finding.message, at: location(line: 1), advice: finding.advice)
    }
  }
}

extension Chapter {
  /// Shortcodes that are none, outside code.
  var unknownShortcodes: [Shortcode] {
    guard !scanned.shortcodes.isEmpty else { return [] }
    var code: [String] = []
    blocks.walk { node in
      switch node {
      case .block(.code(_, let text)), .inline(.code(_, let text)): code.append(text)
      default: break
      }
      return true
    }
    return scanned.shortcodes.filter { shortcode in !code.contains { $0.contains(shortcode.text) } }
  }

  /// Those of blocks that may be wider than the text.
  private static let wideClasses = [
    "column-body", "column-body-outset", "column-page", "column-page-inset", "column-screen",
    "column-screen-inset",
  ]

  /// The classes that a block may have.
  package static let classes: Set<String> = Set(
    [Exercise.className, Exercise.hintClass, Exercise.solutionClass, Tab.setClass, "column-margin", "aside"]
      + wideClasses + ["columns", "column"]
      + Statement.unnumbered.keys + Callout.titles.keys.map { "callout-" + $0 })

  /// What to write where a class of another tool stands.
  private static func advice(forClass name: String, isFirst: Bool) -> String {
    if let wide = wideClasses.last(where: { name.hasPrefix($0 + "-") }) { return "Write `\(wide)`." }
    if Callout.titles[name] != nil { return "Did you mean `callout-\(name)`?" }
    switch name {
    case "grid":
      return
        "Write `::: {layout-ncol=2}` around what stands side by side, or `.columns` with `.column` in it."
    case "content-visible", "content-hidden":
      return "What one edition alone has are solutions of exercises; else show it to all."
    case "panel-sidebar", "panel-fill", "panel-center", "panel-input":
      return "Remove the block's braces: its content stands in the text."
    case "margin-caption": return "Give the image itself `.column-margin`: its caption goes with it."
    default:
      let near = nearest(
        to: name, among: classes.filter { !$0.hasPrefix("callout-") || name.hasPrefix("call") })
      return (near.map { "Did you mean `\($0)`?" } ?? "Leave it out: it means nothing here.")
        + (isFirst ? " There are \(classes.sorted().map { "`\($0)`" }.listed)." : "")
    }
  }

  /// Classes of blocks that mean nothing, outside exercises; a callout of no kind is told where it is shown.
  var unknownClasses: [Problem] {
    var problems: [Problem] = []
    var places = SourcePlaces()
    blocks.walk { node in
      guard case .block(.div(let attributes, _)) = node else { return true }
      for name in attributes.classes where !Self.classes.contains(name) && !name.hasPrefix("callout-") {
        problems.append(
          Problem(
            "No block has the class `\(name)`.",
            at: places.next(of: "." + name, in: source) ?? source.location(of: name),
            advice: Self.advice(forClass: name, isFirst: problems.isEmpty)))
      }
      return !attributes.classes.contains(Exercise.className)
    }
    return problems
  }
}

extension Block {
  /// Whether a link within leads to a file that may be a chapter.
  var leadsToFile: Bool {
    var leads = false
    [self].walk { node in
      if case .inline(.link(_, _, let target)) = node, HTMLRules.scheme(of: target.url) == nil,
        !target.url.hasPrefix("#")
      {
        leads = true
      }
      return !leads
    }
    return leads
  }
}
