import LinnetTensor
import Testing

@testable import LinnetImage

/// Frames that no camera should send: a typed error or a tensor, and a whole frame after them as if they had not been.
@Suite struct FrameMutationTests {
  /// Mutations of each kind: `LINNET_FUZZ`, or enough for every day.
  static let cases = environment("LINNET_FUZZ").flatMap { Int($0) } ?? 5000

  private static let views: [FrameView] = [
    .plain, FrameView(rotation: .quarter, crop: FrameCrop("10%,20%,50%,40%")),
    FrameView(rotation: .half, isMirrored: true), FrameView(crop: FrameCrop("3,5,30,20")),
  ]

  private static func transform() throws -> InputTransform {
    var transform = try InputTransform(
      preprocessing: InputTransformTests.preprocessing(side: 16),
      shape: Shape(height: 16, width: 16, channels: 3),
      quantisation: InputTransformTests.levels)
    transform.limits.pixels = 100_000
    return transform
  }

  @Test(arguments: ["jpeg-motion.jpg", "jpeg-422.jpg", "jpeg-restart.jpg", "jpeg-420.jpg"])
  func mutatedJPEGsAreDroppedOrDecoded(file: String) throws {
    let original = try Fixture.bytes(file)
    let format = FrameFormat(pixels: .jpeg, width: 61, height: 45)
    var randoms = Randoms(seed: UInt64(original.count))
    var transform = try Self.transform()
    let expected = try FrameTransformTests.levels(of: original, format, .plain, &transform)
    var (taken, refused) = (0, 0)
    for round in 0..<Self.cases / 4 + 1 {
      var bytes = original
      DamagedPictureTests.mutate(&bytes, &randoms)
      if round.isMultiple(of: 4) { bytes.removeLast(.random(in: 0...bytes.count, using: &randoms)) }
      do throws(PictureError) {
        try Self.write(bytes, format, Self.views[round % Self.views.count], &transform)
        taken += 1
      } catch {
        refused += 1
        #expect(!error.description.isEmpty)
      }
      if round.isMultiple(of: 64) {
        #expect(try FrameTransformTests.levels(of: original, format, .plain, &transform) == expected)
      }
    }
    #expect(taken > 0 && refused > 0)
  }

  /// Extents, bytes a row and byte counts that do not go together, near the right ones and far from them.
  @Test(arguments: FrameTransformTests.raw)
  func mutatedRawFramesAreDroppedOrResized(pixels: PixelFormat) throws {
    var randoms = Randoms(seed: UInt64(pixels.rawValue.utf8.reduce(0) { $0 * 31 + Int($1) }))
    var transform = try Self.transform()
    let original = FrameFormat(pixels: pixels, width: 64, height: 48)
    let bytes = (0..<original.byteCount!).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    let expected = try FrameTransformTests.levels(of: bytes, original, .plain, &transform)
    let far = [0, 1, -1, 2, 63, 65, 1 << 20, 1 << 31, 1 << 62, .max, .min]
    var (taken, refused) = (0, 0)
    for round in 0..<Self.cases / FrameTransformTests.raw.count + 1 {
      var format = original
      func other(_ value: Int) -> Int {
        switch Int.random(in: 0..<6, using: &randoms) {
        case 0: value + .random(in: -3...3, using: &randoms)
        case 1: far.randomElement(using: &randoms)!
        default: value
        }
      }
      format.width = other(format.width)
      format.height = other(format.height)
      format.bytesPerRow = other(format.bytesPerRow)
      let count = Bool.random(using: &randoms) ? bytes.count : .random(in: 0...bytes.count, using: &randoms)
      do throws(PictureError) {
        try Self.write(Array(bytes[..<count]), format, Self.views[round % Self.views.count], &transform)
        taken += 1
      } catch {
        refused += 1
        #expect(!error.description.isEmpty)
      }
      if round.isMultiple(of: 64) {
        #expect(try FrameTransformTests.levels(of: bytes, original, .plain, &transform) == expected)
      }
    }
    #expect(taken > 0 && refused > 0)
  }

  private static func write(
    _ bytes: [UInt8], _ format: FrameFormat, _ view: FrameView, _ transform: inout InputTransform
  ) throws(PictureError) {
    var codes = [Int8](repeating: 0, count: 3 * 16 * 16)
    var span = codes.mutableSpan
    try bytes.withRawSpan { bytes throws(PictureError) in
      try transform.take(frame: bytes, format: format, view: view)
      transform.writeTaken(into: &span)
    }
  }
}
