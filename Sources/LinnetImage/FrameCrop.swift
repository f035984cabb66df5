/// A part of a picture, in pixels or in hundredths of its extents.
public enum FrameCrop: Hashable, Sendable {
  case pixels(Region)
  /// From the left and the top, and the extents; each 0…100.
  case percent(x: Double, y: Double, width: Double, height: Double)

  /// The part of a picture of these extents: whole pixels, cut at the picture's edges; `nil` where nothing is left.
  public func region(width: Int, height: Int) -> Region? {
    let (left, top, right, bottom): (Int, Int, Int, Int)
    switch self {
    case .pixels(let region):
      guard region.width > 0, region.height > 0 else { return nil }
      (left, top) = (max(0, region.x), max(0, region.y))
      right =
        region.x.addingReportingOverflow(region.width).overflow ? width : min(width, region.x + region.width)
      bottom =
        region.y.addingReportingOverflow(region.height).overflow
        ? height : min(height, region.y + region.height)
    case .percent(let x, let y, let across, let down):
      guard [x, y, across, down].allSatisfy({ 0...100 ~= $0 }), across > 0, down > 0 else { return nil }
      func place(_ share: Double, of extent: Int) -> Int {
        Int((min(share, 100) * Double(extent) / 100).rounded())
      }
      (left, top) = (place(x, of: width), place(y, of: height))
      (right, bottom) = (place(x + across, of: width), place(y + down, of: height))
    }
    guard left < right, top < bottom else { return nil }
    return Region(x: left, y: top, width: right - left, height: bottom - top)
  }
}

extension FrameCrop: LosslessStringConvertible {
  /// Four numbers with commas between them: left, top, width and height, in pixels, or each with a percent sign.
  public init?(_ text: String) {
    let fields = text.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == 4 else { return nil }
    if fields.allSatisfy({ $0.hasSuffix("%") }) {
      let shares = fields.compactMap { Double($0.dropLast()) }
      guard shares.count == 4, shares.allSatisfy({ 0...100 ~= $0 }) else { return nil }
      self = .percent(x: shares[0], y: shares[1], width: shares[2], height: shares[3])
    } else {
      let places = fields.compactMap { Int($0) }
      guard places.count == 4, places.allSatisfy({ $0 >= 0 }) else { return nil }
      self = .pixels(Region(x: places[0], y: places[1], width: places[2], height: places[3]))
    }
    guard region(width: .max >> 16, height: .max >> 16) != nil else { return nil }
  }

  public var description: String {
    switch self {
    case .pixels(let part): "\(part.x),\(part.y),\(part.width),\(part.height)"
    case .percent(let x, let y, let width, let height): "\(x)%,\(y)%,\(width)%,\(height)%"
    }
  }
}
