/// Writes PNGs of every colour type and bit depth, uncompressed, so that tests know each sample (W3C PNG, third
/// edition; RFC 1950 and 1951).
struct PNGWriter {
  enum Colour: Int, CaseIterable {
    case grey = 0
    case rgb = 2
    case palette = 3
    case greyAlpha = 4
    case rgbAlpha = 6

    var channels: Int {
      switch self {
      case .grey, .palette: 1
      case .greyAlpha: 2
      case .rgb: 3
      case .rgbAlpha: 4
      }
    }

    var depths: [Int] {
      switch self {
      case .grey: [1, 2, 4, 8, 16]
      case .palette: [1, 2, 4, 8]
      case .rgb, .greyAlpha, .rgbAlpha: [8, 16]
      }
    }
  }

  var width: Int
  var height: Int
  var colour: Colour
  var depth: Int
  var interlaced = false
  /// Three bytes an entry.
  var palette: [UInt8] = []
  var transparency: [UInt8] = []

  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Signature and header.
  var start: [UInt8] {
    let kind = [UInt8(depth), UInt8(colour.rawValue), 0, 0, interlaced ? 1 : 0]
    return Self.signature + Self.chunk("IHDR", Self.number(width) + Self.number(height) + kind)
  }

  /// The file, with `sample(x, y, channel)` as its samples.
  func file(_ sample: (Int, Int, Int) -> Int) -> [UInt8] {
    var bytes = start
    if !palette.isEmpty { bytes += Self.chunk("PLTE", palette) }
    if !transparency.isEmpty { bytes += Self.chunk("tRNS", transparency) }
    let data = Self.zlib(rows(sample))
    bytes +=
      Self.chunk("IDAT", Array(data[..<(data.count / 2)]))
      + Self.chunk("IDAT", Array(data[(data.count / 2)...]))
    return bytes + Self.chunk("IEND", [])
  }

  private func rows(_ sample: (Int, Int, Int) -> Int) -> [UInt8] {
    let passes =
      interlaced
      ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
      : [(0, 0, 1, 1)]
    var bytes: [UInt8] = []
    for (x0, y0, stepX, stepY) in passes where x0 < width {
      for y in stride(from: y0, to: height, by: stepY) {
        bytes.append(0)
        var held = 0
        var bits = 0
        for x in stride(from: x0, to: width, by: stepX) {
          for channel in 0..<colour.channels {
            held = held << depth | sample(x, y, channel)
            bits += depth
            while bits >= 8 {
              bits -= 8
              bytes.append(UInt8(truncatingIfNeeded: held >> bits))
            }
          }
        }
        if bits > 0 { bytes.append(UInt8(truncatingIfNeeded: held << (8 - bits))) }
      }
    }
    return bytes
  }

  static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    return number(data.count) + body + number(Int(crc(body)))
  }

  /// The file with the checksum of every whole chunk made right.
  static func repaired(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var offset = signature.count
    while offset + 12 <= bytes.count {
      let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - offset - 12 else { break }
      let body = offset + 4..<offset + 8 + length
      bytes.replaceSubrange(body.upperBound..<body.upperBound + 4, with: number(Int(crc(Array(bytes[body])))))
      offset = body.upperBound + 4
    }
    return bytes
  }

  private static func number(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// Stored blocks only.
  private static func zlib(_ data: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x78, 0x01]
    for first in stride(from: 0, to: data.count, by: 65_535) {
      let block = data[first..<min(first + 65_535, data.count)]
      let length = UInt16(block.count)
      bytes.append(first + block.count == data.count ? 1 : 0)
      for value in [length, ~length] { bytes += [UInt8(value & 255), UInt8(value >> 8)] }
      bytes += block
    }
    var (a, b) = (1, 0)
    for byte in data {
      a = (a + Int(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return bytes + number(b << 16 | a)
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
