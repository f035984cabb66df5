/// How far confidences are what they say: of answers given with 0.8, eight of ten should be right.
public struct Reliability: Hashable, Sendable {
  /// Answers whose confidence lies between two bounds.
  public struct Bin: Hashable, Sendable {
    public var count = 0
    /// Mean confidence of the answers in it, and the share of them that is right; 0 of none.
    public var confidence = 0.0
    public var accuracy = 0.0
  }

  /// Bins of equal width over 0 … 1.
  public let bins: [Bin]
  /// The expected calibration error: the mean distance between confidence and accuracy of the bins, weighted by their
  /// counts (Naeini, Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", 2015; Guo,
  /// Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", 2017).
  public let expectedError: Double

  /// - Parameter bins: 15, as in the second paper.
  public init(_ answers: [Answer], bins count: Int = 15) {
    var bins = [Bin](repeating: Bin(), count: count)
    for answer in answers {
      // Upper bounds belong to their bin.
      let place = (Double(answer.confidence) * Double(count)).rounded(.up) - 1
      let bin = min(count - 1, max(0, Int(place)))
      bins[bin].count += 1
      bins[bin].confidence += Double(answer.confidence)
      bins[bin].accuracy += answer.isRight ? 1 : 0
    }
    var error = 0.0
    for place in bins.indices where bins[place].count > 0 {
      bins[place].confidence /= Double(bins[place].count)
      bins[place].accuracy /= Double(bins[place].count)
      error += abs(bins[place].confidence - bins[place].accuracy) * Double(bins[place].count)
    }
    self.bins = bins
    expectedError = answers.isEmpty ? 0 : error / Double(answers.count)
  }
}
