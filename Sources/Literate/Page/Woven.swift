import Foundation

/// A chapter's text with its results in place, before its citations are set.
struct Woven: Sendable {
  var blocks: [Block]
  var images = Insertions()
  /// How many bytes of the page each of its larger parts takes.
  var weights: [String: Int] = [:]
  /// The numbers of the models that run in the page, base64, by their digests.
  var models: [String: String] = [:]
  /// Whether there is a model that can't.
  var hasStillModels = false
  var problems: [Problem] = []
  /// The citations in the blocks, in the order of the text.
  var citations: [Inline] = []
  /// Names its parts in the page.
  var name: String
  /// What it was made of; nil where that can't be told.
  var origin: Origin?
  /// Whether it was not known before.
  private(set) var isNew = true
  /// The files in it, as they were.
  var files: [String: FileState?] = [:]

  /// Everything that weaving depends on.
  struct Origin: Hashable {
    var chapter: String
    var slug: String
    var number: Int?
    /// The digest of the run's files; nil for a draft without results.
    var run: String?
    var edition: Edition
    /// What references show.
    var labels: [String: String]
    /// What links lead to.
    var anchors: [String: String]
    var citations: Set<String>?
    var lacksBibliography: Bool
    var foldsCode: Bool
  }

  /// Blocks that no chapter has.
  init(_ blocks: [Block], name: String) {
    (self.blocks, self.name) = (blocks, name)
  }

  /// - Parameter run: The results; nil for a draft without them.
  init(
    _ chapter: Chapter, _ run: ChapterRun?, edition: Edition, labels: Labels, citations: Set<String>?,
    foldsCode: Bool, session: PageSession
  ) {
    var origin: Origin?
    if run == nil || run?.identity != nil {
      origin = Origin(
        chapter: chapter.scanned.digest, slug: chapter.slug, number: chapter.number, run: run?.identity,
        edition: edition,
        labels: labels.names, anchors: labels.anchors.seen(by: chapter), citations: citations,
        lacksBibliography: labels.lacksBibliography, foldsCode: foldsCode)
    }
    if let origin, let known = session.woven[origin],
      known.files.allSatisfy({ FileState($0.key) == $0.value })
    {
      self = known
      isNew = false
      return
    }
    var weaver = Weaver(
      chapter.text(for: edition), run: run?.results(of: chapter, for: edition), labels: labels,
      citations: citations, for: PageMedium(chapter, foldsCode: foldsCode))
    blocks = Self.joiningCode(weaver.weave())
    (images, weights, files) = (weaver.medium.images, weaver.medium.weights, weaver.medium.files)
    (models, hasStillModels) = (weaver.medium.models, weaver.medium.hasStillModels)
    problems = weaver.problems
    name = chapter.slug
    self.origin = origin
    self.citations = Citations.all(in: blocks)
    if let origin { session.woven[origin] = self }
  }

  /// Cells whose code is folded away one after the other, with nothing between, are opened as one.
  private static func joiningCode(_ blocks: [Block]) -> [Block] {
    var joined: [Block] = []
    var opened = ""
    var endsCode = false
    for block in blocks {
      guard case .raw("html", let html) = block else {
        endsCode = false
        joined.append(block)
        continue
      }
      if html == PageMedium.codeStart, endsCode { joined.removeLast() } else { joined.append(block) }
      if html.hasPrefix("<details") { opened = html }
      endsCode = html == PageMedium.foldEnd && opened == PageMedium.codeStart
    }
    return joined
  }

  /// The listings of code, which do not depend on results and take most of the time to set.
  var listings: [Block] { blocks.filter { if case .code = $0 { true } else { false } } }
}
