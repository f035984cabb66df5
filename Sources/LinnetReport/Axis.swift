/// One direction of a plot: what it measures, from where to where, and where it has ticks.
public struct Axis: Hashable, Sendable {
  public struct Tick: Hashable, Sendable {
    public var value: Double
    public var label: String

    public init(_ value: Double, _ label: String) {
      self.value = value
      self.label = label
    }
  }

  public var title: String
  public private(set) var range: ClosedRange<Double>
  public var ticks: [Tick]
  let isLogarithmic: Bool

  /// A linear axis with about `count` round ticks; the range is widened to whole ticks unless `isExact`.
  public init(_ title: String, _ range: ClosedRange<Double>, ticks count: Int = 5, isExact: Bool = false) {
    self.title = title
    isLogarithmic = false
    let (low, high) = Axis.proper(range)
    let step = Axis.roundStep((high - low) / Double(max(1, count)))
    let first = isExact ? (low / step.size).rounded(.up) : (low / step.size).rounded(.down)
    let last = isExact ? (high / step.size).rounded(.down) : (high / step.size).rounded(.up)
    self.range = isExact ? low...high : first * step.size...last * step.size
    ticks = (0...max(0, Int(last - first))).map { place in
      let value = (first + Double(place)) * step.size
      return Tick(value, decimal(value, step.digits))
    }
  }

  /// A logarithmic axis with ticks at these values, all above zero.
  public init(_ title: String, logarithmic values: [Double]) {
    self.title = title
    isLogarithmic = true
    let values = values.filter { $0 > 0 && $0.isFinite }.sorted()
    let (low, high) = (values.first ?? 1, values.last ?? 2)
    range = low == high ? low / 2...high * 2 : low...high
    ticks = values.map { Tick($0, decimal($0, $0 == $0.rounded() ? 0 : 1)) }
  }

  /// An axis without ticks, for maps whose numbers mean nothing by themselves; the range has a little air.
  public static func bare(_ range: ClosedRange<Double>, title: String = "") -> Axis {
    let (low, high) = proper(range)
    let air = (high - low) * 0.04
    var axis = Axis(title, low - air...high + air, isExact: true)
    axis.ticks = []
    return axis
  }

  /// 0 … 1 along the axis, outside for what lies outside.
  func share(_ value: Double) -> Double {
    guard isLogarithmic else { return (value - range.lowerBound) / (range.upperBound - range.lowerBound) }
    let low = binaryLogarithm(range.lowerBound)
    return (binaryLogarithm(value) - low) / (binaryLogarithm(range.upperBound) - low)
  }

  /// A range that is finite and not a point.
  private static func proper(_ range: ClosedRange<Double>) -> (Double, Double) {
    guard range.lowerBound.isFinite, range.upperBound.isFinite else { return (0, 1) }
    guard range.lowerBound < range.upperBound else { return (range.lowerBound - 0.5, range.lowerBound + 0.5) }
    return (range.lowerBound, range.upperBound)
  }

  /// The least of 1, 2, 5 times a power of ten that is not far below `least`, and the digits that write its multiples.
  private static func roundStep(_ least: Double) -> (size: Double, digits: Int) {
    var (power, digits) = (1.0, 0)
    while power * 10 <= least { power *= 10 }
    while power / 10 >= least && digits < 12 {
      power /= 10
      digits += 1
    }
    if power > least {
      power /= 10
      digits += 1
    }
    for factor in [1.0, 2, 5] where factor * power >= least * 0.75 { return (factor * power, digits) }
    return (10 * power, max(0, digits - 1))
  }
}
