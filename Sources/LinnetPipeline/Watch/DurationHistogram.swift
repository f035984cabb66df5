/// Counts durations in classes whose widths grow with them, so that any number of them takes the same memory; a quantile
/// is right to an eighth.
public struct DurationHistogram: Sendable {
  private static let parts = 8
  private var counts = [UInt32](repeating: 0, count: parts * 48)
  public private(set) var total: UInt64 = 0

  public init() {}

  public mutating func add(nanoseconds: UInt64) {
    counts[min(Self.place(nanoseconds), counts.count - 1)] &+= 1
    total += 1
  }

  /// The duration that a share of `quantile` does not exceed, in milliseconds, the upper end of its class; `nil` of none.
  public func milliseconds(quantile: Double) -> Double? {
    guard total > 0 else { return nil }
    let wanted = max(1, UInt64((quantile * Double(total)).rounded(.up)))
    var seen: UInt64 = 0
    for (place, count) in counts.enumerated() {
      seen += UInt64(count)
      if seen >= wanted { return Double(Self.upper(place)) / 1e6 }
    }
    return Double(Self.upper(counts.count - 1)) / 1e6
  }

  /// Durations of 2^e … 2^(e+1) are cut into ``parts`` equal classes; below ``parts`` a class a nanosecond.
  private static func place(_ nanoseconds: UInt64) -> Int {
    guard nanoseconds >= UInt64(parts) else { return Int(nanoseconds) }
    let exponent = 63 - nanoseconds.leadingZeroBitCount
    let part = Int(nanoseconds >> UInt64(exponent - 3)) - parts
    return parts * (exponent - 2) + part
  }

  private static func upper(_ place: Int) -> UInt64 {
    guard place >= parts else { return UInt64(place) }
    let exponent = place / parts + 2
    return UInt64(place % parts + parts + 1) << UInt64(exponent - 3)
  }
}
