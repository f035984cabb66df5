/// Decides with one head on one embedding after another, in memory that it keeps: after the first nothing is allocated, unless
/// somebody holds a copy of the ``decision`` before. One thread at a time.
public final class Decider {
  /// The decision on the last embedding; `nil` before the first.
  public private(set) var decision: Decision?
  private var workspace: DecisionWorkspace
  private let top: Int

  /// - Parameter top: how many of the likeliest classes are wanted.
  public init(_ head: Head, top: Int = .max) {
    workspace = DecisionWorkspace(head, count: 1)
    self.top = top
  }

  public var head: Head { workspace.head }

  /// Decides on an embedding of as many numbers as the head's dimension, as ``Head/decide(_:top:)`` does bit for bit.
  public func decide(_ embedding: [Float]) {
    workspace.take(embedding)
    var decision = decision.take() ?? Decision(ranked: [], openSetScore: 0, isUnknown: false)
    workspace.decide(row: 0, top: top, to: &decision)
    self.decision = decision
  }
}
