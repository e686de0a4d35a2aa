import Foundation
import Literate
import Synchronization

/// How the command tells what it does while it works.
enum ProgressForm: String, CaseIterable {
  /// Lines for people.
  case lines
  /// Nothing but problems and the result.
  case quiet
  /// An object a line, for programs.
  case json
}

/// What the command says: progress and results on standard output, problems on standard error.
final class Console: Sendable {
  private struct State {
    var hasOpenLine = false
    var lastLine: [String: ContinuousClock.Instant] = [:]
  }

  private let state = Mutex(State())
  private let isTerminal = isatty(STDOUT_FILENO) == 1
  private let form: ProgressForm

  init(_ form: ProgressForm = .lines) {
    self.form = form
  }

  private let start = ContinuousClock.now

  /// Runs a command's work and ends the process: 0 where all is well, 1 with problems, 130 when interrupted.
  func exit(_ work: (Interruption) async throws -> Bool) async -> Never {
    do {
      Foundation.exit(try await work(Interruption()) ? 0 : 1)
    } catch is CancellationError {
      finish()
      write("Interrupted; nothing half-written was left behind.\n", to: .standardError)
      Foundation.exit(130)
    } catch {
      finish()
      report([Problem(of: error)])
    }
    Foundation.exit(1)
  }

  func say(_ line: String) {
    write(line + "\n", to: .standardOutput)
  }

  func report(_ problems: [Problem]) {
    for problem in problems { write(problem.text + "\n", to: .standardError) }
  }

  func warn(_ warnings: [String]) {
    for warning in warnings { write("warning: \(warning)\n", to: .standardError) }
  }

  /// Shows what the build does: one changing line on a terminal, a line now and then in a log.
  func show(_ event: ProgressEvent) {
    switch form {
    case .lines: break
    case .quiet: return
    case .json:
      guard let data = try? JSONEncoder().encode(event) else { return }
      say(String(decoding: data, as: UTF8.self))
      return
    }
    switch event {
    case .compiling(let chapter): line("\(chapter): compiling", of: chapter, every: .zero)
    case .kept(let chapter): line("\(chapter): unchanged, not run", of: chapter, every: .zero, stays: true)
    case .cell(let chapter, let number, let count, let label, let secondsLeft):
      let left = secondsLeft.map { ", about \(Int($0.rounded(.up))) s left as the last time" } ?? ""
      line(
        "\(chapter): cell \(number) of \(count)\(label.map { " (\($0))" } ?? "")\(left)", of: chapter,
        every: .zero)
    case .progress(let chapter, let cell, let progress):
      var parts = ["\(chapter): cell \(cell): \(progress.task)"]
      if let fraction = progress.fraction { parts.append("\(Int((fraction * 100).rounded(.down))) %") }
      if !progress.detail.isEmpty { parts.append(progress.detail) }
      if let left = progress.secondsLeft { parts.append("about \(Int(left.rounded(.up))) s left") }
      line(parts.joined(separator: ", "), of: chapter, every: isTerminal ? .milliseconds(100) : .seconds(2))
    case .said(let chapter, let text):
      line("\(chapter): \(text)", of: chapter, every: .zero, stays: true)
    case .ended(let chapter, let failed):
      line("\(chapter): \(failed ? "failed" : "done")", of: chapter, every: .zero, stays: true)
    }
  }

  /// Ends the changing line, if there is one.
  func finish() {
    state.withLock { state in
      if state.hasOpenLine { write("\r\u{1B}[K", to: .standardOutput) }
      state.hasOpenLine = false
    }
  }

  private func line(_ text: String, of chapter: String, every pause: Duration, stays: Bool = false) {
    state.withLock { state in
      let now = ContinuousClock.now
      if let last = state.lastLine[chapter], last + pause > now { return }
      state.lastLine[chapter] = now
      let elapsed = String(
        format: "%6.1f s  ",
        Double((now - start).components.seconds) + Double((now - start).components.attoseconds) * 1e-18)
      if isTerminal {
        write("\r\u{1B}[K" + elapsed + text + (stays ? "\n" : ""), to: .standardOutput)
        state.hasOpenLine = !stays
      } else {
        write(elapsed + text + "\n", to: .standardOutput)
      }
    }
  }

  private func write(_ text: String, to handle: FileHandle) {
    try? handle.write(contentsOf: Data(text.utf8))
  }
}
