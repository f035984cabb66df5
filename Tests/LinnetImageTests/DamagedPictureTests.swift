import LinnetImage
import LinnetTensor
import Testing

/// Bytes that are no whole picture: a typed error or a picture, and never more than that.
@Suite struct DamagedPictureTests {
  static let jpegs = [
    "jpeg-420.jpg", "jpeg-restart.jpg", "jpeg-progressive-420.jpg", "jpeg-arithmetic.jpg", "jpeg-cmyk.jpg",
    "jpeg-grey.jpg", "orientation.jpg",
  ]
  static let pngs = ["resize-scene.png", "jpeg-grey.png", "palette", "interlaced"]
  static let files = jpegs + pngs

  private static func bytes(_ file: String) throws -> [UInt8] {
    switch file {
    case "palette":
      var writer = PNGWriter(width: 31, height: 13, colour: .palette, depth: 4)
      writer.palette = (0..<48).map { UInt8($0 * 5) }
      writer.transparency = [255, 0, 128, 7]
      return writer.file { ($0 ^ $1 ^ $2) & 15 }
    case "interlaced":
      return PNGWriter(width: 19, height: 23, colour: .rgbAlpha, depth: 16, interlaced: true)
        .file { ($0 * 4001 + $1 * 977 + $2 * 13_003) & 65_535 }
    default: return try Fixture.bytes(file)
    }
  }

  /// Mutations of each format: `LINNET_FUZZ`, or few.
  static let cases = environment("LINNET_FUZZ").flatMap { Int($0) } ?? 300

