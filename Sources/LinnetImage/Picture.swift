/// A decoded picture: 8 bits of red, green and blue a pixel, row after row from the top, upright.
public struct Picture: Equatable, Sendable {
  /// Pixels a row, at least 1.
  public let width: Int
  /// Rows, at least 1.
  public let height: Int
  /// RGB, `3 · width · height` bytes.
  public let pixels: [UInt8]

  /// - Precondition: both extents are at least 1 and `pixels` has `3 · width · height` elements.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      width >= 1 && height >= 1 && pixels.count == 3 * width * height, "pixels do not fill the picture")
    self.width = width
    self.height = height
    self.pixels = pixels
  }
}
