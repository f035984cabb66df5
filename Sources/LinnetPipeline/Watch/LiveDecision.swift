public import LinnetHead

/// What a head says of a live picture, smoothed, and on which frame that rests.
public struct LiveDecision: Hashable, Sendable {
  public var state: DecisionSmoothing.State
  /// Of ``nearest``, 0…1; `nil` in the states *moving* and *no picture*.
  public var confidence: Float?
  /// The likeliest class, also where the state is *unknown*.
  public var nearest: String?
  /// The newest frame that says so; `nil` in the state *no picture*.
  public var sequence: UInt32?
  /// When that frame was taken, nanoseconds of CLOCK_MONOTONIC; in the state *no picture*, when the last one was.
  public var taken: UInt64?

  public init(
    state: DecisionSmoothing.State, confidence: Float? = nil, nearest: String? = nil, sequence: UInt32? = nil,
    taken: UInt64? = nil
  ) {
    (self.state, self.confidence, self.nearest) = (state, confidence, nearest)
    (self.sequence, self.taken) = (sequence, taken)
  }

  /// The label, where there is one.
  public var label: String? {
    if case .label(let label) = state { label } else { nil }
  }
}

extension DecisionSmoothing.Observation {
  /// What one frame's decision says.
  public init(_ decision: Decision) {
    let nearest = decision.ranked.first?.label ?? ""
    self = decision.isUnknown ? .unknown(nearest: nearest) : .label(nearest)
  }
}
