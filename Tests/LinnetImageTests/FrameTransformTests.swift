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
      try transform.take(frame: bytes, format: format, view: view)
      transform.writeTaken(into: &span)
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

  /// The picture before a JPEG's resize: decoded whole, by a decoder of its own, at the smallest scale that covers.
  private static func reference(_ bytes: [UInt8], _ view: FrameView, _ recipe: Preprocessing) throws
    -> FrameReference
  {
    let header = try PictureHeader.read(bytes)
    let turned = view.rotation.rawValue % 180 == 90
    let (across, down) = turned ? (header.height, header.width) : (header.width, header.height)
    let part = try view.part(of: recipe, width: across, height: down)
    let eighths =
      [1, 2, 4].first { part.width * $0 >= 8 * recipe.width && part.height * $0 >= 8 * recipe.height } ?? 8
    let (width, height) = ((header.width * eighths + 7) / 8, (header.height * eighths + 7) / 8)
    var pixels = [UInt8](repeating: 0, count: 3 * width * height)
    var decoder = JPEGDecoder()
    try bytes.withRawSpan { bytes throws(PictureError) in
      try decoder.decode(
        bytes, header: header, eighths: eighths, region: Region(x: 0, y: 0, width: width, height: height),
        limits: DecodeLimits(), into: &pixels)
    }
    return FrameReference(
      format: FrameFormat(pixels: .rgb24, width: width, height: height), bytes: pixels, view: view,
      recipe: recipe,
      encoded: (header.width, header.height), eighths: eighths)
  }

  private static let jpeg = FrameFormat(pixels: .jpeg, width: 0, height: 0)

  @Test(
    arguments: ["jpeg-motion.jpg", "jpeg-422.jpg", "jpeg-420.jpg", "jpeg-grey.jpg", "recipe-camera.jpg"],
    levels)
  func jpegsGiveTheReferencesBytes(file: String, level: linnet_resample_level) throws {
    var randoms = Randoms(seed: UInt64(level.rawValue))
    let bytes = try Fixture.bytes(file)
    let header = try PictureHeader.read(bytes)
    var scales: Set<Int> = []
    for round in 0..<40 {
      let recipe = Preprocessing.drawn(&randoms)
      let view = FrameView.drawn(width: header.width, height: header.height, &randoms)
      let reference = try Self.reference(bytes, view, recipe)
      scales.insert(reference.eighths)
      let levels = try Self.levels(of: bytes, Self.jpeg, view, recipe: recipe, level: level)
      #expect(try levels == reference.levels, "\(round): \(view) \(recipe)")
    }
    #expect(scales.count >= 3)
  }

  /// Frames of one camera after those of another, some of them cut: what one leaves behind does not show in the next.
  @Test func aFrameWithoutTablesTakesNoneOfTheFrameBefore() throws {
    var randoms = Randoms(seed: 3)
    let recipe = InputTransformTests.preprocessing(side: 24)
    var transform = try InputTransform(
      preprocessing: recipe, shape: Shape(height: 24, width: 24, channels: 3),
      quantisation: InputTransformTests.levels)
    let files = [
      "jpeg-motion.jpg", "jpeg-420.jpg", "jpeg-progressive-420.jpg", "jpeg-arithmetic.jpg", "jpeg-rgb.jpg",
    ]
    let frames = try files.map { try Fixture.bytes($0) }
    let expected = try frames.map { try Self.reference($0, .plain, recipe).levels }
    for _ in 0..<200 {
      let place = Int.random(in: 0..<files.count, using: &randoms)
      if Bool.random(using: &randoms) {
        let cut = Array(frames[place].prefix(.random(in: 1..<frames[place].count, using: &randoms)))
        #expect(throws: PictureError.self) { try Self.levels(of: cut, Self.jpeg, .plain, &transform) }
      } else {
        #expect(try Self.levels(of: frames[place], Self.jpeg, .plain, &transform) == expected[place])
      }
    }
  }

  @Test(arguments: Orientation.allCases, FrameView.Rotation.allCases)
  func storedAndSeenOrientationsGoTogether(orientation: Orientation, rotation: FrameView.Rotation) throws {
    let segment = OrientationTests.segment(OrientationTests.tiff(orientation.rawValue, bigEndian: true))
    let picture = try Fixture.picture("recipe-camera.jpg")
    let plain = try picture.encodeJPEG(quality: 100)
    let turned = try OrientationTests.jpeg(plain, with: segment)
    let view = FrameView(rotation: rotation, isMirrored: true, crop: FrameCrop("20%,10%,70%,60%"))
    let recipe = InputTransformTests.preprocessing(side: 96)
    let upright = try Picture.decode(turned).turned(view.orientation(of: .upright))
    let region = try #require(view.crop?.region(width: upright.width, height: upright.height))
    let cropped = upright.cropped(x: region.x, y: region.y, width: region.width, height: region.height)
    let expected = try InputTransformTests.levels(of: cropped.encodePNG(), side: 96)
    let levels = try Self.levels(of: turned, Self.jpeg, view, recipe: recipe)
    #expect(Difference(levels, expected).mean < 0.5)
  }

  @Test func aPNGIsTakenWhereAJPEGIsMeant() throws {
    let bytes = try Fixture.bytes("resize-scene.png")
    let recipe = InputTransformTests.preprocessing(side: 20)
    let levels = try Self.levels(of: bytes, Self.jpeg, .plain, recipe: recipe)
    #expect(try Difference(levels, InputTransformTests.levels(of: bytes, side: 20)).largest <= 2)
  }

  @Test func anErrorLeavesTheTensor() throws {
    var transform = try InputTransform(
      preprocessing: InputTransformTests.preprocessing(side: 8),
      shape: Shape(height: 8, width: 8, channels: 3),
      quantisation: InputTransformTests.levels)
    let whole = try Fixture.bytes("jpeg-motion.jpg")
    let yuyv = FrameFormat(pixels: .yuyv, width: 8, height: 8)
    let frames: [([UInt8], FrameFormat, FrameView, PictureError)] = [
      (Array(whole.dropLast(40)), Self.jpeg, .plain, .truncated), ([], Self.jpeg, .plain, .empty),
      ([1, 2, 3], Self.jpeg, .plain, .notAPicture),
      ([UInt8](repeating: 1, count: 127), yuyv, .plain, .truncated),
      (
        [UInt8](repeating: 1, count: 128), yuyv,
        FrameView(crop: .pixels(Region(x: 8, y: 0, width: 1, height: 1))),
        .unsupported("the crop 8,0,1,1 leaves nothing of 8 × 8 pixels")
      ),
    ]
    for (bytes, format, view, expected) in frames {
      var codes = [Int8](repeating: 77, count: 192)
      var span = codes.mutableSpan
      do throws(PictureError) {
        try bytes.withRawSpan { bytes throws(PictureError) in
          try transform.take(frame: bytes, format: format, view: view)
          transform.writeTaken(into: &span)
        }
        Issue.record("taken: \(expected)")
      } catch {
        #expect(error == expected)
      }
      #expect(codes.allSatisfy { $0 == 77 })
    }
  }
}

extension FrameView {
  static func drawn(width: Int, height: Int, _ randoms: inout Randoms) -> FrameView {
    var view = FrameView(
      rotation: Rotation.allCases.randomElement(using: &randoms)!, isMirrored: .random(using: &randoms))
    guard Bool.random(using: &randoms) else { return view }
    let (across, down) = view.rotation.rawValue % 180 == 90 ? (height, width) : (width, height)
    let x = Int.random(in: 0..<across, using: &randoms)
    let y = Int.random(in: 0..<down, using: &randoms)
    view.crop = .pixels(
      Region(
        x: x, y: y, width: .random(in: 1...across - x, using: &randoms),
        height: .random(in: 1...down - y, using: &randoms)))
    return view
  }
}

extension Preprocessing {
  static func drawn(_ randoms: inout Randoms) -> Preprocessing {
    Preprocessing(
      width: .random(in: 1...40, using: &randoms), height: .random(in: 1...40, using: &randoms),
      fit: Bool.random(using: &randoms)
        ? .stretch : .centreCrop(fraction: .random(in: 0.5...1, using: &randoms)),
      filter: Bool.random(using: &randoms) ? .bicubic : .bilinear, mean: .zero, deviation: .one, order: .rgb)
  }
}
