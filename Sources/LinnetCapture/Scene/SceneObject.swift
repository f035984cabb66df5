/// Something that a synthetic scene shows: a photograph, of which the corners are cut off softly.
public struct SceneObject: Sendable {
  public let label: String
  public let width: Int
  public let height: Int
  /// RGB, `3 · width · height` bytes.
  public let pixels: [UInt8]

  /// - Precondition: both extents are at least 1 and `pixels` fills them.
  public init(label: String, width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      width >= 1 && height >= 1 && pixels.count == 3 * width * height, "pixels do not fill the photograph")
    (self.label, self.width, self.height, self.pixels) = (label, width, height, pixels)
  }

  /// How much of the photograph is to be seen at (u, v), each −1…1 from border to border.
  static func opacity(_ u: Float, _ v: Float) -> Float {
    let (u, v) = (u * u, v * v)
    return min(1, max(0, (1 - u * u - v * v) * 8))
  }

  /// The colour at (u, v) inside, between pixels bilinear.
  func colour(_ u: Float, _ v: Float) -> SIMD3<Float> {
    let x = min(max((u + 1) * 0.5 * Float(width) - 0.5, 0), Float(width - 1))
    let y = min(max((v + 1) * 0.5 * Float(height) - 0.5, 0), Float(height - 1))
    let (left, top) = (Int(x), Int(y))
    let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
    let (across, down) = (x - Float(left), y - Float(top))
    let upper = self[left, top] + (self[right, top] - self[left, top]) * across
    let lower = self[left, bottom] + (self[right, bottom] - self[left, bottom]) * across
    return upper + (lower - upper) * down
  }

  private subscript(x: Int, y: Int) -> SIMD3<Float> {
    let place = 3 * (y * width + x)
    return SIMD3(Float(pixels[place]), Float(pixels[place + 1]), Float(pixels[place + 2]))
  }
}
