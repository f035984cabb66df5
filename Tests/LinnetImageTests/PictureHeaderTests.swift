import LinnetImage
import Testing

@Suite struct PictureHeaderTests {
  @Test func extentsAreThoseOfTheFile() throws {
    let picture = sample(width: 37, height: 21)
    for (bytes, format) in [
      (try picture.encodeJPEG(quality: 50), PictureHeader.Format.jpeg), (try picture.encodePNG(), .png),
    ] {
      let header = try PictureHeader.read(bytes)
      #expect(header.format == format && header.width == 37 && header.height == 21)
      #expect(header.orientation == .upright)
    }
  }

  @Test(arguments: [
    ([0xFF, 0xD8, 0xFF, 0xDA, 0x00, 0x02], PictureError.corrupt("the JPEG has no frame header")),
    ([0xFF, 0xD8, 0xFF, 0xD9], .corrupt("the JPEG has no frame header")),
    ([0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x01], .corrupt("a JPEG segment has the length 1")),
    ([0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, 0x00], .truncated),
    ([0xFF, 0xD8, 0xFF, 0xC0, 0x00, 0x04, 0x08, 0x00], .corrupt("the JPEG frame header is too short")),
    (
      [0xFF, 0xD8, 0xFF, 0xC0, 0x00, 0x08, 0x08, 0x00, 0x00, 0x00, 0x10, 0x01, 0xFF, 0xDA],
      .unsupported("a JPEG without its size in the header")
    ),
    (
      Array(PNGWriter(width: 1, height: 0, colour: .rgb, depth: 8).start),
      .corrupt("the PNG header says 1 × 0 pixels")
    ),
  ])
  func damageIsNamed(bytes: [UInt8], error: PictureError) {
    #expect(throws: error) { try PictureHeader.read(bytes) }
  }
}
