/// Extents and orientation from a JPEG's marker segments (ITU-T T.81, annex B).
enum JPEGHeader {
  static let signature: [UInt8] = [0xFF, 0xD8]

  private enum Marker {
    static let startOfScan = 0xDA
    static let endOfImage = 0xD9
    static let app1 = 0xE1
    /// TEM and RST0 … SOI have no segment.
    static func standsAlone(_ code: Int) -> Bool { code == 0x01 || (0xD0...0xD8).contains(code) }
    /// SOF0 … SOF15 without DHT, JPG and DAC, which lie between them.
    static func isFrame(_ code: Int) -> Bool {
      (0xC0...0xCF).contains(code) && code != 0xC4 && code != 0xC8 && code != 0xCC
    }
  }

  /// Walks the segments up to the first scan; bytes between segments are passed over, as decoders do.
  static func read(_ bytes: RawSpan) throws(PictureError) -> PictureHeader {
    var size: (width: Int, height: Int)?
    var orientation: Orientation?
    var offset = signature.count
    while let code = nextMarker(bytes, &offset) {
      if code == Marker.startOfScan || code == Marker.endOfImage {
        guard let size else { throw .corrupt("the JPEG has no frame header") }
        guard size.width > 0, size.height > 0 else {
          throw .unsupported("a JPEG without its size in the header")
        }
        return PictureHeader(
          format: .jpeg, width: size.width, height: size.height, orientation: orientation ?? .upright)
      }
      if Marker.standsAlone(code) { continue }
      guard let length = bytes.number(at: offset, bytes: 2) else { throw .truncated }
      guard length >= 2 else { throw .corrupt("a JPEG segment has the length \(length)") }
      guard offset + length <= bytes.byteCount else { throw .truncated }
      let payload = bytes.extracting(offset + 2..<offset + length)
      if Marker.isFrame(code), size == nil {
        guard let height = payload.number(at: 1, bytes: 2), let width = payload.number(at: 3, bytes: 2) else {
          throw .corrupt("the JPEG frame header is too short")
        }
        size = (width, height)
      } else if code == Marker.app1, orientation == nil {
        orientation = EXIF.orientation(segment: payload)
      }
      offset += length
    }
    throw .truncated
  }

  /// The next marker's code, `offset` then behind it; `nil` at the end.
  private static func nextMarker(_ bytes: RawSpan, _ offset: inout Int) -> Int? {
    while offset < bytes.byteCount - 1 {
      let code = bytes.byte(offset + 1)
      if bytes.byte(offset) == 0xFF, code != 0x00, code != 0xFF {
        offset += 2
        return Int(code)
      }
      offset += 1
    }
    return nil
  }
}
