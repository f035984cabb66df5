internal import CDigest
internal import LinnetTensor

/// SHA-256 (FIPS 180-4) of bytes that come in parts.
public struct SHA256 {
  private var state: linnet_sha256

  public init() {
    state = linnet_sha256()
    unsafe linnet_sha256_begin(&state)
  }

  public mutating func update(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe linnet_sha256_update(&state, $0.baseAddress, $0.count) }
  }

  /// The string's UTF-8 bytes.
  public mutating func update(_ text: String) {
    update(Array(text.utf8))
  }

  public mutating func update(_ bytes: [UInt8]) {
    bytes.withRawSpan { update($0) }
  }

  /// The 32 bytes of the digest of all that came.
  public consuming func finish() -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
      unsafe linnet_sha256_finish(&state, digest.baseAddress)
      count = 32
    }
  }

  /// The digest of `bytes`.
  public static func digest(of bytes: RawSpan) -> [UInt8] {
    var digest = SHA256()
    digest.update(bytes)
    return digest.finish()
  }

  /// The digest of `bytes`.
  public static func digest(of bytes: [UInt8]) -> [UInt8] {
    bytes.withRawSpan { digest(of: $0) }
  }

  /// As files name it: `sha256:` and the digest in lower-case hexadecimal digits.
  public static func text(_ digest: [UInt8]) -> String {
    var text = "sha256:"
    for byte in digest { text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    return text
  }
}
