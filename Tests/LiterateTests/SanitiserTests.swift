import Foundation
import FoundationXML
import Testing
import Text

@testable import Literate

/// What of an author's HTML stays in a text, and what is taken out of it.
@Suite struct SanitiserTests {
  private let pandoc = Pandoc()

  /// What a text becomes, as HTML, and what was found in it.
  private func cleaned(_ markdown: String) async throws -> (html: String, findings: [String]) {
    let answer = try await pandoc.ask(["--from=markdown", "--to=json"], input: Data(markdown.utf8))
    var sanitiser = Sanitiser()
    let blocks = try Pandoc.blocks(of: answer).rewritten(by: &sanitiser)
    let html = try await pandoc.ask(
      ["--from=json", "--to=html5", "--wrap=none", "--mathml"], input: Pandoc.document(blocks))
    return (
      String(decoding: html.output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines),
      sanitiser.findings.map(\.message)
    )
  }

  /// Each thing that acts, loads or changes the page around it is gone, and named.
  @Test(arguments: [
    ("<script>top.x()</script>", "`<script>`"), ("a <script>top.x()</script> b", "`<script>`"),
    ("a <ScRiPt\n>top.x()</sCript > b", "`<script>`"), ("<base href=\"https://e.example/\">", "`<base>`"),
    ("<meta http-equiv=\"refresh\" content=\"0;url=x\">", "`<meta>`"),
    ("<form action=\"https://e.example\"><input name=q><button formaction=x>Go</button></form>", "`<form>`"),
    ("<object data=\"data:text/html,x\"></object>", "`<object>`"), ("<embed src=x>", "`<embed>`"),
    ("<link rel=stylesheet href=x>", "`<link>`"), ("<style>@import \"x\"</style>", "`<style>`"),
    ("a <iframe srcdoc=\"<b>\"></iframe>", "`<iframe>`"), ("<video src=x></video>", "`<video>`"),
    ("a <x-y onfoo=1>b</x-y>", "`<x-y>`"), ("<b onclick=\"x()\">a</b>", "`onclick`"),
    ("<b/onclick=x()>a</b>", "`onclick`"), ("<b title='>' ONFOCUS = x()>a</b>", "`ONFOCUS`"),
    ("[a]{onmouseover=\"x()\"}", "`onmouseover`"), ("::: {onload=\"x()\"}\na\n:::", "`onload`"),
    ("![a](b.png){onerror=\"x()\" srcset=\"y\"}", "`onerror`"), ("`a`{onclick=\"x()\"}", "`onclick`"),
    ("# A {onclick=\"x()\"}", "`onclick`"), ("``` {.swift onclick=\"x()\"}\na\n```", "`onclick`"),
    ("[a]{style=\"position:fixed\"}", "position:fixed"), ("<b style='color:\\72 ed'>a</b>", "`style`"),
    ("<b style=\"background:url(x)\">a</b>", "`style`"), ("<p style=\"color:red;inset:0\">a</p>", "inset:0"),
    ("[a](javascript:x())", "`javascript:`"), ("[a](JaVaScRiPt:x())", "`javascript:`"),
    ("[a](vbscript:x)", "`vbscript:`"), ("[a](data:text/html,x)", "`data:`"),
    ("[a](file:///etc/passwd)", "`file:`"),
    ("<a href=\"java&#9;script:x()\">a</a>", "`href`"),
    ("<a href='&#x6a;avascript&colon;x()'>a</a>", "`href`"),
    ("<a href=' \u{1}javascript:x()'>a</a>", "`href`"),
    ("![a](data:text/html,x)", "`data:`"), ("<img src=\"javascript:x()\" alt=a>", "`javascript:`"),
    ("<svg><script>x()</script><path d='M0 0'/></svg>", "`<script>`"), ("<svg onload=x()></svg>", "`onload`"),
    ("<svg><use href='#a'/></svg>", "`<use>`"),
    ("<svg><rect fill='url(https://e.example)'/></svg>", "`fill`"),
    ("`<img src=x onerror=x()>`{=html}", "`onerror`"),
    ("```{=html}\n<div onclick=x()>a</div>\n```", "`onclick`"),
    ("`<script>`{=html5}", "`<script>`"),
  ]) func whatActsIsTakenOut(_ markdown: String, _ name: String) async throws {
    let (html, findings) = try await cleaned(markdown)
    #expect(findings.contains { $0.contains(name) }, "\(findings)")
    let low = html.lowercased()
    for bad in [
      "<script", "<base", "<meta", "<form", "<input", "<button", "<object", "<embed", "<link", "<style",
      "<iframe",
      "<video", "<use", "x-y", " on", "javascript:", "vbscript:", "data:text", "file:", "srcset", "position",
      "inset",
      "e.example", "url(", "x()",
    ] {
      #expect(!low.contains(bad), "\(bad) in \(html)")
    }
  }

