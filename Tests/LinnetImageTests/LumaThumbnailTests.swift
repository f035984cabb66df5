import LinnetImage
import LinnetTensor
import Testing

@Suite struct LumaThumbnailTests {
  private static func thumbnail(of picture: Picture, side: Int) throws -> LumaThumbnail {
    var transform = try InputTransform(
      preprocessing: InputTransformTests.preprocessing(side: side, fit: .stretch),
      shape: Shape(height: side, width: side, channels: 3), quantisation: InputTransformTests.levels)
    var codes = [Int8](repeating: 0, count: 3 * side * side)
    var span = codes.mutableSpan
    transform.write(picture, into: &span)
    var thumbnail = LumaThumbnail()
    transform.look(into: &thumbnail)
    return thumbnail
  }

  private static func picture(side: Int, _ colour: (Int, Int) -> [UInt8]) -> Picture {
    Picture(
      width: side, height: side,
      pixels: (0..<side * side).flatMap { colour($0 % side, $0 / side) })
  }

  @Test(arguments: [8, 32, 96, 100])
  func partsHaveTheLumaOfTheirPixels(side: Int) throws {
    let red = try Self.thumbnail(of: Self.picture(side: side) { _, _ in [255, 0, 0] }, side: side)
    #expect(red.luma.allSatisfy { $0 == 76 } && red.mean == 76)
    let halves = try Self.thumbnail(
      of: Self.picture(side: side) { x, _ in x < side / 2 ? [10, 10, 10] : [200, 200, 200] }, side: side)
    for part in halves.luma.indices { #expect(halves.luma[part] == (part % 32 < 16 ? 10 : 200)) }
    #expect(red.difference(from: red) == 0)
    #expect(halves.difference(from: LumaThumbnail()) == 105)
  }
}
