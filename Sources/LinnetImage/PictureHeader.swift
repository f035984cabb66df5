internal import LinnetTensor

/// What the first bytes of a picture file say, found without decoding and without allocating for the picture.
public struct PictureHeader: Hashable, Sendable {
  public enum Format: Hashable, Sendable {
    case jpeg
    case png
  }

  public var format: Format
  /// Pixels a row as stored, before `orientation`.
  public var width: Int
  /// Rows as stored, before `orientation`.
  public var height: Int
  public var orientation: Orientation

  /// Reads the header of a JPEG or PNG.
  public static func read(_ bytes: RawSpan) throws(PictureError) -> PictureHeader {
    guard bytes.byteCount > 0 else { throw .empty }
    if bytes.hasPrefix(JPEGHeader.signature) { return try JPEGHeader.read(bytes) }
    if bytes.hasPrefix(PNGHeader.signature) { return try PNGHeader.read(bytes) }
    throw .notAPicture
  }

  /// Reads the header of a JPEG or PNG in an array.
  public static func read(_ bytes: [UInt8]) throws(PictureError) -> PictureHeader {
    try bytes.withRawSpan(read)
  }

  /// Extents of the upright picture.
  public var uprightSize: (width: Int, height: Int) {
    orientation.isTransposed ? (height, width) : (width, height)
  }

  /// Throws when the picture has more pixels than `limits` allow.
  func check(_ limits: DecodeLimits) throws(PictureError) {
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixels <= limits.pixels else {
      throw .tooLarge(width: width, height: height, limit: limits.pixels)
    }
  }
}

extension RawSpan {
  /// The byte at `offset`, which must lie inside.
  func byte(_ offset: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

  func hasPrefix(_ prefix: [UInt8]) -> Bool {
    byteCount >= prefix.count && prefix.indices.allSatisfy { byte($0) == prefix[$0] }
  }

  /// The unsigned number in the `count` bytes at `offset`, or `nil` where they are not all inside.
  func number(at offset: Int, bytes count: Int, bigEndian: Bool = true) -> Int? {
    guard offset >= 0, offset <= byteCount - count else { return nil }
    return (0..<count).reduce(0) { value, i in
      value << 8 | Int(byte(offset + (bigEndian ? i : count - 1 - i)))
    }
  }
}
