public import LinnetImage
internal import LinnetTensor

/// What a picture's brightness says of how it was taken: signs that do not depend on its extents, because it is looked at
/// as a centred square of 128 × 128 pixels.
public struct PictureSigns: Hashable, Sendable {
  /// Mean luma, 0…255.
  public var brightness: Float
  /// The luma that 95 % of the pixels do not exceed.
  public var highlight: Float
  /// Standard deviation of luma.
  public var contrast: Float
  /// Variance of the Laplacian (Pech-Pacheco and others, "Diatom autofocusing in brightfield microscopy", 2000) over that
  /// at half the resolution. An edge in focus loses half of it, whatever its height and however many there are, so that a
  /// plain picture is not taken for a blurred one; an edge out of focus loses nearly all.
  public var sharpness: Float
  /// Variance of the Laplacian itself.
  public var detail: Float
  /// Luma of 16 × 16 parts without its mean, of unit length: two pictures' dot product is their correlation.
  public var outline: [Float]

  static let side = 128
  static let outlineSide = 16

  /// The signs of an encoded picture (JPEG, PNG).
  public init(of picture: [UInt8]) throws(PictureError) {
    let minimum = 4 * Self.side
    self.init(of: try Picture.decode(picture, covering: (minimum, minimum)))
  }

  /// The signs of a decoded picture.
  public init(of picture: Picture) {
    let shorter = min(picture.width, picture.height)
    let square = picture.cropped(
      x: (picture.width - shorter) / 2, y: (picture.height - shorter) / 2, width: shorter, height: shorter
    ).resized(width: 2 * Self.side, height: 2 * Self.side, filter: .bilinear)
    let weights = SIMD3<Float>(0.299, 0.587, 0.114)
    let fine = (0..<4 * Self.side * Self.side).map { place -> Float in
      let pixel = SIMD3(square.pixels[3 * place], square.pixels[3 * place + 1], square.pixels[3 * place + 2])
      return (weights * SIMD3<Float>(pixel)).sum()
    }
    // Rounded to whole steps at twice the resolution, the mean of four is hardly rounded.
    let luma = Self.halved(fine, side: 2 * Self.side)
    let count = Float(luma.count)
    let mean = luma.reduce(0, +) / count
    brightness = mean
    contrast = (luma.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    highlight = luma.sorted()[luma.count * 95 / 100]
    let coarse = Self.halved(luma, side: Self.side)
    detail = Self.laplacianVariance(luma, side: Self.side)
    sharpness = detail / (Self.laplacianVariance(coarse, side: Self.side / 2) + 1)
    outline = Self.outline(luma, mean: mean)
  }

  /// The means of two by two.
  private static func halved(_ luma: [Float], side: Int) -> [Float] {
    let half = side / 2
    return (0..<half * half).map { place in
      let first = place / half * 2 * side + place % half * 2
      return (luma[first] + luma[first + 1] + luma[first + side] + luma[first + side + 1]) / 4
    }
  }

  private static func laplacianVariance(_ luma: [Float], side: Int) -> Float {
    var (sum, squares) = (Float(0), Float(0))
    for y in 1..<side - 1 {
      for x in 1..<side - 1 {
        let place = y * side + x
        let around = luma[place - 1] + luma[place + 1] + luma[place - side] + luma[place + side]
        let value = 4 * luma[place] - around
        sum += value
        squares += value * value
      }
    }
    let inside = Float((side - 2) * (side - 2))
    return squares / inside - (sum / inside) * (sum / inside)
  }

  private static func outline(_ luma: [Float], mean: Float) -> [Float] {
    let step = side / outlineSide
    var parts = [Float](repeating: 0, count: outlineSide * outlineSide)
    for y in 0..<side {
      for x in 0..<side { parts[y / step * outlineSide + x / step] += luma[y * side + x] - mean }
    }
    let length = parts.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? parts.map { $0 / length } : parts
  }
}
