import LinnetTensor
import Testing

@testable import LinnetImage

@Suite struct JPEGDecoderTests {
  /// Fixtures by kind, and the kind whose pixels they share where they are another form of the same coefficients.
  static let kinds = [
    ("444", "444"), ("422", "422"), ("420", "420"), ("411", "411"), ("440", "440"), ("410", "410"),
    ("restart", "420"), ("progressive-420", "420"), ("progressive-444", "444"), ("arithmetic", "420"),
    ("arithmetic-progressive", "420"), ("grey", "grey"), ("grey-progressive", "grey"), ("rgb", "rgb"),
    ("motion", "422"), ("one-pixel", "one-pixel"), ("one-row", "one-row"), ("one-column", "one-column"),
  ]

  @Test(arguments: kinds)
  func decodesAsPillow(kind: String, pixels: String) throws {
    #expect(try Fixture.picture("jpeg-\(kind).jpg") == Fixture.picture("jpeg-\(pixels).png"))
  }

  /// Pillow rounds the product of an ink and black in another place.
  @Test(arguments: ["cmyk", "ycck"])
  func decodesFourInksAsPillow(kind: String) throws {
    let difference = try Difference(Fixture.picture("jpeg-\(kind).jpg"), Fixture.picture("jpeg-\(kind).png"))
    #expect(difference.largest <= 1)
  }

  @Test(arguments: kinds.map(\.0) + ["cmyk", "ycck"], [8, 4, 2, 1])
  func partIsCutFromTheWhole(kind: String, eighths: Int) throws {
    let bytes = try Fixture.bytes("jpeg-\(kind).jpg")
    let header = try PictureHeader.read(bytes)
    let width = (header.width * eighths + 7) / 8
    let height = (header.height * eighths + 7) / 8
    let whole = try decode(bytes, header, eighths, Region(x: 0, y: 0, width: width, height: height))
    var randoms = Randoms(seed: 5)
    for _ in 0..<40 {
      let x = Int.random(in: 0..<width, using: &randoms)
      let y = Int.random(in: 0..<height, using: &randoms)
      let region = Region(
        x: x, y: y, width: .random(in: 1...width - x, using: &randoms),
        height: .random(in: 1...height - y, using: &randoms))
      let part = try decode(bytes, header, eighths, region)
      let expected = whole.cropped(x: x, y: y, width: region.width, height: region.height)
      #expect(part == expected, "\(region) of \(width) × \(height)")
    }
  }

  @Test(arguments: 1...70)
  func coversAtTheSmallestScale(side: Int) throws {
    let bytes = try sample(width: 61, height: 90).encodeJPEG(quality: 90)
    let eighths = side <= 7 ? 1 : side <= 15 ? 2 : side <= 30 ? 4 : 8
    let picture = try Picture.decode(bytes, covering: (side, 1))
    #expect(picture.width == (61 * eighths + 7) / 8 && picture.height == (90 * eighths + 7) / 8)
  }

  @Test func bytesBetweenSegmentsArePassedOver() throws {
    let bytes = try Fixture.bytes("jpeg-420.jpg")
    let padded = bytes[..<2] + [0xFF, 0xEF, 0x00, 0x04, 0x01, 0x02, 0x00, 0x37] + bytes[2...] + [0x00, 0x01]
    #expect(try Picture.decode([UInt8](padded)) == Picture.decode(bytes))
  }

  private func decode(_ bytes: [UInt8], _ header: PictureHeader, _ eighths: Int, _ region: Region) throws
    -> Picture
  {
    var pixels = [UInt8](repeating: 0, count: 3 * region.width * region.height)
    var decoder = JPEGDecoder()
    try bytes.withRawSpan { (bytes) throws(PictureError) in
      try decoder.decode(
        bytes, header: header, eighths: eighths, region: region, limits: DecodeLimits(), into: &pixels)
    }
    return Picture(width: region.width, height: region.height, pixels: pixels)
  }
}