  @Test(arguments: files)
  func everyCutIsAnError(file: String) throws {
    let bytes = try Self.bytes(file)
    for count in 0..<bytes.count {
      let cut = Array(bytes[..<count])
      #expect(
        throws: count == 0 ? PictureError.empty : count < 8 ? Self.shortError(cut) : .truncated,
        "\(count) bytes"
      ) {
        try Picture.decode(cut)
      }
    }
  }

  /// A prefix of a signature is not yet a picture.
  static func shortError(_ bytes: [UInt8]) -> PictureError {
    bytes.starts(with: [0xFF, 0xD8]) ? .truncated : .notAPicture
  }

  @Test(arguments: files)
  func everyCutIsAnErrorForTheNetworkToo(file: String) throws {
    let bytes = try Self.bytes(file)
    var transform = try InputTransform(
      preprocessing: InputTransformTests.preprocessing(side: 12, fit: .centreCrop(fraction: 0.3)),
      shape: Shape(height: 12, width: 12, channels: 3), quantisation: InputTransformTests.levels)
    var codes = [Int8](repeating: 0, count: 432)
    for count in 8..<bytes.count {
      var span = codes.mutableSpan
      do throws(PictureError) {
        try transform.write(picture: Array(bytes[..<count]), into: &span)
        Issue.record("\(count) of \(bytes.count) bytes were taken")
      } catch {
        #expect(error == .truncated)
      }
    }
  }

  @Test(arguments: ["jpeg-420.jpg", "jpeg-progressive-420.jpg", "jpeg-arithmetic.jpg", "rows"])
  func whatIsThereIsTakenWhereAllowed(file: String) throws {
    let bytes =
      file == "rows"
      ? PNGWriter(width: 120, height: 240, colour: .rgb, depth: 8).file { ($0 * $1 + 60 * $2) & 255 }
      : try Fixture.bytes(file)
    var limits = DecodeLimits()
    limits.allowTruncated = true
    let whole = try Picture.decode(bytes)
    #expect(try Picture.decode(Array(bytes.dropLast(2)), limits: limits) == whole)
    let most = try Picture.decode(Array(bytes[..<(bytes.count * 9 / 10)]), limits: limits)
    let rows = 3 * whole.width * (whole.height / 3)
    #expect(most.width == whole.width && most.height == whole.height && most != whole)
    #expect(Difference(Array(most.pixels[..<rows]), Array(whole.pixels[..<rows])).mean < 5)
  }

  @Test(arguments: ["jpeg-420.jpg", "jpeg-grey.jpg", "jpeg-progressive-420.jpg"])
  func dataThatBreaksOffBeforeTheEndMarkerIsTruncated(file: String) throws {
    let bytes = try Fixture.bytes(file)
    let closed = bytes[..<(bytes.count * 9 / 10)] + [0xFF, 0xD9]
    #expect(throws: PictureError.truncated) { try Picture.decode([UInt8](closed)) }
    var limits = DecodeLimits()
    limits.allowTruncated = true
    #expect(throws: Never.self) { try Picture.decode([UInt8](closed), limits: limits) }
  }

  @Test(arguments: [
    [0x00], [0x47, 0x49, 0x46, 0x38], Array("not a picture at all".utf8), [0xFF], [0x89, 0x50],
  ])
  func otherBytesAreNoPicture(bytes: [UInt8]) {
    #expect(throws: PictureError.notAPicture) { try Picture.decode(bytes) }
  }

  @Test func aGiantIsRefusedByItsHeader() throws {
    let limit = DecodeLimits().pixels
    var jpeg = try Fixture.bytes("jpeg-420.jpg")
    let frame = try #require((0..<jpeg.count - 9).first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xEA, 0x60, 0xEA, 0x60])
    let png = PNGWriter(width: 60_000, height: 60_000, colour: .rgb, depth: 8)
    for bytes in [jpeg, png.start] {
      #expect(throws: PictureError.tooLarge(width: 60_000, height: 60_000, limit: limit)) {
        try Picture.decode(bytes)
      }
    }
  }

  @Test func aLimitOfPixelsIsKept() throws {
    var limits = DecodeLimits()
    limits.pixels = 61 * 45
    #expect(throws: Never.self) { try Picture.decode(Fixture.bytes("jpeg-420.jpg"), limits: limits) }
    limits.pixels -= 1
    #expect(throws: PictureError.tooLarge(width: 61, height: 45, limit: limits.pixels)) {
      try Picture.decode(Fixture.bytes("jpeg-420.jpg"), limits: limits)
    }
  }

  @Test func workingMemoryIsLimited() throws {
    var limits = DecodeLimits()
    limits.bytes = 4096
    let interlaced = PNGWriter(width: 60, height: 60, colour: .rgb, depth: 8, interlaced: true).file {
      _, _, _ in 7
    }
    for bytes in [try Fixture.bytes("progressive-large.jpg"), interlaced] {
      #expect(throws: PictureError.outOfMemory(limit: 4096)) { try Picture.decode(bytes, limits: limits) }
      #expect(throws: Never.self) { try Picture.decode(bytes) }
    }
  }

  @Test(arguments: [(1, 0xC3), (4, 12)])
  func otherProcessesAreNamed(offset: Int, value: UInt8) throws {
    var jpeg = try Fixture.bytes("jpeg-420.jpg")
    let frame = try #require((0..<jpeg.count - 9).first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg[frame + offset] = value
    do throws(PictureError) {
      _ = try Picture.decode(jpeg)
      Issue.record("decoded")
    } catch {
      guard case .unsupported = error else {
        Issue.record(error)
        return
      }
    }
  }

  @Test func scansAreLimited() throws {
    var limits = DecodeLimits()
    limits.scans = 3
    #expect(throws: PictureError.corrupt("The progressive picture has too many scans")) {
      try Picture.decode(Fixture.bytes("jpeg-progressive-420.jpg"), limits: limits)
    }
  }

  @Test(arguments: files)
  func mutationsGiveAPictureOrATypedError(file: String) throws {
    let original = try Self.bytes(file)
    var randoms = Randoms(seed: UInt64(original.count))
    let side = original.count.isMultiple(of: 2) ? 16 : 4
    var transform = try InputTransform(
      preprocessing: InputTransformTests.preprocessing(side: side),
      shape: Shape(height: side, width: side, channels: 3), quantisation: InputTransformTests.levels)
    transform.limits.pixels = 1_000_000
    var codes = [Int8](repeating: 0, count: 3 * side * side)
    var (taken, refused) = (0, 0)
    let isPNG = Self.pngs.contains(file)
    let share = Self.cases / (isPNG ? Self.pngs : Self.jpegs).count + 1
    for _ in 0..<share {
      var bytes = original
      Self.mutate(&bytes, &randoms)
      if isPNG, .random(using: &randoms) { bytes = PNGWriter.repaired(bytes) }
      transform.limits.allowTruncated = .random(using: &randoms)
      var span = codes.mutableSpan
      do throws(PictureError) {
        try transform.write(picture: bytes, into: &span)
        taken += 1
      } catch {
        refused += 1
        #expect(!error.description.isEmpty)
      }
    }
    #expect(taken + refused == share && refused > 0)
  }

  /// Up to eight changes of bytes, removals and insertions.
  static func mutate(_ bytes: inout [UInt8], _ randoms: inout Randoms) {
    for _ in 0..<Int.random(in: 1...8, using: &randoms) where !bytes.isEmpty {
      let at = Int.random(in: 0..<bytes.count, using: &randoms)
      switch Int.random(in: 0..<6, using: &randoms) {
      case 0: bytes[at] = .random(in: 0...255, using: &randoms)
      case 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &randoms)
      case 2: bytes[at] = [0x00, 0xFF, 0x7F, 0x80].randomElement(using: &randoms)!
      case 3: bytes.remove(at: at)
      case 4: bytes.insert(.random(in: 0...255, using: &randoms), at: at)
      default:
        let count = min(Int.random(in: 1...64, using: &randoms), bytes.count - at)
        bytes.insert(contentsOf: bytes[at..<at + count], at: at)
      }
    }
  }
}
