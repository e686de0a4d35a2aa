import Foundation
import Testing

@testable import Literate

/// What of a formula MathML would not show is said, and nothing is said of a formula that is whole.
@Suite struct FormulaTests {
  private let pandoc = Pandoc()

  private func unreadable(_ formulas: [String]) async throws -> [String: String] {
    let found = try await pandoc.unreadableFormulas(
      in: formulas.map { .paragraph([.math(isDisplay: true, $0)]) })
    return Dictionary(found.map { ($0.formula, $0.reason) }, uniquingKeysWith: { first, _ in first })
  }

  @Test func aLossIsNamed() async throws {
    let lossy = [
      #"\mathop{\overline{\lim}}_{n\to\infty} a_n"#: #"\mathop{\overline{\lim}}"#,
      #"\mathop{\vec{x}} y"#: #"\mathop{\vec{x}}"#,
      #"\mathop{\frac{\alpha}{\beta}}\limits_x y"#: #"\mathop{\frac{\alpha}{\beta}}"#,
      #"\mathop{(a)} y"#: #"\mathop{(a)}"#,
      #"x = 1 \tag{3}"#: "3", #"x = 1 \tag{A}"#: "A",
    ]
    let found = try await unreadable(Array(lossy.keys))
    for (formula, lost) in lossy {
      #expect(found[formula] == "`\(lost)` in it would not be shown", "\(found)")
    }
    // What Pandoc can't read at all is said as before.
    let unread = try await unreadable([#"\operatorname*{arg\,max}_x f"#, #"\cancel{a}"#])
    #expect(unread.count == 2, "\(unread)")
  }

  @Test func nothingIsSaidOfWhatIsWhole() async throws {
    let whole = [
      #"\limsup_n a + \sin^2 x \to \log_2 n, \Pr(x) \bmod b \pmod{c}"#,
      #"\mathbb{R} \mathcal{L} \mathfrak{g} \mathbf{abc} \mathtt{b}"#,
      #"\dot{a} \ddot{b} \hat{c} \mathring{d} \bar{e} \vec{f} \widehat{gh}"#,
      #"\text{if } x > 0 \text{ a $b$ c}"#,
      #"\begin{array}{c|cc} a & b \\[2pt] \hline c & d \end{array}"#,
      #"\genfrac{(}{)}{0pt}{}{a}{b} \hspace{1cm} \sqrt[3]{a}"#,
      #"\begin{aligned} a &= b \\ c &= d \end{aligned}"#,
      #"\underbrace{a}_{b} \overset{c}{=} \xrightarrow[d]{e} \boxed{f}"#,
      #"\sum_{\substack{i<j\\k}} \operatorname{Re} x \operatorname*{argmax}_y \mathop{\mathrm{min}}_z \mathop{\sum}_i"#,
      #"\newcommand{\foo}{x} \foo"#, #"h \hbar \ell \imath \Re \aleph ' \label{eq} 1.5"#,
      #"\left\{ a \middle| b \right\} \bigl( c \bigr) \frac12"#,
    ]
    let found = try await unreadable(whole)
    #expect(found.isEmpty, "\(found)")
  }
}
