import Foundation
import PackagePlugin

/// Writes the digests of the sources that a library is made of into the library itself, so that the command can tell whether it is
/// that of the sources beside it, whatever the times of the files say.
@main struct LibrarySources: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let modules = [target] + target.recursiveTargetDependencies
    let folders = modules.map { "Sources/\($0.name)" }
      .filter {
        FileManager.default.fileExists(atPath: context.package.directoryURL.appending(path: $0).path)
      }.sorted()
    let files = folders.flatMap { folder in
      let url = context.package.directoryURL.appending(path: folder)
      let names = FileManager.default.enumerator(atPath: url.path)?.allObjects as? [String] ?? []
      return names.filter { ["swift", "c", "h", "modulemap"].contains(($0 as NSString).pathExtension) }
        .map { url.appending(path: $0) }
    }
    let output = context.pluginWorkDirectoryURL.appending(path: "LibrarySources.swift")
    return [
      .buildCommand(
        displayName: "Digests of the sources of \(target.name)", executable: URL(filePath: "/bin/sh"),
        arguments: ["-c", Self.script, "sh", context.package.directoryURL.path, output.path] + folders,
        inputFiles: files, outputFiles: [output])
    ]
  }

  private static let script = """
    set -e
    cd "$1"
    output=$2
    shift 2
    {
      echo '/// The digest of each source of this library, between marks by which it is found in the binary.'
      echo 'public let librarySources = \"\"\"'
      echo '<neuronbook-sources>'
      find "$@" -type f '(' -name '*.swift' -o -name '*.c' -o -name '*.h' -o -name '*.modulemap' ')' -print0 \
        | LC_ALL=C sort -z | xargs -0 sha256sum
      echo '</neuronbook-sources>'
      echo '\"\"\"'
    } > "$output.new"
    mv "$output.new" "$output"
    """
}
