import Foundation
import Plotting
import Testing

/// The words of figures: money, letters without a font, names of several lines.
struct WordTests {
  @Test(arguments: [
    "$5 and $6", "costs $5", "$ x$ and y", "$x $", "US$5, US$6", "$$", "\\$x\\$", "a $", "$", "1$", "$5-$10",
  ]) func moneyIsNoMathematics(text: String) {
    #expect(!MathText.markup(text).contains("<i>"))
    #expect(MathText.plain(text) == text.replacing("\\$", with: "$"))
  }

  @Test func mathematicsIsPandocs() {
    #expect(MathText.plain("$h_t$ and $5") == "ht and $5")
    #expect(MathText.markup("$5, then $x$") == "$5, then <i>x</i>")
    #expect(MathText.plain("$10^{9}$") == "109")
    // A dollar before a digit ends nothing.
    #expect(MathText.plain("$x$5") == "$x$5")
    #expect(MathText.markup("$x\\$y$").contains("$"))
  }

  /// U+10FFFF is a letter of no font; the private letter and it are named, in the figure and to the author.
  @Test func lettersWithoutAFontAreNamed() throws {
    let figure = Figure { BarMark(x: ["\u{10FFFF}a", "$\u{10FFFF}$", "b"], y: [1, 2, 3.0]) }
    #expect(try figure.lettersWithoutFont() == ["\u{10FFFF} (U+10FFFF)"])
    #expect(try Figure { BarMark(x: ["a", "ψ → ∞"], y: [1, 2.0]) }.lettersWithoutFont().isEmpty)
    // The note takes room: the picture is another than that of other words.
    let plain = Figure { BarMark(x: ["a", "a"], y: [1, 2.0]) }
    #expect(try figure.render(.svg) != plain.render(.svg))
    #expect(try figure.render(.svg) == figure.render(.svg))
  }

  @Test(arguments: [Legend.automatic, .above, .right]) func namesOfTwoLinesOverlapNothing(legend: Legend)
    throws
  {
    let names = ["two\nlines", "b", "three\nlines\nlong"]
    let figure = Figure(height: 300) {
      for name in names { BarMark(x: ["one\nname", "$5 and $6"], y: [1, 2.0], series: name) }
    }.legend(legend).xAxis("An axis\nof two lines").yAxis("Count\nof things")
    for measurer in [FixedMeasurer() as any TextMeasurer, PangoMeasurer()] {
      let texts = try figure.scene(appearance: .light, measurer: measurer).texts
      let boxes = texts.map { measurer.bounds($0) }
      #expect(names.allSatisfy { name in texts.contains { $0.content == name } })
      for (first, second) in boxes.indices.flatMap({ a in boxes.indices.dropFirst(a + 1).map { (a, $0) } }) {
        let common = boxes[first].intersection(boxes[second])
        #expect(
          common.map { $0.width < 0.5 || $0.height < 0.5 } ?? true,
          "“\(texts[first].content)” and “\(texts[second].content)” overlap")
      }
      for (box, run) in zip(boxes, texts) {
        #expect(box.minX > -0.5 && box.maxX < 640.5 && box.minY > -0.5 && box.maxY < 300.5, "\(run.content)")
      }
    }
  }

  @Test func lyingAndTurnedNamesOfTwoLinesKeepApart() throws {
    let names = (0..<30).map { "a rather long name\nof number \($0)" }
    let measurer = PangoMeasurer()
    let lying = try Figure(height: 400) { BarMark(y: names, x: names.map { _ in 1.0 }) }.scene(
      appearance: .light, measurer: measurer)
    let boxes = lying.texts.filter { names.contains($0.content) }.map { measurer.bounds($0) }.sorted {
      $0.minY < $1.minY
    }
    #expect(boxes.count > 3)
    for (first, second) in zip(boxes, boxes.dropFirst()) { #expect(second.minY >= first.maxY - 1) }
    let turned = try Figure(height: 400) { BarMark(x: names, y: names.map { _ in 1.0 }) }.scene(
      appearance: .light, measurer: measurer
    ).texts.filter { $0.angle == -45 }
    #expect(turned.count > 3)
    let height = measurer.size(names[0], style: turned[0].style).height
    for (first, second) in zip(turned, turned.dropFirst()) {
      #expect((second.position.x - first.position.x) * 0.5.squareRoot() >= height - 0.5)
    }
  }
}
