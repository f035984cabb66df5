/// Makes of what single frames say a decision that does not flicker; one for each head.
///
/// An answer becomes the decision when ``Settings/agreement`` frames in a row say it. A label gives way to *unknown*
/// only after ``Settings/holding`` frames, as long as those frames still find it the likeliest. *Moving* and *no
/// picture* are facts and not answers: they hold at once.
public struct DecisionSmoothing: Sendable {
  public struct Settings: Hashable, Sendable {
    /// Frames in a row that have to say the same; at least 1.
    public var agreement: Int
    /// Frames in a row that have to say unknown of a label that is still their likeliest; at least ``agreement``.
    public var holding: Int

    public init(agreement: Int = 3, holding: Int? = nil) {
      self.agreement = max(1, agreement)
      self.holding = max(self.agreement, holding ?? 2 * self.agreement)
    }
  }

  public enum State: Hashable, Sendable {
    case label(String)
    /// Nothing that was taught.
    case unknown
    /// Too much changes from frame to frame to say.
    case moving
    /// The source gives no frames.
    case noPicture
  }

  /// What one frame says, or that there is none.
  public enum Observation: Hashable, Sendable {
    case label(String)
    /// Unknown, and which label is the likeliest nevertheless.
    case unknown(nearest: String)
    case moving
    case noPicture

    var state: State {
      switch self {
      case .label(let label): .label(label)
      case .unknown: .unknown
      case .moving: .moving
      case .noPicture: .noPicture
      }
    }
  }

  public let settings: Settings
  /// `nil` until as many frames as it takes have been seen.
  public private(set) var state: State?
  private var candidate: State?
  private var agreed = 0

  public init(_ settings: Settings = Settings()) { self.settings = settings }

  /// Takes the next observation; true when the decision changed.
  public mutating func observe(_ observation: Observation) -> Bool {
    let said = observation.state
    guard said != state else {
      (candidate, agreed) = (nil, 0)
      return false
    }
    (candidate, agreed) = (said, said == candidate ? agreed + 1 : 1)
    guard agreed >= needed(observation) else { return false }
    (state, candidate, agreed) = (said, nil, 0)
    return true
  }

  private func needed(_ observation: Observation) -> Int {
    switch observation {
    case .moving, .noPicture: 1
    case .unknown(let nearest) where state == .label(nearest): settings.holding
    case .unknown, .label: settings.agreement
    }
  }
}
