import Foundation

/// The files of a crate that are YAML.
enum CrateTexts {
  /// What a codechecker starts from (CODECHECK, configuration 2.0); who checks, and the certificate, are added by them.
  static func codecheck(_ publication: Publication, _ files: [CrateFiles.File]) -> String {
    var text = """
      ---
      version: https://codecheck.org.uk/spec/config/2.0/
      paper:
        title: \(quoted(publication.title))
        authors:

      """
    for author in authors(of: publication.book) { text += "    - name: \(quoted(author))\n" }
    text += "manifest:\n"
    let made = files.filter {
      !$0.path.hasPrefix("chapters/") && !$0.path.hasPrefix("LICENSE") && $0.path != "COPYING"
    }
    for file in made { text += "  - file: \(quoted(file.path))\n    comment: \(quoted(file.words))\n" }
    return text
  }

  /// A citation (Citation File Format 1.2.0).
  static func citation(_ publication: Publication) -> String {
    let book = publication.book
    var text = """
      cff-version: 1.2.0
      message: "If you use this report, please cite it as below."
      type: software
      title: \(quoted(publication.title))
      authors:

      """
    for author in authors(of: book) { text += "  - name: \(quoted(author))\n" }
    if !book.description.isEmpty { text += "abstract: \(quoted(book.description))\n" }
    if let commit = publication.record.commit { text += "commit: \(quoted(commit))\n" }
    text += "date-released: \(Date().formatted(.iso8601.year().month().day()))\n"
    return text
  }

  /// A citation needs an author; who is unknown is called so, as its format asks.
  private static func authors(of book: Book) -> [String] {
    book.authors.isEmpty ? ["anonymous"] : book.authors
  }

  /// A text in double quotes, with everything escaped that any reader of YAML takes for a line break or refuses.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      default:
        let isPlain =
          0x20...0x7E ~= scalar.value
          || 0xA0...0xD7FF ~= scalar.value && ![0x2028, 0x2029].contains(scalar.value)
          || 0xE000...0xFFFD ~= scalar.value && scalar.value != 0xFEFF || scalar.value > 0xFFFF
        if isPlain {
          quoted.unicodeScalars.append(scalar)
        } else {
          quoted += String(format: "\\u%04X", scalar.value)
        }
      }
    }
    return quoted + "\""
  }
}
