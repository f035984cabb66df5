/// Which frame of a source that has them all is due: the next one when it is asked for, or, at a rate, the newest whose
/// time has come.
struct FramePace {
  enum Due: Equatable {
    /// The frame of this number.
    case frame(Int)
    /// None before this time.
    case at(UInt64)
  }

  /// Nanoseconds from frame to frame; `nil` for as fast as they are asked for.
  private let interval: UInt64?
  private var start: UInt64?

  init(framesPerSecond: Double?) {
    interval = framesPerSecond.map { max(1, UInt64(1e9 / $0)) }
  }

  /// - Parameters:
  ///   - last: the number of the frame that was given last, −1 before the first.
  ///   - now: nanoseconds of a clock that only goes forward.
  mutating func due(after last: Int, now: UInt64) -> Due {
    guard let interval else { return .frame(last + 1) }
    let start = self.start ?? now
    self.start = start
    let newest = Int((now - start) / interval)
    return newest > last ? .frame(newest) : .at(start + UInt64(last + 1) * interval)
  }
}
