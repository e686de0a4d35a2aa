/// What whoever makes a page again and again keeps of it.
final class PageSession: Sendable {
  let pandoc: Pandoc
  let woven = Memo<Woven.Origin, Woven>()
  let texts = Memo<ChapterText.Origin, ChapterText>()

  init(pandoc: Pandoc) { self.pandoc = pandoc }

  /// Forgets what the last page did not ask for.
  func forgetUnasked() {
    woven.forgetUnasked()
    texts.forgetUnasked()
  }
}
