/// Writes into a PNG how many pixels make an inch, which Cairo leaves out.
package enum PNGDensity {
  /// Inserts a `pHYs` chunk after the header (PNG specification, 11.3.4.3).
  package static func adding(dotsPerInch: Double, to png: [UInt8]) -> [UInt8] {
    // Signature 8 bytes, then the header chunk: length 4, name 4, content 13, checksum 4.
    let afterHeader = 33
    guard png.count > afterHeader else { return png }
    let perMetre = UInt32((dotsPerInch / 0.0254).rounded())
    var chunk: [UInt8] = Array("pHYs".utf8)
    chunk += bigEndian(perMetre) + bigEndian(perMetre) + [1]
    let whole = bigEndian(9) + chunk + bigEndian(checksum(chunk))
    return Array(png[..<afterHeader]) + whole + Array(png[afterHeader...])
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
  }

  /// CRC-32 as in ISO 3309.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var register: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      register ^= UInt32(byte)
      for _ in 0..<8 { register = register & 1 == 1 ? (register >> 1) ^ 0xEDB8_8320 : register >> 1 }
    }
    return ~register
  }
}
