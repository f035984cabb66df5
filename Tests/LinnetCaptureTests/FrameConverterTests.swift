import CV4L2
import LinnetTensor
import Testing

@testable import LinnetCapture

@Suite struct FrameConverterTests {
  private static func format(_ letters: String, bytesPerRow: UInt32) throws -> linnet_format {
    linnet_format(
      code: try #require(PixelCode(letters: letters)).rawValue, width: 16, height: 16,
      field: V4L2_FIELD_NONE.rawValue, bytes_per_row: bytesPerRow, byte_count: 0, is_709: true,
      is_full_range: false)
  }

  private static func convert(_ picture: [UInt8], _ format: linnet_format) throws -> [UInt8]? {
    let agreement = try #require(Agreement(format))
    let converter = try #require(FrameConverter(agreement, slots: 1))
    var picture = picture
    return unsafe picture.withUnsafeMutableBytes { picture in
      guard let result = unsafe converter.convert(picture, slot: 0) else { return nil }
      return unsafe [UInt8](result)
    }
  }

  @Test func planesOfChromaBecomeOne() throws {
    let luma = (0..<256).map { UInt8($0) }
    let (cb, cr) = ((0..<64).map { UInt8(10 + $0) }, (0..<64).map { UInt8(190 + $0) })
    let pairs = zip(cb, cr).flatMap { [$0, $1] }
    #expect(try Self.convert(luma + cb + cr, Self.format("YU12", bytesPerRow: 16)) == luma + pairs)
    #expect(try Self.convert(luma + cr + cb, Self.format("YV12", bytesPerRow: 16)) == luma + pairs)
    let agreement = try #require(Agreement(try Self.format("YU12", bytesPerRow: 16)))
    #expect(
      agreement.frames
        == FrameFormat(
          pixels: .nv12, width: 16, height: 16, colour: ColourEncoding(matrix: .bt709, range: .limited)))
  }

  @Test func aFourthByteGoesAway() throws {
    let pixels = (0..<256).map { number -> [UInt8] in [UInt8(number), UInt8(255 - number), UInt8(number / 2)]
    }
    let picture = pixels.flatMap { pixel -> [UInt8] in [pixel[2], pixel[1], pixel[0], 99] }
    #expect(try Self.convert(picture, Self.format("XR24", bytesPerRow: 64)) == pixels.flatMap { $0 })
  }

  @Test func whatIsShortIsNotRead() throws {
    for letters in ["YU12", "XR24", "RGBP", "BA81", "Y16", "HSV4"] {
      let format = try Self.format(letters, bytesPerRow: 0)
      let needed = try #require(Agreement(format)).byteCount
      #expect(try Self.convert([UInt8](repeating: 9, count: needed - 1), format) == nil, "\(letters)")
      #expect(try Self.convert([UInt8](repeating: 9, count: needed), format) != nil, "\(letters)")
    }
  }

  @Test func whatCannotBeReadRightIsRefused() throws {
    #expect(Agreement(try Self.format("YU12", bytesPerRow: 32)) == nil)
    #expect(Agreement(try Self.format("H264", bytesPerRow: 0)) == nil)
    #expect(Agreement(try Self.format("YUYV", bytesPerRow: 31)) == nil)
    var fields = try Self.format("YUYV", bytesPerRow: 32)
    #expect(Agreement(fields) != nil)
    fields.field = V4L2_FIELD_SEQ_TB.rawValue
    #expect(Agreement(fields) == nil)
    fields.field = V4L2_FIELD_NONE.rawValue
    fields.width = 0
    #expect(Agreement(fields) == nil)
  }
}
