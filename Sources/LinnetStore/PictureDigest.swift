internal import LinnetSafetensors

/// SHA-256 of a picture's bytes: what names a picture in the store and in the cache.
public struct PictureDigest: Hashable, Sendable {
  /// The 32 bytes as four little-endian words.
  var words: SIMD4<UInt64>

  /// The digest of `bytes`.
  public init(of bytes: [UInt8]) {
    words = SIMD4()
    for (place, byte) in SHA256.digest(of: bytes).enumerated() { set(byte, at: place) }
  }

  init(words: SIMD4<UInt64>) { self.words = words }

  /// From 64 hexadecimal digits, with or without `sha256:` before them.
  public init?(hexadecimal text: String) {
    let digits = Array((text.hasPrefix("sha256:") ? text.dropFirst(7) : text[...]).utf8)
    guard digits.count == 64 else { return nil }
    words = SIMD4()
    for place in 0..<32 {
      guard let high = hexadecimalValue(digits[2 * place]), let low = hexadecimalValue(digits[2 * place + 1])
      else { return nil }
      set(high << 4 | low, at: place)
    }
  }

  private mutating func set(_ byte: UInt8, at place: Int) {
    words[place / 8] |= UInt64(byte) << UInt64(place % 8 * 8)
  }

  /// 64 lower-case hexadecimal digits.
  public var hexadecimal: String {
    var digits: [UInt8] = []
    for place in 0..<32 {
      let byte = UInt8(truncatingIfNeeded: words[place / 8] >> UInt64(place % 8 * 8))
      // 0x20 makes the letters small and leaves the digits as they are.
      digits += [hexadecimalDigit(byte >> 4) | 0x20, hexadecimalDigit(byte & 15) | 0x20]
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// The first 16 digits: enough to tell pictures of one store apart.
  public var short: String { String(hexadecimal.prefix(16)) }
}
