/// Extents and orientation from a PNG's chunks (W3C PNG, third edition, section 5).
enum PNGHeader {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  private static let header = 0x4948_4452
  private static let imageData = 0x4944_4154
  private static let exif = 0x6558_4966

  static func read(_ bytes: RawSpan) throws(PictureError) -> PictureHeader {
    let body = signature.count + 8
    guard let kind = bytes.number(at: signature.count + 4, bytes: 4) else { throw .truncated }
    guard kind == header else { throw .corrupt("the PNG does not begin with its header") }
    guard let width = bytes.number(at: body, bytes: 4), let height = bytes.number(at: body + 4, bytes: 4)
    else {
      throw .truncated
    }
    guard (1...0x7FFF_FFFF).contains(width), (1...0x7FFF_FFFF).contains(height) else {
      throw .corrupt("the PNG header says \(width) × \(height) pixels")
    }
    return PictureHeader(format: .png, width: width, height: height, orientation: orientation(bytes))
  }

  /// From an `eXIf` chunk before the image data.
  private static func orientation(_ bytes: RawSpan) -> Orientation {
    var offset = signature.count
    while let length = bytes.number(at: offset, bytes: 4), let kind = bytes.number(at: offset + 4, bytes: 4),
      kind != imageData, length <= bytes.byteCount - offset - 8
    {
      if kind == exif {
        return EXIF.orientation(tiff: bytes.extracting(offset + 8..<offset + 8 + length)) ?? .upright
      }
      offset += length + 12
    }
    return .upright
  }
}
