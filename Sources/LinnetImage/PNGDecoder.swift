import CPNG

/// Decodes a part of a PNG.
enum PNGDecoder {
  /// Writes `region` of the stored picture to the start of `pixels` as RGB.
  static func decode(
    _ bytes: RawSpan, header: PictureHeader, region: Region, limits: DecodeLimits, into pixels: inout [UInt8]
  ) throws(PictureError) {
    precondition(pixels.count >= 3 * region.width * region.height)
    var request = linnet_png_request(
      image_width: UInt32(header.width), image_height: UInt32(header.height),
      x: UInt32(region.x), y: UInt32(region.y), width: UInt32(region.width), height: UInt32(region.height),
      max_bytes: limits.bytes, allow_truncated: limits.allowTruncated ? 1 : 0)
    let error = unsafe bytes.withUnsafeBytes { bytes in
      unsafe pixels.withUnsafeMutableBufferPointer { pixels in
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: LINNET_PNG_MESSAGE_BYTES) { message in
          let status = unsafe linnet_png_decode(
            bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, &request, pixels.baseAddress,
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
  @unsafe init?(_ status: linnet_png_status, _ message: UnsafePointer<CChar>, memory limit: Int) {
    switch status {
    case LINNET_PNG_OK: return nil
    case LINNET_PNG_TRUNCATED: self = .truncated
    case LINNET_PNG_MEMORY: self = .outOfMemory(limit: limit)
    default: unsafe self = .corrupt(String(cString: message))
    }
  }
}
