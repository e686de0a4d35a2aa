import Foundation
import Synchronization

/// What whoever builds again and again keeps between builds, so that only what changed is worked out again.
public final class Session: Sendable {
  let pandoc: Pandoc
  let installation = Mutex<Installation?>(nil)
  let chapters = Memo<Chapter.Origin, Chapter>()
  let runs = Memo<[String: FileState], ChapterRun>()
  /// What `values.json` says of each chapter.
  let values = Memo<String, Data>()
  let machine = Machine()
  let page: PageSession

  /// Runs that go on while the next build begins; nil where they end with their build.
  let runsUnderWay: RunsUnderWay?

  /// - Parameter pandocPatience: How long Pandoc may take for an answer; a minute if not given.
  public init(letsRunsGoOn: Bool = false, pandocPatience: Duration? = nil) {
    pandoc = pandocPatience.map { Pandoc(patience: $0) } ?? Pandoc()
    page = PageSession(pandoc: pandoc)
    runsUnderWay = letsRunsGoOn ? RunsUnderWay() : nil
  }

  /// Forgets what the last build did not ask for.
  func forgetUnasked() {
    chapters.forgetUnasked()
    runs.forgetUnasked()
    values.forgetUnasked()
    page.forgetUnasked()
  }
}
