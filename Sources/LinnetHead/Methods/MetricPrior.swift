/// A metric over embeddings that was learned from other sets.
public struct MetricPrior: Hashable, Sendable {
  public init() {}
}
