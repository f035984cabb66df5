internal import LinnetTensor

/// Whether the bytes of a frame are all there.
enum Wholeness {
  /// The format of the frame that `bytes` are, `nil` where they are not whole: fewer than the format has, or, for
  /// JPEG, without the markers of beginning, picture and end. A JPEG picture's size is what it says itself.
  static func format(of bytes: RawSpan, in format: FrameFormat) -> FrameFormat? {
    if let needed = format.byteCount { return bytes.byteCount >= needed ? format : nil }
    guard let size = jpegSize(bytes), endsLikeJPEG(bytes) else { return nil }
    var format = format
    (format.width, format.height) = size
    return format
  }

  /// What the frame header says, when the segments lead to one and on to the scan.
  private static func jpegSize(_ bytes: RawSpan) -> (width: Int, height: Int)? {
    guard bytes.byteCount >= 4, bytes.word(0) == 0xFFD8 else { return nil }
    var size: (width: Int, height: Int)?
    var place = 2
    while place + 4 <= bytes.byteCount, bytes.byte(place) == 0xFF {
      let marker = bytes.byte(place + 1)
      if marker == 0xFF {
        place += 1
        continue
      }
      let length = bytes.word(place + 2)
      guard length >= 2, place + 2 + length <= bytes.byteCount else { return nil }
      if marker == 0xDA { return size }
      if isFrameHeader(marker), length >= 8 {
        size = (bytes.word(place + 7), bytes.word(place + 5))
        guard let size, size.width > 0, size.height > 0 else { return nil }
      }
      place += 2 + length
    }
    return nil
  }

  /// SOF0…15 without DHT, JPG and DAC, which lie among them.
  private static func isFrameHeader(_ marker: UInt8) -> Bool {
    (0xC0...0xCF).contains(marker) && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
  }

  /// Whether the marker EOI stands last, before what some cameras fill a buffer up with.
  private static func endsLikeJPEG(_ bytes: RawSpan) -> Bool {
    var end = bytes.byteCount
    while end > 2, bytes.byte(end - 1) == 0 || bytes.byte(end - 1) == 0xFF { end -= 1 }
    return end >= 4 && bytes.word(end - 2) == 0xFFD9
  }
}

extension RawSpan {
  fileprivate func byte(_ offset: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

  /// Two bytes, the higher first.
  fileprivate func word(_ offset: Int) -> Int { Int(byte(offset)) << 8 | Int(byte(offset + 1)) }
}
