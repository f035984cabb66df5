import CJPEG
import CPNG

extension Picture {
  /// Encodes as a baseline JPEG with halved chroma.
  ///
  /// - Parameter quality: 1 (smallest) … 100 (best); values outside are taken for the nearest.
  public func encodeJPEG(quality: Int) throws(PictureError) -> [UInt8] {
    guard width <= 65_500, height <= 65_500 else {
      throw .unsupported("a JPEG of \(width) × \(height) pixels, save it as PNG")
    }
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let error = unsafe pixels.withUnsafeBufferPointer { pixels in
      unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: LINNET_JPEG_MESSAGE_BYTES) { message in
        let status = unsafe linnet_jpeg_encode(
          pixels.baseAddress, UInt32(width), UInt32(height), Int32(min(100, max(1, quality))), &bytes, &count,
          message.baseAddress)
        return unsafe PictureError(status, UnsafePointer(message.baseAddress!), memory: pixels.count)
      }
    }
    if let error { throw error }
    defer { unsafe linnet_jpeg_free(bytes) }
    return unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: count))
  }

  /// Encodes as an 8-bit RGB PNG.
  public func encodePNG() throws(PictureError) -> [UInt8] {
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let error = unsafe pixels.withUnsafeBufferPointer { pixels in
      unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: LINNET_PNG_MESSAGE_BYTES) { message in
        let status = unsafe linnet_png_encode(
          pixels.baseAddress, UInt32(width), UInt32(height), &bytes, &count, message.baseAddress)
        return unsafe PictureError(status, UnsafePointer(message.baseAddress!), memory: pixels.count)
      }
    }
    if let error { throw error }
    defer { unsafe linnet_png_free(bytes) }
    return unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: count))
  }
}
