public import LinnetTensor

extension Picture {
  /// Every pixel of a camera's frame, for looking at and keeping; pixels that share chroma have the same.
  ///
  /// - Parameter format: of JPEG, only that it is one: the bytes say the rest.
  /// - Throws: ``PictureError/truncated`` where the frame has fewer bytes than its format wants.
  public init(
    frame bytes: RawSpan, format: FrameFormat, limits: DecodeLimits = DecodeLimits()
  ) throws(PictureError) {
    if format.pixels == .jpeg {
      self = try Picture.decode(bytes, limits: limits)
      return
    }
    try format.check(bytes, limits)
    let layout = FrameLayout(format)
    var pixels = [UInt8](repeating: 0, count: 3 * format.width * format.height)
    var place = 0
    let matrix = layout.isRGB ? nil : ColourMatrix(format.colour)
    for y in 0..<format.height {
      for x in 0..<format.width {
        let first = bytes.byte(layout.first.offset(x, y))
        let second = layout.second.map { bytes.byte($0.offset(x, y)) } ?? 128
        let third = layout.third.map { bytes.byte($0.offset(x, y)) } ?? 128
        let colour = matrix?.rgb(first, second, third) ?? SIMD3(first, second, third)
        pixels[place] = colour.x
        pixels[place + 1] = colour.y
        pixels[place + 2] = colour.z
        place += 3
      }
    }
    self.init(width: format.width, height: format.height, pixels: pixels)
  }
}
