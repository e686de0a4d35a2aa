import Foundation
import Testing
import Text

@testable import Literate

/// Pandoc's tree in types: nothing is lost on the way in and out, and all of it is visited and rewritten.
@Suite struct TextTests {
  /// One of everything that Pandoc's Markdown has.
  static let markdown = #"""
    # A *title* {#sec-a .unnumbered key="value"}

    Words with *emphasis*, **strength**, ~~strikeout~~, H~2~O, x^2^, [small]{.smallcaps}, [under]{.underline},
    'single' and "double" quotes, `code`{.swift}, $a$ and $$b$$ {#eq-b}, a [link](https://a.b "title"),
    ![an image](a.png){width=3}, [a span]{.c}, <b>raw</b>, a note^[With a *word*.], \
    a break, @doe99 and [see @doe99, p. 3; -@roe98].

    > A quote

    1. one

       two

    (@) three

    - a
    - b

    Term
    :   Meaning

    | line one
    | line two

    ***

    ``` {.swift #code}
    let a = 1
    ```

    <div>raw</div>

    ::: {.note #n}
    In a div
    :::

    +-----+-----+
    | a   | b   |
    +=====+:===:+
    | *c* | d   |
    +-----+-----+

    : A caption with `x` {#tbl-t}

      Right  Left
    -------  ----
         12  12
    """#

  private func tree() async throws -> JSON {
    let answer = try await Pandoc().ask(["--from=markdown", "--to=json"], input: Data(Self.markdown.utf8))
    return try JSON(answer.output)["blocks"]
  }

  @Test func theTreeIsWrittenAsItWasRead() async throws {
    let tree = try await tree()
    let blocks = Coding.blocks(tree)
    #expect(Coding.json(blocks) == tree)
    // None of it is unknown.
    var unknown: [JSON] = []
    blocks.walk { node in
      switch node {
      case .block(.other(let json)), .inline(.other(let json)): unknown.append(json)
      default: break
      }
      return true
    }
    #expect(unknown.isEmpty, "\(unknown)")
    // What is unknown stays as it is.
    let strange = JSON.object(["t": .string("Marquee"), "c": .array([.integer(1)])])
    #expect(Coding.json([Block(strange)]) == .array([strange]))
    #expect(Coding.json([Inline(strange)]) == .array([strange]))
  }

  @Test func everyWordIsVisitedInTheOrderOfTheText() async throws {
    let blocks = Coding.blocks(try await tree())
    let text = blocks.plainText
    var rest = text[...]
    for word in [
      "title", "emphasis", "strength", "strikeout", "2", "small", "under", "single", "double", "code", "link",
      "image",
      "span", "note", "With", "break", "quote", "one", "two", "three", "Term", "Meaning", "line", "In",
      "caption", "x",
      "a", "c", "Right", "12",
    ] {
      let found = try #require(rest.range(of: word), "\(word) is not after \(text.count - rest.count)")
      rest = rest[found.upperBound...]
    }
    // Those within are left out where the visit says so.
    var seen = 0
    blocks.walk { node in
      seen += 1
      if case .block = node { return false }
      return true
    }
    #expect(seen == blocks.count)
  }

  @Test func everyWordIsRewrittenTheInnerOnesFirst() async throws {
    struct Marking: Rewriter {
      var order: [String] = []

      mutating func replacement(for inline: Inline) -> [Inline]? {
        switch inline {
        case .text(let text):
          order.append(text)
          return [.text("<\(text)>")]
        case .styled(.emphasis, let inner):
          order.append("emphasis of \(inner.plainText)")
          return inner
        case .note: return []
        default: return nil
        }
      }
      func replacement(for block: Block) -> [Block]? { block == .rule ? [.rule, .rule] : nil }
    }
    let blocks = Coding.blocks(try await tree())
    var marking = Marking()
    let rewritten = blocks.rewritten(by: &marking)
    let words = rewritten.plainText
    #expect(words.contains("<title>") && words.contains("<c>") && words.contains("<Meaning>"))
    #expect(!words.contains("With") && marking.order.contains("With"))
    #expect(rewritten.count { $0 == .rule } == 2)
    let inner = try #require(marking.order.firstIndex(of: "emphasis"))
    #expect(marking.order[inner + 1] == "emphasis of <emphasis>")
    // Nothing else changes.
    struct Nothing: Rewriter {}
    var nothing = Nothing()
    #expect(blocks.rewritten(by: &nothing) == blocks)
  }

  /// What a block becomes does not hang on what else was asked at once.
  @Test func anAnswerIsTheSameInAnyCompany() async throws {
    let blocks = Coding.blocks(try await tree()).prefix(12)
    let together = try await Pandoc().html(ofEach: Array(blocks))
    let other = Pandoc()
    for (block, html) in zip(blocks, together).reversed() {
      #expect(try await other.html(ofEach: [block]) == [html])
    }
  }
}
