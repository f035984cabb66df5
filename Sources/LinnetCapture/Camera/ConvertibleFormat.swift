internal import LinnetTensor

/// A picture format that libv4lconvert turns into one that Linnet reads: those without compression. Its decoders of what
/// early cameras compressed read on behind the end of a damaged picture, so those are not among them.
struct ConvertibleFormat {
  /// What frames are after: NV12 for Y′CbCr, so that the driver's word on matrix and range still counts, else RGB3.
  var target: PixelFormat
  /// Bits of a pixel in the first plane, and in all.
  private var bits: (row: Int, picture: Int)

  /// `nil` for formats that are not converted.
  init?(_ code: PixelCode) {
    guard let form = Self.forms[code.description] else { return nil }
    target = form.isLuma ? .nv12 : .rgb24
    bits = (form.row, form.picture)
  }

  /// Bytes that a whole picture has.
  func byteCount(width: Int, height: Int) -> Int { (bits.picture * width * height + 7) / 8 }

  func bytesPerRow(width: Int) -> Int { (bits.row * width + 7) / 8 }

  /// Whether libv4lconvert does it right: it wants whole pairs of pixels and rows, and takes rows to follow each other
  /// without a gap, which `bytesPerRow` (0 for unsaid) must not deny.
  func canConvert(width: Int, height: Int, bytesPerRow: Int) -> Bool {
    width >= 16 && height >= 16 && width % 2 == 0 && height % 2 == 0
      && (bytesPerRow == 0 || bytesPerRow == self.bytesPerRow(width: width))
  }

  private typealias Form = (isLuma: Bool, row: Int, picture: Int)

  /// By their letters: whether it is Y′CbCr, and the bits of a pixel in the first plane and in all.
  private static let forms: [String: Form] = {
    var forms: [String: Form] = [
      "YU12": (true, 8, 12), "YV12": (true, 8, 12), "YVYU": (true, 16, 16), "NV16": (true, 8, 16),
      "NV61": (true, 8, 16), "M420": (true, 8, 12),
      "RGBP": (false, 16, 16), "HSV3": (false, 24, 24), "Y16": (false, 16, 16), "Y16-BE": (false, 16, 16),
      "Y10B": (false, 10, 10),
    ]
    for code in ["BGR4", "RGB4", "XR24", "BX24", "AR24", "BA24", "HSV4"] { forms[code] = (false, 32, 32) }
    for code in ["BA81", "GBRG", "GRBG", "RGGB"] { forms[code] = (false, 8, 8) }
    for code in ["pBAA", "pGAA", "pgAA", "pRAA"] { forms[code] = (false, 10, 10) }
    for code in ["BG10", "GB10", "BA10", "RG10", "BYR2", "GB16", "GR16", "RG16"] {
      forms[code] = (false, 16, 16)
    }
    return forms
  }()
}
