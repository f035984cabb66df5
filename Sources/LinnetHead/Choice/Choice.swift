/// What `auto` compared on held-out shots, and what it chose.
public struct Choice: Hashable, Sendable {
  /// A way to learn the head, and how it did.
  public struct Candidate: Hashable, Sendable {
    /// For people: `ridge, all layers`.
    public var name: String
    public var method: HeadMethod
    public var regularisation: Float?
    /// Mean over the classes of the share of held-out shots that are recognised; `nil` where none could be held out.
    public var accuracy: Float?
    /// Mean over the classes of the logarithm of the probability that a held-out shot's class is given, at the best
    /// temperature; at most zero. `nil` where none could be held out.
    public var likelihood: Float?
  }

  /// Why the chosen one was.
  public enum Reason: String, Hashable, Sendable {
    /// Too few shots could be held out to compare anything: the usual way.
    case tooFewShots
    /// No other way is likelier by more than chance: the usual way.
    case noneClearlyBetter
    /// Likelier on held-out shots than the usual way by more than chance.
    case clearlyBetter
  }

  /// The first is the usual one.
  public internal(set) var candidates: [Candidate]
  /// A place in ``candidates``.
  public internal(set) var chosen: Int
  public internal(set) var reason: Reason
  /// Shots of the same group were held out together.
  public internal(set) var isByGroup: Bool

  /// One sentence.
  public var explanation: String {
    let name = candidates[chosen].name
    let held = isByGroup ? "on shots held out group by group" : "on shots held out one by one"
    switch reason {
    case .tooFewShots: return "\(name): too few shots to hold any out and compare"
    case .noneClearlyBetter: return "\(name): no other way is better by more than chance \(held)"
    case .clearlyBetter: return "\(name): better than \(candidates[0].name) by more than chance \(held)"
    }
  }
}
