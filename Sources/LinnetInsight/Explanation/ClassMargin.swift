internal import LinnetAlgebra
internal import LinnetHead

/// How far a head's score of one class stands above those of the others, made linear around one embedding: the score of
/// the class less the mean of the others', each weighted with its probability among them. Of a head of one class, the
/// score alone.
struct ClassMargin {
  private let weights: [Float]

  /// - Parameter scores: the head's for the embedding that is to be explained.
  init(of index: Int, scores: [Float], temperature: Float) {
    var others = scores
    others.remove(at: index)
    var weights = softmax(others, temperature: temperature).map { -$0 }
    weights.insert(1, at: index)
    self.weights = weights
  }

  /// The margin that these scores mean.
  func value(_ scores: ArraySlice<Float>) -> Float {
    zip(scores, weights).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
