import Foundation
import Testing

@testable import Literate

/// What Quarto's guides to figures, tables and layout show.
extension MarkdownFromElsewhereTests {
  @Test func whatElseGuidesToQuartoShow() throws {
    let made = try built(
      """
      # A

      ::: {#nte-first .callout-note}
      ## A title

      Text.
      :::

      ::: {#tip-second .callout-tip}
      Text.
      :::

      | a | b |
      |---|---|
      | 1 | 2 |

      : Letters {#tbl-letters .striped tbl-colwidths="[75,25]"}

      | c |
      |---|
      | 3 |

      : Without a label {.hover}

      ![One](one.png){#fig-one}

      @Fig-one begins; see @nte-first and @tip-second, and [see @fig-one; @tbl-letters, the last row].

      ::: {.column-page}
      Wide.
      :::

      [Beside.]{.aside}
      """)
    let plain = made.markdown
    // Widths of columns are shares of the line.
    #expect(
      made.page.contains("<col style=\"width: 75%\"") && made.page.contains("<col style=\"width: 25%\""))
    for words in [
      "**Note 1: A title**", "**Tip 1**", "**Table 1.** Letters\n", "\nWithout a label\n",
      "[Figure 1](#fig-one) begins; see [Note 1](#nte-first) and [Tip 1](#tip-second), and see [Figure 1](#fig-one), [Table 1](#tbl-letters), the last row.",
    ] { #expect(plain.contains(words), "\(words) in \(plain)") }
    #expect(!made.page.contains("colwidths") && !made.page.contains("{.hover}"))
    #expect(made.page.contains("<span class=\"column-margin\" role=\"note\">Beside.</span>"))
    let wrong = try built("# A\n\n::: {#fig-a layout=\"[[1,x],[1]]\"}\n![x](one.png)\n\ny\n:::\n", status: 1)
    #expect(wrong.error.contains("a.md:3:13: error: `layout` is `[[1,x],[1]]`."), "\(wrong.error)")
  }

  // MARK: What the guides of Quarto show besides

  @Test func blocksStandSideBySide() throws {
    let made = try built(
      """
      # A

      ::: {layout-ncol=2}
      ![One](one.png)

      Beside.
      :::

      ::: {layout-nrow=2}
      a

      b

      c
      :::

      ::: {#fig-rows layout="[[1,-1,1],[1]]"}
      ![a](one.png){#fig-rows-a}

      ![b](two.png){#fig-rows-b}

      In rows
      :::

      ::::: {.columns}
      ::: {.column width=40%}
      Left.
      :::
      ::: {.column width=60%}
      Right.
      :::
      :::::
      """)
    #expect(made.error.contains("error") == false, "\(made.error)")
    #expect(made.page.matches(of: /class="parts" style="--columns:2"/).count == 3)
    #expect(made.page.contains(try Regex("class=\"column\" style=\"width: ?40%;?\"")))
    #expect(made.markdown.contains("Beside.") && made.markdown.contains("**Figure 1b.** b"))
  }

  @Test func tablesListingsAndLinkedImagesHaveCaptions() throws {
    let made = try built(
      """
      # A

      ::: {#tbl-div}
      | a |
      |---|
      | 1 |

      The *caption*
      :::

      ::: {#lst-div}
      ```python
      pass
      ```

      Of a listing
      :::

      ::: {#tbl-picture}
      ![A picture](one.png)

      A table as a picture
      :::

      [![Leads on](two.png){#fig-link}](https://example.org)

      ![Too](two.png){fig-link="https://example.org/too"}

      ::: {#fig-cap fig-cap="By an attribute"}
      ![](one.png){fig-alt="x"}
      :::

      ![Beside](one.png){#fig-beside .column-margin}

      ::: {#exr-words}
      Think.
      :::

      ::: {#rem-a}
      It is so.
      :::

      @tbl-div, @lst-div, @tbl-picture, @fig-link, @fig-cap, @exr-words, @rem-a; [Fig. @fig-link], [Figures @fig-link], [see @fig-link], [as the @thm-a says].

      ::: {#thm-a}
      Named by none of its letters.
      :::

      ![c](one.png){#fig-two-a} [![d](two.png)](https://example.org/d)

      ::: {#fig-rows layout-nrow=1}
      ![e](one.png)

      ![f](two.png)

      ![g](one.png)

      Three in a row
      :::

      ::: {layout-nrow=2 #fig-words fig-cap="Two in each row"}
      ![h](one.png)

      ![i](two.png)

      ![j](one.png)

      ![k](two.png)
      :::
      """)
    #expect(made.page.contains("--columns:3") && made.page.contains("--columns:2"))
    #expect(made.page.contains("href=\"https://example.org/d\"") && !made.page.contains("neuronbook-link"))
    #expect(made.error.contains("error") == false, "\(made.error)")
    for words in [
      "**Table 1.** The *caption*", "**Listing 1.** Of a listing", "**Table 2.** A table as a picture",
      "**Figure 1.** Leads on", "**Figure 2.** By an attribute", "**Exercise 1.** Think.",
      "**Remark 1.** It is so.",
      "[Table 1](#tbl-div), [Listing 1](#lst-div), [Table 2](#tbl-picture), [Figure 1](#fig-link), [Figure 2](#fig-cap), [Exercise 1](#exr-words), [Remark 1](#rem-a); Fig. [1](#fig-link), Figures [1](#fig-link), see [Figure 1](#fig-link), as the [Theorem 1](#thm-a) says.",
    ] { #expect(made.markdown.contains(words), "\(words) in \(made.markdown)") }
    #expect(
      made.page.contains(try Regex("<a href=\"https://example.org\"[^>]*>\\s*<img [^>]*alt=\"Leads on\"")))
    #expect(made.page.contains("href=\"https://example.org/too\"") && !made.page.contains("fig-link="))
    #expect(made.page.contains(try Regex("<div class=\"column-margin\"[^>]*>\\s*<figure id=\"fig-beside\"")))
  }
}
