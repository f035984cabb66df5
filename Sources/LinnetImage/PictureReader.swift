/// Decodes a planned part of a picture and turns it upright; keeps its buffers.
struct PictureReader: ~Copyable {
  private var jpeg = JPEGDecoder()
  /// The upright pixels of the last part.
  private(set) var pixels: [UInt8] = []
  private var stored: [UInt8] = []

  mutating func read(
    _ bytes: RawSpan, header: PictureHeader, plan: DecodePlan, limits: DecodeLimits
  ) throws(PictureError) {
    let needed = 3 * plan.width * plan.height
    pixels.grow(to: needed)
    guard header.orientation != .upright else {
      return try Self.decode(bytes, header, plan, limits, jpeg: &jpeg, into: &pixels)
    }
    stored.grow(to: needed)
    try Self.decode(bytes, header, plan, limits, jpeg: &jpeg, into: &stored)
    header.orientation.copy(stored, width: plan.region.width, height: plan.region.height, into: &pixels)
  }

  /// Takes a part of a picture in memory.
  mutating func copy(_ picture: Picture, part: Region) {
    let rowBytes = 3 * part.width
    pixels.grow(to: rowBytes * part.height)
    for y in 0..<part.height {
      let from = 3 * ((part.y + y) * picture.width + part.x)
      unsafe picture.pixels.withUnsafeBufferPointer { source in
        unsafe pixels.withUnsafeMutableBufferPointer { target in
          unsafe (target.baseAddress! + y * rowBytes).update(
            from: source.baseAddress! + from, count: rowBytes)
        }
      }
    }
  }

  /// Gives up the pixels.
  consuming func takePixels(count: Int) -> [UInt8] {
    pixels.removeLast(pixels.count - count)
    return pixels
  }

  private static func decode(
    _ bytes: RawSpan, _ header: PictureHeader, _ plan: DecodePlan, _ limits: DecodeLimits,
    jpeg: inout JPEGDecoder, into pixels: inout [UInt8]
  ) throws(PictureError) {
    switch header.format {
    case .jpeg:
      try jpeg.decode(
        bytes, header: header, eighths: plan.eighths, region: plan.region, limits: limits, into: &pixels)
    case .png:
      try PNGDecoder.decode(bytes, header: header, region: plan.region, limits: limits, into: &pixels)
    }
  }
}

extension [UInt8] {
  /// Makes the array at least this long; what it held is lost when it is not.
  mutating func grow(to count: Int) {
    if self.count < count { self = [UInt8](repeating: 0, count: count) }
  }
}
