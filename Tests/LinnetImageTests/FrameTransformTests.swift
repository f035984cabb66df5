import CResample
import LinnetTensor
import Testing

@testable import LinnetImage

@Suite struct FrameTransformTests {
  static let raw = PixelFormat.allCases.filter { $0 != .jpeg }
  static let levels: [linnet_resample_level] = (0...linnet_resample_best_level().rawValue).map { .init($0) }
  static let colours: [ColourEncoding] = [
    .usual, .init(matrix: .bt601, range: .full), .init(matrix: .bt709, range: .limited),
    .init(matrix: .bt709, range: .full),
  ]

  /// What a network whose codes are grey levels less 128 sees of a frame.
  static func levels(
    of bytes: [UInt8], _ format: FrameFormat, _ view: FrameView, recipe: Preprocessing,
    level: linnet_resample_level = linnet_resample_best_level()
  ) throws -> [UInt8] {
    var transform = try InputTransform(
      preprocessing: recipe, shape: Shape(height: recipe.height, width: recipe.width, channels: 3),
      quantisation: InputTransformTests.levels)
    transform.frames.level = level
    return try levels(of: bytes, format, view, &transform)
  }

  static func levels(
    of bytes: [UInt8], _ format: FrameFormat, _ view: FrameView, _ transform: inout InputTransform
  ) throws -> [UInt8] {
    var codes = [Int8](repeating: 0, count: transform.resized.count)
    var span = codes.mutableSpan
    try bytes.withRawSpan { bytes throws(PictureError) in
      try transform.write(frame: bytes, format: format, view: view, into: &span)
    }
    return codes.map { UInt8(Int($0) + 128) }
  }

  /// Formats, extents, views and recipes drawn at random, with frames of noise.
  struct Draw {
    var format: FrameFormat
    var bytes: [UInt8]
    var view: FrameView
    var recipe: Preprocessing

    init(_ pixels: PixelFormat, _ randoms: inout Randoms) {
      let pairs = [.yuyv, .uyvy, .nv12].contains(pixels)
      let width = pairs ? 2 * Int.random(in: 1...40, using: &randoms) : .random(in: 1...80, using: &randoms)
      let height = Int.random(in: 1...60, using: &randoms)
      format = FrameFormat(pixels: pixels, width: width, height: height)
      format.bytesPerRow += Int.random(in: 0...5, using: &randoms)
      format.colour = FrameTransformTests.colours.randomElement(using: &randoms)!
      bytes = (0..<format.byteCount!).map { _ in .random(in: 0...255, using: &randoms) }
      view = FrameView(
        rotation: FrameView.Rotation.allCases.randomElement(using: &randoms)!,
        isMirrored: .random(using: &randoms))
      let turned = view.rotation.rawValue % 180 == 90
      let (across, down) = turned ? (height, width) : (width, height)
      if Bool.random(using: &randoms) {
        let x = Int.random(in: 0..<across, using: &randoms)
        let y = Int.random(in: 0..<down, using: &randoms)
        view.crop = .pixels(
          Region(
            x: x, y: y, width: .random(in: 1...across - x, using: &randoms),
            height: .random(in: 1...down - y, using: &randoms)))
      }
      recipe = Preprocessing(
        width: .random(in: 1...40, using: &randoms), height: .random(in: 1...40, using: &randoms),
        fit: Bool.random(using: &randoms)
          ? .stretch : .centreCrop(fraction: .random(in: 0.5...1, using: &randoms)),
        filter: Bool.random(using: &randoms) ? .bicubic : .bilinear, mean: .zero, deviation: .one, order: .rgb
      )
    }
  }

  @Test(arguments: raw, levels)
  func everyLevelGivesTheReferencesBytes(pixels: PixelFormat, level: linnet_resample_level) throws {
    var randoms = Randoms(seed: UInt64(level.rawValue))
    for round in 0..<60 {
      let draw = Draw(pixels, &randoms)
      let expected = try FrameReference(
        format: draw.format, bytes: draw.bytes, view: draw.view, recipe: draw.recipe
      ).levels
      let levels = try Self.levels(of: draw.bytes, draw.format, draw.view, recipe: draw.recipe, level: level)
      #expect(levels == expected, "\(round): \(draw.format) \(draw.view) \(draw.recipe)")
    }
  }

  @Test func aTransformServesOneFormatAfterAnother() throws {
    var randoms = Randoms(seed: 7)
    let recipe = InputTransformTests.preprocessing(side: 24)
    var transform = try InputTransform(
      preprocessing: recipe, shape: Shape(height: 24, width: 24, channels: 3),
      quantisation: InputTransformTests.levels)
    for _ in 0..<100 {
      let draw = Draw(Self.raw.randomElement(using: &randoms)!, &randoms)
      for _ in 0..<2 {
        let expected = try FrameReference(
          format: draw.format, bytes: draw.bytes, view: draw.view, recipe: recipe
        ).levels
        #expect(try Self.levels(of: draw.bytes, draw.format, draw.view, &transform) == expected)
      }
    }
  }
}
