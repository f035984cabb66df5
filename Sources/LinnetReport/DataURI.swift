/// A file written into a page: `data:image/jpeg;base64,…` (RFC 2397).
public struct DataURI: Hashable, Sendable {
  /// The whole address.
  public let text: String

  /// A JPEG's bytes.
  public init(jpeg bytes: [UInt8]) { text = "data:image/jpeg;base64," + base64(bytes) }

  /// A PNG's bytes.
  public init(png bytes: [UInt8]) { text = "data:image/png;base64," + base64(bytes) }
}

/// `bytes` in base64 with padding (RFC 4648, section 4).
public func base64(_ bytes: [UInt8]) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var result: [UInt8] = []
  result.reserveCapacity((bytes.count + 2) / 3 * 4)
  for place in stride(from: 0, to: bytes.count, by: 3) {
    let count = min(3, bytes.count - place)
    var group: UInt32 = 0
    for offset in 0..<3 { group = group << 8 | (offset < count ? UInt32(bytes[place + offset]) : 0) }
    for digit in 0..<4 {
      result.append(
        digit <= count ? digits[Int(group >> (18 - 6 * UInt32(digit)) & 63)] : UInt8(ascii: "="))
    }
  }
  return String(decoding: result, as: UTF8.self)
}
