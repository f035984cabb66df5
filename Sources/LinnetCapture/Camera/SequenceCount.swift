/// Finds the frames that never came in a driver's count.
struct SequenceCount {
  private var last: UInt32?

  /// Takes the number of a frame that came; returns how many are missing before it. A count that was started again,
  /// or that stands still, misses none.
  mutating func advance(to number: UInt32) -> UInt64 {
    defer { last = number }
    guard let last else { return 0 }
    let step = number &- last
    return step > 0 && step <= Self.longestGap ? UInt64(step - 1) : 0
  }

  /// A minute at 120 frames a second; what is longer is another count.
  private static let longestGap: UInt32 = 7200
}
