import Dispatch
import Foundation
import Synchronization

/// The system's notices of what happens in some folders: what is made, written, renamed or removed in them.
final class FolderNotice: Sendable {
  private struct State {
    /// The followed folders, by the numbers that the system gave them.
    var folders: [Int32: String] = [:]
    var changed: Set<String> = []
    /// Whether more happened than the system could note.
    var isOverflown = false
  }

  /// Told at each notice.
  let change = Change()
  private let state = Mutex(State())
  private let descriptor: Int32
  // Set up once, and cancelled at the end.
  private nonisolated(unsafe) let source: any DispatchSourceRead

  /// - Returns: Nil where the system gives no notices.
  init?() {
    let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    guard descriptor >= 0 else { return nil }
    self.descriptor = descriptor
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
    source.setEventHandler { [weak self] in self?.take() }
    source.setCancelHandler { close(descriptor) }
    source.activate()
  }

  deinit { source.cancel() }

  /// Follows a folder itself, not those below it; again if it is followed already.
  ///
  /// - Returns: Whether the system gives notices of it.
  @discardableResult
  func follow(_ folder: String) -> Bool {
    let events = UInt32(IN_CREATE | IN_DELETE | IN_MODIFY | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB)
    let number = inotify_add_watch(descriptor, folder, events | UInt32(IN_ONLYDIR))
    guard number >= 0 else { return false }
    state.withLock { $0.folders[number] = folder }
    return true
  }

  /// The paths that something happened to since the last call; nil where there were too many to tell.
  func takeChanged() -> Set<String>? {
    state.withLock { state in
      defer { (state.changed, state.isOverflown) = ([], false) }
      return state.isOverflown ? nil : state.changed
    }
  }

  private func take() {
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 8) { buffer in
      while true {
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        if count <= 0 { break }
        state.withLock { Self.note(UnsafeRawBufferPointer(rebasing: buffer[..<count]), in: &$0) }
      }
    }
    change.tell()
  }

  /// More paths than anybody looks at one by one.
  private static let most = 10_000

  private static func note(_ bytes: UnsafeRawBufferPointer, in state: inout State) {
    var offset = 0
    let head = MemoryLayout<inotify_event>.size
    while offset + head <= bytes.count {
      let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
      let name = bytes[(offset + head)...].prefix(Int(event.len)).prefix { $0 != 0 }
      offset += head + Int(event.len)
      if event.mask & UInt32(IN_Q_OVERFLOW) != 0 || state.changed.count >= most {
        state.isOverflown = true
        state.changed = []
      } else if let folder = state.folders[event.wd] {
        if event.mask & UInt32(IN_IGNORED) != 0 { state.folders[event.wd] = nil }
        guard !name.isEmpty else { continue }
        state.changed.insert(
          folder + (folder.hasSuffix("/") ? "" : "/") + String(decoding: name, as: UTF8.self))
      }
    }
  }
}
