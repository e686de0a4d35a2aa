import Foundation
import Synchronization

/// What whoever builds again and again keeps between builds, so that only what changed is worked out again.
public final class Memory: Sendable {
  let pandoc = Pandoc()
  let installation = Mutex<Installation?>(nil)
  let chapters = Memo<Chapter.Origin, Chapter>()
  let runs = Memo<[String: FileState], ChapterRun>()
  let woven = Memo<Woven.Origin, Woven>()
  let machine = Machine()
  let texts = Memo<ChapterText.Origin, ChapterText>()

  /// Runs that go on while the next build begins; nil where they end with their build.
  let runsUnderWay: RunsUnderWay?

  public init(letsRunsGoOn: Bool = false) {
    runsUnderWay = letsRunsGoOn ? RunsUnderWay() : nil
  }

  /// Forgets what the last build did not ask for.
  func forgetUnasked() {
    chapters.forgetUnasked()
    runs.forgetUnasked()
    woven.forgetUnasked()
    texts.forgetUnasked()
  }
}
