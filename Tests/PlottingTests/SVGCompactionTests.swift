import Plotting
import Testing

struct SVGCompactionTests {
  private func compact(_ svg: String) -> String {
    String(decoding: SVGCompaction.compacted(Array(svg.utf8)), as: UTF8.self)
  }

  @Test func pathsBecomeRelativeAndRounded() {
    #expect(
      compact(#"<path d="M 10.006 20 L 12.5 20 L 12.5 18.25 L 13 19 L 14 18 Z M 1 2 L 0 0 "/>"#)
        == #"<path d="M10.01 20h2.49v-1.75l.5 .75 1-1zm-9.01-18l-1-2"/>"#)
    #expect(
      compact(#"<path d="M 0 0 C 1 2 3 4 5 6 C 6 7 8 9 10 10"/>"#)
        == #"<path d="M0 0c1 2 3 4 5 6 1 1 3 3 5 4"/>"#)
  }

  @Test func roundingErrorsDoNotAddUp() {
    let points = (0...1000).map { "L \(Double($0) * 0.0333) 0" }.joined(separator: " ")
    let path = compact("<path d=\"M 0 5 \(points)\"/>")
    let steps = path.split(separator: "h").dropFirst().joined(separator: " ")
    let numbers = steps.split(whereSeparator: { " \"/>".contains($0) }).compactMap { Double($0) }
    #expect(abs(numbers.reduce(0, +) - 33.3) < 0.011)
  }

  @Test func stylesKeepWhatMatters() {
    #expect(
      compact(
        #"<path style="fill:none;stroke-width:0.75;stroke-linecap:butt;stroke:rgb(20%,40%,100%);stroke-opacity:1;" d="M 1 1 L 2 1 "/>"#
      ) == ##"<path style="fill:none;stroke-width:0.75;stroke:#3366ff" d="M1 1h1"/>"##)
    #expect(compact(#"<g style="fill-opacity:0.5;">"#) == #"<g style="fill-opacity:0.5">"#)
    #expect(compact(#"<path style="stroke:none;" d=""/>"#) == #"<path d=""/>"#)
  }

  @Test func otherAttributesAndImagesStayAsTheyAre() {
    let image =
      #"<image width="12.3456" xlink:href="data:image/png;base64,iVBORw0KGgo d" transform="matrix(0.333,0,0,1,2.3456,1)"/>"#
    #expect(compact(image) == image)
    #expect(compact(#"<use x="1.23456" y="-0.001"/>"#) == #"<use x="1.23" y="0"/>"#)
  }

  /// A place to which the pen is moved, and where it draws nothing, is left out; a point with a round end is drawn.
  @Test func pathsEndWhereTheyEnd() {
    #expect(compact(#"<path d="M 0 0 L 1 0 Z M 0 0 "/>"#) == #"<path d="M0 0h1z"/>"#)
    #expect(compact(#"<path d="M 1 1 M 2 2 L 3 2 M 4 4 Z"/>"#) == #"<path d="M2 2h1m1 2z"/>"#)
  }

  @Test func aLetterIsAPath() {
    let letter =
      "<symbol overflow=\"visible\" id=\"glyph-0-1\">\n<path style=\"stroke:none;\" d=\"M 0 0 L 1 0 Z M 0 0 \"/>\n</symbol>"
    #expect(
      compact("<g>\n\(letter)\n</g>\n  <use xlink:href=\"#glyph-0-1\"/>\n")
        == "<g>\n<path id=\"glyph-0-1\" d=\"M0 0h1z\"/>\n</g>\n<use xlink:href=\"#glyph-0-1\"/>\n")
    for other in [
      "<symbol overflow=\"visible\" id=\"a\">\n<path d=\"M0 0h1\"/>\n<path d=\"M0 0h1\"/>\n</symbol>",
      "<symbol overflow=\"visible\" id=\"a\">\n<g>\n<path d=\"M0 0h1\"/>\n</g>\n</symbol>",
      "<symbol overflow=\"visible\" id=\"a\">\n<path", "<symbol overflow=\"visible\" id=\"a", "<path",
    ] {
      let compacted = compact(other)
      #expect(compacted.hasPrefix(other.prefix(8)) && !compacted.contains("<path id="), "\(compacted)")
    }
  }

  @Test func figuresAreSmall() throws {
    let steps = Array(0..<40)
    let figure = Figure {
      for k in 0..<3 { LineMark(x: steps, y: steps.map { Double($0 * k) }, series: "series \(k)") }
    }.title("Three lines").xAxis("Step").yAxis("State")
    #expect(try figure.render(.svg).count < 40_000)
  }
}