  /// What shows something stays, well-formed for XML, and nothing is said of it.
  @Test(arguments: [
    ("One line<br>another", "<p>One line<br />another</p>"),
    ("H<sub>2</sub>O, x<SUP>2</SUP>", "<p>H<sub>2</sub>O, x<sup>2</sup></p>"),
    (
      "<kbd>a</kbd><mark>b</mark><small>c</small><del>d</del><i>e</i>",
      "<p><kbd>a</kbd><mark>b</mark><small>c</small><del>d</del><i>e</i></p>"
    ),
    ("<b title=x class='y'>a</b>", "<p><b title=\"x\" class=\"y\">a</b></p>"),
    (
      "<b style=\"color: red; font-weight:bold\">a</b>",
      "<p><b style=\"color: red; font-weight:bold\">a</b></p>"
    ),
    (
      "<a href=\"https://a.example/?b=1&amp;c=2\">x</a>",
      "<p><a href=\"https://a.example/?b=1&amp;c=2\">x</a></p>"
    ),
    ("<img src=\"a.png\" alt=\"b\" width=80>", "<p><img src=\"a.png\" width=\"80\" alt=\"b\" /></p>"),
    ("<pre>a &nbsp; <b>c</b> &lt; d</pre>", "<pre>a \u{A0} <b>c</b> &lt; d</pre>"),
    ("<ul><li>a<li>b</ul>", "<ul><li>\na\n</li><li>\nb\n</li></ul>"),
    (
      "<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/></svg>",
      "<svg viewBox=\"0 0 1 1\">\n<path d=\"M0 0\">\n</path></svg>"
    ),
    ("a < b and c <3", "<p>a &lt; b and c &lt;3</p>"),
  ]) func whatShowsSomethingStays(_ markdown: String, _ expected: String) async throws {
    let (html, findings) = try await cleaned(markdown)
    #expect(findings.isEmpty, "\(findings)")
    if !markdown.contains("<svg") { #expect(html == expected) }
    #expect(XMLParser(data: Data("<x>\(html)</x>".utf8)).parse(), "\(html)")
  }

  @Test func whatIsNotClosedIsSaid() async throws {
    let (html, findings) = try await cleaned("a <b>bold\n\nmore</b> and <i>x <u>y</i> z</u>")
    #expect(
      findings == [
        "`<b>` is not closed.", "`</b>` closes nothing that was opened here.", "`<u>` is not closed.",
        "`</u>` closes nothing that was opened here.",
      ], "\(findings)")
    #expect(html == "<p>a bold</p>\n<p>more and <i>x y</i> z</p>")
  }

  /// Comments, declarations and instructions, wherever they stand, and those of LaTeX in formulas, whose source MathML holds.
  @Test(arguments: [
    "a <!-- SECRET --> b", "<!-- SECRET\n\n more SECRET -->", "<div><!-- SECRET --></div>",
    "<table><!-- SECRET --><tr><td>x</td></tr></table>", "- item <!-- SECRET\n  more -->",
    "[a <!-- SECRET -->]{.x}", "<span title=\"x\"><!-- SECRET --></span>", "<pre><!-- SECRET -->a</pre>",
    "a[^1]\n\n[^1]: b <!-- SECRET -->", "```{=html}\n<b>x</b><!-- SECRET --><i>y</i><!--SECRET\n```",
    "```{=html}\n<!--> a --> b <!SECRET> <?SECRET > c ?> </ SECRET>\n```",
    "```{=latex}\n% SECRET\n  % SECRET\n```",
    "<?php SECRET ?>", "```{=html}\n<!DOCTYPE SECRET><![CDATA[ a > SECRET ]]>\n```", "$$ x % SECRET\n = 1 $$",
    "# A <!-- SECRET -->",
    "| a |\n|---|\n| x <!-- SECRET --> |",
  ]) func noCommentStays(_ markdown: String) async throws {
    let (html, findings) = try await cleaned(markdown)
    #expect(!html.contains("SECRET"), "\(html)")
    #expect(findings.isEmpty, "\(findings)")
  }

  @Test func aPercentSignIsNoComment() async throws {
    let (html, _) = try await cleaned("$$ 5\\% + 1 \\\\% SECRET\n = 2 $$")
    #expect(html.contains("5\\% + 1 \\\\") && !html.contains("SECRET"))
  }

  /// What no format shows is said.
  @Test func whatNoFormatShowsIsSaid() async throws {
    for (markdown, words) in [
      ("see \\foo{bar}", "LaTeX outside a formula"), ("`x`{=openxml}", "in the language `openxml`"),
      ("```{=latex}\n% a\n\\newpage\n```", "in the language `latex`"),
    ] {
      let found = try await cleaned(markdown).findings
      #expect(found.count == 1 && found[0].contains(words), "\(found)")
    }
  }

  @Test func drawingsWithProgramsAreFound() {
    #expect(Sanitiser.program(inDrawing: "<svg><path d='M0 0'/><a href='#b'/><style>x</style></svg>") == nil)
    for svg in [
      "<svg onload='x()'/>", "<svg><script>x</script></svg>", "<svg><svg:script/></svg>",
      "<?xml version='1.0'?><svg><a xlink:href='java\nscript:x'/></svg>",
    ] {
      #expect(Sanitiser.program(inDrawing: svg) != nil, "\(svg)")
    }
  }

  /// Colours of a terminal go, and what has no sign gets one; what has stays.
  @Test func whatHasNoSignGetsOne() {
    #expect(printable("\u{1B}[31mred\u{1B}[0m \u{1B}[1;38;5;200mx\u{1B}]0;title\u{7}y") == "red xy")
    #expect(printable("a\u{0}b\u{8}c\u{C}d\u{1B}e\u{7F}f\u{9B}g\u{FFFE}") == "a␀b␈c␌d␛e␡f\u{FFFD}g\u{FFFD}")
    #expect(printable("10 %\r20 %\r\n\tx") == "10 %\n20 %\n\tx")
    for text in ["", "Ünïcode — 日本語 🎉", "a\u{A0}b\u{200D}c", "\u{1F468}\u{200D}\u{1F469}"] {
      #expect(printable(text) == text)
    }
    #expect(escapedHTML("<\u{1B}>") == "&lt;␛&gt;")
    #expect(String(decoding: JSON.string("\u{1B}[1mx\u{2}").data, as: UTF8.self) == "\"x␂\"")
  }
}
