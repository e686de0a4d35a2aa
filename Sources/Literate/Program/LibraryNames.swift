import Foundation
import Text

/// The public names of the library that chapters use, read from its sources: what a guessed name may have meant.
struct LibraryNames {
  struct Name: Hashable {
    /// The type that it is a member of, such as `Place`; empty for a name of its own.
    var owner: String
    var name: String
    /// Whether it is written without a value of its type: a case, a static member, a function or a type.
    var isStatic: Bool
  }

  private(set) var all: Set<Name> = []
  /// The types that the parameters of a function have, by its name; of an initialiser by its type's.
  private(set) var parameterTypes: [String: Set<String>] = [:]

  /// The names that `import Lab` brings, from the sources beside the command.
  init(package: URL) {
    for module in [
      "Lab", "Analyses", "KnownRoleModels", "Networks", "Tasks", "Plotting", "LinearAlgebra",
    ] {
      let folder = package.appending(path: "Sources/\(module)")
      for case let file as String in FileManager.default.enumerator(atPath: folder.path) ?? .init()
      where file.hasSuffix(".swift") {
        guard let text = try? String(contentsOf: folder.appending(path: file), encoding: .utf8) else {
          continue
        }
        add(SwiftWords.tokens(in: text))
      }
    }
  }

  init(source: String) { add(SwiftWords.tokens(in: source)) }

  private mutating func add(_ tokens: [SwiftWords.Token]) {
    /// The types that are being read, each with how many braces are open before its own.
    var types: [(name: String, depth: Int, isEnum: Bool, isOpen: Bool)] = []
    var index = 0
    func word(_ offset: Int) -> String { index + offset < tokens.count ? tokens[index + offset].text : "" }
    while index < tokens.count {
      let token = tokens[index]
      defer { index += 1 }
      if let last = types.last, token.depth == last.depth {
        if token.text == "{" { types[types.count - 1].isOpen = true }
        if token.text == "}", last.isOpen { types.removeLast() }
      }
      if ["struct", "enum", "class", "protocol", "extension"].contains(token.text) {
        // `class func` is no type.
        guard tokens.indices.contains(index + 1), tokens[index + 1].isName, word(1) != "func" else {
          continue
        }
        var name = word(1)
        // `extension Place.Site` is about the innermost.
        var next = 2
        while word(next) == ".", tokens[index + next].isJoined {
          name = word(next + 1)
          next += 2
        }
        if token.text != "extension", isPublic(tokens, index) {
          all.insert(Name(owner: types.last?.name ?? "", name: name, isStatic: true))
        }
        types.append((name, token.depth, token.text == "enum", false))
      } else if ["func", "let", "var", "typealias"].contains(token.text), isPublic(tokens, index) {
        let isStatic =
          modifiers(tokens, index).contains("static") || types.isEmpty || token.text == "typealias"
        all.insert(Name(owner: types.last?.name ?? "", name: word(1), isStatic: isStatic))
        if token.text == "func" { addParameters(tokens, from: index + 2, of: word(1)) }
      } else if token.text == "init", let type = types.last, isPublic(tokens, index) {
        addParameters(tokens, from: index + 1, of: type.name)
      } else if token.text == "case", let type = types.last, type.isEnum, token.depth == type.depth + 1 {
        addCases(tokens, from: index + 1, owner: type.name)
      }
    }
  }

  /// The names of `case one, two(Int), three = "3"`: up to the end of the line, those at the start and behind commas that
  /// stand in no parenthesis.
  private mutating func addCases(_ tokens: [SwiftWords.Token], from start: Int, owner: String) {
    var (open, isName) = (0, true)
    for token in tokens[min(start, tokens.count)...] {
      if isName, token.isName { all.insert(Name(owner: owner, name: token.text, isStatic: true)) }
      switch token.text {
      case "(", "[": open += 1
      case ")", "]": open -= 1
      default: break
      }
      isName = open == 0 && token.text == ","
      if open == 0, !isName, token.line > tokens[start].line { return }
    }
  }

  /// The words with capitals in the parentheses that begin at or soon after a place.
  private mutating func addParameters(_ tokens: [SwiftWords.Token], from start: Int, of function: String) {
    guard let first = tokens[min(start, tokens.count)...].firstIndex(where: { $0.text == "(" }) else {
      return
    }
    var open = 0
    for token in tokens[first...] {
      if token.text == "(" { open += 1 }
      if token.text == ")" { open -= 1 }
      if open == 0 { return }
      if token.text.first?.isUppercase == true { parameterTypes[function, default: []].insert(token.text) }
    }
  }

  private func modifiers(_ tokens: [SwiftWords.Token], _ index: Int) -> [String] {
    let known: Set = [
      "public", "static", "final", "mutating", "indirect", "private", "internal", "set", "(", ")", "package",
    ]
    return tokens[..<index].reversed().prefix { known.contains($0.text) }.map(\.text)
  }

  private func isPublic(_ tokens: [SwiftWords.Token], _ index: Int) -> Bool {
    modifiers(tokens, index).contains("public")
  }
}
