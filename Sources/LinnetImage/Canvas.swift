/// A picture being drawn on. What lies outside is not drawn.
public struct Canvas: Sendable {
  public let width: Int
  public let height: Int
  private var pixels: [UInt8]

  /// Begins with `picture`.
  public init(_ picture: Picture) {
    (width, height, pixels) = (picture.width, picture.height, picture.pixels)
  }

  /// Begins with one colour.
  ///
  /// - Precondition: both extents are at least 1.
  public init(width: Int, height: Int, colour: SIMD3<UInt8>) {
    precondition(width >= 1 && height >= 1, "a picture has at least one pixel")
    (self.width, self.height) = (width, height)
    pixels = []
    pixels.reserveCapacity(3 * width * height)
    for _ in 0..<width * height { pixels += [colour.x, colour.y, colour.z] }
  }

  /// What has been drawn.
  public var picture: Picture { Picture(width: width, height: height, pixels: pixels) }

  public subscript(x: Int, y: Int) -> SIMD3<UInt8> {
    let place = 3 * (y * width + x)
    return SIMD3(pixels[place], pixels[place + 1], pixels[place + 2])
  }

  /// Lays `colour` over one pixel, `opacity` 0…1 of it.
  public mutating func blend(_ colour: SIMD3<UInt8>, opacity: Float = 1, x: Int, y: Int) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let under = SIMD3<Float>(self[x, y])
    let mixed = (under + (SIMD3<Float>(colour) - under) * opacity).rounded(.toNearestOrEven)
    let place = 3 * (y * width + x)
    for channel in 0..<3 { pixels[place + channel] = UInt8(mixed[channel]) }
  }

  /// Fills a rectangle.
  public mutating func fill(_ region: Region, _ colour: SIMD3<UInt8>, opacity: Float = 1) {
    for y in stride(from: max(0, region.y), to: min(height, region.y + region.height), by: 1) {
      for x in stride(from: max(0, region.x), to: min(width, region.x + region.width), by: 1) {
        blend(colour, opacity: opacity, x: x, y: y)
      }
    }
  }

  /// Draws the border of a rectangle, `thickness` pixels inwards.
  public mutating func outline(_ region: Region, _ colour: SIMD3<UInt8>, thickness: Int) {
    let across = min(thickness, (region.width + 1) / 2)
    let down = min(thickness, (region.height + 1) / 2)
    fill(Region(x: region.x, y: region.y, width: region.width, height: down), colour)
    fill(
      Region(x: region.x, y: region.y + region.height - down, width: region.width, height: down), colour)
    let (top, rest) = (region.y + down, region.height - 2 * down)
    fill(Region(x: region.x, y: top, width: across, height: rest), colour)
    fill(Region(x: region.x + region.width - across, y: top, width: across, height: rest), colour)
  }

  /// Puts a picture with its upper left corner at (x, y).
  public mutating func put(_ picture: Picture, x: Int, y: Int) {
    for row in 0..<picture.height {
      for column in 0..<picture.width {
        let place = 3 * (row * picture.width + column)
        blend(
          SIMD3(picture.pixels[place], picture.pixels[place + 1], picture.pixels[place + 2]),
          x: x + column, y: y + row)
      }
    }
  }

  /// Writes one line in letters of ``PixelLetters``, each pixel of theirs a square of `scale` pixels; `y` is where capitals
  /// begin, accents stand above.
  public mutating func write(_ text: String, x: Int, y: Int, scale: Int, _ colour: SIMD3<UInt8>) {
    var left = x
    for letter in PixelLetters.letters(of: text) {
      for (row, bits) in letter.rows.enumerated() {
        let top = y + (row - PixelLetters.overhang) * scale
        for column in 0..<PixelLetters.width where bits >> UInt8(PixelLetters.width - 1 - column) & 1 == 1 {
          fill(Region(x: left + column * scale, y: top, width: scale, height: scale), colour)
        }
      }
      left += PixelLetters.advance * scale
    }
  }
}
