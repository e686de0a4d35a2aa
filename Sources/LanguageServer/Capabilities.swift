import Literate
import Text

/// What each side says that it can do.
enum Capabilities {
  /// What this server answers.
  static var ofServer: JSON {
    .object([
      "serverInfo": .object(["name": .string("neuronbook")]),
      "capabilities": .object([
        "positionEncoding": .string("utf-16"),
        "textDocumentSync": .object([
          "openClose": .bool(true), "change": .integer(2), "save": .object(["includeText": .bool(false)]),
        ]),
        "completionProvider": .object([
          "triggerCharacters": .array((swiftTriggers + textTriggers).map(JSON.string)),
          "resolveProvider": .bool(true),
        ]),
        "signatureHelpProvider": .object([
          "triggerCharacters": .array([.string("("), .string("[")]),
          "retriggerCharacters": .array([.string(","), .string(":")]),
        ]),
        "hoverProvider": .bool(true), "definitionProvider": .bool(true), "referencesProvider": .bool(true),
        "documentHighlightProvider": .bool(true),
        "renameProvider": .object(["prepareProvider": .bool(true)]),
        "documentFormattingProvider": .bool(true), "documentRangeFormattingProvider": .bool(true),
        "codeLensProvider": .object(["resolveProvider": .bool(false)]),
        "executeCommandProvider": .object(["commands": .array(Command.allCases.map { .string($0.rawValue) })]
        ),
      ]),
    ])
  }

  /// After these Swift is completed, and in the text what the others begin: options, labels, classes, fences, paths.
  static let swiftTriggers = [".", "("]
  static let textTriggers = ["@", "|", ":", " ", "{", "/", "-"]

  /// What the language server of Swift is told of the editor: only what changes its answers.
  static func ofEditor(_ abilities: JSON) -> JSON {
    let document = abilities["textDocument"]
    return .object([
      "workspace": .object(["workspaceFolders": .bool(true)]),
      "textDocument": .object([
        "completion": document["completion"], "hover": document["hover"],
        "signatureHelp": document["signatureHelp"],
        "publishDiagnostics": .object(["relatedInformation": .bool(true)]),
        "rename": .object(["prepareSupport": .bool(true)]),
      ]),
    ])
  }
}

/// What the editor can have done.
enum Command: String, CaseIterable {
  /// Builds the chapter of a cell.
  case run = "neuronbook.run"
  /// Says why a chapter was run, or would be.
  case explain = "neuronbook.explain"
}
