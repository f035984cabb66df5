import LinnetTensor
import Testing

@testable import LinnetCapture

@Suite struct WholenessTests {
  private static let jpeg = FrameFormat(pixels: .jpeg, width: 640, height: 480)

  /// SOI, a segment, a frame header of 320 × 240, a scan and EOI; no Huffman tables.
  private static let picture: [UInt8] =
    [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2]
    + [0xFF, 0xC0, 0, 11, 8, 0, 240, 1, 64, 1, 1, 0x11, 0]
    + [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 9, 9, 9, 0xFF, 0xD9]

  private static func format(_ bytes: [UInt8], _ format: FrameFormat = jpeg) -> FrameFormat? {
    bytes.withRawSpan { Wholeness.format(of: $0, in: format) }
  }

  @Test func aPictureSaysItsSizeItself() throws {
    let format = try #require(Self.format(Self.picture))
    #expect(format.width == 320 && format.height == 240)
  }

  @Test(arguments: [[0], [0, 0, 0, 0, 0], [0xFF, 0xFF], [0xFF, 0], []] as [[UInt8]])
  func whatFillsABufferUpDoesNotCount(tail: [UInt8]) {
    #expect(Self.format(Self.picture + tail) != nil)
  }

  @Test func everyCutIsFound() {
    for count in 0..<Self.picture.count {
      #expect(Self.format(Array(Self.picture[..<count])) == nil, "\(count)")
    }
  }

  @Test func whatIsNoPictureIsNotWhole() {
    #expect(Self.format([]) == nil)
    #expect(Self.format([UInt8](repeating: 0xFF, count: 4096)) == nil)
    #expect(Self.format([UInt8](repeating: 0, count: 4096)) == nil)
    var noSize = Self.picture
    noSize[13] = 0
    noSize[14] = 0
    #expect(Self.format(noSize) == nil)
    var segmentBeyondTheEnd = Self.picture
    segmentBeyondTheEnd[4] = 0xFF
    #expect(Self.format(segmentBeyondTheEnd) == nil)
  }

  @Test func rawFramesHaveTheirBytes() {
    let format = FrameFormat(pixels: .yuyv, width: 4, height: 2, bytesPerRow: 10)
    #expect(Self.format([UInt8](repeating: 1, count: 20), format) == format)
    #expect(Self.format([UInt8](repeating: 1, count: 24), format) == format)
    #expect(Self.format([UInt8](repeating: 1, count: 19), format) == nil)
  }
}
