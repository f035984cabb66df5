internal import LinnetTensor

/// The brightness of 32 × 24 parts of what the network sees: enough to tell whether something moved or the light changed.
public struct LumaThumbnail: Hashable, Sendable {
  public static let width = 32
  public static let height = 24

  /// Mean luma (BT.601) of each part, or of no more than eight of its rows of pixels; 0…255, row after row.
  public internal(set) var luma: [UInt8]

  /// All black.
  public init() { luma = [UInt8](repeating: 0, count: Self.width * Self.height) }

  /// Mean luma of the whole, 0…255.
  public var mean: Double {
    Double(luma.reduce(0) { $0 + Int($1) }) / Double(luma.count)
  }

  /// Mean distance of the parts from those of another, in grey levels.
  public func difference(from other: LumaThumbnail) -> Double {
    var sum = 0
    for part in luma.indices { sum += abs(Int(luma[part]) - Int(other.luma[part])) }
    return Double(sum) / Double(luma.count)
  }
}

extension InputTransform {
  /// What the tensor that was written last shows; black before the first. Allocates nothing.
  public mutating func look(into thumbnail: inout LumaThumbnail) {
    let height = preprocessing.height
    for row in 0..<LumaThumbnail.height {
      let top = row * height / LumaThumbnail.height
      let bottom = max(top + 1, (row + 1) * height / LumaThumbnail.height)
      let step = (bottom - top + 7) / 8
      Self.sum(stride(from: top, to: bottom, by: step), of: resized, into: &columnSums)
      Self.write(
        columnSums, rows: (bottom - top + step - 1) / step, into: &thumbnail.luma,
        at: row * LumaThumbnail.width)
    }
  }

  /// Sums up to eight rows of pixels, byte by byte.
  private static func sum(_ rows: StrideTo<Int>, of pixels: [UInt8], into sums: inout [UInt16]) {
    let count = sums.count
    let pixels = pixels.span
    var sums = sums.mutableSpan
    for i in 0..<count { unsafe sums[unchecked: i] = 0 }
    for row in rows {
      let first = row * count
      precondition(first >= 0 && first + count <= pixels.count)
      for i in 0..<count { unsafe sums[unchecked: i] &+= UInt16(pixels[unchecked: first + i]) }
    }
  }

  /// Writes a row of parts, from the sums of their rows of pixels.
  private static func write(_ sums: [UInt16], rows: Int, into luma: inout [UInt8], at place: Int) {
    let width = sums.count / 3
    let sums = sums.span
    var luma = luma.mutableSpan
    for column in 0..<LumaThumbnail.width {
      let left = column * width / LumaThumbnail.width
      let right = max(left + 1, (column + 1) * width / LumaThumbnail.width)
      precondition(right <= width)
      // Thousandths, rounded half up.
      var sum: UInt64 = 0
      for x in left..<right {
        unsafe sum &+= 299 &* UInt64(sums[unchecked: 3 &* x])
        unsafe sum &+= 587 &* UInt64(sums[unchecked: 3 &* x &+ 1])
        unsafe sum &+= 114 &* UInt64(sums[unchecked: 3 &* x &+ 2])
      }
      let count = UInt64((right - left) * rows)
      luma[place + column] = UInt8((sum + 500 * count) / (1000 * count))
    }
  }
}
