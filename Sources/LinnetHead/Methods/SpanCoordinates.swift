internal import LinnetAlgebra

/// Coordinates in which a head is learned from n samples of d numbers: what is learned lies in the samples' span, so that
/// n < d samples need at most n coordinates, the rows of a Cholesky factor of their Gram matrix; lengths and inner
/// products, and so penalised losses, are the same.
struct SpanCoordinates {
  /// A row a sample, with a last column of ones.
  let samples: Matrix
  private let embeddings: Matrix
  private let gain: Float
  private let factor: PivotedCholesky?

  /// Samples nearer than 0.3 % of their length to the span of others count as in it.
  private static let tolerance: Float = 1e-5

  /// Of `gain` times the samples.
  init(_ samples: Samples, gain: Float) {
    embeddings = samples.matrix
    self.gain = gain
    if embeddings.rows < embeddings.columns {
      var gram = samples.inner
      gram.scale(gain * gain)
      let factor = PivotedCholesky(gram: gram, tolerance: SpanCoordinates.tolerance)
      self.samples = factor.factor.appendingOnes()
      self.factor = factor
    } else {
      var scaled = embeddings
      scaled.scale(gain)
      self.samples = scaled.appendingOnes()
      factor = nil
    }
  }

  /// The weights for embeddings times the gain, and the biases, of rows of coefficients whose last is the bias.
  func weights(_ coefficients: Matrix) -> (weights: Matrix, bias: [Float]) {
    let last = coefficients.columns - 1
    let bias = (0..<coefficients.rows).map { coefficients[$0, last] }
    guard let factor else { return (coefficients.prefix(columns: last), bias) }
    // The pivots' embeddings are T · (an orthonormal basis), T the triangle of their rows: solve Tᵀ a = coefficients, then
    // the weights are Σ a_j · pivot_j.
    var shares = Matrix(rows: coefficients.rows, columns: embeddings.rows)
    var rest = coefficients
    for column in (0..<last).reversed() {
      let pivot = factor.pivots[column]
      let scale = 1 / factor.factor[pivot, column]
      for place in 0..<rest.rows {
        let share = rest[place, column] * scale
        rest.add(-share, samples, row: pivot, to: place)
        shares[place, pivot] = gain * share
      }
    }
    return (shares.times(embeddings), bias)
  }

  func classifier(_ coefficients: Matrix) -> LinearClassifier {
    let (weights, bias) = weights(coefficients)
    return LinearClassifier(weights: .float(weights), bias: bias)
  }

  func perceptron(_ layers: PerceptronLayers) -> Perceptron {
    let (hidden, hiddenBias) = weights(layers.hidden)
    let last = layers.output.columns - 1
    return Perceptron(
      hidden: hidden, hiddenBias: hiddenBias, output: layers.output.prefix(columns: last),
      outputBias: (0..<layers.output.rows).map { layers.output[$0, last] })
  }
}
