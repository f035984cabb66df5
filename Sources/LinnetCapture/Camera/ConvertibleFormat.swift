internal import LinnetTensor

/// A picture format that libv4lconvert turns into one that Linnet reads.
struct ConvertibleFormat {
  /// What frames are after: NV12 for Y′CbCr, so that the driver's word on matrix and range still counts, else RGB3.
  var target: PixelFormat
  private let form: Form

  /// `nil` for formats that are not converted.
  init?(_ code: PixelCode) {
    guard let form = Self.forms[code.description] else { return nil }
    self.form = form
    target = form.isLuma ? .nv12 : .rgb24
  }

  /// Bytes that a whole picture has at least.
  func byteCount(width: Int, height: Int) -> Int {
    max(1, (form.pictureBits * width * height + 7) / 8)
  }

  /// Bytes of a row of the first plane without a gap behind it, which libv4lconvert takes for granted; a pixel's for
  /// compressed formats, whose rows it unpacks to that.
  func bytesPerRow(width: Int) -> Int { form.rowBits == 0 ? width : (form.rowBits * width + 7) / 8 }

  private typealias Form = (isLuma: Bool, rowBits: Int, pictureBits: Int)

  /// By their letters: bits of a pixel in the first plane and in all; 0 for compressed formats.
  private static let forms: [String: Form] = {
    var forms: [String: Form] = [
      "YU12": (true, 8, 12), "YV12": (true, 8, 12), "YVYU": (true, 16, 16), "NV16": (true, 8, 16),
      "NV61": (true, 8, 16), "M420": (true, 8, 12),
      "RGBP": (false, 16, 16), "HSV3": (false, 24, 24), "Y16": (false, 16, 16), "Y16-BE": (false, 16, 16),
      "Y10B": (false, 10, 10), "PJPG": (false, 0, 0), "JPGL": (false, 0, 0),
    ]
    for code in ["BGR4", "RGB4", "XR24", "BX24", "AR24", "BA24", "HSV4"] { forms[code] = (false, 32, 32) }
    for code in ["BA81", "GBRG", "GRBG", "RGGB"] { forms[code] = (false, 8, 8) }
    for code in ["pBAA", "pGAA", "pgAA", "pRAA"] { forms[code] = (false, 10, 10) }
    for code in ["BG10", "GB10", "BA10", "RG10", "BYR2", "GB16", "GR16", "RG16"] {
      forms[code] = (false, 16, 16)
    }
    // Compressed ones only where the library's decoder knows where the picture ends.
    for code in ["P207", "M310", "S401"] { forms[code] = (false, 0, 0) }
    return forms
  }()
}
