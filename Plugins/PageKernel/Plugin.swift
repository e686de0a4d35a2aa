import Foundation
import PackagePlugin

/// Compiles Sources/PageModel to WebAssembly and writes it into the command, as base64; where the toolchain can't, writes why.
@main struct PageKernel: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let folder = context.package.directoryURL.appending(path: "Sources/PageModel")
    let runtime = context.package.directoryURL.appending(path: "Plugins/PageKernel/runtime.c")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let work = context.pluginWorkDirectoryURL
    let output = work.appending(path: "PageKernel.swift")
    return [
      .buildCommand(
        displayName: "The model in the page as WebAssembly", executable: URL(filePath: "/bin/sh"),
        arguments: ["-c", Self.script, "sh", folder.path, runtime.path, work.path, output.path],
        inputFiles: names.map { folder.appending(path: $0) } + [runtime], outputFiles: [output])
    ]
  }

  private static let script = ##"""
    sources=$1 runtime=$2 work=$3 output=$4
    # The linker and the C compiler of the same toolchain, wherever `swiftc` is started from.
    tools=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": *"\(.*\)".*/\1/p')/../../bin
    compile() {
      module=$1
      shift
      swiftc -target wasm32-unknown-none-wasm -enable-experimental-feature Embedded -wmo -O -parse-as-library \
        -Xfrontend -disable-stack-protector -module-name "$module" -c "$@" -o "$work/$module.o" &&
        "$tools/clang" --target=wasm32 -Os -fno-builtin -nostdlib -c "$runtime" -o "$work/runtime.o" &&
        "$tools/wasm-ld" --no-entry --export-dynamic --strip-all -o "$work/$module.wasm" "$work/$module.o" "$work/runtime.o"
    }
    # A toolchain without the target is no fault of the sources.
    echo 'public func answer() -> Int { 42 }' >"$work/Probe.swift"
    {
      echo '/// The model that runs in a page, as WebAssembly.'
      echo 'enum PageKernel {'
      if compile Probe "$work/Probe.swift" >"$work/said" 2>&1; then
        compile PageModel "$sources"/*.swift >&2 || exit 1
        echo "  static let base64: String? = \"$(base64 -w 0 "$work/PageModel.wasm")\""
        echo '  static let fault = ""'
      else
        echo '  static let base64: String? = nil'
        echo '  static let fault = #"""'
        { grep -m 1 'error' "$work/said" || echo 'its swiftc, clang or wasm-ld fails'; } | tr -d '"#' | sed 's/^/    /'
        echo '    """#'
      fi
      echo '}'
    } >"$output.new" || exit 1
    mv "$output.new" "$output"
    """##
}
