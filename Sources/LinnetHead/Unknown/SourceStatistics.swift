/// What embeddings of a backbone's own training pictures look like, number by number.
public struct SourceStatistics: Hashable, Sendable {
  /// The mean of every number.
  public var mean: [Float]
  /// Its standard deviation, zero or above.
  public var deviation: [Float]

  public init(mean: [Float], deviation: [Float]) {
    precondition(mean.count == deviation.count, "a mean and a deviation a number")
    self.mean = mean
    self.deviation = deviation
  }
}
