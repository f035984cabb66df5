import LinnetImage
import Testing

/// A smooth picture with an edge: what lossy coding keeps.
func sample(width: Int, height: Int) -> Picture {
  var pixels: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      let edge = x > y ? 40 : 0
      pixels += [
        UInt8(x * 200 / width + edge), UInt8(y * 200 / height), UInt8((x + y) * 200 / (width + height)),
      ]
    }
  }
  return Picture(width: width, height: height, pixels: pixels)
}

@Suite struct PictureCodingTests {
  @Test(arguments: [(1, 1), (1, 40), (33, 17), (256, 340)])
  func pngKeepsEveryPixel(width: Int, height: Int) throws {
    let picture = sample(width: width, height: height)
    #expect(try Picture.decode(picture.encodePNG()) == picture)
  }

  @Test(arguments: [(1, 1), (1, 40), (33, 17), (256, 340)])
  func jpegKeepsPixelsNearly(width: Int, height: Int) throws {
    let picture = sample(width: width, height: height)
    let decoded = try Picture.decode(picture.encodeJPEG(quality: 98))
    #expect(decoded.width == width && decoded.height == height)
    let difference = zip(decoded.pixels, picture.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    #expect(Double(difference) / Double(picture.pixels.count) < 2)
  }
}
