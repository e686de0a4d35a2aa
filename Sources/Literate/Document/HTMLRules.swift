/// What of HTML may stand in a text: what shows something, and nothing that acts, loads or changes the page around it.
enum HTMLRules {
  /// Elements that stay.
  static let kept: Set<String> = Set(
    """
    a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup data dd del details dfn div dl \
    dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i ins kbd legend li mark ol p pre q rp rt ruby s samp \
    section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr
    """.split(whereSeparator: \.isWhitespace).map(String.init))

  /// Elements of drawings that stay, by their names in small letters.
  static let drawing: [String: String] = {
    let names = """
      svg g defs symbol path circle ellipse line polyline polygon rect text tspan title desc marker clipPath mask pattern \
      linearGradient radialGradient stop
      """.split(whereSeparator: \.isWhitespace).map(String.init)
    return Dictionary(uniqueKeysWithValues: names.map { ($0.lowercased(), $0) })
  }()

  /// Elements that hold nothing.
  static let void: Set<String> = [
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen",
    "link",
    "meta", "param", "source", "track", "wbr",
  ]

  /// Elements that are left out with all that they hold; of others that may not stand, the words stay.
  static let leftOutWhole: Set<String> = [
    "applet", "audio", "canvas", "frameset", "iframe", "math", "noembed", "noframes", "noscript", "object",
    "script", "select", "style", "template", "textarea", "title", "video", "xmp",
  ]

  /// Why an element may not stand in a text.
  static func reason(against name: String) -> String {
    switch name {
    case "script", "noscript", "template", "canvas": "what is made of a chapter runs no scripts but its own"
    case "base", "meta", "title", "html", "head", "body", "frameset":
      "it would change the whole page, not this place"
    case "style": "it would change the whole page; `style=\"…\"` changes one element"
    case "form", "input", "button", "select", "textarea", "option", "fieldset", "label", "keygen":
      "what is made of a chapter sends nothing"
    case "iframe", "object", "embed", "applet", "link", "video", "audio", "source", "track", "frame", "param":
      "what is made of a chapter loads nothing"
    case "math": "formulas are written in LaTeX between dollars"
    default: "it is not among the HTML that a chapter may hold"
    }
  }

  /// Whether an element that is open ends where another opens, though no tag says so.
  static func ends(_ open: String, before next: String) -> Bool {
    switch open {
    case "li": next == "li"
    case "dt", "dd": next == "dt" || next == "dd"
    case "td", "th": ["td", "th", "tr", "tbody", "tfoot"].contains(next)
    case "tr": ["tr", "tbody", "tfoot"].contains(next)
    case "thead", "tbody", "tfoot", "colgroup", "caption":
      ["thead", "tbody", "tfoot"].contains(next) || open == "caption" && next == "tr"
    case "rt", "rp": next == "rt" || next == "rp"
    case "p": endsParagraph.contains(next)
    default: false
    }
  }

  private static let endsParagraph: Set<String> = Set(
    """
    address article aside blockquote center details div dl figcaption figure footer h1 h2 h3 h4 h5 h6 header hr ol p pre section \
    table ul
    """.split(whereSeparator: \.isWhitespace).map(String.init))

  /// Elements whose end needs no tag.
  static let mayStayOpen: Set<String> = [
    "colgroup", "dd", "dt", "li", "p", "rp", "rt", "tbody", "td", "tfoot", "th", "thead", "tr",
  ]

  // MARK: Attributes

  /// Attributes that hold an address or a document, or act.
  private static let refusedAttributes: Set<String> = [
    "action", "archive", "autofocus", "background", "classid", "codebase", "content", "contenteditable",
    "data", "dynsrc", "form", "formaction", "http-equiv", "imagesrcset", "is", "longdesc", "lowsrc",
    "manifest", "nonce", "ping", "poster", "profile", "slot", "src", "srcdoc", "srcset", "usemap", "xml:base",
  ]

  /// Why an attribute may not stand in a text; nil for one that may.
  static func reason(against name: String, value: String) -> String? {
    let name = name.lowercased()
    if name.hasPrefix("on") { return "what is made of a chapter runs no scripts but its own" }
    if refusedAttributes.contains(name) { return "what is made of a chapter loads nothing and sends nothing" }
    guard name.wholeMatch(of: /[a-z_][a-z0-9_.\-]*|xml:lang|xlink:href/) != nil else {
      return "this is no name of an attribute"
    }
    if name == "href" || name == "xlink:href" {
      return isHarmless(address: value) ? nil : "an address may not begin so"
    }
    if name != "style", loads(value) { return "what is made of a chapter loads nothing" }
    return nil
  }

  /// The first declaration of a style that may not stand in a text; nil where all may.
  static func refusedDeclaration(in style: String) -> String? {
    style.split(separator: ";").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.first {
      declaration in
      guard !declaration.isEmpty else { return false }
      let parts = declaration.lowercased().split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { return true }
      let name = parts[0].trimmingCharacters(in: .whitespaces)
      let isKept =
        keptProperties.contains(name)
        || ["border", "font", "list-style", "margin", "padding", "text"].contains {
          name == $0 || name.hasPrefix($0 + "-")
        }
      // A backslash or a comment could hide what a value is.
      return !isKept || loads(String(parts[1])) || parts[1].contains { "\\@<{}".contains($0) }
        || parts[1].contains("/*")
    }
  }

  private static let keptProperties: Set<String> = Set(
    """
    align-items background background-color break-after break-before break-inside caption-side clear color column-count column-gap \
    columns direction display fill flex flex-direction flex-wrap float font gap grid-template-columns height hyphens \
    justify-content letter-spacing line-height max-height max-width min-height min-width opacity overflow overflow-wrap \
    overflow-x overflow-y stroke stroke-width unicode-bidi vertical-align visibility white-space width word-break word-spacing
    """.split(whereSeparator: \.isWhitespace).map(String.init))

  /// Whether a value names something that a browser would fetch.
  private static func loads(_ value: String) -> Bool {
    let value = value.lowercased().filter { !$0.isWhitespace }
    return value.replacing("url(#", with: "").contains("url(") || value.contains("image-set(")
      || value.contains("expression(") || value.contains("image(")
  }

  // MARK: Addresses

  private static let schemes: Set<String> = [
    "http", "https", "mailto", "tel", "ftp", "doi", "urn", "news", "xmpp",
  ]

  /// Whether an address leads to a place, and is no program or document of its own.
  static func isHarmless(address: String) -> Bool {
    guard let scheme = scheme(of: address) else { return true }
    return schemes.contains(scheme)
  }

  /// Whether an address is a picture itself.
  static func isPicture(address: String) -> Bool {
    scheme(of: address) == "data"
      && address.trimmingCharacters(in: .whitespacesAndNewlines).lowercased().hasPrefix("data:image/")
  }

  /// What stands before the colon of an address, as browsers find it; nil for an address without one.
  static func scheme(of address: String) -> String? {
    // Browsers skip these, wherever they stand.
    let bare = address.unicodeScalars.drop { $0.value <= 0x20 }.filter { !["\t", "\n", "\r"].contains($0) }
    guard let end = bare.firstIndex(where: { ":/?#".unicodeScalars.contains($0) }), bare[end] == ":" else {
      return nil
    }
    return String(String.UnicodeScalarView(bare[..<end])).lowercased()
  }
}
