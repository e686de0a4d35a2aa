import Foundation

/// Why a file could not be read or written, in the system's words: Foundation's speak of operations.
package func systemReason(of error: any Error) -> String {
  if let failure = error as? RegularFile.Failure { return failure.reason }
  let original = error
  let error = error as NSError
  var inner: NSError? = error
  while let current = inner {
    if current.domain == NSPOSIXErrorDomain {
      return String(cString: strerror(Int32(current.code))).lowercased()
    }
    inner = current.userInfo[NSUnderlyingErrorKey] as? NSError
  }
  guard error.domain == NSCocoaErrorDomain else { return "\(original)" }
  switch CocoaError.Code(rawValue: error.code) {
  case .fileNoSuchFile, .fileReadNoSuchFile: return "no such file or directory"
  case .fileReadNoPermission, .fileWriteNoPermission: return "permission denied"
  case .fileWriteOutOfSpace: return "no space left on device"
  case .fileWriteVolumeReadOnly: return "read-only file system"
  case .fileWriteFileExists: return "a file is in the way"
  case .fileReadTooLarge: return "it is too large"
  case .fileWriteInvalidFileName, .fileReadInvalidFileName: return "its name can't be one"
  default: return "the system refuses it"
  }
}
