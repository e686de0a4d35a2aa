import Text

/// What a name that does not exist may have meant, from what the compiler says of it and the names that there are.
struct Suggestion {
  var names: LibraryNames
  /// The names that the chapter sets itself.
  var own: [String]

  /// Whether an error of the compiler is about a name.
  static func isAbout(_ message: String) -> Bool { unknown(in: message) != nil }

  /// The name that is not known, and what is known of where it should be.
  private enum Unknown {
    case inScope(String)
    /// A member of a type that is not said: `.name`.
    case implicitMember(String)
    case member(String, of: String)
    /// A value stands where a function is called.
    case call
  }

  private static func unknown(in message: String) -> Unknown? {
    // The compiler's own advice is as good.
    if message.contains("did you mean") { return nil }
    if let match = message.firstMatch(of: /cannot find (?:type |operator )?'(?<name>\w+)' in scope/) {
      return .inScope(String(match.name))
    }
    if let match = message.firstMatch(
      of:
        /(?:in reference to member|reference to member|generic parameter .* reference to member) '(?<name>\w+)'/
    ) {
      return .implicitMember(String(match.name))
    }
    if let match = message.firstMatch(of: /type '(?<type>[^']+)' has no member '(?<name>\w+)/) {
      return .member(String(match.name), of: String(match.type))
    }
    return message.contains("cannot call value of non-function type") ? .call : nil
  }

  /// Advice for an error; nil where nothing is near. `called` is the word at its place, `callee` the function in whose
  /// parentheses that stands.
  func advice(_ message: String, called: String? = nil, callee: String? = nil) -> String? {
    switch Self.unknown(in: message) {
    case .inScope("criteria"):
      return
        "The criteria of a book stand in its book.yml, under `criteria:`; this chapter is in no book that has any."
    case .inScope(let name):
      let free = names.all.filter { $0.owner.isEmpty }.map(\.name)
      return near(name, among: free + own).map { "Did you mean `\($0)`?" }
    case .implicitMember(let name) where message.contains("without a contextual type"):
      // The name may well be there: what is missing is the type.
      let owners = Set(names.all.filter { $0.isStatic && $0.name == name && !$0.owner.isEmpty }.map(\.owner))
        .sorted()
      guard !owners.isEmpty else { return nil }
      return
        "Swift does not know whose `.\(name)` is meant: write \(owners.prefix(3).map { "`\($0).\(name)`" }.joined(separator: " or ")), or look at what the function takes here."
    case .implicitMember(let name):
      let all = names.all.filter { !$0.owner.isEmpty && $0.isStatic && $0.name != name }
      let types = callee.flatMap { names.parameterTypes[$0] } ?? []
      // What the function takes is meant, where it has anything near.
      let taken = all.filter { types.contains($0.owner) }
      let members = near(name, among: taken.map(\.name)) == nil ? all : taken
      guard let near = near(name, among: members.map(\.name)) else { return nil }
      let owners = Set(members.filter { $0.name == near }.map(\.owner)).sorted()
      return "Did you mean `.\(near)`, of \(owners.prefix(3).map { "`\($0)`" }.listed)?"
    case .member(let name, let type):
      let type = Self.bareName(type)
      let members = type.isEmpty ? [] : names.all.filter { $0.owner == type }.map(\.name)
      if let near = near(name, among: members) { return "Did you mean `\(near)`?" }
      guard members.isEmpty else {
        return "`\(type)` has \(Set(members).sorted().prefix(12).map { "`\($0)`" }.listed)."
      }
      // Of a type that is not ours: a function may do it.
      let functions = names.all.filter { $0.owner.isEmpty && $0.name.first?.isLowercase == true }.map(\.name)
      return near(name, among: functions).map { "Did you mean the function `\($0)`?" }
    case .call:
      guard let called, names.all.contains(where: { $0.owner.isEmpty && $0.name == called }) else {
        return nil
      }
      return
        "A name of this chapter hides the library's function: call `Lab.\(called)`, or choose another name."
    case nil: return nil
    }
  }

  /// The name most like another; capitals make no difference.
  private func near(_ name: String, among candidates: [String]) -> String? {
    let byLowercase = Dictionary(candidates.map { ($0.lowercased(), $0) }, uniquingKeysWith: min)
    return nearest(to: name.lowercased(), among: byLowercase.keys).flatMap { byLowercase[$0] }
  }

  /// `[Networks.Seq2Seq]?` is `Seq2Seq`, `Place.Type` is `Place`.
  private static func bareName(_ type: String) -> String {
    guard !type.hasPrefix("["), !type.contains("<") else { return "" }
    let words = type.split { !SwiftWords.isWord($0) }
    return words.last { $0 != "Type" && $0 != "any" }.map(String.init) ?? ""
  }
}
