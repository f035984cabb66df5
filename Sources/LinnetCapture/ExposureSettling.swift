/// Says when a camera's automatic exposure has come to rest, by the mean luma of its first frames; a pure value.
///
/// It has when the means of the last ``frames`` frames lie within ``levels`` of each other and the picture is not black,
/// as the first frames of many cameras are; after ``limitSeconds`` it is no longer waited for.
public struct ExposureSettling: Hashable, Sendable {
  public enum State: Hashable, Sendable {
    case settling
    case settled
    /// The limit came first: a scene that keeps changing, or a dark one.
    case outOfTime
  }

  public let frames: Int
  /// Of the 256 of luma.
  public let levels: Float
  public let limitSeconds: Double
  public private(set) var state = State.settling
  private var means: [Float] = []
  private var start: UInt64?

  public init(frames: Int = 6, levels: Float = 4, limitSeconds: Double = 3) {
    self.frames = max(frames, 2)
    self.levels = levels
    self.limitSeconds = limitSeconds
  }

  /// Takes the mean luma (0…255) of the next frame and when it was taken; once settled or out of time, it stays so.
  @discardableResult public mutating func add(meanLuma: Float, nanoseconds: UInt64) -> State {
    guard state == .settling else { return state }
    let start = start ?? nanoseconds
    self.start = start
    if means.count == frames { means.removeFirst() }
    means.append(meanLuma)
    let (low, high) = (means.min() ?? 0, means.max() ?? 0)
    if means.count == frames, high - low <= levels, low >= Self.black {
      state = .settled
    } else if nanoseconds >= start, Double(nanoseconds - start) >= limitSeconds * 1e9 {
      state = .outOfTime
    }
    return state
  }

  /// Below this mean there is no picture yet.
  private static let black: Float = 8
}
