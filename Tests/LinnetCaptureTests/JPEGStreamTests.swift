import Testing

@testable import LinnetCapture

@Suite struct JPEGStreamTests {
  /// The least that is a picture's markers: a frame header, a scan with a stuffed zero and a restart marker.
  static func picture(
    width: UInt8 = 8, data: [UInt8] = [1, 0xFF, 0, 0xFF, 0xD3, 2], tail: [UInt8] = [0xFF, 0xD9]
  )
    -> [UInt8]
  {
    // A thumbnail in an application's segment has markers of its own.
    let application: [UInt8] = [0xFF, 0xE1, 0, 8, 0xFF, 0xD8, 0xFF, 0xD9, 9, 9]
    let frame: [UInt8] = [0xFF, 0xC0, 0, 11, 8, 0, 4, 0, width, 1, 1, 0x11, 0]
    let scan: [UInt8] = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]
    return [0xFF, 0xD8] + application + frame + scan + data + tail
  }

  private static func pictures(in stream: inout JPEGStream) -> [JPEGStream.Picture] {
    var result: [JPEGStream.Picture] = []
    while let picture = stream.next() { result.append(picture) }
    return result
  }

  @Test(arguments: 1...40)
  func findsPicturesWhateverThePieces(_ piece: Int) {
    let boundary = Array("\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n".utf8)
    let bytes = boundary + Self.picture(width: 1) + boundary + Self.picture(width: 2) + Self.picture(width: 3)
    var stream = JPEGStream()
    var found: [JPEGStream.Picture] = []
    for start in stride(from: 0, to: bytes.count, by: piece) {
      stream.append(bytes[start..<min(start + piece, bytes.count)])
      found += Self.pictures(in: &stream)
    }
    #expect(found.map(\.width) == [1, 2, 3])
    #expect(found.map(\.height) == [4, 4, 4])
    #expect(found.map(\.bytes) == [1, 2, 3].map { Self.picture(width: $0) })
    #expect(stream.broken == 0)
  }

  struct Broken: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
  }

  @Test(arguments: [
    Broken(testDescription: "cut off in its data", bytes: picture(tail: [])),
    Broken(testDescription: "cut off in a segment", bytes: Array(picture().prefix(8))),
    Broken(testDescription: "no marker where one has to stand", bytes: [0xFF, 0xD8, 0xFF, 0xE0, 0, 2, 7]),
    Broken(testDescription: "a segment of no length", bytes: [0xFF, 0xD8, 0xFF, 0xE0, 0, 0]),
    Broken(testDescription: "no frame in it", bytes: [0xFF, 0xD8, 0xFF, 0xD9]),
  ])
  func goesOnAfter(_ each: Broken) {
    var stream = JPEGStream()
    // What is cut off in a segment takes what follows for the rest of that segment, but not for ever.
    let rest = (0..<4).flatMap { _ in Self.picture(width: 5) }
    stream.append((each.bytes + rest)[...])
    let found = Self.pictures(in: &stream)
    #expect((3...4).contains(found.count))
    #expect(found.allSatisfy { $0.bytes == Self.picture(width: 5) })
    #expect(stream.broken >= 1)
  }

  @Test func aRestartForgetsWhatWasBegun() {
    var stream = JPEGStream()
    stream.append(Self.picture().dropLast(3))
    #expect(stream.next() == nil)
    stream.restart()
    stream.append(Self.picture(width: 6)[...])
    #expect(stream.next()?.width == 6)
    #expect(stream.broken == 1)
  }

  /// A false length hides what follows, but no more than a segment has.
  @Test func randomBytesNeverHoldItUpForLong() {
    var random = SceneRandom(seed: 1, part: 1)
    for _ in 0..<100 {
      var stream = JPEGStream()
      var bytes = Self.picture(data: (0..<20).map { _ in UInt8(truncatingIfNeeded: random.next()) })
      for _ in 0..<4 {
        bytes[random.next(below: bytes.count)] = [0xFF, 0xD8, 0xD9, 0, 0xDA][random.next(below: 5)]
      }
      stream.append(bytes[...])
      _ = Self.pictures(in: &stream)
      for _ in 0..<1600 { stream.append(Self.picture(width: 9)[...]) }
      #expect(Self.pictures(in: &stream).last?.width == 9)
    }
  }
}
