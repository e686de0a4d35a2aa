import Dispatch
import Foundation

/// The system's notices of what happens in some folders: what is made, written, renamed or removed in them.
final class FolderNotice: Sendable {
  /// Told at each notice.
  let change = Change()
  private let descriptor: Int32
  // Set up once, and cancelled at the end.
  private nonisolated(unsafe) let source: any DispatchSourceRead

  /// - Returns: Nil where the system gives no notices.
  init?() {
    let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    guard descriptor >= 0 else { return nil }
    self.descriptor = descriptor
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
    source.setEventHandler { [change] in
      withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 8) { buffer in
        while read(descriptor, buffer.baseAddress, buffer.count) > 0 {}
      }
      change.tell()
    }
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
    return inotify_add_watch(descriptor, folder, events) >= 0
  }
}
