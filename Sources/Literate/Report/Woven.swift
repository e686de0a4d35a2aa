import Foundation

/// A chapter's text with its results in place, before its citations are set.
struct Woven: Sendable {
  var blocks: [JSON]
  var images = Insertions()
  /// How many bytes of the page each of its larger parts takes.
  var weights: [String: Int] = [:]
  var problems: [Problem] = []
  /// The citations in the blocks, in the order of the text.
  var citations: [JSON] = []
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
    var citations: Set<String>?
  }

  /// Blocks that no chapter has.
  init(_ blocks: [JSON], name: String) {
    (self.blocks, self.name) = (blocks, name)
  }

  /// - Parameter run: The results; nil for a draft without them.
  init(
    _ chapter: Chapter, _ run: ChapterRun?, edition: Edition, labels: Labels, citations: Set<String>?,
    memory: Memory
  ) {
    var origin: Origin?
    if run == nil || run?.identity != nil {
      origin = Origin(
        chapter: chapter.digest, slug: chapter.slug, number: chapter.number, run: run?.identity,
        edition: edition,
        labels: labels.names, citations: citations)
    }
    if let origin, let known = memory.woven[origin],
      known.files.allSatisfy({ FileState($0.key) == $0.value })
    {
      self = known
      isNew = false
      return
    }
    var weaver = Weaver(
      chapter.text(for: edition), run: run?.results(of: chapter, for: edition), labels: labels,
      citations: citations)
    blocks = weaver.weave().array ?? []
    (images, weights, files, problems) = (weaver.images, weaver.weights, weaver.files, weaver.problems)
    name = chapter.slug
    self.origin = origin
    self.citations = Citations.all(in: blocks)
    if let origin { memory.woven[origin] = self }
  }

  /// The listings of code, which do not depend on results and take most of the time to set.
  var listings: [JSON] { blocks.filter { $0.tag == "CodeBlock" } }
}
