import Base
import Foundation

/// New chapters and exercises, as files that build at once.
public enum Template {
  /// Writes a chapter and adds it to its book.
  ///
  /// - Parameters:
  ///   - name: Its name in file names, such as `forgetting`.
  ///   - title: Its title; the name with a capital where there is none.
  ///   - path: The book: a folder with a `book.yml`, or that file.
  /// - Returns: The chapter's file.
  /// - Throws: `Problem` for a name that can't be one or is taken, or a book that can't be read or written.
  public static func addChapter(_ name: String, title: String?, to path: String) throws -> URL {
    try check(name, "chapter")
    let book = try Book.open(path, output: nil)
    let isFolder = !path.hasSuffix(".yml") && !path.hasSuffix(".yaml")
    let bookFile = URL(filePath: isFolder ? (path as NSString).appendingPathComponent("book.yml") : path)
    guard bookFile.lastPathComponent != bookFile.deletingPathExtension().lastPathComponent,
      ["yml", "yaml"].contains(bookFile.pathExtension)
    else {
      throw Problem(
        "`\(path)` is no book.", at: Problem.Location(file: path), advice: "Name a folder with a book.yml.")
    }
    let numbers = book.chapters.compactMap { entry in
      Int((entry.name as NSString).lastPathComponent.prefix { $0.isNumber }.prefix(9))
    }
    let number = (numbers.max() ?? book.chapters.count) + 1
    let fileName = (number < 10 ? "0" : "") + "\(number)-\(name).md"
    let chapter = bookFile.deletingLastPathComponent().appending(path: fileName)
    let taken = book.chapters.first {
      ($0.name as NSString).lastPathComponent.drop { $0.isNumber || $0 == "-" } == "\(name).md"
    }
    if let taken {
      throw Problem(
        "The book has a chapter `\(name)` already.", at: Problem.Location(file: taken.path),
        advice: "Choose another name.")
    }
    let yaml = try Source(reading: bookFile, path: bookFile.displayPath).text
    let text = self.chapter(name, title: title ?? name.prefix(1).uppercased() + name.dropFirst())
    try write(text, to: chapter)
    try write(withChapter(fileName, in: yaml), to: bookFile)
    return chapter
  }

  /// Adds an exercise at the end of a chapter.
  ///
  /// - Parameters:
  ///   - name: Its label without `exr-`.
  ///   - path: The chapter's file.
  /// - Returns: The line at which it begins.
  /// - Throws: `Problem` for a name that can't be one or is taken, or a chapter that can't be read or written.
  public static func addExercise(_ name: String, to path: String) throws -> Problem.Location {
    try check(name, "exercise")
    let url = URL(filePath: path)
    let source = try Source(reading: url, path: path)
    let label = "#exr-\(name)"
    if let line = source.lines.firstIndex(where: { $0.contains(label + "}") || $0.contains(label + " ") }) {
      throw Problem(
        "The chapter has an exercise `exr-\(name)` already.", at: source.location(line: line + 1),
        advice: "Choose another name.")
    }
    let before = source.text.hasSuffix("\n") ? source.text : source.text + "\n"
    try write(before + "\n" + exercise(label), to: url)
    return Problem.Location(file: path, line: before.count { $0 == "\n" } + 2)
  }

  private static func check(_ name: String, _ what: String) throws {
    guard name.wholeMatch(of: /[a-z][a-z0-9-]*/) != nil else {
      throw Problem(
        "`\(name)` can't be the name of \(what == "chapter" ? "a" : "an") \(what).",
        advice: "Use small letters, digits and `-`, such as `forgetting`.")
    }
  }

  private static func write(_ text: String, to url: URL) throws {
    do {
      try Data(text.utf8).write(to: url, options: .atomic)
    } catch {
      throw Problem(
        "The file can't be written: \(systemReason(of: error)).",
        at: Problem.Location(file: url.displayPath), advice: "Check the permissions.")
    }
  }

  /// The book's text with a line more in its list of chapters.
  private static func withChapter(_ name: String, in yaml: String) -> String {
    var lines = yaml.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let start = lines.firstIndex(where: { $0.hasPrefix("chapters:") }) else { return yaml }
    let items = lines[(start + 1)...].prefix { $0.drop { $0 == " " }.hasPrefix("-") }
    let indentation = items.last?.prefix { $0 == " " } ?? "  "
    lines.insert("\(indentation)- \(name)", at: items.endIndex)
    return lines.joined(separator: "\n")
  }

  private static func chapter(_ name: String, title: String) -> String {
    """
    # \(title) {#sec-\(name)}

    What do you want to know? Ask it here.

    ```{swift}
    let steps = [0.0, 1, 2, 3, 4]
    let values = steps.map { 1 / (1 + $0) }
    ```

    ```{swift}
    //| label: fig-\(name)
    //| caption: "What the figure shows, after `{swift} steps.count` steps"
    //| alt: "A falling line"
    //| echo: false
    show(Figure(height: 260) { LineMark(x: steps, y: values) }.xAxis("Step").yAxis("Value"))
    ```

    The last value is `{swift} decimals(values[4], 2)` (@fig-\(name)).

    """
  }

  private static func exercise(_ label: String) -> String {
    """
    ::: {.exercise \(label)}
    **A title.** What is asked?

    ```{swift}
    //| exercise: starter
    let answer = 0.0
    ```

    ::: {.hint}
    What helps.
    :::

    ::: {.solution}
    Why it is so.

    ```{swift}
    let answer = 42.0
    ```
    :::

    ```{swift}
    //| exercise: check
    try require(abs(answer - 42) < 0.5, "the answer is the number of the question")
    ```
    :::

    """
  }
}
