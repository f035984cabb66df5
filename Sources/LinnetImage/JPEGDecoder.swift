import CJPEG

/// Decodes parts of JPEGs at reduced scales, one after the other. After a baseline JPEG another of its kind allocates
/// nothing.
@safe struct JPEGDecoder: ~Copyable {
  private let decoder: OpaquePointer?

  init() { unsafe decoder = linnet_jpeg_decoder_create() }

  deinit { unsafe linnet_jpeg_decoder_destroy(decoder) }

  /// Writes `region` of the stored picture scaled by `eighths` / 8 to the start of `pixels` as RGB.
  mutating func decode(
    _ bytes: RawSpan, header: PictureHeader, eighths: Int, region: Region, limits: DecodeLimits,
    into pixels: inout [UInt8]
  ) throws(PictureError) {
    precondition(pixels.count >= 3 * region.width * region.height)
    guard unsafe decoder != nil else { throw .outOfMemory(limit: limits.bytes) }
    var request = linnet_jpeg_request(
      image_width: UInt32(header.width), image_height: UInt32(header.height), eighths: UInt32(eighths),
      x: UInt32(region.x), y: UInt32(region.y), width: UInt32(region.width), height: UInt32(region.height),
      max_bytes: limits.bytes, max_scans: UInt32(clamping: limits.scans),
      allow_truncated: limits.allowTruncated ? 1 : 0)
    let error = unsafe bytes.withUnsafeBytes { bytes in
      unsafe pixels.withUnsafeMutableBufferPointer { pixels in
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: LINNET_JPEG_MESSAGE_BYTES) { message in
          let status = unsafe linnet_jpeg_decode(
            decoder, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, &request,
            pixels.baseAddress,
            message.baseAddress)
          return unsafe PictureError(status, UnsafePointer(message.baseAddress!), memory: limits.bytes)
        }
      }
    }
    if let error { throw error }
  }
}

extension PictureError {
  /// `nil` for success.
  @unsafe init?(_ status: linnet_jpeg_status, _ message: UnsafePointer<CChar>, memory limit: Int) {
    switch status {
    case LINNET_JPEG_OK: return nil
    case LINNET_JPEG_TRUNCATED: self = .truncated
    case LINNET_JPEG_UNSUPPORTED: unsafe self = .unsupported(String(cString: message))
    case LINNET_JPEG_MEMORY: self = .outOfMemory(limit: limit)
    default: unsafe self = .corrupt(String(cString: message))
    }
  }
}
