/// Chooses which frames of a live picture to keep as shots of a label: those that differ from what was kept already, and,
/// while there is patience, those that are neither blurred nor dark.
public struct ShotSelection: Sendable {
  public struct Settings: Hashable, Sendable {
    /// Mean difference in grey levels, means taken off, from every shot that was kept.
    public var difference: Float = 6
    /// Nanoseconds from a shot to the next, in which the thing can be turned.
    public var pause: UInt64 = 500_000_000
    /// How long a better frame is waited for before a blurred or dark one is kept.
    public var patience: UInt64 = 2_000_000_000

    public init() {}
  }

  public enum Fault: Hashable, Sendable {
    case dark
    case blurred
  }

  public enum Verdict: Hashable, Sendable {
    case kept
    /// Kept for want of a better one.
    case keptThough(Fault)
    case tooAlike
    /// The last shot was a moment ago.
    case tooSoon
    case waiting(Fault)
  }

  public let settings: Settings
  private var kept: [[UInt8]] = []
  /// Since when frames were only turned away for a fault.
  private var faultySince: UInt64?
  private var lastKept: UInt64?

  public init(_ settings: Settings = Settings()) { self.settings = settings }

  public var count: Int { kept.count }

  /// Judges a frame.
  ///
  /// - Parameters:
  ///   - luma: a small picture of it; of one size for all frames.
  ///   - nanoseconds: when it was taken.
  public mutating func judge(_ luma: [UInt8], fault: Fault?, at nanoseconds: UInt64) -> Verdict {
    if let lastKept, nanoseconds < lastKept + settings.pause { return .tooSoon }
    for other in kept where Self.difference(luma, other) < settings.difference { return .tooAlike }
    if let fault {
      let since = faultySince ?? nanoseconds
      faultySince = since
      guard nanoseconds >= since + settings.patience else { return .waiting(fault) }
    }
    faultySince = nil
    lastKept = nanoseconds
    kept.append(luma)
    return fault.map { .keptThough($0) } ?? .kept
  }

  /// The last shot was taken back.
  public mutating func forgetLast() { _ = kept.popLast() }

  static func difference(_ one: [UInt8], _ other: [UInt8]) -> Float {
    guard one.count == other.count, !one.isEmpty else { return .infinity }
    var light = 0
    for place in one.indices { light += Int(one[place]) - Int(other[place]) }
    let mean = Float(light) / Float(one.count)
    var sum: Float = 0
    for place in one.indices { sum += abs(Float(one[place]) - Float(other[place]) - mean) }
    return sum / Float(one.count)
  }
}
