/// What a head says of one embedding.
public struct Decision: Hashable, Sendable {
  /// A class and how likely it is.
  public struct Ranked: Hashable, Sendable {
    /// The place in ``Head/classes``.
    public var index: Int
    public var label: String
    /// The calibrated probability, 0…1; those of all classes sum to 1.
    public var confidence: Float

    public init(index: Int, label: String, confidence: Float) {
      self.index = index
      self.label = label
      self.confidence = confidence
    }
  }

  /// The classes, the likeliest first (of equals the one that stands first in the head), as many as were asked for.
  public var ranked: [Ranked]
  /// How much the embedding is like any class at all: higher is more. ``Head`` says what it is made of.
  public var openSetScore: Float
  /// The score lies below the head's threshold: better no answer than the first of ``ranked``.
  public var isUnknown: Bool

  public init(ranked: [Ranked], openSetScore: Float, isUnknown: Bool) {
    self.ranked = ranked
    self.openSetScore = openSetScore
    self.isUnknown = isUnknown
  }

  /// The answer; `nil` when unknown.
  public var label: String? { isUnknown ? nil : ranked.first?.label }
}
