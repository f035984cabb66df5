import LinnetTensor
import Testing

@testable import LinnetImage

@Suite struct PNGDecoderTests {
  struct Kind: Hashable, Sendable, CustomTestStringConvertible {
    var colour: PNGWriter.Colour
    var depth: Int
    var interlaced: Bool
    var keyed: Bool
    var testDescription: String {
      "\(colour) \(depth) bit\(interlaced ? " interlaced" : "")\(keyed ? " tRNS" : "")"
    }

    static let all = PNGWriter.Colour.allCases.flatMap { colour in
      colour.depths.flatMap { depth in
        [false, true].flatMap { interlaced in
          (colour == .greyAlpha || colour == .rgbAlpha ? [false] : [false, true]).map {
            Kind(colour: colour, depth: depth, interlaced: interlaced, keyed: $0)
          }
        }
      }
    }
  }

  private static let palette = (0..<256).map { [$0 * 7 & 255, 255 - $0, $0 * $0 & 255] }

  /// Any sample of 0 ..< 2^depth, all of them for small depths.
  private func sample(_ x: Int, _ y: Int, _ channel: Int, _ kind: Kind) -> Int {
    ((x * 31 + y * 57 + channel * 101) * 2_654_435_761 >> 7) & ((1 << kind.depth) - 1)
  }

  /// What the W3C specification says of a pixel: its colours and alpha, 8 bits each.
  private func pixel(_ x: Int, _ y: Int, _ kind: Kind) -> (colours: [Int], alpha: Int) {
    let raw = (0..<kind.colour.channels).map { sample(x, y, $0, kind) }
    let most = (1 << kind.depth) - 1
    let scaled = raw.map { ($0 * 255 * 2 + most) / (2 * most) }
    let key = kind.keyed && kind.colour != .palette && raw == (0..<raw.count).map { sample(2, 1, $0, kind) }
    switch kind.colour {
    case .grey: return ([scaled[0], scaled[0], scaled[0]], key ? 0 : 255)
    case .rgb: return (scaled, key ? 0 : 255)
    case .palette: return (Self.palette[raw[0]], kind.keyed ? 255 - raw[0] : 255)
    case .greyAlpha: return ([scaled[0], scaled[0], scaled[0]], scaled[1])
    case .rgbAlpha: return (Array(scaled[..<3]), scaled[3])
    }
  }

  private func file(_ kind: Kind, width: Int, height: Int) -> [UInt8] {
    var writer = PNGWriter(
      width: width, height: height, colour: kind.colour, depth: kind.depth, interlaced: kind.interlaced)
    if kind.colour == .palette {
      writer.palette = Self.palette[..<(1 << kind.depth)].joined().map { UInt8($0) }
      if kind.keyed { writer.transparency = (0..<(1 << kind.depth)).map { UInt8(255 - $0) } }
    } else if kind.keyed {
      writer.transparency = (0..<kind.colour.channels).flatMap { channel -> [UInt8] in
        let key = sample(2, 1, channel, kind)
        return [UInt8(key >> 8), UInt8(key & 255)]
      }
    }
    return writer.file { sample($0, $1, $2, kind) }
  }

  @Test(arguments: Kind.all)
  func everyKindOverBlack(kind: Kind) throws {
    for (width, height) in [(13, 11), (1, 1), (3, 2), (40, 9)] {
      let decoded = try Picture.decode(file(kind, width: width, height: height))
      let expected = (0..<height).flatMap { y in
        (0..<width).flatMap { x in
          let (colours, alpha) = pixel(x, y, kind)
          return colours.map { UInt8(($0 * alpha + 127) / 255) }
        }
      }
      #expect(decoded.width == width && decoded.height == height)
      #expect(decoded.pixels == expected)
    }
  }

  @Test(arguments: Kind.all)
  func partIsCutFromTheWhole(kind: Kind) throws {
    let bytes = file(kind, width: 29, height: 17)
    let header = try PictureHeader.read(bytes)
    let whole = try Picture.decode(bytes)
    let region = Region(x: 5, y: 3, width: 19, height: 11)
    var pixels = [UInt8](repeating: 0, count: 3 * 19 * 11)
    try bytes.withRawSpan { (bytes) throws(PictureError) in
      try PNGDecoder.decode(bytes, header: header, region: region, limits: DecodeLimits(), into: &pixels)
    }
    #expect(pixels == whole.cropped(x: 5, y: 3, width: 19, height: 11).pixels)
  }
}
