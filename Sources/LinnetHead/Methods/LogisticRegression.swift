internal import LinnetAlgebra

/// Multinomial logistic regression on L2-normalised embeddings, its held-out scores included.
///
/// Minimises what scikit-learn's `LogisticRegression(C: 10, class_weight: "balanced")` does on `gain` times the
/// embeddings: `10 · Σ_i w_i · −log p_i + ½ ‖W‖²`, intercepts free, `w_i = n / (K · shots of the class)`.
enum LogisticRegression {
  private static let inverseRegularisation: Float = 10
  private static let tolerance = 3e-7

  struct Fit {
    let classifier: LinearClassifier
    /// n × K: the logits of every shot from a fit without it.
    let heldOutScores: Matrix
    let loss: Double
  }

  /// - Parameter embeddings: n × d, rows of length one (or zero).
  static func fit(_ embeddings: Matrix, classOf: [Int], classCount: Int, gain: Float) -> Fit {
    guard classCount > 1 else {
      let weights = Matrix(rows: classCount, columns: embeddings.columns)
      return Fit(
        classifier: LinearClassifier(
          weights: .float(weights), bias: [Float](repeating: 0, count: classCount)),
        heldOutScores: Matrix(rows: embeddings.rows, columns: classCount), loss: 0)
    }
    let coordinates = Coordinates(embeddings, gain: gain)
    let objective = SoftmaxObjective(
      samples: coordinates.samples, classOf: classOf, classCount: classCount,
      strengths: strengths(classOf, classCount))
    let end = LBFGS(objective, tolerance: tolerance)
    return Fit(
      classifier: coordinates.classifier(end.coefficients), heldOutScores: heldOutScores(objective, end),
      loss: end.loss)
  }

  /// What a sample's loss counts. Two classes have one logit between them, of which scikit-learn penalises the whole; here
  /// each class has half of it, whose two squares make half of that penalty.
  private static func strengths(_ classOf: [Int], _ classCount: Int) -> [Float] {
    var counts = [Int](repeating: 0, count: classCount)
    for place in classOf { counts[place] += 1 }
    let regularisation = classCount == 2 ? inverseRegularisation / 2 : inverseRegularisation
    return classOf.map { regularisation * Float(classOf.count) / Float(classCount * counts[$0]) }
  }

  /// One Newton step from the fit to where it would be without a sample (Rad, Maleki, "A scalable estimate of the
  /// out-of-sample prediction error via approximate leave-one-out", 2020), with the Hessian that all classes share: with
  /// `h = zᵀ B⁻¹ z` of the sample z and its curvature c, its logits grow by `h / (1 − c h) · residuals`.
  private static func heldOutScores(_ objective: SoftmaxObjective, _ end: LBFGS) -> Matrix {
    let curvatures = objective.curvatures(end.residuals)
    let metric = LinearMetric(objective.sharedHessian(curvatures))
    let whitened = metric.whitened(objective.samples)
    var scores = end.logits.transposed
    for sample in curvatures.indices {
      let leverage = whitened.dot(row: sample, whitened, row: sample)
      let growth = leverage / (1 - min(curvatures[sample] * leverage, 0.999))
      for place in 0..<objective.classCount {
        scores[sample, place] += growth * end.residuals[place, sample]
      }
    }
    return scores
  }
}

/// The coordinates in which the regression runs: with n samples of d numbers, a solution lies in the samples' span, so that
/// n < d samples need at most n coordinates, the rows of a Cholesky factor of their Gram matrix; lengths and inner
/// products, and so the penalised loss, are the same.
private struct Coordinates {
  /// A column more than coordinates, of ones.
  let samples: Matrix
  private let embeddings: Matrix
  private let gain: Float
  private let factor: PivotedCholesky?

  /// Samples nearer than 0.3 % of their length to the span of others count as in it.
  private static let tolerance: Float = 1e-5

  init(_ embeddings: Matrix, gain: Float) {
    self.embeddings = embeddings
    self.gain = gain
    if embeddings.rows < embeddings.columns {
      var gram = embeddings.timesTransposed(embeddings, isSymmetric: true)
      gram.scale(gain * gain)
      let factor = PivotedCholesky(gram: gram, tolerance: Coordinates.tolerance)
      samples = factor.factor.appendingOnes()
      self.factor = factor
    } else {
      var scaled = embeddings
      scaled.scale(gain)
      samples = scaled.appendingOnes()
      factor = nil
    }
  }

  func classifier(_ coefficients: Matrix) -> LinearClassifier {
    let last = coefficients.columns - 1
    let bias = (0..<coefficients.rows).map { coefficients[$0, last] }
    guard let factor else {
      return LinearClassifier(weights: .float(coefficients.prefix(columns: last)), bias: bias)
    }
    // The pivots' embeddings are T · (an orthonormal basis), T the triangle of their rows: solve Tᵀ a = coefficients, then
    // the weights are Σ a_j · pivot_j.
    var weights = Matrix(rows: coefficients.rows, columns: embeddings.columns)
    for place in 0..<coefficients.rows {
      var rest = (0..<last).map { coefficients[place, $0] }
      for column in (0..<last).reversed() {
        let pivot = factor.pivots[column]
        let share = rest[column] / factor.factor[pivot, column]
        for before in 0..<column { rest[before] -= share * factor.factor[pivot, before] }
        weights.add(gain * share, embeddings, row: pivot, to: place)
      }
    }
    return LinearClassifier(weights: .float(weights), bias: bias)
  }
}
