/// When to try again: at once, then after pauses that double up to a second.
struct BackOff {
  private static let first: UInt64 = 100_000_000
  private static let longest: UInt64 = 1_000_000_000
  private var pause: UInt64?

  /// The time of the next try, after one failed (or a stream broke) at `now`; nanoseconds.
  mutating func next(after now: UInt64) -> UInt64 {
    let wait = pause ?? 0
    pause = pause.map { min(2 * $0, Self.longest) } ?? Self.first
    return now &+ wait
  }

  /// All is well: the next try is at once again.
  mutating func reset() { pause = nil }
}
