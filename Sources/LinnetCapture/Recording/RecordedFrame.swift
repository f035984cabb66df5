internal import CV4L2

/// One frame of a recording, as RECORDING.md lays it out.
struct RecordedFrame: Equatable {
  var code: UInt32
  var width: UInt32
  var height: UInt32
  var bytesPerRow: UInt32
  var flags: UInt32
  var sequence: UInt32
  var byteCount: UInt32
  var nanoseconds: UInt64

  static let fileHeader: [UInt8] = Array("LNTFRMS\n".utf8) + [1, 0, 0, 0, 0, 0, 0, 0]
  static let headerBytes = 48
  static let mostBytes: UInt32 = 256 << 20
  static let broken: UInt32 = 1
  static let is709: UInt32 = 2
  static let isFullRange: UInt32 = 4
  private static let mark: UInt32 = 0x454D_5246

  /// The header of a buffer of `format`.
  init(_ format: linnet_format, _ buffer: linnet_buffer, byteCount: Int) {
    code = format.code
    width = format.width
    height = format.height
    bytesPerRow = format.bytes_per_row
    flags =
      (buffer.flags & UInt32(V4L2_BUF_FLAG_ERROR) != 0 ? Self.broken : 0) | (format.is_709 ? Self.is709 : 0)
      | (format.is_full_range ? Self.isFullRange : 0)
    sequence = buffer.sequence
    self.byteCount = UInt32(clamping: byteCount)
    nanoseconds = buffer.nanoseconds
  }

  /// `nil` for what is no header, or one of a picture that cannot be.
  init?(_ header: [UInt8]) {
    guard header.count == Self.headerBytes else { return nil }
    func word(_ place: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(header[place + $1]) << (8 * UInt32($1)) }
    }
    guard word(0) == Self.mark, word(28) <= Self.mostBytes else { return nil }
    (code, width, height, bytesPerRow) = (word(4), word(8), word(12), word(16))
    (flags, sequence, byteCount) = (word(20), word(24), word(28))
    nanoseconds = UInt64(word(32)) | UInt64(word(36)) << 32
  }

  var header: [UInt8] {
    let words = [
      Self.mark, code, width, height, bytesPerRow, flags, sequence, byteCount,
      UInt32(truncatingIfNeeded: nanoseconds), UInt32(truncatingIfNeeded: nanoseconds >> 32), 0, 0,
    ]
    return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) } }
  }

  /// What the driver said of it.
  var format: linnet_format {
    linnet_format(
      code: code, width: width, height: height, field: V4L2_FIELD_NONE.rawValue, bytes_per_row: bytesPerRow,
      byte_count: byteCount, is_709: flags & Self.is709 != 0, is_full_range: flags & Self.isFullRange != 0)
  }
}
