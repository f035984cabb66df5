internal import LinnetTensor

/// The brightness of 32 × 24 parts of what the network sees: enough to tell whether something moved or the light changed.
public struct LumaThumbnail: Hashable, Sendable {
  public static let width = 32
  public static let height = 24

  /// Mean luma (BT.601) of each part, 0…255, row after row.
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
  public func look(into thumbnail: inout LumaThumbnail) {
    let (width, height) = (preprocessing.width, preprocessing.height)
    let pixels = resized.span
    for row in 0..<LumaThumbnail.height {
      let top = row * height / LumaThumbnail.height
      let bottom = max(top + 1, (row + 1) * height / LumaThumbnail.height)
      for column in 0..<LumaThumbnail.width {
        let left = column * width / LumaThumbnail.width
        let right = max(left + 1, (column + 1) * width / LumaThumbnail.width)
        var (red, green, blue): (UInt32, UInt32, UInt32) = (0, 0, 0)
        for y in top..<bottom {
          for place in stride(from: 3 * (y * width + left), to: 3 * (y * width + right), by: 3) {
            red &+= UInt32(pixels[place])
            green &+= UInt32(pixels[place + 1])
            blue &+= UInt32(pixels[place + 2])
          }
        }
        let count = UInt64((right - left) * (bottom - top))
        // Thousandths of the sums, rounded half up.
        let sum = 299 * UInt64(red) + 587 * UInt64(green) + 114 * UInt64(blue)
        thumbnail.luma[row * LumaThumbnail.width + column] = UInt8((sum + 500 * count) / (1000 * count))
      }
    }
  }
}
