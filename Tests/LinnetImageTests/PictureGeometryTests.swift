import LinnetImage
import Testing

@Suite struct PictureGeometryTests {
  @Test func croppedKeepsThePart() {
    let picture = sample(width: 9, height: 7)
    let part = picture.cropped(x: 2, y: 3, width: 4, height: 2)
    #expect(part.width == 4 && part.height == 2)
    for y in 0..<2 {
      for x in 0..<4 {
        for channel in 0..<3 {
          #expect(
            part.pixels[3 * (y * 4 + x) + channel] == picture.pixels[3 * ((y + 3) * 9 + x + 2) + channel])
        }
      }
    }
  }

  @Test func flippedExchangesColumns() {
    let picture = sample(width: 5, height: 3)
    let flipped = picture.flipped()
    #expect(
      flipped.cropped(x: 0, y: 0, width: 1, height: 3) == picture.cropped(x: 4, y: 0, width: 1, height: 3))
    #expect(flipped != picture)
    #expect(flipped.flipped() == picture)
  }
}
