import Foundation

/// Sizes as people write them.
public enum ByteCount {
  /// More than any machine has, in bytes.
  static let largest = 1 << 50

  /// "500MB" in bytes.
  ///
  /// - Throws: `Problem` where the text is no size, or one that no machine has.
  public static func reading(_ text: String) throws -> Int {
    let units = ["B": 1.0, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12]
    guard let match = text.uppercased().wholeMatch(of: /([0-9]+(?:\.[0-9]+)?) *([KMGT]?B)/),
      let number = Double(match.1), let unit = units[String(match.2)]
    else { throw Problem("`\(text)` is not a size.", advice: "Write 500MB or 2GB, for example.") }
    guard number * unit <= Double(largest) else {
      throw Problem(
        "The size `\(text)` is more than any machine has.", advice: "Write at most \(Self.text(largest)).")
    }
    return Int(number * unit)
  }

  /// "1.6 MB".
  public static func text(_ bytes: Int) -> String {
    switch bytes {
    case 1_000_000_000...: String(format: "%.1f GB", Double(bytes) / 1e9)
    case 1_000_000...: String(format: "%.1f MB", Double(bytes) / 1e6)
    case 1000...: String(format: "%.0f kB", Double(bytes) / 1e3)
    default: "\(bytes) B"
    }
  }
}
