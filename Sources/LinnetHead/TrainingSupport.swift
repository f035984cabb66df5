/// What learning a head may lean on beside the shots; everything may be missing.
public struct TrainingSupport: Sendable {
  /// The backbone's own classifier.
  public var classifier: Head?
  /// The head to start from (`logistic`, `mlp`), or to put new classes beside (`imprint`).
  public var earlier: Head?
  /// A metric learned from other sets.
  public var prior: MetricPrior?

  public init(classifier: Head? = nil, earlier: Head? = nil, prior: MetricPrior? = nil) {
    self.classifier = classifier
    self.earlier = earlier
    self.prior = prior
  }
}
