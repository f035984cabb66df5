internal import CV4L2
internal import LinnetTensor

/// What the driver sends, and what frames are made of it.
struct Agreement {
  let driver: linnet_format
  /// What the driver calls its format.
  let code: PixelCode
  let frames: FrameFormat
  /// How pictures are converted; `nil` where frames are what the driver sends.
  let conversion: ConvertibleFormat?
  /// Bytes that a whole picture of the driver has at least.
  let byteCount: Int

  /// `nil` for a format that can neither be read nor converted, and for pictures that lie in memory as two fields.
  init?(_ answer: linnet_format) {
    let fields = [
      V4L2_FIELD_ANY, V4L2_FIELD_NONE, V4L2_FIELD_INTERLACED, V4L2_FIELD_INTERLACED_TB,
      V4L2_FIELD_INTERLACED_BT,
    ]
    let (width, height) = (Int(answer.width), Int(answer.height))
    guard fields.contains(where: { $0.rawValue == answer.field }), (1...16_384).contains(width),
      (1...16_384).contains(height)
    else { return nil }
    code = PixelCode(rawValue: answer.code)
    let colour = ColourEncoding(
      matrix: answer.is_709 ? .bt709 : .bt601, range: answer.is_full_range ? .full : .limited)
    driver = answer
    if let pixels = code.format {
      let least = pixels.bytesPerPixelOfFirstPlane * width
      guard answer.bytes_per_row == 0 || Int(answer.bytes_per_row) >= least || pixels == .jpeg,
        width % 2 == 0 || ![.yuyv, .uyvy, .nv12].contains(pixels)
      else { return nil }
      frames = FrameFormat(
        pixels: pixels, width: width, height: height,
        bytesPerRow: pixels == .jpeg ? 0 : max(Int(answer.bytes_per_row), least),
        colour: pixels == .jpeg ? ColourEncoding(matrix: .bt601, range: .full) : colour)
      conversion = nil
      byteCount = frames.byteCount ?? 1
    } else if let convertible = ConvertibleFormat(code),
      convertible.canConvert(width: width, height: height, bytesPerRow: Int(answer.bytes_per_row))
    {
      frames = FrameFormat(pixels: convertible.target, width: width, height: height, colour: colour)
      conversion = convertible
      byteCount = convertible.byteCount(width: width, height: height)
    } else {
      return nil
    }
  }

  /// Whether `format`, asked for later, describes the same bytes.
  func isKept(by format: linnet_format) -> Bool {
    (format.code, format.width, format.height, format.bytes_per_row, format.field)
      == (driver.code, driver.width, driver.height, driver.bytes_per_row, driver.field)
  }

  /// What frame comes of a picture that the driver gave; `nil` where that is not whole.
  func format(ofPicture bytes: RawSpan) -> FrameFormat? {
    guard conversion == nil else { return bytes.byteCount >= byteCount ? frames : nil }
    return Wholeness.format(of: bytes, in: frames)
  }
}
