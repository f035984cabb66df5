/// The extents of one picture-shaped tensor, batch of one: height × width × channels, channels innermost (NHWC).
///
/// A vector of `n` elements is 1 × 1 × n.
public struct Shape: Hashable, Sendable {
  public var height: Int
  public var width: Int
  public var channels: Int

  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// The number of elements.
  /// - Precondition: the product does not overflow; readers of files check with ``checkedCount``.
  public var count: Int { height * width * channels }

  /// The number of elements, or `nil` when an extent is below one or the product overflows.
  public var checkedCount: Int? {
    guard height >= 1, width >= 1, channels >= 1 else { return nil }
    let (area, areaOverflow) = height.multipliedReportingOverflow(by: width)
    guard !areaOverflow else { return nil }
    let (count, overflow) = area.multipliedReportingOverflow(by: channels)
    return overflow ? nil : count
  }
}

extension Shape {
  /// As a person writes it: `7×7×1280`.
  public var text: String { "\(height)×\(width)×\(channels)" }
}
