import LinnetTensor
import Testing

@testable import LinnetImage

@Suite struct PictureFrameTests {
  /// Colours as ITU-R BT.601 and BT.709 code them, and what they are.
  static let known: [(ColourEncoding.Matrix, ColourEncoding.Range, [UInt8], [UInt8])] = [
    (.bt601, .limited, [16, 128, 128], [0, 0, 0]), (.bt601, .limited, [235, 128, 128], [255, 255, 255]),
    (.bt601, .limited, [82, 90, 240], [255, 1, 0]), (.bt601, .full, [76, 85, 255], [254, 0, 0]),
    (.bt601, .full, [150, 44, 21], [0, 255, 1]), (.bt601, .full, [29, 255, 107], [0, 0, 254]),
    (.bt709, .limited, [63, 102, 240], [255, 1, 0]), (.bt709, .limited, [32, 240, 118], [1, 0, 255]),
    (.bt709, .full, [54, 99, 255], [254, 0, 1]), (.bt709, .full, [18, 255, 116], [0, 0, 254]),
    (.bt601, .limited, [0, 128, 128], [0, 0, 0]), (.bt601, .limited, [255, 128, 128], [255, 255, 255]),
  ]

  @Test(arguments: known)
  func codesStandForTheColoursOfTheStandard(
    matrix: ColourEncoding.Matrix, range: ColourEncoding.Range, codes: [UInt8], colour: [UInt8]
  ) {
    let rgb = ColourMatrix(ColourEncoding(matrix: matrix, range: range)).rgb(codes[0], codes[1], codes[2])
    for channel in 0..<3 { #expect(abs(Int(rgb[channel]) - Int(colour[channel])) <= 1, "\(rgb)") }
  }

  static let encoding = ColourEncoding(matrix: .bt601, range: .full)

  @Test func everyFormatShowsTheSamePicture() throws {
    let (y, cb, cr) = (UInt8(150), UInt8(44), UInt8(21))
    let rgb = ColourMatrix(Self.encoding).rgb(y, cb, cr)
    let expected = (0..<12).flatMap { _ in [rgb.x, rgb.y, rgb.z] }
    let frames: [(PixelFormat, [UInt8])] = [
      (.yuyv, (0..<6).flatMap { _ in [y, cb, y, cr] }), (.uyvy, (0..<6).flatMap { _ in [cb, y, cr, y] }),
      (.nv12, [UInt8](repeating: y, count: 12) + (0..<4).flatMap { _ in [cb, cr] }),
      (.rgb24, expected), (.bgr24, (0..<12).flatMap { _ in [rgb.z, rgb.y, rgb.x] }),
    ]
    for (pixels, bytes) in frames {
      let format = FrameFormat(pixels: pixels, width: 4, height: 3, colour: Self.encoding)
      let picture = try bytes.withRawSpan { bytes throws(PictureError) in
        try Picture(frame: bytes, format: format)
      }
      #expect(picture == Picture(width: 4, height: 3, pixels: expected), "\(pixels)")
    }
  }

  @Test(arguments: FrameTransformTests.colours)
  func everyPixelHasTheColourOfItsSamples(colour: ColourEncoding) throws {
    var randoms = Randoms(seed: 1)
    let (width, height) = (38, 6)
    let format = FrameFormat(pixels: .uyvy, width: width, height: height, bytesPerRow: 80, colour: colour)
    let bytes = (0..<480).map { _ in UInt8.random(in: 0...255, using: &randoms) }
    let picture = try bytes.withRawSpan { bytes throws(PictureError) in
      try Picture(frame: bytes, format: format)
    }
    let matrix = ColourMatrix(colour)
    for place in 0..<width * height {
      let pair = place / width * 80 + place % width / 2 * 4
      let rgb = matrix.rgb(bytes[pair + 1 + place % 2 * 2], bytes[pair], bytes[pair + 2])
      #expect(Array(picture.pixels[3 * place..<3 * place + 3]) == [rgb.x, rgb.y, rgb.z])
    }
  }

  @Test func samplesStandWhereTheFormatHasThem() throws {
    // Two rows of a 2 × 2 NV12 frame with gaps behind the rows, and a YUYV row.
    let nv12: [UInt8] = [10, 20, 0, 0, 30, 40, 0, 0, 100, 200, 0, 0]
    let format = FrameFormat(pixels: .nv12, width: 2, height: 2, bytesPerRow: 4, colour: Self.encoding)
    let picture = try nv12.withRawSpan { bytes throws(PictureError) in
      try Picture(frame: bytes, format: format)
    }
    let matrix = ColourMatrix(Self.encoding)
    let levels: [UInt8] = [10, 20, 30, 40]
    #expect(picture.pixels == levels.flatMap { [matrix.rgb($0, 100, 200)].flatMap { [$0.x, $0.y, $0.z] } })
    let grey: [UInt8] = [0, 7, 255]
    let row = try grey.withRawSpan { bytes throws(PictureError) in
      try Picture(
        frame: bytes, format: FrameFormat(pixels: .grey, width: 3, height: 1, colour: Self.encoding))
    }
    #expect(row.pixels == [0, 0, 0, 7, 7, 7, 255, 255, 255])
  }

  @Test(arguments: PixelFormat.allCases.filter { $0 != .jpeg })
  func aShortFrameIsTruncatedAndAnOddFormatIsSaid(pixels: PixelFormat) throws {
    let format = FrameFormat(pixels: pixels, width: 6, height: 5, bytesPerRow: 20)
    let count = try #require(format.byteCount)
    let bytes = [UInt8](repeating: 9, count: count)
    func picture(_ bytes: [UInt8], _ format: FrameFormat) throws -> Picture {
      try bytes.withRawSpan { bytes throws(PictureError) in try Picture(frame: bytes, format: format) }
    }
    #expect(try picture(bytes, format).height == 5)
    #expect(throws: PictureError.truncated) { try picture(Array(bytes.dropLast()), format) }
    for (width, height, row) in [(0, 5, 20), (6, 0, 20), (6, 5, 5), (-6, 5, 20), (6, .max, 20), (6, 5, -20)] {
      #expect(throws: PictureError.self) {
        try picture(bytes, FrameFormat(pixels: pixels, width: width, height: height, bytesPerRow: row))
      }
    }
  }
}

extension ColourMatrix {
  /// The colour of one pixel, as the loops must make it.
  func rgb(_ y: UInt8, _ cb: UInt8, _ cr: UInt8) -> SIMD3<UInt8> {
    let bright = (Int32(y) - black) * luma + 1 << 15
    let (cb, cr) = (Int32(cb) - 128, Int32(cr) - 128)
    func level(_ sum: Int32) -> UInt8 { UInt8(min(255, max(0, sum >> 16))) }
    return SIMD3(
      level(bright + redFromCr * cr), level(bright + greenFromCb * cb + greenFromCr * cr),
      level(bright + blueFromCb * cb))
  }
}
