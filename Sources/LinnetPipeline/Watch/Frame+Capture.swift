public import LinnetCapture
public import LinnetImage
internal import LinnetTensor

extension Frame {
  /// The bytes of a picture file that shows what is seen of the frame through `view`: a JPEG as the camera made it where
  /// nothing has to be changed, otherwise one of our own.
  public func capture(_ view: FrameView) throws(PictureError) -> [UInt8] {
    if view == .plain, format.pixels == .jpeg {
      let bytes = withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) } }
      // What leaves its tables out is a camera's frame and not a file that every program reads.
      if hasHuffmanTables(bytes) { return bytes }
    }
    return try picture(view).encodeJPEG(quality: 95)
  }
}

/// Whether a JPEG brings the tables that its first scan needs (ITU-T T.81, B.2.4.2), or needs none.
func hasHuffmanTables(_ jpeg: [UInt8]) -> Bool {
  var place = 2
  while place + 3 < jpeg.count {
    let marker = jpeg[place + 1]
    guard jpeg[place] == 0xFF, marker != 0xDA else { return false }
    // DHT, or the frame header of an arithmetic coder.
    if marker == 0xC4 || (0xC9...0xCF).contains(marker) && marker != 0xCC { return true }
    place += 2 + (Int(jpeg[place + 2]) << 8 | Int(jpeg[place + 3]))
  }
  return false
}
