internal import LinnetTensor

extension Picture {
  /// Decodes a JPEG or PNG, turned upright by its EXIF orientation.
  ///
  /// JPEG: baseline, progressive and arithmetic; grey, YCbCr, RGB, and CMYK and YCCK (taken for inverted, as Adobe
  /// writes them). PNG: every colour type and bit depth; 16 bits are rounded to 8 and transparency lies over black.
  /// - Parameter minimum: extents that suffice: a JPEG is then decoded at the smallest of 1, 1/2, 1/4
  ///   and 1/8 of its size that has them. `nil` decodes every pixel.
  public static func decode(
    _ bytes: RawSpan, limits: DecodeLimits = DecodeLimits(),
    covering minimum: (width: Int, height: Int)? = nil
  ) throws(PictureError) -> Picture {
    let header = try PictureHeader.read(bytes)
    try header.check(limits)
    let (width, height) = header.uprightSize
    let plan = DecodePlan(
      header: header, part: Region(x: 0, y: 0, width: width, height: height),
      covering: minimum ?? (width, height))
    var reader = PictureReader()
    try reader.read(bytes, header: header, plan: plan, limits: limits)
    return Picture(
      width: plan.width, height: plan.height, pixels: reader.takePixels(count: 3 * plan.width * plan.height))
  }

  /// Decodes a JPEG or PNG in an array, as ``decode(_:limits:covering:)`` does one in memory of any kind.
  public static func decode(
    _ bytes: [UInt8], limits: DecodeLimits = DecodeLimits(),
    covering minimum: (width: Int, height: Int)? = nil
  ) throws(PictureError) -> Picture {
    try bytes.withRawSpan { (bytes) throws(PictureError) in
      try decode(bytes, limits: limits, covering: minimum)
    }
  }
}
