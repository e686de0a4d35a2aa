import Foundation
import PackagePlugin

/// Writes the texts that a target's pages are made of into the target, each as one literal: `Page/page.css` becomes
/// `PageFiles.pageCss`. The package manager's own embedding writes a number a byte, which takes the compiler some hundred times as long.
@main struct PageFiles: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    guard let target = target as? SourceModuleTarget else { return [] }
    let files = target.sourceFiles.map(\.url)
      .filter { ["css", "html", "js"].contains($0.pathExtension) }
      .sorted { $0.path < $1.path }
    let output = context.pluginWorkDirectoryURL.appending(path: "PageFiles.swift")
    return [
      .buildCommand(
        displayName: "The texts of pages", executable: URL(filePath: "/bin/sh"),
        arguments: ["-c", Self.script, "sh", output.path] + files.flatMap { [Self.name(of: $0), $0.path] },
        inputFiles: files, outputFiles: [output])
    ]
  }

  /// `neuron-model.js` becomes `neuronModelJs`.
  private static func name(of file: URL) -> String {
    let words = file.lastPathComponent.split { "-.".contains($0) }.map(String.init)
    return words[0] + words.dropFirst().map(\.capitalized).joined()
  }

  private static let script = #"""
    output=$1
    # What no text has behind three quotation marks.
    marks='#####'
    shift
    {
      echo '/// The texts that pages are made of.'
      echo 'enum PageFiles {'
      while [ $# -gt 0 ]; do
        printf '  static let %s = %s"""\n' "$1" "$marks"
        cat "$2" || exit 1
        printf '\n"""%s\n' "$marks"
        shift 2
      done
      echo '}'
    } >"$output.new" || exit 1
    mv "$output.new" "$output"
    """#
}
