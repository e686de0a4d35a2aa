import Foundation
import Testing

@testable import Literate

/// Slides hold what their section holds, on as many slides as that needs.
@Suite struct SlideTests {
  private func formula(_ name: String) -> Block {
    .div(
      Attributes(identifier: "eq-\(name)", classes: ["equation"]),
      [.paragraph([.math(isDisplay: true, name)])])
  }

  /// The titles of the slides and the formulas on each.
  private func outline(_ blocks: [Block]) -> [[String]] {
    var slides: [[String]] = []
    for block in SlideDeck(blocks).slides {
      if let title = block.title {
        slides.append([title.plainText])
      } else {
        slides[slides.count - 1].append([block].plainText)
      }
    }
    return slides
  }

  private func header(_ title: String) -> Block {
    .header(level: 2, Attributes(identifier: title), [.text(title)])
  }

  @Test func allFormulasHaveTheirPlace() {
    let many = (1...9).map { formula("f\($0)") }
    let slides = outline(
      [header("A"), .paragraph([.text("Words."), .space, .text("More.")])] + many + [
        header("B"), formula("g"),
      ])
    #expect(slides.first == ["A", "Words.", "f1", "f2", "f3", "f4", "f5"], "\(slides)")
    #expect(slides.flatMap { $0.dropFirst() } == ["Words."] + (1...9).map { "f\($0)" } + ["g"])
    #expect(slides.compactMap(\.first) == ["A", "A (2)", "B"])
  }

  /// Under a figure there is no room for more than a short sentence.
  @Test func aShortSentenceStandsAboveItsFigure() {
    let figure = Block.div(Attributes(classes: ["figure"]), [.paragraph([.text("seen")])])
    let long = String(repeating: "word ", count: 40) + "end."
    let slides = outline([
      header("A"), .paragraph([.text("Short.")]), figure, figure,
      header("B"), .paragraph([.text(long)]), figure,
      header("C"), .paragraph([.text("Short.")]), formula("f"), figure,
    ])
    #expect(
      slides == [
        ["A", "Short.", "seen"], ["A (2)", "seen"], ["B", long], ["B (2)", "seen"], ["C", "Short.", "f"],
        ["C (2)", "seen"],
      ], "\(slides)")
  }

  /// Without a label, in a later paragraph, in a list: a formula, an image or a table is on a slide.
  @Test func whatStandsBetweenWordsIsThereToo() {
    let math = Inline.math(isDisplay: true, "x")
    let image = Inline.image(Attributes(), [.text("seen")], .init(url: "data:image/png;base64,"))
    let row = Table.Row(cells: [.init(content: [.plain([.text("cell")])])])
    let table = Block.table(
      Table(columns: [.init(alignment: .left)], head: .init(rows: []), bodies: [.init(rows: [row])]))
    let slides = outline([
      header("A"), .paragraph([.text("First.")]), .paragraph([.text("so"), .space, math]),
      .paragraph([image]),
      .bulletList([[.plain([.text("item"), .space, math])]]), .quote([table]),
    ])
    let words = slides.flatMap { $0.dropFirst() }
    #expect(words == ["First.", "x", "seen", "x", "cell"], "\(slides)")
  }

  @Test func slidesFitTheirWindowAndLoseNothing() throws {
    let chapter = """
      # Slides {#sec-slides}

      ## The model {#model}

      The model is one layer; see [the table](#long).

      \((1...4).map { "$$ z_\($0) = \\frac{a_\($0)}{b} $$ {#eq-z\($0)}" }.joined(separator: "\n\n"))

      ## A long table {#long}

      ```{swift}
      //| label: tbl-long
      //| caption: "Rows of long text"
      show(Table(columns: ["t", "Units", "Size", "A", "95 % interval", "B", "p", "n", "Kept", "C"], rows: (0..<9).map { [$0, (0..<16).map(String.init).joined(separator: " "), 16, 0.894, "0.855 – 0.923", "0.000, 0.000 – 0.003", 0.001, 320, "0.894 (0.855 – 0.923)", "against \\($0)"] }))
      ```

      ## A wide one

      | a | b |
      |---|---|
      | \(String(repeating: "w", count: 200)) | \(Array(repeating: "words", count: 150).joined(separator: " ")) end |
      """
    try withWorkshop { workshop in
      try workshop.writeBook(["01.md": chapter])
      let built = try workshop.neuronbook(["build", "chapters", "--format", "slides"])
      #expect(built.status == 0, "\(built.error)")
      let session = try BrowserSession(workshop.url("output/slides/01.html"), in: workshop)
      defer { session.close() }
      try Workshop.wait(for: "the page") {
        let isThere = "document.readyState === 'complete' && document.querySelector('#place') !== null"
        return try session.value(of: isThere + " ? 'yes' : 'no'") == "yes" ? true : nil
      }
      let tooLarge = try session.value(
        of: """
          (() => {
            const wrong = [];
            for (let i = 0; i < slides.length; i++) {
              show(i);
              const box = slides[i].getBoundingClientRect();
              if (box.height > innerHeight + 1) wrong.push(`${i} is ${box.height} high`);
              for (const one of slides[i].querySelectorAll("h2, p, td, th, math, math *")) {
                const place = one.getBoundingClientRect();
                if (place.top < box.top || place.bottom > box.bottom + 1 || place.right > box.right + 1) {
                  wrong.push(`${i}: ${one.localName} at ${place.top} to ${place.bottom}, ${place.right}`);
                }
              }
            }
            return wrong.join("\\n");
          })()
          """)
      #expect(tooLarge == "", "\(tooLarge)")
      let text = try session.value(of: "slides.map(s => s.textContent).join(' ')")
      for row in 0..<9 { #expect(text.contains("against \(row)"), "row \(row)") }
      #expect(text.components(separatedBy: "A long table").count > 2 && text.contains("words end"))
      for number in 1...4 { #expect(text.contains("(\(number))"), "equation \(number)") }
      // A link leads to the slide that has what it names.
      let place = try session.value(
        of:
          "location.hash = '#01-long'; new Promise(r => setTimeout(() => r(slides[shown].textContent), 300))")
      #expect(place.contains("A long table"), "\(place)")
    }
  }
}
