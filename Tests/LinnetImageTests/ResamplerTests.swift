import LinnetImage
import LinnetTensor
import Testing

@Suite struct ResamplerTests {
  static let cases =
    [(20, 20), (13, 40), (64, 50), (5, 7), (1, 1), (47, 20), (30, 33)].map { ("scene", $0.0, $0.1) }
    + [(19, 17), (50, 44)].map { ("checks", $0.0, $0.1) }

  @Test(arguments: cases, [Preprocessing.Filter.bicubic, .bilinear])
  func resizesAsPillowToTheByte(size: (source: String, width: Int, height: Int), filter: Preprocessing.Filter)
    throws
  {
    let source = try Fixture.picture("resize-\(size.source).png")
    let expected = try Fixture.picture("resize-\(size.source)-\(size.width)x\(size.height)-\(filter).png")
    #expect(source.resized(width: size.width, height: size.height, filter: filter) == expected)
  }

  @Test(arguments: [1, 2, 3, 31, 32, 33, 65], [1, 7, 8, 9, 16])
  func onlyTheSameSizeCopies(width: Int, height: Int) {
    let picture = sample(width: width, height: height)
    #expect(picture.resized(width: width, height: height, filter: .bicubic) == picture)
    let wider = picture.resized(width: 2 * width, height: height, filter: .bilinear)
    #expect(wider.width == 2 * width && wider.height == height)
  }

  @Test func oneColourStaysThatColour() {
    let picture = Picture(width: 37, height: 23, pixels: .init(repeating: 201, count: 3 * 37 * 23))
    for (width, height) in [(5, 90), (90, 5), (224, 224), (36, 22)] {
      let resized = picture.resized(width: width, height: height, filter: .bicubic)
      #expect(resized.pixels.allSatisfy { $0 == 201 })
    }
  }
}
