import LinnetTensor
import Testing

@testable import LinnetImage

@Suite struct OrientationTests {
  /// A TIFF structure with the tag among others, in either byte order.
  static func tiff(_ value: Int, bigEndian: Bool) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return bigEndian ? bytes.reversed() : bytes
    }
    let short = number(value, 2)
    let entries = [
      number(0x0100, 2) + number(4, 2) + number(1, 4) + number(33, 4),
      number(0x0112, 2) + number(3, 2) + number(1, 4) + short + number(0, 2),
    ]
    return (bigEndian ? [0x4D, 0x4D] : [0x49, 0x49]) + number(42, 2) + number(8, 4) + number(entries.count, 2)
      + entries.joined() + number(0, 4)
  }

  static func segment(_ tiff: [UInt8]) -> [UInt8] {
    let payload = [0x45, 0x78, 0x69, 0x66, 0x00, 0x00] + tiff
    return [0xFF, 0xE1, UInt8((payload.count + 2) >> 8), UInt8((payload.count + 2) & 255)] + payload
  }

  /// A JPEG, else the fixture, with a segment put behind its first marker.
  static func jpeg(_ jpeg: [UInt8]? = nil, with segment: [UInt8]) throws -> [UInt8] {
    let bytes = try jpeg ?? Fixture.bytes("orientation.jpg")
    return Array(bytes[..<2]) + segment + Array(bytes[2...])
  }

  @Test(arguments: Orientation.allCases, [true, false])
  func turnsAsPillow(orientation: Orientation, bigEndian: Bool) throws {
    let bytes = try Self.jpeg(with: Self.segment(Self.tiff(orientation.rawValue, bigEndian: bigEndian)))
    #expect(try PictureHeader.read(bytes).orientation == orientation)
    #expect(try Picture.decode(bytes) == Fixture.picture("orientation-\(orientation.rawValue).png"))
  }

  @Test(arguments: Orientation.allCases)
  func partIsTurnedAsTheWhole(orientation: Orientation) throws {
    let bytes = try Self.jpeg(with: Self.segment(Self.tiff(orientation.rawValue, bigEndian: true)))
    let upright = try Picture.decode(bytes)
    let header = try PictureHeader.read(bytes)
    #expect(header.uprightSize == (upright.width, upright.height))
    for part in [
      Region(x: 0, y: 0, width: 1, height: 1), Region(x: 3, y: 5, width: 11, height: 7),
      Region(x: upright.width - 4, y: upright.height - 9, width: 4, height: 9),
    ] {
      let plan = DecodePlan(header: header, part: part, covering: (part.width, part.height))
      var reader = PictureReader()
      try bytes.withRawSpan { (bytes) throws(PictureError) in
        try reader.read(bytes, header: header, plan: plan, limits: DecodeLimits())
      }
      let expected = upright.cropped(x: part.x, y: part.y, width: part.width, height: part.height)
      #expect(reader.pixels[..<(3 * part.width * part.height)] == expected.pixels[...])
    }
  }

  @Test(arguments: Orientation.allCases)
  func orientationOfAPNGCounts(orientation: Orientation) throws {
    let picture = sample(width: 6, height: 4)
    let bytes = try picture.encodePNG()
    let chunk = PNGWriter.chunk("eXIf", Self.tiff(orientation.rawValue, bigEndian: false))
    let marked = Array(bytes[..<33]) + chunk + Array(bytes[33...])
    var expected = [UInt8](repeating: 0, count: picture.pixels.count)
    orientation.copy(picture.pixels, width: 6, height: 4, into: &expected)
    #expect(try Picture.decode(marked).pixels == expected)
  }

  @Test func garbageIsUpright() throws {
    let good = Self.tiff(6, bigEndian: true)
    var cases: [[UInt8]] = (0..<good.count - 4).map { Array(good[..<$0]) }.filter { $0.count < 30 }
    cases.append(Self.tiff(0, bigEndian: true))
    cases.append(Self.tiff(9, bigEndian: false))
    cases.append([0x4D, 0x4D, 0, 42, 0xFF, 0xFF, 0xFF, 0xFF])
    cases.append([0x4D, 0x4D, 0, 42, 0, 0, 0, 4] + [UInt8](repeating: 0xFF, count: 9))
    for tiff in cases {
      #expect(try PictureHeader.read(Self.jpeg(with: Self.segment(tiff))).orientation == .upright, "\(tiff)")
    }
  }
}
