import LinnetImage
import LinnetTensor
import Testing

@Suite struct InputTransformTests {
  static func preprocessing(
    side: Int, fit: Preprocessing.Fit = .centreCrop(fraction: 0.875), mean: SIMD3<Float> = .zero,
    deviation: SIMD3<Float> = .one, order: Preprocessing.ChannelOrder = .rgb
  ) -> Preprocessing {
    Preprocessing(
      width: side, height: side, fit: fit, filter: .bicubic, mean: mean, deviation: deviation, order: order)
  }

  static let levels = Quantisation(scale: 1, zeroPoint: -128)

  /// The input tensor of a network whose codes are grey levels less 128.
  static func levels(of bytes: [UInt8], side: Int, fit: Preprocessing.Fit = .centreCrop(fraction: 0.875))
    throws -> [UInt8]
  {
    var transform = try InputTransform(
      preprocessing: preprocessing(side: side, fit: fit),
      shape: Shape(height: side, width: side, channels: 3),
      quantisation: levels)
    var codes = [Int8](repeating: 0, count: 3 * side * side)
    var span = codes.mutableSpan
    try transform.write(picture: bytes, into: &span)
    return codes.map { UInt8(Int($0) + 128) }
  }

  @Test(arguments: ["wide", "tall", "camera"])
  func wholePixelsGivePillowsTensor(name: String) throws {
    let levels = try Self.levels(of: Fixture.bytes("recipe-\(name).jpg"), side: 48)
    #expect(try levels == Fixture.picture("recipe-\(name)-48.png").pixels)
  }

  @Test(arguments: [("wide", 24), ("tall", 24), ("camera", 24)])
  func shrunkBlocksStayNearPillowsTensor(name: String, side: Int) throws {
    let levels = try Self.levels(of: Fixture.bytes("recipe-\(name).jpg"), side: side)
    let difference = try Difference(levels, Fixture.picture("recipe-\(name)-\(side).png").pixels)
    #expect(difference.mean > 0 && difference.mean < 1.5)
  }

  /// A ramp shows a shift: a pixel of the smaller scale is four of the whole, and each of those a grey level or more.
  @Test(arguments: Orientation.allCases)
  func shrunkAndTurnedPartsKeepTheirPlace(orientation: Orientation) throws {
    let (width, height) = (203, 171)
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width { pixels += [UInt8(x * 5 / 4), UInt8(y * 5 / 4), 128] }
    }
    let ramp = Picture(width: width, height: height, pixels: pixels)
    let segment = OrientationTests.segment(OrientationTests.tiff(orientation.rawValue, bigEndian: true))
    let bytes = try OrientationTests.jpeg(ramp.encodeJPEG(quality: 100), with: segment)
    let shrunk = try Self.levels(of: bytes, side: 12)
    let whole = try Self.levels(of: Picture.decode(bytes).encodePNG(), side: 12)
    for channel in 0..<3 {
      let shifts = stride(from: channel, to: whole.count, by: 3).map { Int(shrunk[$0]) - Int(whole[$0]) }
      #expect(abs(Double(shifts.reduce(0, +)) / Double(shifts.count)) < 0.5)
    }
    #expect(shrunk != whole)
  }

  @Test func encodedAndDecodedPicturesGiveTheSame() throws {
    let picture = sample(width: 100, height: 70)
    let bytes = try picture.encodePNG()
    var transform = try InputTransform(
      preprocessing: Self.preprocessing(side: 32), shape: Shape(height: 32, width: 32, channels: 3),
      quantisation: Self.levels)
    var a = [Int8](repeating: 0, count: 3 * 32 * 32)
    var b = a
    var spanA = a.mutableSpan
    try transform.write(picture: bytes, into: &spanA)
    var spanB = b.mutableSpan
    transform.write(picture, into: &spanB)
    #expect(a == b)
    #expect(Set(a).count > 100)
  }

  @Test(arguments: [Preprocessing.ChannelOrder.rgb, .bgr])
  func codesFollowMeanDeviationAndOrder(order: Preprocessing.ChannelOrder) throws {
    let mean = SIMD3<Float>(123.675, 116.28, 103.53)
    let deviation = SIMD3<Float>(58.395, 57.12, 57.375)
    let quantisation = Quantisation(scale: 0.0186, zeroPoint: -14)
    var transform = try InputTransform(
      preprocessing: Self.preprocessing(
        side: 16, fit: .stretch, mean: mean, deviation: deviation, order: order),
      shape: Shape(height: 16, width: 16, channels: 3), quantisation: quantisation)
    let picture = Picture(
      width: 16, height: 16, pixels: (0..<768).map { UInt8(truncatingIfNeeded: $0 / 3 + 85 * ($0 % 3)) })
    var codes = [Int8](repeating: 0, count: 768)
    var span = codes.mutableSpan
    transform.write(picture, into: &span)
    for i in codes.indices {
      let channel = i % 3
      let colour = order == .rgb ? channel : 2 - channel
      let value = Float(picture.pixels[i - channel + colour])
      #expect(codes[i] == quantisation.code((value - mean[channel]) / deviation[channel]))
    }
  }

  @Test(arguments: [(1, 1), (2, 9), (9, 2), (3, 500), (500, 3)])
  func anyPictureFillsTheTensor(width: Int, height: Int) throws {
    let picture = Picture(
      width: width, height: height, pixels: .init(repeating: 90, count: 3 * width * height))
    for fit in [Preprocessing.Fit.stretch, .centreCrop(fraction: 0.875), .centreCrop(fraction: 1)] {
      let levels = try Self.levels(of: picture.encodePNG(), side: 20, fit: fit)
      #expect(levels.allSatisfy { $0 == 90 })
    }
  }

  @Test func anotherShapeIsAnError() {
    #expect(throws: PictureError.unsupported("the network's input is 16×16×1, pictures make 16×16×3")) {
      _ = try InputTransform(
        preprocessing: Self.preprocessing(side: 16), shape: Shape(height: 16, width: 16, channels: 1),
        quantisation: Self.levels)
    }
  }

  @Test func anErrorLeavesTheTensor() throws {
    var transform = try InputTransform(
      preprocessing: Self.preprocessing(side: 8), shape: Shape(height: 8, width: 8, channels: 3),
      quantisation: Self.levels)
    var codes = [Int8](repeating: 77, count: 192)
    let bytes = try Array(Fixture.bytes("jpeg-420.jpg").dropLast(40))
    var span = codes.mutableSpan
    do throws(PictureError) {
      try transform.write(picture: bytes, into: &span)
      Issue.record("a cut picture was taken")
    } catch {
      #expect(error == .truncated)
    }
    #expect(codes.allSatisfy { $0 == 77 })
  }
}

extension SIMD3<Float> {
  static let one = SIMD3<Float>(repeating: 1)
}
