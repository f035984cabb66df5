import LinnetImage
import LinnetTensor
import Testing

@Suite struct PictureViewTests {
  private typealias Plain = InputTransformTests

  /// Grey levels of each view, the picture decoded once.
  private func levels(
    _ bytes: [UInt8], _ views: [PictureView], side: Int = 24,
    fit: Preprocessing.Fit = .centreCrop(fraction: 0.875),
    beside: [Preprocessing] = []
  ) throws -> [[UInt8]] {
    let recipe = Plain.preprocessing(side: side, fit: fit)
    var transform = try InputTransform(
      preprocessing: recipe, shape: Shape(height: side, width: side, channels: 3), quantisation: Plain.levels)
    var picture = DecodedPicture()
    try picture.read(bytes, for: [recipe] + beside, views: views)
    return views.map { view in
      var codes = [Int8](repeating: 0, count: 3 * side * side)
      var span = codes.mutableSpan
      transform.write(view, of: picture, into: &span)
      return codes.map { UInt8(Int($0) + 128) }
    }
  }

  /// Red grows to the right, green downward.
  private func ramp(_ width: Int, _ height: Int) throws -> [UInt8] {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width { pixels += [UInt8(x * 200 / width), UInt8(y * 200 / height), 100] }
    }
    return try Picture(width: width, height: height, pixels: pixels).encodePNG()
  }

  private func mean(_ levels: [UInt8], _ channel: Int) -> Double {
    let values = stride(from: channel, to: levels.count, by: 3).map { Double(levels[$0]) }
    return values.reduce(0, +) / Double(values.count)
  }

  @Test(arguments: ["wide", "tall", "camera"], [24, 48])
  func thePlainViewIsWhatTheRecipeTakes(name: String, side: Int) throws {
    let bytes = try Fixture.bytes("recipe-\(name).jpg")
    let alone = try Plain.levels(of: bytes, side: side)
    #expect(try levels(bytes, [.plain], side: side)[0] == alone)
    let beside = Plain.preprocessing(side: side, mean: .one, order: .bgr)
    #expect(try levels(bytes, [.plain], side: side, beside: [beside])[0] == alone)
  }

  @Test func aMirroredViewIsTheOtherWayRound() throws {
    let found = try levels(ramp(61, 47), [.plain, PictureView(isMirrored: true)])
    for row in 0..<24 {
      for column in 0..<24 {
        let (here, there) = (3 * (row * 24 + column), 3 * (row * 24 + 23 - column))
        #expect(found[0][here..<here + 3] == found[1][there..<there + 3])
      }
    }
  }

  @Test func partsLieWhereTheyAreNamed() throws {
    let parts: [PictureView.Part] = [.whole, .topLeft, .topRight, .bottomLeft, .bottomRight, .centre]
    for fit in [Preprocessing.Fit.centreCrop(fraction: 0.875), .stretch] {
      let found = try levels(ramp(200, 160), parts.map { PictureView(part: $0) }, fit: fit)
      let red: [Double] = found.map { mean($0, 0) }
      let green: [Double] = found.map { mean($0, 1) }
      func isNear(_ a: Double, _ b: Double) -> Bool { (a - b).magnitude < 1 }
      #expect(red[1] < red[0] - 5)
      #expect(red[2] > red[0] + 5)
      #expect(isNear(red[1], red[3]))
      #expect(isNear(red[2], red[4]))
      #expect(isNear(red[5], red[0]))
      #expect(green[1] < green[0] - 5)
      #expect(green[3] > green[0] + 5)
      #expect(isNear(green[1], green[2]))
      #expect(isNear(green[3], green[4]))
      #expect(isNear(green[5], green[0]))
    }
  }

  @Test func lightChangesAllOneWay() throws {
    let found = try levels(
      ramp(60, 60), [PictureView(light: .darker), .plain, PictureView(light: .lighter)])
    #expect(
      zip(found[0], found[1]).allSatisfy { $0 <= $1 } && zip(found[1], found[2]).allSatisfy { $0 <= $1 })
    #expect(mean(found[0], 0) < mean(found[1], 0) - 10 && mean(found[2], 0) > mean(found[1], 0) + 10)
  }

  @Test func turnsGoOppositeWaysAndStayInside() throws {
    let found = try levels(ramp(60, 60), [PictureView(turn: .left), .plain, PictureView(turn: .right)])
    // Down the middle column, red moves to one side above and to the other below.
    func lean(_ levels: [UInt8]) -> Int { Int(levels[3 * (2 * 24 + 12)]) - Int(levels[3 * (21 * 24 + 12)]) }
    let (left, upright, right) = (lean(found[0]), lean(found[1]), lean(found[2]))
    #expect(upright.magnitude <= 1)
    #expect(left * right < 0)
    #expect((left + right).magnitude <= 2)
    #expect(left.magnitude >= 10)
    #expect((mean(found[0], 0) - mean(found[1], 0)).magnitude < 1)
    #expect(found[0].max()! <= found[1].max()!)
  }

  @Test func theSmallestPictureHasAllViews() throws {
    let views = [PictureView.Part.recipe, .whole, .topLeft, .bottomRight, .centre].flatMap { part in
      [PictureView(part: part), PictureView(part: part, isMirrored: true, light: .darker, turn: .right)]
    }
    let bytes = try Picture(width: 1, height: 1, pixels: [10, 20, 30]).encodePNG()
    for level in try levels(bytes, views) { #expect(Set(level).count == 3) }
  }
}
