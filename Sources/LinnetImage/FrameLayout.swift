internal import LinnetTensor

/// Where the samples of each component lie in the bytes of a raw frame.
struct FrameLayout {
  /// The samples of one component: of each pixel, or one for two pixels in a row, or for 2 × 2 pixels.
  struct Component {
    /// Bytes before its plane.
    var plane: Int
    var bytesPerRow: Int
    /// Of the first sample in a row.
    var first: Int
    /// Bytes from a sample to the next in the row.
    var step: Int
    /// Pixels a sample, across and down: 1 or 2. The sample stands for the middle of them.
    var across = 1
    var down = 1

    /// Where the sample of a pixel lies.
    func offset(_ x: Int, _ y: Int) -> Int { plane + y / down * bytesPerRow + x / across * step + first }
  }

  /// Red, or Y.
  var first: Component
  /// Green, or Cb; `nil` where there is none.
  var second: Component?
  /// Blue, or Cr.
  var third: Component?
  var isRGB: Bool

  /// The components that lie in the rows of each plane.
  var planes: [[Component]] {
    guard let second, let third else { return [[first]] }
    return second.plane == first.plane ? [[first, second, third]] : [[first], [second, third]]
  }

  /// - Precondition: not JPEG.
  init(_ format: FrameFormat) {
    func component(_ first: Int, step: Int, across: Int = 1) -> Component {
      Component(plane: 0, bytesPerRow: format.bytesPerRow, first: first, step: step, across: across)
    }
    isRGB = false
    switch format.pixels {
    case .jpeg: preconditionFailure("a JPEG has no rows")
    case .grey: first = component(0, step: 1)
    case .yuyv:
      first = component(0, step: 2)
      second = component(1, step: 4, across: 2)
      third = component(3, step: 4, across: 2)
    case .uyvy:
      first = component(1, step: 2)
      second = component(0, step: 4, across: 2)
      third = component(2, step: 4, across: 2)
    case .nv12:
      first = component(0, step: 1)
      let chroma = Component(
        plane: format.bytesPerRow * format.height, bytesPerRow: format.bytesPerRow, first: 0, step: 2,
        across: 2,
        down: 2)
      (second, third) = (chroma, chroma)
      third?.first = 1
    case .rgb24, .bgr24:
      let red = format.pixels == .rgb24 ? 0 : 2
      first = component(red, step: 3)
      second = component(1, step: 3)
      third = component(2 - red, step: 3)
      isRGB = true
    }
  }
}

extension FrameFormat {
  /// Most bytes a row, and most rows.
  private static let greatestExtent = 1 << 20

  /// Throws when a raw frame has no pixels, or fewer bytes than its format wants.
  func check(_ bytes: RawSpan, _ limits: DecodeLimits) throws(PictureError) {
    let pair = pixels == .yuyv || pixels == .uyvy || pixels == .nv12
    guard
      width >= 1, height >= 1, bytesPerRow <= Self.greatestExtent, height <= Self.greatestExtent,
      bytesPerRow / pixels.bytesPerPixelOfFirstPlane >= width, !pair || width.isMultiple(of: 2)
    else {
      throw .unsupported(
        "a \(pixels.rawValue) frame of \(width) × \(height) pixels with \(bytesPerRow) bytes a row")
    }
    guard width * height <= limits.pixels else {
      throw .tooLarge(width: width, height: height, limit: limits.pixels)
    }
    guard let byteCount, bytes.byteCount >= byteCount else { throw .truncated }
  }
}
