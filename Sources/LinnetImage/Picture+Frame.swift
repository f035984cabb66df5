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
    var planes = FramePlanes(width: format.width, matrix: layout.isRGB ? nil : ColourMatrix(format.colour))
    var pixels = [UInt8](repeating: 0, count: 3 * format.width * format.height)
    for y in 0..<format.height {
      for (place, component) in [layout.first, layout.second, layout.third].enumerated() {
        planes.fill(place, component, bytes, row: y)
      }
      planes.write(into: &pixels, at: 3 * y * format.width)
    }
    self.init(width: format.width, height: format.height, pixels: pixels)
  }
}
